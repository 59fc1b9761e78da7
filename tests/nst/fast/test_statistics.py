"""AdaIN and the statistics it needs: the laws that hold for any activations, styles and regions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nst.fast.statistics import (
    EPSILON,
    Statistics,
    adain,
    add_moments,
    measure_moments,
    measure_statistics,
    mix_statistics,
    replace_statistics,
    to_statistics,
)

LAWS = settings(max_examples=25)
seeds = st.integers(0, 10**6)
sides = st.integers(2, 7)
fractions = st.floats(0, 1)


def activations(seed, height=5, width=6, channels=3, scale=2.0):
    return np.random.default_rng(seed).normal(1.0, scale, (1, height, width, channels)).astype(np.float32)


def moments_of(features):
    """Mean and standard deviation of each channel, by NumPy."""
    rows = features.reshape(-1, features.shape[-1]).astype(np.float64)
    return rows.mean(0), np.sqrt(rows.var(0) + EPSILON)


@LAWS
@given(seeds, seeds, sides, sides)
def test_the_result_of_adain_has_the_statistics_of_the_style(one, other, height, width):
    content, style = activations(one, height, width), activations(other, width, height + 1)
    for result, expected in zip(moments_of(adain(content, style).numpy()), moments_of(style), strict=True):
        assert np.allclose(result, expected, rtol=2e-3, atol=2e-3)


@LAWS
@given(seeds, seeds)
def test_alpha_0_reproduces_the_content(one, other):
    content = activations(one)
    assert np.allclose(adain(content, activations(other), alpha=0), content, atol=1e-4)


@LAWS
@given(seeds, seeds, fractions)
def test_alpha_moves_on_a_straight_line_from_the_content_to_the_style(one, other, alpha):
    content, style = activations(one), activations(other)
    expected = alpha * adain(content, style).numpy() + (1 - alpha) * content
    assert np.allclose(adain(content, style, alpha), expected, atol=1e-3)


@LAWS
@given(seeds)
def test_adain_to_its_own_statistics_changes_nothing(seed):
    content = activations(seed)
    assert np.allclose(adain(content, content), content, atol=1e-4)


@LAWS
@given(seeds, st.floats(0.2, 5), st.floats(-3, 3))
def test_adain_forgets_the_contrast_and_the_brightness_of_the_content(seed, contrast, brightness):
    content, style = activations(seed), activations(seed + 1)
    changed = np.float32(contrast) * content + np.float32(brightness)
    assert np.allclose(adain(changed, style), adain(content, style), atol=2e-2)


@LAWS
@given(st.lists(seeds, min_size=2, max_size=4, unique=True), st.randoms(use_true_random=False))
def test_the_order_of_styles_does_not_matter_if_their_shares_move_with_them(styles, random):
    parts = [(measure_statistics(activations(seed)), random.random() + 0.1) for seed in styles]
    shuffled = random.sample(parts, len(parts))
    total = sum(share for _, share in parts)
    mixtures = [
        mix_statistics([one for one, _ in order], [share / total for _, share in order]) for order in (parts, shuffled)
    ]
    for one, other in zip(*mixtures, strict=True):
        assert np.allclose(one, other, atol=1e-5)


@LAWS
@given(seeds, fractions)
def test_equal_styles_are_as_one(seed, share):
    style = measure_statistics(activations(seed))
    for mixed, single in zip(mix_statistics([style, style], [share, 1 - share]), style, strict=True):
        assert np.allclose(mixed, single, atol=1e-5)


@LAWS
@given(seeds, st.integers(1, 4))
def test_the_moments_of_strips_add_up_to_those_of_the_whole(seed, cut):
    features = activations(seed)
    masks = np.random.default_rng(seed).random((2, 5, 6)).astype(np.float32)
    for mask in (None, masks):
        parts = [
            measure_moments(features[:, rows], None if mask is None else mask[:, rows])
            for rows in (slice(0, cut), slice(cut, None))
        ]
        for whole, added in zip(measure_moments(features, mask), add_moments(parts), strict=True):
            assert np.allclose(whole, added, rtol=1e-4, atol=1e-5)


def test_a_region_has_statistics_of_its_own():
    features = activations(1, 4, 6)
    masks = np.zeros((2, 4, 6), np.float32)
    masks[0, :, :2], masks[1, :, 2:] = 1, 1
    means, deviations = (tensor.numpy() for tensor in measure_statistics(features, masks))
    for region, part in enumerate((features[:, :, :2], features[:, :, 2:])):
        mean, deviation = moments_of(part)
        assert means[region] == pytest.approx(mean, rel=1e-4)
        assert deviations[region] == pytest.approx(deviation, rel=1e-4)


def test_each_region_gets_its_own_target_and_gray_masks_blend():
    features = activations(2, 1, 3)
    masks = np.array([[[1, 0.5, 0]], [[0, 0.5, 0.2]]], np.float32)
    own = Statistics(np.zeros((2, 3), np.float32), np.ones((2, 3), np.float32))
    target = Statistics(np.array([[10.0] * 3, [20.0] * 3], np.float32), np.zeros((2, 3), np.float32))
    assert replace_statistics(features, own, target, masks).numpy()[0, 0, :, 0] == pytest.approx([10, 15, 20])


def test_an_empty_region_has_finite_statistics():
    statistics = measure_statistics(activations(3), np.zeros((1, 5, 6), np.float32))
    assert all(np.isfinite(tensor).all() for tensor in statistics)


def test_a_constant_channel_becomes_the_mean_of_the_style():
    content, style = np.full((1, 3, 3, 1), 7, np.float32), activations(4, channels=1)
    assert adain(content, style).numpy() == pytest.approx(style.mean(), abs=1e-4)


def test_statistics_come_from_moments():
    features = activations(5)
    for one, other in zip(to_statistics(measure_moments(features)), moments_of(features), strict=True):
        assert one.numpy()[0] == pytest.approx(other, rel=1e-4)


def test_a_channel_that_is_constant_in_one_region_is_amplified_ten_times_at_most():
    features = np.array([1, 1, 1, -1, 2, 5], np.float32).reshape(1, 1, 6, 1)
    masks = np.array([[[1, 1, 1, 0, 0, 0]], [[0, 0, 0, 1, 1, 1]]], np.float32)
    _, deviations = measure_statistics(features, masks)
    assert float(deviations[0, 0]) == pytest.approx(features.std() / 10, rel=1e-2)
    assert float(deviations[1, 0]) == pytest.approx(features[0, 0, 3:].std(), rel=1e-2)

"""The scorer's formulas: what they are zero for, what they do not see, and what they tell apart."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter

from benchmarks import measures


def layer(seed, height=6, width=5, channels=4):
    return np.random.default_rng(seed).random((1, height, width, channels)).astype(np.float32)


def picture(seed=0, height=48, width=40):
    return np.random.default_rng(seed).integers(20, 236, (height, width, 3)).astype(np.uint8)


def transport(a, b):
    return measures.sliced_wasserstein(measures.sorted_projections(a), measures.sorted_projections(b))


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 1000))
def test_no_style_measure_sees_where_something_is(seed):
    there = layer(seed)
    order = np.random.default_rng(seed).permutation(30)
    elsewhere = there.reshape(30, 4)[order].reshape(there.shape)
    np.testing.assert_allclose(measures.gram(elsewhere), measures.gram(there), rtol=1e-5)
    assert transport(elsewhere, there) < 1e-5


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 1000), factor=st.floats(0.1, 10))
def test_a_relative_distance_does_not_change_with_the_unit(seed, factor):
    a, b = layer(seed), layer(seed + 1)
    np.testing.assert_allclose(
        measures.relative_distance(factor * a, factor * b), measures.relative_distance(a, b), rtol=1e-4
    )
    np.testing.assert_allclose(transport(factor * a, factor * b), transport(a, b), rtol=1e-3)


def test_a_relative_distance_is_zero_for_equals_and_one_for_nothing():
    assert measures.relative_distance(layer(1), layer(1)) == 0
    np.testing.assert_allclose(measures.relative_distance(0 * layer(1), layer(1)), 1, rtol=1e-6)


def test_the_sliced_wasserstein_distance_is_zero_for_equals_and_one_for_the_mean_everywhere():
    spread = layer(2)
    assert transport(spread, spread) == 0
    np.testing.assert_allclose(
        transport(np.broadcast_to(spread.mean((1, 2), keepdims=True), spread.shape), spread), 1, rtol=1e-3
    )


def test_in_one_channel_it_is_the_wasserstein_distance_of_sorted_values():
    a, b = layer(3, channels=1), layer(4, channels=1)
    expected = np.sqrt(np.mean((np.sort(a.ravel()) - np.sort(b.ravel())) ** 2)) / b.std()
    np.testing.assert_allclose(transport(a, b), expected, rtol=1e-4)


def test_a_picture_is_most_similar_to_itself_and_less_so_the_noisier_it_is():
    original = picture(5)
    noise = np.random.default_rng(6).normal(0, 1, original.shape)
    noisy = [np.clip(original + sigma * noise, 0, 255).astype(np.uint8) for sigma in (0, 10, 40)]
    similarities = [measures.similarity(pixels, original) for pixels in noisy]
    np.testing.assert_allclose(similarities[0], 1)
    assert 1 > similarities[1] > similarities[2]


def test_blur_takes_high_frequencies_away_and_an_even_picture_has_none():
    original = picture(7)
    blurred = gaussian_filter(original, (1, 1, 0))
    even = np.full_like(original, 90)
    assert measures.high_frequency(original) > measures.high_frequency(blurred) > measures.high_frequency(even)
    np.testing.assert_allclose(measures.high_frequency(even), 0, atol=1e-6)


def test_clipped_is_the_share_of_values_at_either_end():
    pixels = np.full((2, 2, 3), 100, np.uint8)
    pixels[0, 0] = 0, 255, 254
    assert measures.clipped(pixels) == 2 / 12

"""The formulas of the metrics: where they are zero, what they ignore, and what they distinguish."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter

from benchmarks import image_metrics


def activation(seed, height=6, width=5, channels=4):
    return np.random.default_rng(seed).random((1, height, width, channels)).astype(np.float32)


def picture(seed=0, height=48, width=40):
    return np.random.default_rng(seed).integers(20, 236, (height, width, 3)).astype(np.uint8)


def distance_of(a, b):
    return image_metrics.sliced_wasserstein(image_metrics.sorted_projections(a), image_metrics.sorted_projections(b))


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 1000))
def test_style_metrics_do_not_depend_on_positions(seed):
    there = activation(seed)
    order = np.random.default_rng(seed).permutation(30)
    elsewhere = there.reshape(30, 4)[order].reshape(there.shape)
    np.testing.assert_allclose(image_metrics.gram_matrix(elsewhere), image_metrics.gram_matrix(there), rtol=1e-5)
    assert distance_of(elsewhere, there) < 1e-5


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 1000), factor=st.floats(0.1, 10))
def test_a_relative_distance_does_not_change_with_the_unit(seed, factor):
    a, b = activation(seed), activation(seed + 1)
    np.testing.assert_allclose(
        image_metrics.relative_distance(factor * a, factor * b), image_metrics.relative_distance(a, b), rtol=1e-4
    )
    np.testing.assert_allclose(distance_of(factor * a, factor * b), distance_of(a, b), rtol=1e-3)


def test_a_relative_distance_is_zero_for_equals_and_one_for_nothing():
    assert image_metrics.relative_distance(activation(1), activation(1)) == 0
    np.testing.assert_allclose(image_metrics.relative_distance(0 * activation(1), activation(1)), 1, rtol=1e-6)


def test_the_sliced_wasserstein_distance_is_zero_for_equals_and_one_for_the_mean_everywhere():
    spread = activation(2)
    assert distance_of(spread, spread) == 0
    np.testing.assert_allclose(
        distance_of(np.broadcast_to(spread.mean((1, 2), keepdims=True), spread.shape), spread), 1, rtol=1e-3
    )


def test_in_one_channel_it_is_the_wasserstein_distance_of_sorted_values():
    a, b = activation(3, channels=1), activation(4, channels=1)
    expected = np.sqrt(np.mean((np.sort(a.ravel()) - np.sort(b.ravel())) ** 2)) / b.std()
    np.testing.assert_allclose(distance_of(a, b), expected, rtol=1e-4)


def test_a_picture_is_most_similar_to_itself_and_less_so_the_noisier_it_is():
    original = picture(5)
    noise = np.random.default_rng(6).normal(0, 1, original.shape)
    noisy = [np.clip(original + sigma * noise, 0, 255).astype(np.uint8) for sigma in (0, 10, 40)]
    similarities = [image_metrics.structural_similarity_of(pixels, original) for pixels in noisy]
    np.testing.assert_allclose(similarities[0], 1)
    assert 1 > similarities[1] > similarities[2]


def test_blur_lowers_high_frequencies_and_an_even_picture_has_none():
    original = picture(7)
    blurred = gaussian_filter(original, (1, 1, 0))
    even = np.full_like(original, 90)
    assert (
        image_metrics.high_frequency_energy(original)
        > image_metrics.high_frequency_energy(blurred)
        > image_metrics.high_frequency_energy(even)
    )
    np.testing.assert_allclose(image_metrics.high_frequency_energy(even), 0, atol=1e-6)


def test_clipped_is_the_share_of_values_at_either_end():
    pixels = np.full((2, 2, 3), 100, np.uint8)
    pixels[0, 0] = 0, 255, 254
    assert image_metrics.clipped_share(pixels) == 2 / 12

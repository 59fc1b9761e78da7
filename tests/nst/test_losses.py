"""The engine's terms are the course's, for pictures of any sizes, and their gradient is their slope."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from grading.judge.compute_content_cost import content_cost
from grading.judge.compute_layer_style_cost import layer_style_cost
from grading.judge.gram_matrix import gram_matrix as right_gram_matrix
from nst.engine.losses import Objective, Style, gram_matrix, squared_difference, total_variation
from nst.quiet_tensorflow import tensorflow as tf

activations = arrays(np.float32, (1, 3, 4, 2), elements=st.integers(-8, 8).map(np.float32))


class TwoLayers:
    """A network that is none: two functions of the picture, the second at half the size."""

    names = ("block1_conv1", "block2_conv1")

    def __call__(self, image):
        return [image * 2, tf.nn.avg_pool2d(image, 2, 2, "VALID") ** 2]


def objective(network=None, **weights):
    chosen = {"layer_weights": [3.0], "content_weight": 2.0, "tv_weight": 5.0, **weights}
    return aimed(Objective(network or TwoLayers(), **chosen))


def aimed(made):
    made.set_targets(picture(1), [Style(picture(2, (6, 8)))])
    return made


def picture(seed, size=(4, 6)):
    return np.random.default_rng(seed).uniform(size=(1, *size, 3)).astype(np.float32)


@given(activations, activations)
def test_at_equal_sizes_each_difference_is_the_courses_times_a_constant(a, b):
    _, nH, nW, nC = a.shape
    np.testing.assert_allclose(
        squared_difference(a, b) / (4 * nH * nW * nC), content_cost([a], [b]), rtol=1e-5, atol=1e-5
    )
    grams = gram_matrix(a)[None], gram_matrix(b)[None]
    np.testing.assert_allclose(
        squared_difference(*grams)[0] / (4 * nC**2), layer_style_cost(a, b), rtol=1e-4, atol=1e-4
    )
    np.testing.assert_allclose(gram_matrix(a), right_gram_matrix(a.reshape(-1, 2).T) / (nH * nW), rtol=1e-5, atol=1e-5)


class Louder(TwoLayers):
    def __init__(self):
        self.factor = tf.Variable(1.0)

    def __call__(self, image):
        return [self.factor * layer for layer in super().__call__(image)]


@pytest.fixture(scope="module")
def louder():
    return objective(Louder())


@pytest.mark.slow
@given(st.floats(0.1, 10))
def test_J_is_the_same_whatever_a_layer_is_multiplied_by(louder, factor):
    louder.network.factor.assign(1)
    J, gradient, _ = aimed(louder)(picture(3))
    louder.network.factor.assign(factor)
    louder_J, louder_gradient, _ = aimed(louder)(picture(3))
    assert louder_J == pytest.approx(J, rel=1e-4)
    np.testing.assert_allclose(louder_gradient, gradient, rtol=1e-3, atol=1e-5)


def test_a_gram_matrix_does_not_grow_with_the_picture():
    small = picture(0)
    np.testing.assert_allclose(gram_matrix(small), gram_matrix(np.tile(small, (1, 3, 2, 1))), rtol=1e-5)


def test_total_variation_is_the_mean_squared_step_down_and_across():
    image = np.zeros((1, 2, 2, 3), np.float32)
    image[0, 1] = 0.5  # a step of 0.5 down, in both columns
    image[0, :, 1] += 0.1  # and of 0.1 across, in both rows
    assert float(total_variation(image)) == pytest.approx(0.25 + 0.01)
    assert float(total_variation(np.full((1, 5, 7, 3), 0.3, np.float32))) == 0


def test_J_is_the_sum_of_its_terms_and_its_gradient_is_its_slope():
    made, image = objective(), picture(3)
    J, gradient, terms = made(image)
    assert pytest.approx(terms.sum()) == J
    assert (terms > 0).all()
    direction = np.random.default_rng(4).normal(size=image.shape).astype(np.float32)
    slope = (made(image + 1e-2 * direction)[0] - made(image - 1e-2 * direction)[0]) / 2e-2
    assert np.vdot(gradient, direction) == pytest.approx(slope, rel=1e-2)


def test_a_term_without_weight_is_nothing():
    assert objective(content_weight=0.0, tv_weight=0.0)(picture(3))[2].tolist()[:2] == [0, 0]


def test_several_styles_are_mixed_by_their_shares():
    first, second, mixed = objective(), objective(), objective()
    first.set_targets(picture(1), [Style(picture(5))])
    second.set_targets(picture(1), [Style(picture(6))])
    mixed.set_targets(picture(1), [Style(picture(5), 0.25), Style(picture(6), 0.75)])
    one, other, both = (made.targets.grams[0] for made in (first, second, mixed))
    np.testing.assert_allclose(both, 0.25 * one + 0.75 * other, rtol=1e-5)


def test_a_gram_matrix_over_a_mask_is_that_of_the_part_it_marks():
    image, mask = picture(7, (6, 8)), np.zeros((6, 8), np.float32)
    mask[:, 4:] = 1
    np.testing.assert_allclose(gram_matrix(image, mask), gram_matrix(image[:, :, 4:]), rtol=1e-5)
    np.testing.assert_allclose(gram_matrix(image, 0 * mask + 0.5), gram_matrix(image), rtol=1e-5)


def test_regions_pull_at_their_own_pixels_alone():
    left, right = np.zeros((4, 6), np.float32), np.zeros((4, 6), np.float32)
    left[:, :2], right[:, 2:] = 1, 1
    made = objective(content_weight=0.0, tv_weight=0.0)
    image = picture(3)
    made.set_targets(picture(1), [Style(picture(5), 0.5, left), Style(image[:, :, 2:], 0.5, right)])
    gradient = made(image)[1]
    assert (gradient[:, :, :2] != 0).all()
    np.testing.assert_allclose(gradient[:, :, 2:], 0, atol=1e-6)


class Deep(TwoLayers):
    """Its second layer has a position for each 16 x 16 pixels, and nothing of an edge that is narrower."""

    names = ("block5_conv1", "block1_conv1")

    def __call__(self, image):
        return [tf.nn.avg_pool2d(image, 16, 16, "VALID") ** 2, image * 2]


def edge_and_rest(size):
    """Masks of the lowest 8 rows, which block 5 has no positions for at this size, and of all others."""
    edge = np.zeros(size, np.float32)
    edge[-8:] = 1
    return edge, 1 - edge


@pytest.mark.parametrize("masked", ["content", "style"])
def test_a_region_that_a_deep_layer_holds_nothing_of_pulls_at_nothing_there(masked):
    size = (40, 48)
    edge, rest = edge_and_rest(size)
    made = objective(Deep(), content_weight=0.0, tv_weight=0.0)
    image = picture(3, size)
    if masked == "content":
        made.set_targets(picture(1, size), [Style(picture(5, size), 0.5, edge), Style(picture(6, size), 0.5, rest)])
    else:
        made.set_targets(picture(1, size), [Style(picture(5, size), 0.5, style_mask=edge)])
    J, gradient, terms = made(image)
    assert np.isfinite(J)
    assert np.isfinite(gradient).all()
    assert (gradient[:, -8:] == 0).all()
    assert (gradient[:, :32] != 0).any() == (masked == "content")
    assert terms[2] < 10
    assert all(
        np.isfinite(value) for value in made.measure_distances(image, picture(1, size)).values() if value is not None
    )


def test_what_is_summed_is_summed_in_float32_whatever_the_network_computes_in():
    rounded = tf.cast(picture(7, (64, 64)), tf.bfloat16)
    exact = tf.cast(rounded, tf.float32)
    mask = np.linspace(0, 1, 64 * 64, dtype=np.float32).reshape(64, 64)
    other = tf.zeros_like(rounded)
    for got, expected in (
        (gram_matrix(rounded), gram_matrix(exact)),
        (gram_matrix(rounded, mask), gram_matrix(exact, mask)),
        (squared_difference(rounded, other), squared_difference(exact, tf.zeros_like(exact))),
    ):
        assert got.dtype == tf.float32
        np.testing.assert_allclose(got, expected, rtol=1e-6)


def test_J_of_a_network_in_bfloat16_is_that_of_its_activations_in_float32():
    class Rounding(TwoLayers):
        def __call__(self, image):
            return [tf.cast(layer, tf.bfloat16) for layer in super().__call__(image)]

    class Rounded(Rounding):
        def __call__(self, image):
            return [tf.cast(layer, tf.float32) for layer in super().__call__(image)]

    size = (64, 64)
    mine, reference = objective(Rounding()), objective(Rounded())
    for made in (mine, reference):
        made.set_targets(picture(1, size), [Style(picture(2, size))])
    J, gradient, terms = mine(picture(3, size))
    expected = reference(picture(3, size))
    assert (terms.dtype, gradient.dtype) == (np.float32, np.float32)
    assert pytest.approx(expected[0], rel=1e-5) == J
    np.testing.assert_allclose(terms, expected[2], rtol=1e-5)
    np.testing.assert_allclose(gradient, expected[1], rtol=0.02, atol=0.02 * np.abs(expected[1]).max())


def test_distances_are_1_and_0_at_the_content_and_0_at_the_style():
    content, style = picture(1), picture(2)
    made = objective()
    made.set_targets(content, [Style(style)])
    assert made.measure_distances(content, content) == {"style": 1.0, "content": 0.0}
    assert made.measure_distances(style, content)["style"] == pytest.approx(0, abs=1e-9)


def test_it_is_traced_once_for_all_sizes_of_a_run():
    made = objective()
    for size in ((4, 6), (8, 12), (16, 24)):
        made.set_targets(picture(1, size), [Style(picture(2, size))])
        made(picture(3, size))
    assert made._compiled.experimental_get_tracing_count() == 1

"""The right answers obey the laws that define them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grading.exercises.match_colors import CHOLESKY, SYMMETRIC
from grading.exercises.value_and_gradient import Cost
from grading.judge.compute_content_cost import content_cost
from grading.judge.compute_layer_style_cost import layer_style_cost
from grading.judge.compute_style_cost import style_cost
from grading.judge.gram_matrix import gram_matrix
from grading.judge.match_colors import match_colors, moments
from grading.judge.numbers import finite_difference
from grading.judge.total_cost import total_cost
from grading.judge.total_variation_cost import total_variation_cost
from grading.judge.train_step.evidence import convolve, network_outputs
from grading.judge.value_and_gradient import value_and_gradient

numbers = st.integers(-8, 8).map(float)


def matrices():
    shapes = st.tuples(st.integers(1, 5), st.integers(1, 6))
    return shapes.flatmap(lambda shape: hnp.arrays(np.float64, shape, elements=numbers))


def pairs_of_layers():
    shapes = st.tuples(st.just(1), st.integers(1, 4), st.integers(1, 4), st.integers(1, 4))
    return shapes.flatmap(lambda shape: st.tuples(*[hnp.arrays(np.float64, shape, elements=numbers)] * 2))


def test_content_cost_of_a_worked_example():
    a_C = np.array([[[[1, 2], [3, 4]]]])
    assert content_cost([a_C], [a_C + 2]) == 16 / (4 * 1 * 2 * 2)


def test_gram_matrix_of_a_worked_example():
    assert gram_matrix([[1, 2], [3, 4], [5, 6]]).tolist() == [[5, 11, 17], [11, 25, 39], [17, 39, 61]]


def test_layer_style_cost_of_a_worked_example():
    a_S, a_G = np.array([[[[1.0], [2.0]]]]), np.array([[[[3.0], [0.0]]]])
    assert layer_style_cost(a_S, a_G) == (5 - 9) ** 2 / (4 * 1**2 * 2**2)


def test_style_cost_weighs_all_layers_but_the_last():
    one, two, three = (np.full((1, 1, 1, 1), n) for n in (1.0, 2.0, 3.0))
    cost = style_cost([one, one, one], [two, three, three], [("first", 0.5), ("second", 2)])
    assert cost == 0.5 * 9 / 4 + 2 * 64 / 4


def test_total_cost_of_a_worked_example():
    assert total_cost(2, 3) == 140
    assert total_cost(2, 3, alpha=5, beta=7) == 31


def test_total_variation_of_a_worked_example():
    image = np.array([[[[0.0], [3.0], [3.0]], [[4.0], [4.0], [2.0]]]])
    assert total_variation_cost(image) == (16 + 1 + 1) / 3 + (9 + 0 + 0 + 4) / 4


def test_value_and_gradient_of_a_worked_example():
    shape = (1, 1, 2, 3)
    cost = Cost(2, np.arange(1.0, 7.0).reshape(shape), np.ones(shape))
    J, gradient = value_and_gradient([3, 1, 1, 1, 1, 0], cost, shape)
    assert J == 4 + 6
    assert gradient.tolist() == [4, 0, 0, 0, 0, -12]


@pytest.mark.parametrize("power", [2, 3])
def test_the_gradients_in_closed_form_are_the_slopes(power):
    random = np.random.default_rng(1)
    weights, target, x = random.random((3, 1, 2, 2, 3))
    cost, pixels = Cost(power, weights, target), x.ravel()
    slope = finite_difference(lambda p: value_and_gradient(p, cost, x.shape)[0], pixels)
    assert value_and_gradient(pixels, cost, x.shape)[1] == pytest.approx(slope, abs=1e-6)


def pictures():
    shapes = st.tuples(st.just(1), st.integers(2, 4), st.integers(2, 4), st.just(3))
    return shapes.flatmap(lambda shape: hnp.arrays(np.float64, shape, elements=st.integers(0, 8).map(lambda n: n / 8)))


@given(pictures(), st.integers(0, 5))
def test_total_variation_is_zero_for_an_even_picture_blind_to_brightness_and_of_degree_two(image, more):
    cost = total_variation_cost(image)
    assert total_variation_cost(image * 0 + more) == 0
    assert total_variation_cost(image + more) == pytest.approx(cost)
    assert total_variation_cost(3 * image) == pytest.approx(9 * cost)
    assert total_variation_cost(image.swapaxes(1, 2)) == pytest.approx(cost)


@pytest.mark.parametrize("root", [CHOLESKY, SYMMETRIC], ids=str)
def test_matched_colors_have_the_moments_of_the_content_whatever_the_sizes(root):
    random = np.random.default_rng(2)
    style_image, content_image = random.random((1, 5, 6, 3)), random.random((1, 4, 9, 3)) ** 2
    matched = match_colors(style_image, content_image, root)
    assert matched.shape == style_image.shape
    for got, expected in zip(moments(matched), moments(content_image), strict=True):
        assert got == pytest.approx(expected)
    assert match_colors(style_image, style_image, root) == pytest.approx(style_image)


@given(pairs_of_layers())
def test_content_cost_is_zero_for_equals_symmetric_and_of_degree_two(pair):
    a, b = pair
    assert content_cost([a], [a]) == 0
    assert content_cost([a], [b]) == content_cost([b], [a]) >= 0
    assert content_cost([3 * a], [3 * b]) == pytest.approx(9 * content_cost([a], [b]))


@given(matrices(), st.randoms(use_true_random=False))
def test_gram_matrix_is_symmetric_semi_definite_and_blind_to_positions(A, random):
    gram = gram_matrix(A)
    order = random.sample(range(A.shape[1]), A.shape[1])
    assert np.array_equal(gram, gram.T)
    assert np.linalg.eigvalsh(gram).min() >= -1e-9 * max(1, np.abs(gram).max())
    assert np.array_equal(gram_matrix(A[:, order]), gram)
    assert np.array_equal(gram_matrix(2 * A), 4 * gram)


@given(pairs_of_layers())
def test_layer_style_cost_is_zero_for_equals_and_of_degree_four(pair):
    a, b = pair
    assert layer_style_cost(a, a) == 0
    assert layer_style_cost(2 * a, 2 * b) == pytest.approx(16 * layer_style_cost(a, b))
    flipped = layer_style_cost(a[:, ::-1], b[:, :, ::-1])
    assert flipped == pytest.approx(layer_style_cost(a, b))


@given(pairs_of_layers())
def test_the_finite_difference_is_the_gradient_of_the_content_cost(pair):
    a_C, a_G = pair
    slope = finite_difference(lambda x: content_cost([a_C], [x]), a_G)
    assert slope == pytest.approx((a_G - a_C) / (2 * a_G.size), abs=1e-6)


def test_the_finite_difference_of_a_vector_has_a_row_for_each_entry():
    slope = finite_difference(lambda x: np.array([np.sum(x), np.sum(x**2)]), np.array([[1.0, 2.0]]))
    assert slope == pytest.approx(np.array([[[1, 1]], [[2, 4]]]))


def test_the_small_network_adds_up_neighbours_and_takes_zero_beyond_the_border():
    kernel = np.zeros((3, 3, 3, 1))
    kernel[:, :, 0, 0] = 1
    image = np.ones((1, 2, 3, 3))
    assert convolve(image, kernel)[0, :, :, 0].tolist() == [[4, 6, 4], [4, 6, 4]]
    assert network_outputs(image, [kernel])[0] == pytest.approx(np.log1p(np.exp(convolve(image, kernel))))

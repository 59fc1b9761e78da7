"""The right answers obey the laws that define them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grading import network, oracle

numbers = st.integers(-8, 8).map(float)


def matrices():
    shapes = st.tuples(st.integers(1, 5), st.integers(1, 6))
    return shapes.flatmap(lambda shape: hnp.arrays(np.float64, shape, elements=numbers))


def pairs_of_layers():
    shapes = st.tuples(st.just(1), st.integers(1, 4), st.integers(1, 4), st.integers(1, 4))
    return shapes.flatmap(lambda shape: st.tuples(*[hnp.arrays(np.float64, shape, elements=numbers)] * 2))


def test_content_cost_of_a_worked_example():
    a_C = np.array([[[[1, 2], [3, 4]]]])
    assert oracle.content_cost([a_C], [a_C + 2]) == 16 / (4 * 1 * 2 * 2)


def test_gram_matrix_of_a_worked_example():
    assert oracle.gram_matrix([[1, 2], [3, 4], [5, 6]]).tolist() == [[5, 11, 17], [11, 25, 39], [17, 39, 61]]


def test_layer_style_cost_of_a_worked_example():
    a_S, a_G = np.array([[[[1.0], [2.0]]]]), np.array([[[[3.0], [0.0]]]])
    assert oracle.layer_style_cost(a_S, a_G) == (5 - 9) ** 2 / (4 * 1 ** 2 * 2 ** 2)


def test_style_cost_weighs_all_layers_but_the_last():
    one, two, three = (np.full((1, 1, 1, 1), n) for n in (1.0, 2.0, 3.0))
    cost = oracle.style_cost([one, one, one], [two, three, three], [("first", 0.5), ("second", 2)])
    assert cost == 0.5 * 9 / 4 + 2 * 64 / 4


def test_total_cost_of_a_worked_example():
    assert oracle.total_cost(2, 3) == 140
    assert oracle.total_cost(2, 3, alpha=5, beta=7) == 31


@given(pairs_of_layers())
def test_content_cost_is_zero_for_equals_symmetric_and_of_degree_two(pair):
    a, b = pair
    assert oracle.content_cost([a], [a]) == 0
    assert oracle.content_cost([a], [b]) == oracle.content_cost([b], [a]) >= 0
    assert oracle.content_cost([3 * a], [3 * b]) == pytest.approx(9 * oracle.content_cost([a], [b]))


@given(matrices(), st.randoms(use_true_random=False))
def test_gram_matrix_is_symmetric_semi_definite_and_blind_to_positions(A, random):
    gram = oracle.gram_matrix(A)
    order = random.sample(range(A.shape[1]), A.shape[1])
    assert np.array_equal(gram, gram.T)
    assert np.linalg.eigvalsh(gram).min() >= -1e-9 * max(1, np.abs(gram).max())
    assert np.array_equal(oracle.gram_matrix(A[:, order]), gram)
    assert np.array_equal(oracle.gram_matrix(2 * A), 4 * gram)


@given(pairs_of_layers())
def test_layer_style_cost_is_zero_for_equals_and_of_degree_four(pair):
    a, b = pair
    assert oracle.layer_style_cost(a, a) == 0
    assert oracle.layer_style_cost(2 * a, 2 * b) == pytest.approx(16 * oracle.layer_style_cost(a, b))
    flipped = oracle.layer_style_cost(a[:, ::-1], b[:, :, ::-1])
    assert flipped == pytest.approx(oracle.layer_style_cost(a, b))


@given(pairs_of_layers())
def test_the_finite_difference_is_the_gradient_of_the_content_cost(pair):
    a_C, a_G = pair
    slope = oracle.gradient(lambda x: oracle.content_cost([a_C], [x]), a_G)
    assert slope == pytest.approx((a_G - a_C) / (2 * a_G.size), abs=1e-6)


def test_the_finite_difference_of_a_vector_has_a_row_for_each_entry():
    slope = oracle.gradient(lambda x: np.array([np.sum(x), np.sum(x ** 2)]), np.array([[1.0, 2.0]]))
    assert slope == pytest.approx(np.array([[[1, 1]], [[2, 4]]]))


def test_the_small_network_adds_up_neighbours_and_takes_zero_beyond_the_border():
    kernel = np.zeros((3, 3, 3, 1))
    kernel[:, :, 0, 0] = 1
    image = np.ones((1, 2, 3, 3))
    assert network.convolve(image, kernel)[0, :, :, 0].tolist() == [[4, 6, 4], [4, 6, 4]]
    assert network.outputs(image, [kernel])[0] == pytest.approx(np.log1p(np.exp(network.convolve(image, kernel))))

"""What cases hand over in place of a network and a root: functions that take what those would, and nothing else."""

import numpy as np
import pytest
import tensorflow as tf

from grading.exercises.match_colors import CHOLESKY, SYMMETRIC
from grading.exercises.value_and_gradient import Cost
from grading.judge.value_and_gradient import cost_and_slope

SHAPE = (1, 2, 3, 3)
NUMBERS = np.arange(18, dtype=np.float32).reshape(SHAPE) / 8
COVARIANCE = np.array([[4.0, 2.0, 1.0], [2.0, 3.0, 0.5], [1.0, 0.5, 2.0]])


@pytest.mark.parametrize("power", [2, 3])
def test_a_cost_and_its_gradient_are_those_that_the_judge_knows(power):
    cost, picture = Cost(power, NUMBERS + 1, NUMBERS[:, ::-1]), tf.constant(NUMBERS)
    with tf.GradientTape() as tape:
        tape.watch(picture)
        J = cost(picture)
    right = cost_and_slope(cost, NUMBERS)
    assert J.dtype == tf.float32
    assert float(J) == pytest.approx(right[0])
    assert tape.gradient(J, picture).numpy() == pytest.approx(right[1])


def test_a_cost_can_be_compiled():
    cost = Cost(2, NUMBERS, NUMBERS)
    assert float(tf.function(lambda picture: cost(picture))(tf.constant(NUMBERS + 1))) == NUMBERS.sum()


@pytest.mark.parametrize(
    ("picture", "error", "words"),
    [
        (NUMBERS.astype(np.float64), TypeError, "the cost takes float32, got float64"),
        (tf.constant(NUMBERS, tf.float16), TypeError, "the cost takes float32, got float16"),
        (NUMBERS.ravel(), ValueError, r"the cost takes a picture of shape \(1, 2, 3, 3\), got \(18,\)"),
        (NUMBERS[0], ValueError, r"got \(2, 3, 3\)"),
        (NUMBERS.swapaxes(1, 2), ValueError, r"got \(1, 3, 2, 3\)"),
    ],
)
def test_a_cost_takes_nothing_but_a_float32_picture_of_its_shape(picture, error, words):
    with pytest.raises(error, match=words):
        Cost(2, NUMBERS, NUMBERS)(picture)


@pytest.mark.parametrize("root", [CHOLESKY, SYMMETRIC], ids=str)
def test_a_root_times_its_transpose_is_the_covariance(root):
    R = root(COVARIANCE)
    assert pytest.approx(COVARIANCE) == R @ R.T


def test_the_roots_are_different_matrices():
    lower, symmetric = CHOLESKY(COVARIANCE), SYMMETRIC(COVARIANCE)
    assert np.array_equal(lower, np.tril(lower))
    assert symmetric == pytest.approx(symmetric.T)
    assert not np.allclose(lower, symmetric)


def test_a_root_takes_nothing_but_a_matrix_of_three_channels():
    with pytest.raises(ValueError, match=r"of shape \(3, 3\), got \(30, 30\)"):
        CHOLESKY(np.eye(30))

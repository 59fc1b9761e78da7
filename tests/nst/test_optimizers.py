"""Pixels go down J and never leave [0, 1], whatever J does."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nst.engine.optimizers import LBFGS, Adam, DivergedError
from nst.quiet_tensorflow import keras
from nst.quiet_tensorflow import tensorflow as tf

SHAPE = (1, 4, 5, 3)


def quadratic(seed, spread=10.0):
    """(objective, where it is least within the bounds): sum of d (x - t)^2 / 2, t partly outside of [0, 1]."""
    rng = np.random.default_rng(seed)
    d = np.exp(rng.uniform(0, np.log(spread), SHAPE)).astype(np.float32)
    t = rng.uniform(-0.5, 1.5, SHAPE).astype(np.float32)

    def objective(x):
        return float(np.sum(d * (x - t) ** 2) / 2), d * (x - t), None

    return objective, np.clip(t, 0, 1)


def rosenbrock(x):
    """A curved valley, shifted so that its end (1, 1, ...) lies at 0.75."""
    z = (x * 4 - 2).ravel().astype(np.float64)
    J = np.sum(100 * (z[1:] - z[:-1] ** 2) ** 2 + (1 - z[:-1]) ** 2)
    g = np.zeros_like(z)
    g[:-1] = -400 * z[:-1] * (z[1:] - z[:-1] ** 2) - 2 * (1 - z[:-1])
    g[1:] += 200 * (z[1:] - z[:-1] ** 2)
    return float(J), (4 * g).reshape(x.shape).astype(np.float32), None


def gray():
    return np.full(SHAPE, 0.5, np.float32)


@pytest.mark.parametrize("seed", range(5))
def test_lbfgs_finds_the_least_of_a_quadratic_bounds_included(seed):
    objective, least = quadratic(seed)
    optimizer = LBFGS(gray())
    for _ in range(60):
        optimizer.step(objective)
    np.testing.assert_allclose(optimizer.image, least, atol=1e-3)
    assert ((optimizer.image == 0) == (least == 0)).all()


def test_lbfgs_goes_down_a_curved_valley_where_steepest_descent_crawls():
    optimizer = LBFGS(gray())
    while optimizer.evaluations < 400 and optimizer.step(rosenbrock):
        pass
    assert 1e-3 * rosenbrock(gray())[0] > optimizer.J


@given(st.integers(0, 10_000), st.integers(1, 25))
def test_J_never_rises_and_pixels_never_leave_their_bounds(seed, steps):
    objective, _ = quadratic(seed, spread=1000.0)
    optimizer, last = LBFGS(np.random.default_rng(seed).uniform(-1, 2, SHAPE)), np.inf
    for _ in range(steps):
        optimizer.step(objective)
        assert last >= optimizer.J
        assert 0 <= optimizer.image.min() <= optimizer.image.max() <= 1
        last = optimizer.J


@pytest.mark.parametrize("broken", [np.nan, np.inf])
def test_where_J_is_no_number_the_last_good_picture_stays(broken):
    objective, _ = quadratic(0)
    optimizer = LBFGS(gray())
    optimizer.step(objective)
    good, J = optimizer.image, optimizer.J
    assert not optimizer.step(lambda x: (broken, np.full(SHAPE, broken, np.float32), None))
    np.testing.assert_array_equal(optimizer.image, good)
    assert J == optimizer.J


def test_a_picture_that_is_least_already_stays_and_the_step_says_so():
    optimizer = LBFGS(gray())
    assert not optimizer.step(lambda x: (1.0, np.zeros(SHAPE, np.float32), None))
    np.testing.assert_array_equal(optimizer.image, gray())


def test_evaluations_are_counted_each_once():
    objective, _ = quadratic(1)
    called = []

    def counted(x):
        called.append(1)
        return objective(x)

    optimizer = LBFGS(gray())
    for _ in range(7):
        optimizer.step(counted)
    assert optimizer.evaluations == len(called)


def test_adam_steps_as_keras_does():
    objective, _ = quadratic(3)
    ours = Adam(gray(), steps=20, rate=0.03)
    theirs, variable = keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.03, 20)), tf.Variable(gray())
    for _ in range(20):
        ours.step(objective)
        theirs.apply_gradients([(tf.constant(objective(variable.numpy())[1]), variable)])
        variable.assign(tf.clip_by_value(variable, 0, 1))
        np.testing.assert_allclose(ours.image, variable.numpy(), atol=2e-5)


@pytest.mark.parametrize("broken", [np.nan, np.inf])
@pytest.mark.parametrize("make", [LBFGS, lambda start: Adam(start, steps=10)])
def test_a_first_picture_without_J_is_refused(make, broken):
    with pytest.raises(DivergedError, match="J is not a finite number for the first picture"):
        make(gray()).step(lambda x: (broken, np.zeros(SHAPE, np.float32), None))


@pytest.mark.parametrize("make", [LBFGS, lambda start: Adam(start, steps=60, rate=0.1)])
@pytest.mark.parametrize("where", ["J", "gradient"])
def test_from_a_cliff_it_goes_back_and_takes_smaller_steps(make, where):
    """J is not a number where the first pixel is above 0.6, and the way down leads there."""
    quadratic_J, _ = quadratic(0)

    def cliff(x):
        J, gradient, _ = quadratic_J(x)
        gradient = gradient.copy()
        J += 20 * (1 - float(x.flat[0]))
        gradient.flat[0] -= 20
        if x.flat[0] > 0.6:
            J, gradient = (np.nan, gradient) if where == "J" else (J, np.full_like(gradient, np.inf))
        return J, gradient, None

    optimizer = make(gray())
    first = cliff(gray())[0]
    for _ in range(60):
        optimizer.step(cliff)
    assert optimizer.recoveries > 0
    assert np.isfinite(optimizer.J)
    assert first > optimizer.J


@pytest.mark.parametrize("make", [LBFGS, lambda start: Adam(start, steps=30)])
@pytest.mark.parametrize("before", [0, 1, 4, 15])
def test_its_state_is_all_that_the_next_step_depends_on(make, before):
    objective, _ = quadratic(2, spread=1000.0)
    one = make(gray())
    for _ in range(before):
        one.step(objective)
    other = make(np.zeros(SHAPE))
    other.restore(one.state())
    for _ in range(5):
        one.step(objective)
        other.step(objective)
    np.testing.assert_array_equal(one.image, other.image)
    assert one.evaluations == other.evaluations


def test_a_state_stays_what_it_was_when_the_steps_go_on():
    objective, _ = quadratic(2)
    for optimizer in (LBFGS(gray()), Adam(gray(), steps=30)):
        for _ in range(3):
            optimizer.step(objective)
        state = optimizer.state()
        copies = {name: np.copy(array) for name, array in state.items()}
        for _ in range(3):
            optimizer.step(objective)
        for name, array in state.items():
            np.testing.assert_array_equal(array, copies[name])

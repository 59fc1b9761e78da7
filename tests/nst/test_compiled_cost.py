"""A compiled cost: value and gradient for a tape, for an optimizer and inside another graph, each with its targets."""

import numpy as np
import pytest

from nst.engine.compiled_cost import compile_cost
from nst.quiet_tensorflow import tensorflow as tf

TRACED = []


def distance(image, targets):
    TRACED.append(image.shape)
    return targets["weight"] * tf.reduce_sum((image - targets["picture"]) ** 4)


COST_OF = compile_cost(distance)


def targets(size=2, weight=1.0):
    return {"weight": tf.constant(weight), "picture": tf.zeros((1, size, size, 3))}


def picture(size=2):
    return np.linspace(-1, 1, size * size * 3, dtype=np.float32).reshape(1, size, size, 3)


def differentiate(cost, image):
    with tf.GradientTape() as tape:
        tape.watch(image)
        J = cost(image)
    return J, tape.gradient(J, image)


def assert_right(J, gradient, image, weight=1.0):
    assert float(J) == pytest.approx(weight * float((image**4).sum()), rel=1e-5)
    np.testing.assert_allclose(gradient, weight * 4 * image**3, rtol=1e-5)


def test_a_tape_gets_value_and_gradient_of_a_tensor_and_of_a_variable():
    cost = COST_OF(targets())
    for image in (tf.constant(picture()), tf.Variable(picture())):
        assert_right(*differentiate(cost, image), picture())


def test_an_optimizer_gets_a_float_and_an_array():
    J, gradient = COST_OF(targets()).value_and_gradient(picture())
    assert isinstance(J, float)
    assert (gradient.shape, gradient.dtype) == ((1, 2, 2, 3), np.float32)
    assert_right(J, gradient, picture())


def test_inside_another_graph_it_is_part_of_that_graph():
    cost = COST_OF(targets())
    assert_right(*tf.function(lambda image: differentiate(cost, image))(tf.constant(picture())), picture())


def test_a_gradient_reaches_what_the_picture_was_computed_from():
    cost, half = COST_OF(targets()), tf.constant(picture() / 2)
    J, gradient = differentiate(lambda half: 3 * cost(2 * half), half)
    assert_right(J, gradient / 2, picture(), weight=3)


def test_two_costs_of_one_J_keep_their_own_targets():
    light, heavy = COST_OF(targets()), COST_OF(targets(weight=5.0))
    assert_right(*light.value_and_gradient(picture()), picture())
    assert_right(*heavy.value_and_gradient(picture()), picture(), weight=5)
    assert_right(*light.value_and_gradient(picture()), picture())


def test_new_targets_and_new_sizes_are_not_traced_again_and_again():
    cost_of, before = compile_cost(distance), len(TRACED)
    for size in (2, 3, 4, 5, 6):
        cost_of(targets(size, weight=float(size))).value_and_gradient(picture(size))
    assert len(TRACED) - before <= 3

"""Compile a cost of one's own, J(image, targets), so that one TensorFlow graph computes J and its gradient."""

from collections.abc import Callable
from typing import Any

import numpy as np

from nst.quiet_tensorflow import tensorflow as tf


class CompiledCost:
    """J of a picture for fixed targets; `compile_cost` makes it."""

    def __init__(self, J: Callable, compiled: Callable, targets: Any) -> None:
        self._J, self._compiled, self._targets = J, compiled, targets

    def __call__(self, image):
        """Return J, a scalar that a tape can differentiate. image: a float32 tensor or variable (1, H, W, 3).

        A tape around a graph makes the graph store every value that the gradient may need, which takes time. So no
        tape is active while the graph runs, and a tape sees only the tangent J(x0) + gradient . (x - x0), which has the
        same value and the same gradient at x = x0.
        """
        if not tf.executing_eagerly():
            return self._J(image, self._targets)  # inside another graph, it becomes a part of that graph
        here = tf.stop_gradient(image)
        value, gradient = self._evaluate(here)
        return value + tf.reduce_sum(gradient * (image - here))

    def value_and_gradient(self, image: np.ndarray) -> tuple[float, np.ndarray]:
        """Return (J, gradient) for a float32 picture, both as NumPy has them: what the engine's optimizers ask for."""
        value, gradient = self._evaluate(tf.constant(image))
        return float(value), gradient.numpy()

    def _evaluate(self, image):
        graph = self._compiled.get_concrete_function(image, self._targets)
        with tf.init_scope():  # pauses all tapes
            return graph(image, self._targets)


def compile_cost(J: Callable) -> Callable[[Any], CompiledCost]:
    """Compile J(image, targets) and its gradient; return a function from targets to a cost of pictures.

    J: a function of a float32 picture (1, H, W, 3) and of targets, tensors in any nesting of lists and dicts; it
    returns a scalar. It is traced once for targets of one structure, whatever the size of the picture.

    >>> cost_of = compile_cost(lambda image, targets: tf.reduce_sum((image - targets) ** 2))
    >>> cost = cost_of(tf.constant([1.0, 2.0]))
    >>> float(cost(tf.constant([1.0, 5.0])))
    9.0
    >>> cost.value_and_gradient(np.array([1, 5], np.float32))
    (9.0, array([0., 6.], dtype=float32))
    """

    @tf.function(reduce_retracing=True)
    def compiled(image, targets):
        with tf.GradientTape() as tape:
            tape.watch(image)
            value = J(image, targets)
        return value, tape.gradient(value, image)

    return lambda targets: CompiledCost(J, compiled, targets)

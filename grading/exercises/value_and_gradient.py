"""Exercise 8: a cost and its gradient, as SciPy's optimizers call for them."""

from dataclasses import dataclass

import numpy as np

from grading.exercises.exercise import Case, Draw, Exercise


@dataclass(frozen=True, eq=False)
class Cost:
    """sum of w (x - t)^power over a picture x, a float32 tensor (1, nH, nW, 3); like a network, it takes nothing else.

    power: 2 or 3. weights, target: w and t, float32, (1, nH, nW, 3).
    """

    power: int
    weights: np.ndarray
    target: np.ndarray

    def __call__(self, picture):
        import tensorflow as tf

        picture = tf.convert_to_tensor(picture)
        if picture.dtype != tf.float32:
            raise TypeError(f"the cost takes float32, got {picture.dtype.name}")
        if not picture.shape.is_compatible_with(self.weights.shape):
            raise ValueError(f"the cost takes a picture of shape {self.weights.shape}, got {tuple(picture.shape)}")
        return tf.reduce_sum(self.weights * tf.pow(picture - self.target, self.power))


def cases(seed):
    draw = Draw(seed)
    return [
        Case("small", "value", _arguments(draw, 2, n_H=1, n_W=2)),
        Case("tall", "value", _arguments(draw, 2, n_H=3, n_W=2)),
        Case("wide", "value", _arguments(draw, 3, n_H=2, n_W=4)),
        Case("square", "value", _arguments(draw, 2, n_H=3, n_W=3)),
    ]


def _arguments(draw, power, n_H, n_W):
    """(pixels, cost, shape). Every number of the picture has a weight of its own."""
    shape = (1, n_H, n_W, 3)
    weights = np.array([n + 1 for n in draw.order(n_H * n_W * 3)], np.float32).reshape(shape) / 4
    picture = draw.array(*shape, low=0, high=8) / 8
    return picture.astype(np.float64).ravel(), Cost(power, weights, draw.array(*shape, low=0, high=8) / 8), shape


EXERCISE = Exercise(
    name="value_and_gradient",
    chapter=2,
    number=8,
    points=20,
    section="3",
    heading="A better optimizer",
    signature="value_and_gradient(pixels, cost, shape)",
    cases=cases,
    in_numpy=True,
    tries="call it with a cost whose gradient you know: for lambda x: tf.reduce_sum(x ** 2) it must be 2 x",
    hints=(
        "SciPy works with vectors in float64. What does the cost need instead, and what must go back to SciPy?",
        "On the way in: a float32 tensor of the given shape. It is not a Variable, so the GradientTape must be told to "
        "watch it. On the way out: J as a number, and the gradient as a flat vector in float64.",
        "x = tf.constant(pixels.reshape(shape), tf.float32)\n"
        "with tf.GradientTape() as tape:\n"
        "    tape.watch(...)\n"
        "    J = cost(...)\n"
        "gradient = tape.gradient(J, x).numpy()\n"
        "return float(J), gradient.reshape(...).astype(...)",
    ),
)

"""Exercise 10: instance normalization."""

import numpy as np

from grading.exercises.exercise import Case, Draw, Exercise

EPSILON = 1e-5  # added to a variance before its root is taken, in the exercises of chapter 4


def cases(seed):
    draw = Draw(seed)
    base, scale = _arguments(draw, 2, 4, 3, 3), _scale_and_shift(draw, 2)
    flat = draw.array(2, 1, 1, 2, low=1, high=9)
    return [
        Case("small", "value", _arguments(draw, 1, 2, 2, 2)),
        Case("tall", "value", _arguments(draw, 2, 5, 3, 2)),
        Case("square", "value", _arguments(draw, 3, 3, 3, 3)),
        Case("wide", "value", _arguments(draw, 2, 3, 5, 4)),
        Case("base", "value", base),
        Case("faint", "value", _arguments(draw, 2, 4, 3, 2, draw_x=_faint)),
        Case("contrast", "contrast", (3 * base[0] + draw.whole(2, 5), *base[1:])),
        Case("flat", "flat", (np.tile(flat, (1, 2, 4, 1)), *scale)),
        Case("quarters", "value", _arguments(draw, 1, 3, 4, 2, draw_x=Draw.quarters)),
        Case("large", "value", _arguments(draw, 2, 3, 4, 3, draw_x=Draw.large)),
    ]


def _arguments(draw, n, n_H, n_W, n_C, draw_x=Draw.array):
    """(x, gamma, beta)."""
    return varied(draw, (n, n_H, n_W, n_C), draw_x), *_scale_and_shift(draw, n_C)


def _scale_and_shift(draw, n_C):
    """(gamma, beta), (nC,) each, all different from 0 and 1."""
    return draw.array(n_C, low=2, high=5), draw.array(n_C, low=-5, high=-2)


def _faint(draw, *shape):
    """Zeros and quarters, with so small a variance that a large epsilon shows."""
    return draw.array(*shape, low=0, high=1) / 4


def varied(draw, shape, draw_x=Draw.array):
    """Activations (n, nH, nW, nC) that vary in every channel of every picture.

    At least a sixth of the largest variance that their range allows, so that no answer depends on rounding.
    """
    while True:
        x = draw_x(draw, *shape)
        span = x.max() - x.min()
        if np.var(x, axis=(1, 2)).min() > span**2 / 24:
            return x


EXERCISE = Exercise(
    name="instance_norm",
    chapter=4,
    number=10,
    points=10,
    section="2",
    heading="Instance normalization",
    signature="instance_norm(x, gamma, beta)",
    cases=cases,
    gradient_paths=lambda args: [(0,), (1,), (2,)],
    tries="print the mean over axes 1 and 2 of what you return: it should be beta, in every picture and channel",
    hints=(
        "Each picture has a mean and a variance for each of its channels. Over which of the four axes of x, "
        "(n, nH, nW, nC), are they taken?",
        "Over height and width: axes 1 and 2, with keepdims=True, so that the statistics have shape (n, 1, 1, nC). "
        "Subtract the mean, divide by the root of the variance plus EPSILON, multiply by gamma, add beta.",
        "mean = tf.reduce_mean(x, axis=[1, 2], keepdims=True)\n"
        "variance = tf.reduce_mean(tf.square(x - ...), axis=[1, 2], keepdims=True)\n"
        "return gamma * (x - mean) / tf.sqrt(...) + beta",
    ),
)

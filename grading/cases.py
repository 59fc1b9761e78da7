"""The inputs an exercise is tried on, drawn from a seed.

Numbers are small whole ones, exact in every floating-point format, so that a right answer is right on any
hardware. `random.Random(seed).random()` is the same on every Python; NumPy and TensorFlow promise no such
thing of their own streams. A case holds plain arrays only, and no expected value: those stay with the judge.
"""

import random
from dataclasses import dataclass, field

import numpy as np

VISIBLE_SEED = 236


@dataclass(frozen=True)
class Case:
    """One call of the student's function: `target(*args, **options)`.

    `role` says what the judge does with the answer: "value" compares it with the oracle; "zero" expects 0;
    "permuted" and "scaled" relate it to the answer for the case named "base".
    """

    name: str
    role: str
    args: tuple
    options: dict = field(default_factory=dict)


@dataclass(frozen=True)
class StepCase:
    """What train_step is tried on: pictures (1, H, W, 3) in [0, 1] and kernels of the small network."""

    start: np.ndarray
    other_start: np.ndarray
    content: np.ndarray
    style: np.ndarray
    kernels: tuple


class Draw:
    """Small whole numbers from a seed."""

    def __init__(self, seed):
        self.random = random.Random(seed).random

    def whole(self, low, high):
        return low + int(self.random() * (high - low + 1))

    def array(self, *shape, low=-3, high=3):
        numbers = [self.whole(low, high) for _ in range(int(np.prod(shape)))]
        return np.array(numbers, dtype=np.float32).reshape(shape)

    def layers(self, shapes):
        return [self.array(1, *shape) for shape in shapes]

    def pair(self, shapes):
        return self.layers(shapes), self.layers(shapes)

    def order(self, count):
        return sorted(range(count), key=lambda _: self.random())


def cotangent(shape):
    """The weights under which the gradient of a matrix-valued answer is taken: 1, 2, 3, ... in its shape."""
    return np.arange(1.0, 1.0 + int(np.prod(shape))).reshape(tuple(shape))


def content_cases(seed):
    draw = Draw(seed)
    base = draw.pair([(3, 2, 2), (4, 5, 3)])
    same = draw.layers([(2, 2, 2), (3, 4, 2)])
    return [
        Case("small", "value", draw.pair([(2, 2, 3), (3, 2, 2), (1, 3, 2)])),
        Case("tall", "value", draw.pair([(4, 3, 2), (5, 2, 4)])),
        Case("square", "value", draw.pair([(4, 4, 1), (3, 4, 2), (3, 3, 3)])),
        Case("single", "value", draw.pair([(2, 5, 3)])),
        Case("base", "value", base),
        Case("zero", "zero", (same, same)),
        Case("scaled", "scaled", tuple([3 * a for a in outputs] for outputs in base)),
    ]


def gram_cases(seed):
    draw = Draw(seed)
    base = draw.array(4, 7)
    return [
        Case("small", "value", (draw.array(3, 2),)),
        Case("wide", "value", (draw.array(2, 5),)),
        Case("square", "value", (draw.array(3, 3),)),
        Case("column", "value", (draw.array(4, 1),)),
        Case("base", "value", (base,)),
        Case("permuted", "permuted", (base[:, draw.order(7)],)),
        Case("scaled", "scaled", (3 * base,)),
    ]


def layer_style_cases(seed):
    draw = Draw(seed)
    base = draw.pair([(4, 3, 3)])
    same = draw.array(1, 3, 2, 2)
    order = draw.order(12)
    return [
        Case("small", "value", _firsts(draw.pair([(1, 3, 2)]))),
        Case("tall", "value", _firsts(draw.pair([(5, 2, 4)]))),
        Case("square", "value", _firsts(draw.pair([(3, 3, 2)]))),
        Case("wide", "value", _firsts(draw.pair([(2, 5, 3)]))),
        Case("base", "value", _firsts(base)),
        Case("zero", "zero", (same, same)),
        Case("permuted", "permuted", tuple(_reordered(a, order) for a in _firsts(base))),
        Case("scaled", "scaled", tuple(3 * a for a in _firsts(base))),
    ]


def style_cases(seed):
    draw = Draw(seed)
    base = draw.pair([(4, 3, 2), (3, 2, 3), (2, 3, 4)])
    base_layers = _named(draw, 2)
    same = draw.layers([(3, 2, 2), (2, 3, 3), (1, 2, 4)])
    return [
        Case("two", "value", (*draw.pair([(1, 3, 2), (2, 2, 3), (1, 2, 2)]), _named(draw, 2))),
        Case("three", "value", (*draw.pair([(4, 2, 2), (2, 3, 3), (2, 1, 3), (1, 3, 4)]), _named(draw, 3))),
        Case("one", "value", (*draw.pair([(2, 4, 3), (3, 2, 2)]), _named(draw, 1))),
        Case("base", "value", (*base, base_layers)),
        Case("zero", "zero", (same, same, _named(draw, 2))),
        Case("scaled", "scaled", (*([3 * a for a in outputs] for outputs in base), base_layers)),
    ]


def total_cases(seed):
    draw = Draw(seed)
    return [
        Case("weights given", "value", _costs(draw), _weights(draw)),
        Case("defaults", "value", _costs(draw)),
        Case("other weights", "value", _costs(draw), _weights(draw)),
        Case("python numbers", "value", tuple(float(J) for J in _costs(draw)), _weights(draw)),
    ]


def step_cases(seed):
    draw = Draw(seed)
    kernels = [draw.array(3, 3, 3, n_C, low=-4, high=4) / 4 for n_C in [4, 3, 5] * 6]
    pictures = [_picture(draw) for _ in range(4)]
    return StepCase(*pictures, kernels=tuple(kernels))


def _picture(draw):
    return np.clip(draw.array(1, 5, 6, 3, low=-2, high=18) / 16, 0, 1)


def _firsts(pair):
    return tuple(outputs[0] for outputs in pair)


def _reordered(a, order):
    return a.reshape(-1, a.shape[-1])[order].reshape(a.shape)


def _named(draw, count):
    """STYLE_LAYERS of `count` layers; the lambdas are eighths, all different."""
    eighths = [n + 1 for n in draw.order(8)][:count]
    return [(f"layer{n + 1}", eighth / 8) for n, eighth in enumerate(eighths)]


def _costs(draw):
    content, style = [n + 2 for n in draw.order(8)][:2]
    return np.float32(content), np.float32(style)


def _weights(draw):
    alpha, beta = [n + 2 for n in draw.order(8)][:2]
    return {"alpha": alpha, "beta": beta}

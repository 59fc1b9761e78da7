"""The inputs an exercise is tried on, drawn from a seed.

Most numbers are small whole ones, easy to work with on paper. Quarters show who cuts decimals off, and whole numbers
beyond 256 who computes in half precision: float16 overflows, bfloat16 rounds. `random.Random(seed).random()` is the
same on every Python; NumPy and TensorFlow promise no such thing of their own streams. A case holds plain arrays only,
and no expected value: those stay with the judge.
"""

import random
from dataclasses import dataclass, field

import numpy as np

VISIBLE_SEED = 236
MOST_LAYERS = 16


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
    """What train_step is tried on: pictures (1, H, W, 3) in [0, 1], kernels of the small network, and lambdas.

    There are as many kernels and lambdas as the longest STYLE_LAYERS may take.
    """

    start: np.ndarray
    other_start: np.ndarray
    content: np.ndarray
    style: np.ndarray
    kernels: tuple
    lambdas: tuple

    def layers(self, count):
        """The STYLE_LAYERS of a step with `count` style layers: the lambdas are shares of about 1."""
        return [(f"layer{n + 1}", weight / count) for n, weight in enumerate(self.lambdas[:count])]


class Draw:
    """Small whole numbers from a seed."""

    def __init__(self, seed):
        self.random = random.Random(seed).random

    def whole(self, low, high):
        return low + int(self.random() * (high - low + 1))

    def array(self, *shape, low=-3, high=3):
        numbers = [self.whole(low, high) for _ in range(int(np.prod(shape)))]
        return np.array(numbers, dtype=np.float32).reshape(shape)

    def quarters(self, *shape):
        return self.array(*shape, low=-9, high=9) / 4

    def fraction(self):
        """1/4 or 3/4."""
        return np.float32(self.whole(0, 1) / 2 + 0.25)

    def large(self, *shape):
        """257, 261, ..., 497, with either sign: squares overflow in float16, and bfloat16 makes each smaller by 1."""
        return self._signs(*shape) * (257 + 4 * self.array(*shape, low=0, high=60))

    def _signs(self, *shape):
        return 2 * self.array(*shape, low=0, high=1) - 1

    def layers(self, shapes, drawn=None):
        return [(drawn or self.array)(1, *shape) for shape in shapes]

    def pair(self, shapes, drawn=None):
        return self.layers(shapes, drawn), self.layers(shapes, drawn)

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
        Case("quarters", "value", draw.pair([(2, 1, 2), (1, 3, 2)], draw.quarters)),
        Case("large", "value", _apart(draw.pair([(1, 2, 1), (2, 1, 2)], draw.large))),
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
        Case("quarters", "value", (draw.quarters(2, 3),)),
        Case("large", "value", (draw.large(2, 2),)),
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
        Case("quarters", "value", _firsts(draw.pair([(1, 3, 2)], draw.quarters))),
        Case("large", "value", _firsts(draw.pair([(1, 2, 3)], draw.large))),
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
        Case("quarters", "value", (*draw.pair([(1, 3, 2), (2, 1, 3), (1, 1, 2)], draw.quarters), _named(draw, 2))),
        Case("large", "value", (*draw.pair([(1, 2, 3), (3, 1, 2), (1, 1, 2)], draw.large), _named(draw, 2))),
    ]


def total_cases(seed):
    draw = Draw(seed)
    return [
        Case("weights given", "value", _costs(draw), _weights(draw)),
        Case("defaults", "value", _costs(draw)),
        Case("other weights", "value", _costs(draw), _weights(draw)),
        Case("python numbers", "value", tuple(float(J) for J in _costs(draw)), _weights(draw)),
        Case(
            "quarters",
            "value",
            tuple(J + draw.fraction() for J in _costs(draw)),
            {name: weight + float(draw.fraction()) for name, weight in _weights(draw).items()},
        ),
        Case("large", "value", tuple(256 * np.abs(draw.large(2))), _weights(draw)),
        Case("large, defaults", "value", tuple(256 * np.abs(draw.large(2)))),
    ]


def step_cases(seed):
    draw = Draw(seed)
    kernels = [draw.array(3, 3, 3, n_C, low=-4, high=4) / 4 for n_C in [4, 3, 5] * 6]
    pictures = [_picture(draw) for _ in range(4)]
    lambdas = [draw.whole(5, 11) / 8 for _ in range(MOST_LAYERS)]
    return StepCase(*pictures, kernels=tuple(kernels), lambdas=tuple(lambdas))


def _picture(draw):
    return np.clip(draw.array(1, 5, 6, 3, low=-2, high=18) / 16, 0, 1)


def _apart(pair):
    """The first positive and the second negative, so that no difference is small next to them."""
    content, generated = pair
    return [np.abs(a) for a in content], [-np.abs(a) for a in generated]


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

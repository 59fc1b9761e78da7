"""The inputs of chapter 2's exercises: whole pictures, in numbers that are easy to work with and exact in float32."""

import numpy as np

from grading.exercises.case_functions import Cost, Root
from grading.exercises.cases import Case, Draw

LEAST_SPREAD = 0.01  # the smallest variance of a picture's colours in any direction: roots are then well-conditioned


def variation_cases(seed):
    draw = Draw(seed)
    base, even = draw.array(1, 4, 3, 3, low=0, high=5), draw.array(1, 1, 1, 3, low=1, high=9)
    return [
        Case("small", "value", (draw.array(1, 2, 3, 2, low=0, high=9),)),
        Case("tall", "value", (draw.array(1, 5, 3, 2, low=0, high=9),)),
        Case("square", "value", (draw.array(1, 3, 3, 3, low=0, high=9),)),
        Case("wide", "value", (draw.array(1, 3, 6, 4, low=0, high=9),)),
        Case("base", "value", (base,)),
        Case("even", "even", (np.tile(even, (1, 3, 4, 1)),)),
        Case("shifted", "shifted", (base + draw.whole(2, 5),)),
        Case("scaled", "scaled", (3 * base,)),
        Case("quarters", "value", (draw.quarters(1, 3, 4, 2),)),
        Case("large", "value", (_alternating(draw.large(1, 3, 4, 3)),)),
    ]


def gradient_cases(seed):
    draw = Draw(seed)
    return [
        Case("small", "value", _to_descend(draw, "squares", 1, 2)),
        Case("tall", "value", _to_descend(draw, "squares", 3, 2)),
        Case("wide", "value", _to_descend(draw, "cubes", 2, 4)),
        Case("square", "value", _to_descend(draw, "squares", 3, 3)),
    ]


def colour_cases(seed):
    draw = Draw(seed)
    same = _colourful(draw, 3, 3)
    return [
        Case("small", "value", (_colourful(draw, 2, 3), _contrasting(draw, 3, 2), Root("cholesky"))),
        Case("symmetric", "value", (_colourful(draw, 3, 4), _contrasting(draw, 2, 6), Root("symmetric"))),
        Case("wide", "value", (_colourful(draw, 2, 5), _contrasting(draw, 5, 2), Root("cholesky"))),
        Case("tall", "value", (_colourful(draw, 6, 2), _contrasting(draw, 4, 3), Root("symmetric"))),
        Case("itself", "itself", (same, same.copy(), Root("cholesky"))),
        Case("sizes", "sizes", (_colourful(draw, 3, 5), _contrasting(draw, 6, 7), Root("symmetric"))),
    ]


def _alternating(image):
    """The same with signs like the fields of a chessboard, so that no difference is small next to the numbers."""
    rows, columns = np.indices(image.shape[1:3])
    return np.abs(image) * (1 - 2 * ((rows + columns) % 2))[..., None].astype(np.float32)


def _to_descend(draw, kind, n_H, n_W):
    """(pixels, cost, shape) with a weight of its own for every number of the picture."""
    shape = (1, n_H, n_W, 3)
    weights = np.array([n + 1 for n in draw.order(n_H * n_W * 3)], np.float32).reshape(shape) / 4
    picture = draw.array(*shape, low=0, high=8) / 8
    return picture.astype(np.float64).ravel(), Cost(kind, weights, draw.array(*shape, low=0, high=8) / 8), shape


def _colourful(draw, n_H, n_W):
    return _spread(draw, lambda: draw.array(1, n_H, n_W, 3, low=1, high=7) / 8)


def _contrasting(draw, n_H, n_W):
    """Colours at the ends of their range, so that what is matched to them leaves it."""
    return _spread(draw, lambda: draw.array(1, n_H, n_W, 3, low=0, high=1))


def _spread(draw, drawn):
    """A picture (1, nH, nW, 3) whose channels go together, and which has colours in every direction."""
    order = draw.order(3)
    while True:
        first, second, third = np.moveaxis(drawn(), -1, 0)
        picture = np.stack([first, (3 * second + first) / 4, (third + second) / 2], axis=-1)[..., order]
        pixels = picture.reshape(-1, 3)
        if np.linalg.eigvalsh(np.cov(pixels.T, bias=True))[0] > LEAST_SPREAD:
            return picture

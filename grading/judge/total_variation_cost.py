"""Known mistakes in total_variation_cost."""

import numpy as np

from grading.judge.mistake import Mistake
from grading.judge.oracle import as_float

DOWN, ACROSS, CHANNELS = 1, 2, 3


def _steps(image, axis):
    return np.diff(as_float(image), axis=axis)


def _added(cost, *axes):
    """The formula that adds up `cost` of the differences along each of the axes."""
    return lambda image: sum(cost(_steps(image, axis)) for axis in axes)


def _mean_square(steps):
    return np.mean(steps**2)


def _sum_of_squares(steps):
    return np.sum(steps**2)


def _mean_absolute(steps):
    return np.mean(np.abs(steps))


def _sum_of_absolutes(steps):
    return np.sum(np.abs(steps))


def _pooled(image):
    down, across = _steps(image, DOWN), _steps(image, ACROSS)
    return (np.sum(down**2) + np.sum(across**2)) / (down.size + across.size)


def _around(image):
    """With each first pixel as the neighbour of the last."""
    image = as_float(image)
    return sum(np.mean((image - np.roll(image, 1, axis=axis)) ** 2) for axis in (DOWN, ACROSS))


def _lengths(image):
    """The mean length of the gradient: down and across under one root."""
    down, across = _steps(image, DOWN)[:, :, :-1], _steps(image, ACROSS)[:, :-1]
    return np.mean(np.sqrt(down**2 + across**2))


def _diagonal(image):
    image = as_float(image)
    return np.mean((image[:, 1:, 1:] - image[:, :-1, :-1]) ** 2)


def _apart(image):
    """Two pixels apart; NaN where there are no two such."""
    image = as_float(image)
    down, across = image[:, 2:] - image[:, :-2], image[:, :, 2:] - image[:, :, :-2]
    return sum(np.sum(steps**2) / (steps.size or np.nan) for steps in (down, across))


def _two_apart(evidence):
    """Where every difference has its two pixels: the smallest picture has too few rows for that."""
    return evidence.without("small").agrees(_apart)


def _of_all_numbers(image):
    return _added(_sum_of_squares, DOWN, ACROSS)(image) / np.size(image)


def _all_nan(evidence):
    return all(trial.value is not None and np.all(np.isnan(trial.value)) for trial in evidence.trials)


SQUARE = "tf.square of the differences, then tf.reduce_mean"
TWO_MEANS = "tf.reduce_mean of the squares down, plus tf.reduce_mean of the squares across"
AXES = "image has four axes, (1, nH, nW, nC): rows are axis 1, columns axis 2"
SLICES = "image[:, 1:] - image[:, :-1] for the rows, image[:, :, 1:] - image[:, :, :-1] for the columns"

MISTAKES = (
    Mistake(
        "absolute",
        formula=_added(_mean_absolute, DOWN, ACROSS),
        says="Those are the absolute differences. The cost squares them, so that one odd pixel costs more than a ramp.",
        tries=SQUARE,
    ),
    Mistake(
        "absolute+summed",
        formula=_added(_sum_of_absolutes, DOWN, ACROSS),
        says="That is the sum of the absolute differences, as tf.image.total_variation computes it. The cost here "
        "squares them, and takes their mean down and their mean across.",
        tries=TWO_MEANS,
    ),
    Mistake(
        "summed",
        formula=_added(_sum_of_squares, DOWN, ACROSS),
        says="The squares are added up. Their mean is asked for, so that a large picture costs no more than a small "
        "one.",
        tries="tf.reduce_mean in place of tf.reduce_sum",
    ),
    Mistake(
        "down-only",
        formula=_added(_mean_square, DOWN),
        says="Only neighbours down the columns of pixels are compared. Those across, in one row, count as well.",
        tries=SLICES,
    ),
    Mistake(
        "across-only",
        formula=_added(_mean_square, ACROSS),
        says="Only neighbours across, in one row, are compared. Those down the columns of pixels count as well.",
        tries=SLICES,
    ),
    Mistake(
        "down-only+summed",
        formula=_added(_sum_of_squares, DOWN),
        says="Only neighbours down the columns of pixels are compared, and their squares are added up. Two means are "
        "asked for, one down and one across.",
        tries=TWO_MEANS,
    ),
    Mistake(
        "across-only+summed",
        formula=_added(_sum_of_squares, ACROSS),
        says="Only neighbours across, in one row, are compared, and their squares are added up. Two means are asked "
        "for, one down and one across.",
        tries=TWO_MEANS,
    ),
    Mistake(
        "down-only+absolute",
        formula=_added(_mean_absolute, DOWN),
        says="Only neighbours down the columns of pixels are compared, and their differences are not squared.",
        tries=TWO_MEANS,
    ),
    Mistake(
        "across-only+absolute",
        formula=_added(_mean_absolute, ACROSS),
        says="Only neighbours across, in one row, are compared, and their differences are not squared.",
        tries=TWO_MEANS,
    ),
    Mistake(
        "pooled",
        formula=_pooled,
        says="All differences go into one mean. There are not as many down as across: each of the two has a mean of "
        "its own, and the means add up.",
        tries=TWO_MEANS,
    ),
    Mistake(
        "all-numbers",
        formula=_of_all_numbers,
        says="The squares are divided by the number of all pixels and channels. There are fewer differences than "
        "pixels, by a row or by a column: the mean is over the differences.",
        tries="tf.reduce_mean of the squares, which counts them itself",
    ),
    Mistake(
        "half",
        factor=lambda image: 1 / 2,
        says="It is divided by 2. The two means add up as they are.",
        tries="take the 1/2 out",
    ),
    Mistake(
        "doubled",
        factor=lambda image: 2.0,
        says="Every difference counts twice, or the sum is multiplied by 2.",
        tries="tf.reduce_mean of the squares down, once, plus that across, once",
    ),
    Mistake(
        "summed-over-channels",
        factor=lambda image: np.shape(image)[CHANNELS],
        says="The channels are added up, and only the positions averaged: the mean is over all of them.",
        tries="tf.reduce_mean without axis",
    ),
    Mistake(
        "other-axes",
        formula=_added(_mean_square, ACROSS, CHANNELS),
        says="Those are the differences across and from channel to channel: one axis too far. " + AXES + ".",
        tries=SLICES,
    ),
    Mistake(
        "other-axes",
        formula=_added(_mean_square, DOWN, CHANNELS),
        says="Those are the differences down and from channel to channel. Channels are no neighbours: red beside green "
        "is a colour, and no noise.",
        tries=SLICES,
    ),
    Mistake(
        "other-axes",
        formula=_added(_mean_square, DOWN, ACROSS, CHANNELS),
        says="Besides the differences down and across there are those from channel to channel. Channels are no "
        "neighbours: red beside green is a colour, and no noise.",
        tries=SLICES,
    ),
    Mistake(
        "batch-axis",
        state="wrong value",
        symptom=_all_nan,
        says="The answer is NaN, the mean of nothing: differences along the batch axis, axis 0, which holds a single "
        "picture. " + AXES + ".",
        tries=SLICES,
    ),
    Mistake(
        "wrapped",
        formula=_around,
        says="The last row is compared with the first, and the last column with the first, as tf.roll does: a picture "
        "ends at its edges.",
        tries=SLICES,
    ),
    Mistake(
        "root",
        formula=lambda image: np.sqrt(_added(_mean_square, DOWN, ACROSS)(image)),
        says="That is the root of the cost. The squares are left as they are.",
        tries="take the root out",
    ),
    Mistake(
        "root",
        formula=lambda image: sum(np.sqrt(_mean_square(_steps(image, axis))) for axis in (DOWN, ACROSS)),
        says="A root is taken of both means. The squares are left as they are.",
        tries="take the roots out",
    ),
    Mistake(
        "lengths",
        formula=_lengths,
        says="That is the mean length of the gradient, down and across under one root: another total variation, which "
        "forgives a sharp edge. The cost here has no root.",
        tries=TWO_MEANS,
    ),
    Mistake(
        "no-square",
        formula=_added(np.mean, DOWN, ACROSS),
        says="The differences are not squared: a step up and a step down cancel.",
        tries=SQUARE,
    ),
    Mistake(
        "no-square",
        formula=lambda image: -_added(np.mean, DOWN, ACROSS)(image),
        says="The differences are not squared: a step up and a step down cancel.",
        tries=SQUARE,
    ),
    Mistake(
        "square-of-mean",
        formula=_added(lambda steps: np.mean(steps) ** 2, DOWN, ACROSS),
        says="That is the square of the mean difference. The cost is the mean of the squares: square first.",
        tries=SQUARE,
    ),
    Mistake(
        "diagonal",
        formula=_diagonal,
        says="Each pixel is compared with the one a row and a column further on, which is no neighbour here.",
        tries=SLICES,
    ),
    Mistake(
        "two-apart",
        state="wrong value",
        symptom=_two_apart,
        says="Each pixel is compared with the one after the next.",
        tries=SLICES,
    ),
    Mistake(
        "other-shapes",
        state="crashed",
        symptom=lambda e: e.raised(
            "Incompatible shapes", "required broadcastable shapes", "must be broadcastable", "Dimensions must be equal"
        ),
        says="Two pieces of the picture that do not fit each other meet: a row or a column less down is not one less "
        "across. Down and across are two tensors, each with a mean of its own.",
        tries="print the shapes of both differences, and take the mean of each before you add",
    ),
)

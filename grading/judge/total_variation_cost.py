"""Exercise 7, total_variation_cost: right answer, laws and known mistakes."""

import numpy as np

from grading.judge.judgement import must_be_zero, must_equal_base, scales_with_degree
from grading.judge.mistakes import AnswerKey, advise, crashes, off_by, wrong, wrong_value
from grading.judge.numbers import as_float, count, printed

DOWN, ACROSS, CHANNELS = 1, 2, 3


def total_variation_cost(image):
    """Mean squared difference of neighbors down, plus that of neighbors across; (1, nH, nW, nC) -> a scalar.

    Mahendran and Vedaldi (2015), section 3 with beta = 2, with means instead of sums.

    >>> float(total_variation_cost([[[[0], [3]], [[4], [4]]]]))  # down (16 + 1) / 2, across (9 + 0) / 2
    13.0
    """
    return np.mean(_steps(image, DOWN) ** 2) + np.mean(_steps(image, ACROSS) ** 2)


def describe(image):
    _, n_H, n_W, n_C = image.shape
    return [f"image has shape {image.shape}: {n_H} x {n_W} pixels, {count(n_C, 'channel')}", *printed(image=image)]


def zero_for_one_color(results):
    """The cost of a picture in one color is 0, up to rounding of another picture's cost."""
    return must_be_zero(results, "uniform", "all pixels are the same here")


def same_for_brighter_pictures(results):
    """Adding a number to every pixel changes no difference, and so not the answer."""
    return must_equal_base(results, "shifted", "the same number added to every pixel should not change the answer")


def _steps(image, axis):
    return np.diff(as_float(image), axis=axis)


def _sum_over(cost, *axes):
    """The formula that adds up `cost` of the differences along each of the axes."""
    return lambda image: sum(cost(_steps(image, axis)) for axis in axes)


def _mean_square(steps):
    return np.mean(steps**2)


def _sum_of_squares(steps):
    return np.sum(steps**2)


def _mean_absolute(steps):
    return np.mean(np.abs(steps))


def _one_mean(image):
    down, across = _steps(image, DOWN), _steps(image, ACROSS)
    return (np.sum(down**2) + np.sum(across**2)) / (down.size + across.size)


def _wrapped(image):
    """The first pixel counts as the neighbor of the last."""
    image = as_float(image)
    return sum(np.mean((image - np.roll(image, 1, axis=axis)) ** 2) for axis in (DOWN, ACROSS))


def _gradient_lengths(image):
    """The mean length of the gradient: down and across under one square root."""
    down, across = _steps(image, DOWN)[:, :, :-1], _steps(image, ACROSS)[:, :-1]
    return np.mean(np.sqrt(down**2 + across**2))


def _diagonal(image):
    image = as_float(image)
    return np.mean((image[:, 1:, 1:] - image[:, :-1, :-1]) ** 2)


def _two_apart(image):
    """Pixels compared with the next but one; NaN if the picture has no such pair."""
    image = as_float(image)
    down, across = image[:, 2:] - image[:, :-2], image[:, :, 2:] - image[:, :, :-2]
    return sum(np.sum(steps**2) / (steps.size or np.nan) for steps in (down, across))


def _always_nan(evidence):
    return all(result.value is not None and np.all(np.isnan(result.value)) for result in evidence.results)


TWO_MEANS = "tf.reduce_mean of the squares down, plus tf.reduce_mean of the squares across"
SLICES = "image[:, 1:] - image[:, :-1] for the rows, image[:, :, 1:] - image[:, :, :-1] for the columns"
AXES = "image has four axes, (1, nH, nW, nC): rows are axis 1, columns are axis 2."
NO_SQUARE = "The differences are not squared: positive and negative differences cancel."
NOT_NEIGHBORS = "Channels are not neighbors: a pixel may be red and not green without any noise."
ABSOLUTE = "These are absolute differences. The cost squares them, so that one odd pixel costs more than a smooth ramp."


def _one_direction(suffix, cost, also, tries):
    return advise(
        tries,
        wrong(f"down-only{suffix}", _sum_over(cost, DOWN)).because(f"The pixels in one row are not compared.{also}"),
        wrong(f"across-only{suffix}", _sum_over(cost, ACROSS)).because(
            f"The pixels in one column are not compared.{also}"
        ),
    )


MISTAKES = advise(
    *_one_direction("", _mean_square, " The cost needs both directions, down and across.", SLICES),
    *_one_direction("+summed", _sum_of_squares, " And the squares are summed, where the cost takes a mean.", TWO_MEANS),
    *_one_direction("+absolute", _mean_absolute, " And the differences are not squared.", TWO_MEANS),
    TWO_MEANS,
    wrong("absolute", _sum_over(_mean_absolute, DOWN, ACROSS)).because(ABSOLUTE),
    wrong("absolute+summed", _sum_over(lambda steps: np.sum(np.abs(steps)), DOWN, ACROSS)).because(
        "This is the sum of absolute differences, as in tf.image.total_variation. The cost is the mean of squares."
    ),
    wrong("summed", _sum_over(_sum_of_squares, DOWN, ACROSS)).because(
        "The squares are summed. The cost takes their mean, so that a large picture does not cost more."
    ),
    wrong("pooled", _one_mean).because(
        "All differences are in one mean. There are not as many down as across, so take two means and add them."
    ),
    wrong("all-numbers", lambda image: _sum_over(_sum_of_squares, DOWN, ACROSS)(image) / np.size(image)).because(
        "The sum is divided by the number of values. Divide by the number of differences, which is smaller."
    ),
    off_by("half", 1 / 2).because("The result is divided by 2. The cost is the sum of the two means."),
    off_by("doubled", 2).because("Every difference counts twice, or the sum is multiplied by 2."),
    off_by("summed-over-channels", lambda image: np.shape(image)[CHANNELS]).because(
        "The channels are summed and only the positions are averaged. The mean covers both."
    ),
    wrong("no-square", _sum_over(np.mean, DOWN, ACROSS)).because(NO_SQUARE),
    wrong("no-square", _sum_over(lambda steps: -np.mean(steps), DOWN, ACROSS)).because(NO_SQUARE),
    wrong("square-of-mean", _sum_over(lambda steps: np.mean(steps) ** 2, DOWN, ACROSS)).because(
        "This is the square of the mean difference. Square first, then take the mean."
    ),
    wrong("root", lambda image: np.sqrt(total_variation_cost(image))).because("This is the square root of the cost."),
    wrong("root", _sum_over(lambda steps: np.sqrt(_mean_square(steps)), DOWN, ACROSS)).because(
        "These are the square roots of the two means. The cost has no square root."
    ),
    wrong("lengths", _gradient_lengths).because(
        "This is the mean of sqrt(down^2 + across^2): another kind of total variation, which penalizes sharp edges "
        "less. The cost here has no square root."
    ),
    SLICES,
    wrong("other-axes", _sum_over(_mean_square, ACROSS, CHANNELS)).because(
        f"These are the differences across and from channel to channel: one axis too far. {AXES}"
    ),
    wrong("other-axes", _sum_over(_mean_square, DOWN, CHANNELS)).because(
        f"These are the differences down and from channel to channel. {NOT_NEIGHBORS}"
    ),
    wrong("other-axes", _sum_over(_mean_square, DOWN, ACROSS, CHANNELS)).because(
        f"Besides down and across, this has the differences from channel to channel. {NOT_NEIGHBORS}"
    ),
    wrong_value("batch-axis", _always_nan).because(
        f"The answer is NaN, the mean of no numbers: differences along axis 0, which holds one picture. {AXES}"
    ),
    wrong("wrapped", _wrapped).because(
        "The last row is compared with the first, and the last column with the first, as tf.roll does. Pixels on "
        "opposite edges are not neighbors."
    ),
    wrong("diagonal", _diagonal).because(
        "Each pixel is compared with its diagonal neighbor. Compare it with the pixel below and the one to the right."
    ),
    wrong_value(
        "two-apart", lambda e: e.without("small").agrees(_two_apart)
    ).because(  # the smallest picture has no such rows
        "Each pixel is compared with the one two steps away. Compare it with the next pixel."
    ),
    crashes(
        "other-shapes",
        ["Incompatible shapes", "required broadcastable shapes", "must be broadcastable", "Dimensions must be equal"],
    ).because(
        "Two tensors with different shapes are combined: the differences down have one row less, those across one "
        "column less.",
        "print the shapes of both differences, and take the mean of each before you add",
    ),
)

LAWS = (zero_for_one_color, same_for_brighter_pictures, scales_with_degree(2))
KEY = AnswerKey(total_variation_cost, describe, MISTAKES, LAWS)

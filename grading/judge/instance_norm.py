"""Exercise 10, instance_norm: right answer, laws and known mistakes."""

import numpy as np

from grading.exercises.instance_norm import EPSILON
from grading.judge.judgement import must_equal, must_equal_base
from grading.judge.mistakes import AnswerKey, advise, crashes, wrong, wrong_property
from grading.judge.numbers import as_float, count, printed

STAND_IN = """
def instance_norm(x, gamma, beta):
    import tensorflow as tf

    mean, variance = tf.nn.moments(x, [1, 2], keepdims=True)
    return gamma * (x - mean) / tf.sqrt(variance + 1e-5) + beta
"""
PLACES = (1, 2)  # the axes of height and width
KERAS_EPSILON = 1e-3


def instance_norm(x, gamma, beta):
    """gamma (x - mean) / sqrt(variance + EPSILON) + beta, each channel of each picture with its own statistics.

    Shapes: x (n, nH, nW, nC), gamma and beta (nC,). Ulyanov, Vedaldi and Lempitsky (2017), Improved Texture Networks,
    equation 7.

    >>> instance_norm([[[[1], [3]]]], [2], [10]).round(3).ravel().tolist()
    [8.0, 12.0]
    """
    return normalized()(x, gamma, beta)


def normalized(axes=PLACES, epsilon=EPSILON, subtract=np.mean, spread=lambda variance: np.sqrt(variance), divide=None):
    """The formula with statistics over other axes, or with other parts.

    subtract: what is subtracted before the variance is taken, and from x. spread: variance -> what x is divided by.
    divide: number of values -> the divisor of the variance.
    """

    def formula(x, gamma, beta):
        x = as_float(x)
        centered = x - subtract(x, axis=axes, keepdims=True)
        squares = np.sum(centered**2, axis=axes, keepdims=True)
        values = x.size / squares.size
        variance = squares / (divide(values) if divide else values)
        return as_float(gamma) * centered / spread(variance + epsilon) + as_float(beta)

    return formula


def describe(x, gamma, beta):
    n, n_H, n_W, n_C = x.shape
    pictures = f"{count(n, 'picture')}, {n_H} x {n_W} positions, {count(n_C, 'channel')}"
    return [f"x has shape {x.shape}: {pictures}", *printed(x=x, gamma=gamma, beta=beta)]


def beta_for_flat_channels(results):
    """A channel with one value everywhere becomes beta: there is no contrast to normalize."""
    case, result = results["flat"]
    x, _, beta = case.args
    why = "each channel has one value everywhere here, so x - mean is 0 and the answer should be beta"
    return must_equal(case, result, np.broadcast_to(as_float(beta), x.shape), why)


def same_for_other_contrasts(results):
    """The answer does not change with the contrast and brightness of the input."""
    return must_equal_base(
        results, "contrast", "x with 3 times the contrast, and brighter, should give the same answer"
    )


def _nothing(x, axis, keepdims):
    return np.zeros(())


def _without(**left_out):
    return lambda x, gamma, beta: instance_norm(x, **{"gamma": gamma, "beta": beta, **left_out})


def _shifted_first(x, gamma, beta):
    return as_float(gamma) * (instance_norm(x, 1, 0) + as_float(beta))


def _mean_left_in(x, gamma, beta):
    x = as_float(x)
    return instance_norm(x, gamma, beta) + as_float(gamma) * np.mean(x, PLACES, keepdims=True) / np.sqrt(
        np.mean((x - np.mean(x, PLACES, keepdims=True)) ** 2, PLACES, keepdims=True) + EPSILON
    )


def _only_centered(x, gamma, beta):
    x = as_float(x)
    return as_float(gamma) * (x - np.mean(x, PLACES, keepdims=True)) + as_float(beta)


def _nan_for_flat_channels(evidence):
    flat = [result for case, result in evidence.law_pairs if case.role == "flat"]
    return any(result.value is not None and not np.all(np.isfinite(result.value)) for result in flat)


STATISTICS = "tf.reduce_mean(..., axis=[1, 2], keepdims=True), for the mean and for the variance"
WHOLE = "gamma * (x - mean) / tf.sqrt(variance + EPSILON) + beta"
ONE_AXIS = "The statistics are taken along {} only. One channel of one picture is a whole map: height and width."

MISTAKES = advise(
    STATISTICS,
    wrong("batch-norm", normalized(axes=(0, 1, 2))).because(
        "This is batch normalization: all pictures share one mean and one variance per channel. Here each picture has "
        "its own."
    ),
    wrong("layer-norm", normalized(axes=(1, 2, 3))).because(
        "This is layer normalization: all channels of a picture share one mean and one variance. Here each channel has "
        "its own."
    ),
    wrong("over-channels", normalized(axes=3)).because(
        "The statistics are taken over the channels, at each position. Take them over the positions, in each channel."
    ),
    wrong("over-everything", normalized(axes=None)).because(
        "All numbers of x share one mean and one variance. Each channel of each picture has its own."
    ),
    wrong("over-pictures", normalized(axes=0)).because(
        "The statistics are taken over the pictures, axis 0, at each position. Take them over height and width."
    ),
    wrong("one-axis", normalized(axes=1)).because(ONE_AXIS.format("the height")),
    wrong("one-axis", normalized(axes=2)).because(ONE_AXIS.format("the width")),
    crashes(
        "no-keepdims",
        ["Incompatible shapes", "required broadcastable shapes", "must be broadcastable", "must be equal"],
    ).because(
        "Two tensors with different shapes are combined. Without keepdims=True the statistics have shape (n, nC), "
        "which does not fit x, (n, nH, nW, nC)."
    ),
    WHOLE,
    wrong("variance-for-deviation", normalized(spread=lambda variance: variance)).because(
        "x is divided by the variance. Divide by its square root, the standard deviation."
    ),
    wrong("multiplied", normalized(spread=lambda variance: 1 / np.sqrt(variance))).because(
        "x is multiplied by its standard deviation. Divide by it, so that every channel has the same spread."
    ),
    wrong("only-centered", _only_centered).because(
        "The mean is subtracted, but nothing is divided by the standard deviation, so the contrast stays."
    ),
    wrong("mean-left-in", _mean_left_in).because("The mean is not subtracted from x before the division."),
    wrong("second-moment", normalized(subtract=_nothing)).because(
        "No mean is subtracted, neither from x nor for the variance, which is the mean of (x - mean)^2."
    ),
    wrong("sample-variance", normalized(divide=lambda values: values - 1)).because(
        "The sum of squares is divided by the number of positions minus 1. Here the variance is a plain mean."
    ),
    "use both: gamma times the normalized x, plus beta",
    wrong("no-gamma", _without(gamma=1)).because("The factor gamma is missing."),
    wrong("no-beta", _without(beta=0)).because("The term beta is missing."),
    wrong("plain", _without(gamma=1, beta=0)).because("This is x normalized, without gamma and beta."),
    wrong("swapped", lambda x, gamma, beta: instance_norm(x, beta, gamma)).because(
        "gamma and beta are swapped: gamma multiplies, beta is added."
    ),
    wrong("beta-scaled", _shifted_first).because("beta is added first and then multiplied by gamma. Multiply first."),
    "tf.sqrt(variance + EPSILON), with EPSILON = 1e-5",
    wrong("other-epsilon", normalized(epsilon=KERAS_EPSILON)).because(
        "The epsilon is 1e-3, as in Keras's normalization layers. Here it is EPSILON = 1e-5."
    ),
    wrong_property("no-epsilon", _nan_for_flat_channels).because(
        "A channel with one value everywhere has variance 0, and 0 / 0 is NaN. Such channels are common after a ReLU."
    ),
)

LAWS = (beta_for_flat_channels, same_for_other_contrasts)
KEY = AnswerKey(instance_norm, describe, MISTAKES, LAWS, STAND_IN)

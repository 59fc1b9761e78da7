"""Exercise 3, compute_layer_style_cost: right answer and known mistakes."""

import numpy as np

from grading.judge.compute_content_cost import mistakes_in_divisor, mistakes_in_squares
from grading.judge.gram_matrix import gram_matrix
from grading.judge.judgement import same_for_permuted_positions, scales_with_degree, zero_for_equal_pictures
from grading.judge.mistakes import AnswerKey, advise, off_by, wrong
from grading.judge.numbers import as_float, channels_as_rows, layer_in_words, mixed_rows, printed

STAND_IN = """
def compute_layer_style_cost(a_S, a_G):
    import tensorflow as tf

    S, G = (gram_matrix(tf.transpose(tf.reshape(a, [-1, a.shape[-1]]))) for a in (a_S, a_G))
    size = float(a_S.shape[1] * a_S.shape[2] * a_S.shape[3])
    return tf.reduce_sum(tf.square(S - G)) / (4 * size**2)
"""


def layer_style_cost(a_S, a_G):
    """Style cost of one layer: 1 / (4 nC^2 (nH nW)^2) * sum (GS - GG)^2; a scalar. Gatys et al. (2015), equation 4.

    >>> a_S, a_G = np.array([[[[1], [2]]]]), np.array([[[[3], [0]]]])
    >>> float(layer_style_cost(a_S, a_G))  # Gram matrices 5 and 9
    1.0
    """
    return np.sum(np.subtract(*_grams(a_S, a_G)) ** 2) / _divisor(a_S, a_G)


def describe(a_S, a_G):
    same = " (a_S and a_G are the same)" if a_S is a_G else ""
    return [f"a_S and a_G are one layer: {layer_in_words(a_S)}{same}", *printed(a_S=a_S, a_G=a_G)]


def _grams(a_S, a_G, rows_S=channels_as_rows, rows_G=channels_as_rows):
    return gram_matrix(rows_S(a_S)), gram_matrix(rows_G(a_G))


def _divisor(a_S, a_G):
    return 4.0 * np.size(a_S) ** 2


def _positions(a_S, a_G):
    return float(np.shape(a_S)[1] * np.shape(a_S)[2])


def _channels(a_S, a_G):
    return float(np.shape(a_S)[3])


def _with_rows(rows_S, rows_G):
    return lambda a_S, a_G: np.sum(np.subtract(*_grams(a_S, a_G, rows_S, rows_G)) ** 2) / _divisor(a_S, a_G)


def _positions_as_rows(a):
    return channels_as_rows(a).T


def _without_grams(a_S, a_G):
    return np.sum((as_float(a_S) - as_float(a_G)) ** 2) / _divisor(a_S, a_G)


def _gram_of_difference(a_S, a_G):
    return np.sum(gram_matrix(channels_as_rows(as_float(a_S) - as_float(a_G))) ** 2) / _divisor(a_S, a_G)


UNROLL = "tf.transpose(tf.reshape(a_S, [-1, n_C])), and the same for a_G"
DIVISOR = "4 * n_C**2 * (n_H * n_W)**2"
DIFFERENT = "The two layers are unrolled in different ways, so J(A, A), the cost of a picture with itself, is not 0."

MISTAKES = advise(
    UNROLL,
    wrong("no-transpose", _with_rows(mixed_rows, mixed_rows)).because(
        "A reshape keeps the order of the numbers, and in (1, nH, nW, nC) neighboring numbers belong to different "
        "channels. So a direct reshape to (nC, nH*nW) mixes all channels in every row."
    ),
    wrong("over-positions", _with_rows(_positions_as_rows, _positions_as_rows)).because(
        "The Gram matrices compare positions with positions. gram_matrix needs one row per channel: (nC, nH*nW)."
    ),
    wrong("unrolled-differently", _with_rows(mixed_rows, channels_as_rows)).because(DIFFERENT),
    wrong("unrolled-differently", _with_rows(channels_as_rows, mixed_rows)).because(DIFFERENT),
    *mistakes_in_squares(_grams, _divisor),
    "gram_matrix(S) - gram_matrix(G), from the activations as they are",
    wrong("no-gram", _without_grams).because("This compares the activations themselves, not their Gram matrices."),
    wrong("gram-of-difference", _gram_of_difference).because(
        "This is the Gram matrix of the difference, not the difference."
    ),
    *mistakes_in_divisor(_divisor, 2, "4 nC^2 (nH nW)^2", DIVISOR),
    f"tf.reduce_sum, and divide by {DIVISOR}",
    off_by("normalised-grams", lambda S, G: _positions(S, G) ** -2).because(
        "The Gram matrices are also divided by nH nW."
    ),
    off_by("no-quarter", 4).because("The factor 1/4 is missing."),
    off_by("four-squared", 1 / 4).because("The 4 is squared together with the sizes: (4 nC nH nW)^2 contains 16."),
    off_by("positions-not-squared", _positions).because("nH nW is not squared in the divisor."),
    off_by("channels-not-squared", _channels).because("nC is not squared in the divisor."),
    off_by("sizes-not-squared", lambda S, G: float(S.size)).because("nC and nH nW are not squared in the divisor."),
    off_by("divided-twice", lambda S, G: _channels(S, G) ** -2).because(
        "It is divided by nC^2 twice: tf.reduce_mean divides too."
    ),
    off_by("mean-only", lambda S, G: 4 * _positions(S, G) ** 2).because(
        "It is divided by nC^2 only, as tf.reduce_mean does."
    ),
    "put n_H * n_W in parentheses before squaring",
    off_by("one-side-squared", lambda S, G: float(S.shape[1])).because("Only n_W is squared: ** comes before *."),
    off_by("one-side-squared", lambda S, G: float(S.shape[2])).because("Only n_H is squared: ** comes before *."),
)

LAWS = (zero_for_equal_pictures, same_for_permuted_positions, scales_with_degree(4))
KEY = AnswerKey(layer_style_cost, describe, MISTAKES, LAWS, STAND_IN)

"""Known mistakes in compute_layer_style_cost."""

import numpy as np

from grading.judge.mistake import Mistake, constant
from grading.judge.oracle import as_float, gram_matrix, layer_style_cost, unrolled


def _sizes(a_S):
    """nH, nW, nC."""
    return np.array(np.shape(a_S)[1:], dtype=np.float64)


def _positions(a_S, a_G):
    return _sizes(a_S)[0] * _sizes(a_S)[1]


def _channels(a_S, a_G):
    return _sizes(a_S)[2]


def _divisor(a_S, a_G):
    return 4 * (_positions(a_S, a_G) * _channels(a_S, a_G)) ** 2


def _wider(a_S, a_G):
    """nW / nH."""
    n_H, n_W, _ = _sizes(a_S)
    return n_W / n_H


def _mixed(a):
    """(nC, nH*nW) by reshape alone, which mixes channels and positions."""
    a = as_float(a)
    return a.reshape(a.shape[-1], -1)


def _cost(S, G, power=np.square):
    """The cost of matrices S and G, each as gram_matrix takes them, divided as it should be."""
    divisor = 4.0 * S.size**2
    return np.sum(power(gram_matrix(S) - gram_matrix(G))) / divisor


def _sum_of_gram_difference(a_S, a_G):
    return np.sum(gram_matrix(unrolled(a_S)) - gram_matrix(unrolled(a_G)))


def _squared_apart(a_S, a_G):
    S, G = gram_matrix(unrolled(a_S)), gram_matrix(unrolled(a_G))
    return np.sum(S**2 - G**2) / _divisor(a_S, a_G)


def _fixed_sizes(evidence):
    ratios = evidence.ratios()
    return ratios is not None and constant(ratios / [_divisor(*case.args) for case, _ in evidence.pairs])


UNROLL = "tf.transpose(tf.reshape(a_S, [-1, n_C])), and the same for a_G"
DIVISOR = "divide by 4 * n_C**2 * (n_H * n_W)**2"
SQUARES = "tf.square of the difference of the two Gram matrices, then tf.reduce_sum"
DIFFERENT = "The two are unrolled in different ways, so the cost of a picture with itself, J(A, A), is not 0."

MISTAKES = (
    Mistake(
        "no-transpose",
        formula=lambda a_S, a_G: _cost(_mixed(a_S), _mixed(a_G)),
        says="A reshape keeps the order of the numbers, and in (1, nH, nW, nC) the channels run fastest. Reshaped "
        "straight to (nC, nH*nW), each row mixes all channels.",
        tries=UNROLL,
    ),
    Mistake(
        "over-positions",
        formula=lambda a_S, a_G: _cost(unrolled(a_S).T, unrolled(a_G).T),
        says="The Gram matrices compare positions with positions. gram_matrix wants one row per channel: (nC, nH*nW).",
        tries=UNROLL,
    ),
    Mistake(
        "unrolled-differently", formula=lambda a_S, a_G: _cost(_mixed(a_S), unrolled(a_G)), says=DIFFERENT, tries=UNROLL
    ),
    Mistake(
        "unrolled-differently", formula=lambda a_S, a_G: _cost(unrolled(a_S), _mixed(a_G)), says=DIFFERENT, tries=UNROLL
    ),
    Mistake(
        "no-gram",
        formula=lambda a_S, a_G: np.sum((as_float(a_S) - as_float(a_G)) ** 2) / _divisor(a_S, a_G),
        says="That compares the activations themselves, position by position. Style compares their Gram matrices.",
        tries="gram_matrix of both, then the difference",
    ),
    Mistake(
        "same-twice",
        formula=lambda a_S, a_G: np.float64(0),
        says="The cost is 0 for two different pictures: something is subtracted from itself.",
        tries="check that one Gram matrix comes from a_S and the other from a_G",
    ),
    Mistake(
        "absolute",
        formula=lambda a_S, a_G: _cost(unrolled(a_S), unrolled(a_G), np.abs),
        says="That is the sum of the absolute differences. The cost squares them.",
        tries=SQUARES,
    ),
    Mistake(
        "no-square",
        formula=lambda a_S, a_G: _cost(unrolled(a_S), unrolled(a_G), np.positive),
        says="That is the sum of the differences, not squared: positive and negative ones cancel.",
        tries=SQUARES,
    ),
    Mistake(
        "no-square",
        formula=lambda a_S, a_G: _cost(unrolled(a_S), unrolled(a_G), np.negative),
        says="That is the sum of the differences, not squared: positive and negative ones cancel.",
        tries=SQUARES,
    ),
    Mistake(
        "square-of-sum",
        formula=lambda a_S, a_G: _sum_of_gram_difference(a_S, a_G) ** 2 / _divisor(a_S, a_G),
        says="That is the square of the sum. The cost is the sum of the squares: square first, then add.",
        tries=SQUARES,
    ),
    Mistake(
        "squared-apart",
        formula=_squared_apart,
        says="That squares the two Gram matrices first and subtracts then. The cost squares the difference.",
        tries=SQUARES,
    ),
    Mistake(
        "square-root",
        formula=lambda a_S, a_G: np.sqrt(layer_style_cost(a_S, a_G) * _divisor(a_S, a_G)) / _divisor(a_S, a_G),
        says="That holds a square root (as tf.norm does). The cost has none.",
        tries=SQUARES,
    ),
    Mistake(
        "gram-of-difference",
        formula=lambda a_S, a_G: np.sum(gram_matrix(unrolled(a_S) - unrolled(a_G)) ** 2) / _divisor(a_S, a_G),
        says="That is the Gram matrix of the difference. Style takes two Gram matrices and subtracts them.",
        tries="gram_matrix(S) - gram_matrix(G)",
    ),
    Mistake(
        "normalised-grams",
        factor=lambda a_S, a_G: _positions(a_S, a_G) ** -2.0,
        says="The Gram matrices are divided by nH nW, and the cost once more: (nH nW)^2 is divided by twice.",
        tries="leave the Gram matrices as they are, and " + DIVISOR,
    ),
    Mistake("no-quarter", factor=lambda a_S, a_G: 4.0, says="The 1/4 is missing.", tries=DIVISOR),
    Mistake("half", factor=lambda a_S, a_G: 2.0, says="That is 1/2 where the formula has 1/4.", tries=DIVISOR),
    Mistake(
        "four-squared",
        factor=lambda a_S, a_G: 0.25,
        says="The 4 is squared with the sizes: (4 nC nH nW)^2 holds 16.",
        tries=DIVISOR,
    ),
    Mistake(
        "no-division", factor=_divisor, says="That is the sum alone, not divided by 4 nC^2 (nH nW)^2.", tries=DIVISOR
    ),
    Mistake(
        "sizes-multiplied",
        factor=lambda a_S, a_G: (_divisor(a_S, a_G) / 4) ** 2,
        says="The sizes multiply the sum instead of dividing it: 1 / 4 * n_C**2 * ... divides by the 4 alone.",
        tries="put the divisor in brackets: 1 / (4 * n_C**2 * (n_H * n_W)**2)",
    ),
    Mistake("positions-not-squared", factor=_positions, says="nH nW is not squared in the divisor.", tries=DIVISOR),
    Mistake("channels-not-squared", factor=_channels, says="nC is not squared in the divisor.", tries=DIVISOR),
    Mistake(
        "sizes-not-squared",
        factor=lambda a_S, a_G: _positions(a_S, a_G) * _channels(a_S, a_G),
        says="Neither nC nor nH nW is squared in the divisor.",
        tries=DIVISOR,
    ),
    Mistake(
        "one-side-squared",
        factor=lambda a_S, a_G: _sizes(a_S)[0],
        says="Only nW is squared: n_H * n_W ** 2 raises n_W alone, since ** comes before *.",
        tries="put n_H * n_W in brackets before squaring",
    ),
    Mistake(
        "one-side-squared",
        factor=lambda a_S, a_G: _sizes(a_S)[1],
        says="Only nH is squared: n_W * n_H ** 2 raises n_H alone, since ** comes before *.",
        tries="put n_H * n_W in brackets before squaring",
    ),
    Mistake(
        "nH-squared",
        factor=lambda a_S, a_G: _wider(a_S, a_G) ** 2,
        says="nH stands where nW belongs: the answer is right only when the layer is as wide as it is high.",
        tries="look where n_H and n_W are read from the shape (1, nH, nW, nC), and how they are used",
    ),
    Mistake(
        "nW-squared",
        factor=lambda a_S, a_G: _wider(a_S, a_G) ** -2,
        says="nW stands where nH belongs: the answer is right only when the layer is as wide as it is high.",
        tries="look where n_H and n_W are read from the shape (1, nH, nW, nC), and how they are used",
    ),
    Mistake(
        "divided-twice",
        factor=lambda a_S, a_G: _channels(a_S, a_G) ** -2.0,
        says="It is divided by nC^2 twice, as tf.reduce_mean in place of tf.reduce_sum does.",
        tries="tf.reduce_sum in place of tf.reduce_mean",
    ),
    Mistake(
        "mean-only",
        factor=lambda a_S, a_G: 4 * _positions(a_S, a_G) ** 2,
        says="That is the mean over the Gram matrix, which divides by nC^2; the 4 (nH nW)^2 is missing.",
        tries="tf.reduce_sum, and " + DIVISOR,
    ),
    Mistake(
        "fixed-sizes",
        state="wrong value",
        symptom=_fixed_sizes,
        says="The sum is divided by the same number whatever the layer's size: nH, nW, nC are missing or fixed.",
        tries="read n_H, n_W and n_C from a_G.shape",
    ),
)

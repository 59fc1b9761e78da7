"""Known mistakes in gram_matrix."""

import numpy as np

from grading.judge.mistake import Mistake, WouldCrash
from grading.judge.oracle import as_float, gram_matrix


def _no_transpose(A):
    A = as_float(A)
    if A.shape[0] != A.shape[1]:
        raise WouldCrash
    return A @ A


def _both_transposed(A):
    return _no_transpose(as_float(A).T)


def _unit_rows(A):
    A = as_float(A)
    return gram_matrix(A / np.maximum(np.linalg.norm(A, axis=1, keepdims=True), 1e-6))


def _centred(A):
    A = as_float(A)
    return gram_matrix(A - A.mean(axis=1, keepdims=True))


NO_NORM = "The Gram matrix is not divided by anything here; the layer's style cost does that later."
BOTH = "one of the transpose_a / transpose_b arguments of tf.matmul"

MISTAKES = (
    Mistake(
        "transposed",
        formula=lambda A: as_float(A).T @ as_float(A),
        says="That is A^T A, positions with positions. The Gram matrix compares channels with channels: A A^T.",
        tries="the transpose_a / transpose_b arguments of tf.matmul",
    ),
    Mistake(
        "no-transpose",
        formula=_no_transpose,
        says="That is A times A, without a transpose, which fits only when A is square. Rows meet rows in A A^T.",
        tries=BOTH,
    ),
    Mistake(
        "both-transposed",
        formula=_both_transposed,
        says="That is A^T times A^T, which fits only when A is square. One of the two is transposed, the second.",
        tries=BOTH,
    ),
    Mistake(
        "reshaped",
        formula=lambda A: as_float(A) @ as_float(A).reshape(np.shape(A)[::-1]),
        says="The second factor has the shape of A^T, but not its order: a reshape keeps the numbers in a row where a "
        "transpose turns rows into columns.",
        tries="tf.transpose(A), or " + BOTH,
    ),
    Mistake(
        "half",
        formula=lambda A: np.triu(gram_matrix(A)),
        says="That is the upper half alone. Channel j with i stands there too, below the diagonal.",
        tries="take the whole product",
    ),
    Mistake(
        "unit-rows",
        formula=_unit_rows,
        says="Each channel is divided by its length first: those are the cosines between channels. " + NO_NORM,
        tries="multiply A itself",
    ),
    Mistake(
        "elementwise",
        formula=lambda A: as_float(A) ** 2,
        says="That is A * A, each number times itself. The Gram matrix is a matrix product, tf.matmul.",
        tries="tf.matmul, with one of its transpose arguments",
    ),
    Mistake(
        "diagonal-only",
        formula=lambda A: np.sum(as_float(A) ** 2, axis=1),
        says="That is the diagonal alone: each channel with itself. Each channel also meets every other one.",
        tries="tf.matmul, with one of its transpose arguments",
    ),
    Mistake(
        "summed",
        formula=lambda A: np.sum(as_float(A) ** 2),
        says="That is one number, the sum of all squares. The Gram matrix has a row and a column per channel.",
        tries="tf.matmul, with one of its transpose arguments",
    ),
    Mistake(
        "centred",
        formula=_centred,
        says="The channels' means are taken off first: that is a covariance. The Gram matrix takes A as it is.",
        tries="multiply A itself, not A - mean",
    ),
    Mistake(
        "normalised",
        factor=lambda A: 1 / np.shape(A)[1],
        says="It is divided by the number of positions. " + NO_NORM,
        tries="take the division out",
    ),
    Mistake(
        "normalised",
        factor=lambda A: 1 / np.shape(A)[0],
        says="It is divided by the number of channels. " + NO_NORM,
        tries="take the division out",
    ),
    Mistake(
        "normalised",
        factor=lambda A: 1 / np.size(A),
        says="It is divided by the size of A, channels times positions. " + NO_NORM,
        tries="take the division out",
    ),
    Mistake(
        "normalised",
        factor=lambda A: 1 / (2 * np.size(A)),
        says="It is divided by twice the size of A. " + NO_NORM,
        tries="take the division out",
    ),
)

"""Exercise 2, gram_matrix: right answer, laws and known mistakes."""

import numpy as np

from grading.judge.judgement import LAW_TOLERANCE, same_for_permuted_positions, scales_with_degree
from grading.judge.mistakes import AnswerKey, WouldCrash, advise, off_by, wrong
from grading.judge.numbers import array, as_float, close, count, number, printed

STAND_IN = """
def gram_matrix(A):
    import tensorflow as tf

    return tf.matmul(A, A, transpose_b=True)
"""


def gram_matrix(A):
    """Gram matrix A A^T; shapes (nC, nH*nW) -> (nC, nC). Gatys et al. (2015), equation 3.

    >>> gram_matrix([[1, 2], [3, 4]]).tolist()
    [[5.0, 11.0], [11.0, 25.0]]
    """
    A = as_float(A)
    return A @ A.T


def describe(A):
    n_C, positions = A.shape
    return [f"A has shape {A.shape}: {count(n_C, 'channel')}, {count(positions, 'position')}", *printed(A=A)]


def symmetric(results):
    """Entry (i, j) equals entry (j, i)."""
    for case, result in results.values():
        if not close(result.value, result.value.T):
            why = "expected a symmetric matrix: channel i with j gives the same number as channel j with i"
            return case, (why, f"got {array(result.value)}")
    return None


def semi_definite(results):
    """No eigenvalue is below 0, up to rounding."""
    for case, result in results.values():
        eigenvalues = np.linalg.eigvalsh(result.value)
        if eigenvalues[0] < -LAW_TOLERANCE * np.max(np.abs(eigenvalues)):
            why = "expected no negative eigenvalue, because x^T (A A^T) x is a sum of squares"
            return case, (why, f"the smallest eigenvalue is {number(eigenvalues[0])}")
    return None


def _square(A):
    A = as_float(A)
    if A.shape[0] != A.shape[1]:
        raise WouldCrash
    return A @ A


def _unit_rows(A):
    A = as_float(A)
    return A / np.maximum(np.linalg.norm(A, axis=1, keepdims=True), 1e-6)


def _centered(A):
    return as_float(A) - np.mean(A, axis=1, keepdims=True)


TRANSPOSE = "the transpose_a / transpose_b arguments of tf.matmul"
NOT_DIVIDED = "The Gram matrix itself is not divided; the layer's style cost does that later."

MISTAKES = advise(
    TRANSPOSE,
    wrong("transposed", lambda A: gram_matrix(np.transpose(A))).because(
        "This is A^T A, which compares positions with positions. The Gram matrix compares channels: A A^T."
    ),
    wrong("no-transpose", _square).because(
        "This is A times A, which works only if A is square. The Gram matrix is A A^T."
    ),
    wrong("both-transposed", lambda A: _square(np.transpose(A))).because(
        "This is A^T times A^T, which works only if A is square. Transpose only the second: A A^T."
    ),
    wrong("reshaped", lambda A: as_float(A) @ np.reshape(as_float(A), np.shape(A)[::-1])).because(
        "The second factor has the shape of A^T, but not its numbers: a reshape keeps the order of the numbers, a "
        "transpose turns rows into columns."
    ),
    wrong("elementwise", lambda A: as_float(A) ** 2).because(
        "This is A * A, each number times itself. Use a matrix product."
    ),
    wrong("diagonal-only", lambda A: np.sum(as_float(A) ** 2, axis=1)).because(
        "This is only the diagonal, each channel with itself. Compare every channel with every other one too."
    ),
    wrong("summed", lambda A: np.sum(as_float(A) ** 2)).because(
        "This is one number. The Gram matrix has shape (nC, nC)."
    ),
    wrong("half", lambda A: np.triu(gram_matrix(A))).because(
        "Your result contains only the upper triangle. The Gram matrix is symmetric: fill in the part below the "
        "diagonal too.",
        "return the whole matrix product",
    ),
    "multiply A itself by its transpose, without changing it first",
    wrong("unit-rows", lambda A: gram_matrix(_unit_rows(A))).because(
        f"Each channel is divided by its length first. {NOT_DIVIDED}"
    ),
    wrong("centred", lambda A: gram_matrix(_centered(A))).because(
        "The mean of each channel is subtracted first, which gives a covariance. The Gram matrix uses A as it is."
    ),
    "remove the division",
    *(
        off_by("normalised", factor).because(f"Your result is divided by {size}. {NOT_DIVIDED}")
        for size, factor in {
            "the number of positions": lambda A: 1 / np.shape(A)[1],
            "the number of channels": lambda A: 1 / np.shape(A)[0],
            "the size of A, channels times positions": lambda A: 1 / np.size(A),
            "twice the size of A": lambda A: 1 / (2 * np.size(A)),
        }.items()
    ),
)

LAWS = (symmetric, semi_definite, same_for_permuted_positions, scales_with_degree(2))
KEY = AnswerKey(gram_matrix, describe, MISTAKES, LAWS, STAND_IN)

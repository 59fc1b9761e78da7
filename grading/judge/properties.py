"""Laws that an answer must obey on inputs whose value is not compared."""

import numpy as np

from grading.judge.case_result import as_answer, close
from grading.judge.oracle import moments
from grading.judge.outcomes import array, number

LOOSE = 2e-3
UNEVEN = 0.15  # of a covariance, so that both divisors, n and n - 1, are right


def zero(exercise, of):
    """The cost of a picture with itself is 0, up to rounding next to the cost of two different ones."""
    for case, trial in of.values():
        scale = np.max(np.abs(of["base"][1].value))
        if case.role == "zero" and not close(trial.value, np.zeros(()), 1e-4, scale):
            return case, ("both pictures are the same here", f"expected 0, got {array(as_answer(trial.value))}")
    return None


def scaled(exercise, of):
    """Inputs three times as large give 3^degree times the answer."""
    times = 3.0**exercise.degree
    case, trial = of["scaled"]
    expected = times * as_answer(of["base"][1].value)
    if close(trial.value, expected, LOOSE):
        return None
    return case, (
        f"inputs 3 times as large should give 3^{exercise.degree} = {number(times)} times the answer",
        *_both(trial.value, expected),
    )


def permuted(exercise, of):
    """Positions in another order give the same answer."""
    case, trial = of["permuted"]
    expected = as_answer(of["base"][1].value)
    if close(trial.value, expected, LOOSE):
        return None
    return case, ("the same positions in another order should give the same answer", *_both(trial.value, expected))


def even(exercise, of):
    """The total variation of a picture in one colour is 0, up to rounding next to that of another picture."""
    case, trial = of["even"]
    if close(trial.value, np.zeros(()), 1e-4, np.max(np.abs(of["base"][1].value))):
        return None
    return case, ("all pixels are the same here", f"expected 0, got {array(as_answer(trial.value))}")


def shifted(exercise, of):
    """The same number added to every pixel leaves all differences, and so the answer, as they are."""
    case, trial = of["shifted"]
    expected = as_answer(of["base"][1].value)
    if close(trial.value, expected, LOOSE):
        return None
    return case, ("the same number added to every pixel should change nothing", *_both(trial.value, expected))


def itself(exercise, of):
    """A picture matched with itself stays as it is."""
    case, trial = of["itself"]
    if close(trial.value, case.args[0], LOOSE):
        return None
    return case, ("both pictures are the same here, and so should the answer be", *_both(trial.value, case.args[0]))


def of_other_sizes(exercise, of):
    """The answer has the content's mean and covariance, however many pixels either picture has."""
    case, trial = of["sizes"]
    told = "the pictures have different numbers of pixels here, which should change nothing: the {} of the answer"
    for name, got, expected, most in zip(
        ("mean", "covariance"), moments(trial.value), moments(case.args[1]), (LOOSE, UNEVEN), strict=True
    ):
        if not close(got, expected, most):
            return case, (told.format(name), *_both(got, expected))
    return None


def symmetric(exercise, of):
    """Entry (i, j) is entry (j, i)."""
    for case, trial in of.values():
        if not close(trial.value, trial.value.T):
            return case, (
                "expected a symmetric matrix: channel i with j is channel j with i",
                f"got {array(trial.value)}",
            )
    return None


def semi_definite(exercise, of):
    """No eigenvalue is below 0, up to rounding."""
    for case, trial in of.values():
        eigenvalues = np.linalg.eigvalsh(trial.value)
        if eigenvalues[0] < -LOOSE * np.max(np.abs(eigenvalues)):
            return case, (
                "expected no negative eigenvalue: x^T (A A^T) x is a sum of squares",
                f"the smallest is {number(eigenvalues[0])}",
            )
    return None


def _both(got, expected):
    return (f"expected {array(expected)}", f"got      {array(as_answer(got))}")


PROPERTIES = {
    "zero": zero,
    "scaled": scaled,
    "permuted": permuted,
    "even": even,
    "shifted": shifted,
    "itself": itself,
    "of other sizes": of_other_sizes,
    "symmetric": symmetric,
    "semi-definite": semi_definite,
}

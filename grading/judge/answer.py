"""What the arrays of an answer may be: names, types and sizes, before anything is computed with them.

`grading.runner.probe` makes them, but beside a submission, which can forge them. Some checks would take forever on
numbers that no function returns.
"""

from functools import cache

import numpy as np

from grading.exercises import EXERCISES
from grading.judge import judge
from grading.judge.outcomes import Outcome, tampered
from grading.runner.protocol import MAX_DIMENSIONS

LARGEST_SIZE = 2**53  # along one dimension
PLACES = ("", "graph", "eager", "settings")  # besides the names of the cases
PARTS = ("", "part 0/", "part 1/")
TEXTS = """
status; type; dtype; length; printed; inputs; mode; decorated; unfilled; given; optimizer; other targets; weights;
changed variables; network; network calls; network input; seen type; seen dtype; error type; error message; error stub;
error nearest; error line; error source; error function; error innermost
"""
NUMBERS = "value; seen value; applied; lambdas; J; J other; pictures; painter weights; traces; " + "; ".join(
    f"gradient {number}" for number in range(16)
)
SHAPES = "shape; seen shape"


class ForgedError(Exception):
    """The arrays were not made by the probe."""


def judge_answer(name: str, arrays: dict[str, np.ndarray], seed: int) -> Outcome:
    """The outcome of an exercise from what came out of the sandbox. Arrays that the probe did not make are `tampered`.

    They may contain anything, so that this may take forever: for `grading.limited_process`.
    """
    try:
        if "failure" not in arrays:
            check_answer(name, arrays, seed)
            return judge(name, arrays, seed)
    except MemoryError:
        raise
    except Exception:  # forged arrays can fail anywhere in the judge, and each failure means the same
        pass
    return tampered(EXERCISES[name])


def check_answer(name: str, arrays: dict[str, np.ndarray], seed: int) -> None:
    """Raise ForgedError if the arrays cannot be the probe's about exercise `name` on the cases of a seed."""
    cases = EXERCISES[name].cases
    places = {*PLACES, *(case.name for case in (cases(seed) if cases else ()))}
    fields = {f"{place}/{part}" if place else part for place in places for part in PARTS}
    for key, value in arrays.items():
        place, slash, field = key.rpartition("/")
        if place + slash not in fields or not _may_be(field, np.asarray(value)):
            raise ForgedError(key)


def _may_be(field, array):
    if field in _split(TEXTS):
        return array.dtype.kind == "U" and array.ndim == 0
    if field in _split(SHAPES):
        is_list = array.dtype.kind == "i" and array.ndim == 1 and array.size <= MAX_DIMENSIONS
        return is_list and bool(np.all((array >= 0) & (array <= LARGEST_SIZE)))
    return field in _split(NUMBERS) and array.dtype.kind in "fiu"


@cache
def _split(fields):
    return frozenset(field.strip() for field in fields.split(";"))

"""Outcomes, and how they are told in plain text."""

from dataclasses import dataclass, field
from textwrap import wrap

import numpy as np

STATES = (
    "not attempted",
    "crashed",
    "wrong type",
    "wrong dtype",
    "wrong shape",
    "wrong value",
    "wrong property",
    "wrong gradient",
    "wrong graph",
)
PASSED = "passed"
WIDTH = 100
UNBROKEN = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class Outcome:
    """What the judge found: the first check that failed, or none.

    `share` is the part of the exercise's points that is earned, 0 to 1. `case` describes the input and is left
    out where inputs are hidden; `found` says what was expected and what came; `says` is the diagnosis; `tries` is
    one next step, and `section` where to read on. `mistake` is an id of the catalogue, or several joined by "+".
    `details` is a traceback of our own.
    """

    exercise: str
    state: str
    section: str = ""
    case: tuple[str, ...] = ()
    found: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    tries: str = ""
    mistake: str | None = None
    waiting_for: str | None = None
    notes: tuple[str, ...] = ()
    printed: tuple[str, ...] = ()
    share: float = 0.0
    details: str = field(default="", repr=False)


def text(outcome, passed="visible tests passed"):
    """The message a student reads, several lines; what was printed, raised or computed is never wrapped."""
    facts = [line for block in (*outcome.case, *outcome.found) for line in block.split("\n")]
    prose = [line for block in (*outcome.says, *outcome.notes, *_tries(outcome)) for line in wrap(block, WIDTH)]
    prose = [line.replace(UNBROKEN, " ") for line in prose]
    return "\n  ".join([headline(outcome, passed), *facts, *prose, *_printed(outcome)])


def _tries(outcome):
    section = f" (section{UNBROKEN}{outcome.section})" if outcome.section else ""
    return [f"Try: {outcome.tries}{section}"] if outcome.tries else []


def _printed(outcome):
    return ["Your function printed:", *(f"  {line}" for line in outcome.printed)] if outcome.printed else []


def headline(outcome, passed="visible tests passed"):
    if outcome.waiting_for:
        return f"{outcome.exercise}: waiting for {outcome.waiting_for}"
    return f"{outcome.exercise}: {passed if outcome.state == PASSED else outcome.state}"


def number(value, digits=5):
    """So many significant digits; ties are pushed up, so that a difference in the last bit cannot change the text."""
    value = float(value)
    if not np.isfinite(value) or abs(value) < 1e-15:
        return format(value, ".0f").replace("-0", "0")
    return format(value * (1 + 1e-6), f".{digits}g")


def array(values, digits=5):
    """A number, or a matrix row by row, in full."""
    values = np.asarray(values, dtype=np.float64)
    if values.ndim == 0:
        return number(values, digits)
    return "[" + ", ".join(array(row, digits) for row in values) + "]"


def progress(exercises, outcomes):
    """A table of exercises with their points; `outcomes` maps names to outcomes, untested ones are missing."""
    width = max(len(exercise.name) for exercise in exercises)
    rows = [_row(exercise, outcomes.get(exercise.name), width) for exercise in exercises]
    earned = sum(exercise.points for exercise in exercises if _passed(outcomes.get(exercise.name)))
    total = sum(exercise.points for exercise in exercises)
    return "\n".join([*rows, f"{'visible tests passed:':<{width + 3}} {earned:>3} of {total:>3} points"])


def _row(exercise, outcome, width):
    told = headline(outcome).split(": ", 1)[1] if outcome else "not yet tested"
    earned = exercise.points if _passed(outcome) else 0
    return f"{exercise.number}. {exercise.name:<{width}} {earned:>3} of {exercise.points:>3} points  {told}"


def _passed(outcome):
    return outcome is not None and outcome.state == PASSED

"""What the judge knows about an exercise: the right answer, and the known mistakes with their explanations."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial


class WouldCrash(Exception):
    """Raised by the formula of a mistake where the student's function would raise an error."""


@dataclass(frozen=True)
class Mistake:
    """A known mistake, its explanation, and one thing to try.

    It is recognized by one of: `formula`, a wrong implementation of the exercise in NumPy; `factor`, what the right
    answer is multiplied by; `symptom`, a question about the evidence. A symptom belongs to one `state`; formulas and
    factors are tried in every state before "wrong gradient".
    """

    id: str
    says: str
    tries: str = ""
    formula: Callable | None = None
    factor: Callable | None = None
    symptom: Callable | None = None
    state: str = ""


@dataclass(frozen=True)
class AnswerKey:
    """Everything about one exercise that must not enter a submission's process.

    right_answer: takes what the student's function takes, and returns float64 arrays.
    describe: the same arguments -> lines that tell the student what the input was.
    mistakes: in the order in which they are tried. laws: checks of an answer whose value is not compared; each takes
    {name of case: (case, result)} and returns (case, lines) if it fails.
    stand_in: source of a right function in TensorFlow, used instead of the student's in later exercises.
    judgement: the class that checks the exercise, if it needs its own.
    """

    mistakes: tuple[Mistake, ...]
    right_answer: Callable | None = None
    describe: Callable | None = None
    laws: tuple[Callable, ...] = ()
    stand_in: str = ""
    judgement: type | None = None


def wrong(id_, formula, says, tries=""):
    """A mistake recognized by its formula."""
    return Mistake(id_, says, tries, formula=formula)


def off_by(id_, factor, says, tries=""):
    """A mistake recognized by a factor: a number, or a function of the arguments."""
    return Mistake(id_, says, tries, factor=factor if callable(factor) else lambda *args, **options: factor)


def _shows(state, id_, symptom, says, tries=""):
    """A mistake recognized by a symptom in one state."""
    return Mistake(id_, says, tries, symptom=symptom, state=state)


wrong_type, wrong_dtype, wrong_shape, wrong_value, wrong_property, wrong_gradient, wrong_graph = (
    partial(_shows, f"wrong {what}") for what in ("type", "dtype", "shape", "value", "property", "gradient", "graph")
)


def crashes(id_, symptom, says, tries=""):
    """A mistake recognized in a crash by a symptom, or by words in the error's type and message."""
    words = () if callable(symptom) else tuple(symptom)
    return _shows("crashed", id_, symptom if not words else lambda e: e.raised(*words), says, tries)


def advise(tries, *mistakes):
    """The same mistakes, each with `tries` as the thing to try."""
    return tuple(replace(mistake, tries=tries) for mistake in mistakes)

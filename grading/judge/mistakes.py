"""Known mistakes: how an answer key states them, and how they are recognized in what the probe recorded.

Nothing in the probe's arrays is trusted to be there or to have the right type.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from grading.exercises.exercise import Case
from grading.judge.numbers import as_scalar, close

LARGEST_VALUE = 1_000_000  # the probe returns the numbers of smaller arrays only


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
    formula: Callable | None = None
    factor: Callable | None = None
    symptom: Callable | None = None
    state: str = ""
    says: str = ""
    tries: str = ""

    def because(self, says, tries=""):
        """The same mistake with its explanation and, unless `advise` gives it, one thing to try."""
        return replace(self, says=says, tries=tries)


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

    right_answer: Callable | None = None
    describe: Callable | None = None
    mistakes: tuple[Mistake, ...] = ()
    laws: tuple[Callable, ...] = ()
    stand_in: str = ""
    judgement: type | None = None


def wrong(id_, formula):
    """A mistake recognized by its formula."""
    return Mistake(id_, formula=formula)


def off_by(id_, factor):
    """A mistake recognized by a factor: a number, or a function of the arguments."""
    return Mistake(id_, factor=factor if callable(factor) else lambda *args, **options: factor)


def _shows(state, id_, symptom):
    return Mistake(id_, symptom=symptom, state=state)


wrong_type, wrong_dtype, wrong_shape, wrong_value, wrong_property, wrong_gradient, wrong_graph = (
    partial(_shows, f"wrong {what}") for what in ("type", "dtype", "shape", "value", "property", "gradient", "graph")
)


def crashes(id_, symptom):
    """A mistake recognized in a crash by a symptom, or by words in the error's type and message."""
    return _shows("crashed", id_, symptom if callable(symptom) else lambda e: e.raised(*symptom))


def advise(*listed):
    """The mistakes in a list in which a string is one thing to try, for the mistakes below it that name none."""
    mistakes, tries = [], ""
    for one in listed:
        if isinstance(one, str):
            tries = one
        else:
            mistakes.append(one if one.tries else replace(one, tries=tries))
    return tuple(mistakes)


class CaseResult:
    """What happened in one case: the fields of the probe's record."""

    def __init__(self, arrays, name):
        prefix = f"{name}/" if name else ""
        self.fields = {key[len(prefix) :]: value for key, value in arrays.items() if key.startswith(prefix)}

    def text(self, field):
        """A field as a string; empty if it is missing."""
        return str(np.asarray(self.fields.get(field, "")))

    def array(self, field):
        """A field as a float64 array; None if it is missing or not numeric."""
        value = self.fields.get(field)
        if value is None or np.asarray(value).dtype.kind not in "fiu":
            return None
        return np.asarray(value, dtype=np.float64)

    @property
    def returned(self):
        return self.text("status") == "returned"

    def raised(self, *words):
        """Whether an error was raised whose type and message contain any of the words."""
        error = f"{self.text('error type')}: {self.text('error message')}"
        return self.text("status") == "raised" and any(word in error for word in words)

    def raised_on(self, source, *words):
        """The same, on a line of the student's code that contains `source`."""
        return source in self.text("error source") and self.raised(*words)

    @property
    def value(self):
        return self.array("value")

    def part(self, number):
        """The record of one of several returned values, counted from 0."""
        return CaseResult(self.fields, f"part {number}")

    @property
    def shape(self):
        """The answer's shape, where (1,) counts as a scalar; for a very large answer, the shape that was recorded."""
        if self.value is not None:
            return as_scalar(self.value).shape
        shape = self.array("shape")
        return None if shape is None else tuple(int(n) for n in shape.ravel())

    @property
    def kind(self):
        """The answer's type and shape in words."""
        return self.text("type") + (f" of shape {self.shape}" if self.shape else "")

    @property
    def too_large(self):
        """Whether the answer has so many numbers that they were not recorded."""
        return self.value is None and self.shape is not None and math.prod(self.shape) > LARGEST_VALUE

    @property
    def unreadable(self):
        """Whether the answer has no numbers to judge."""
        return self.value is None and not self.too_large


class Errors:
    """Questions about the errors that were raised in any of the `results`."""

    results: tuple[CaseResult, ...]

    def raised(self, *words):
        """Whether the type and message of an error contain any of the words."""
        return any(result.raised(*words) for result in self.results)

    def raised_on(self, source, *words):
        """The same, on a line of the student's code that contains `source`."""
        return any(result.raised_on(source, *words) for result in self.results)


@dataclass(frozen=True)
class Evidence(Errors):
    """The cases whose value is compared, each with its result, and the result inside a tf.function.

    law_pairs: the same for the other cases, on which laws are checked. unfilled: a line `name = None` of a template.
    """

    right_answer: Callable
    pairs: tuple[tuple[Case, CaseResult], ...]
    graph: CaseResult
    law_pairs: tuple[tuple[Case, CaseResult], ...] = ()
    unfilled: str = ""

    @property
    def results(self):
        return tuple(result for _, result in self.pairs)

    def without(self, name):
        """The same evidence without one case."""
        return replace(self, pairs=tuple(pair for pair in self.pairs if pair[0].name != name))

    def right(self, case):
        return self.right_answer(*case.args, **case.options)

    def agrees(self, formula):
        """Whether every case turned out as `formula` says."""
        return all(_agrees(formula, case, result) for case, result in self.pairs)

    def ratios(self):
        """The student's scalar divided by the right one, for each case; None if there is no such number."""
        pairs = [(as_scalar(result.value), self.right(case)) for case, result in self.pairs]
        if any(got is None or got.shape != np.shape(right) for got, right in pairs):
            return None
        if any(np.ndim(right) or right == 0 or not np.isfinite(got) for got, right in pairs):
            return None
        return np.array([got / right for got, right in pairs])


def _agrees(formula, case, result):
    try:
        expected = formula(*case.args, **case.options)
    except (WouldCrash, np.linalg.LinAlgError):
        return not result.returned
    if isinstance(expected, tuple):
        parts = [result.part(number).value for number in range(len(expected))]
        return result.returned and all(close(part, right) for part, right in zip(parts, expected, strict=True))
    return result.returned and close(result.value, expected)


def recognize(state, evidence, own_mistakes, general_mistakes):
    """The mistakes that explain the evidence: none, one, or a wrong formula together with a wrong factor."""
    if state not in ("wrong gradient", "wrong graph"):
        for explanation in explanations(own_mistakes):
            if evidence.agrees(combine(explanation, evidence.right_answer)):
                return explanation
    for mistake in (*own_mistakes, *general_mistakes):
        if mistake.symptom and mistake.state == state and mistake.symptom(evidence):
            return (mistake,)
    return ()


def explanations(mistakes):
    """Every formula, every factor, then every formula together with every factor."""
    formulas = [mistake for mistake in mistakes if mistake.formula]
    factors = [mistake for mistake in mistakes if mistake.factor]
    yield from ((mistake,) for mistake in (*formulas, *factors))
    yield from ((formula, factor) for formula in formulas for factor in factors)


def combine(explanation: tuple[Mistake, ...], right_answer):
    """The function of a student who made all of these mistakes."""
    formula = explanation[0].formula or right_answer
    factors = [mistake.factor for mistake in explanation if mistake.factor]

    def wrong(*args, **options):
        result = formula(*args, **options)
        for factor in factors:
            result = result * factor(*args, **options)
        return result

    return wrong

"""What a known mistake is, and the evidence it is recognised by."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from grading.judge.case_result import Trial, as_answer, close


class WouldCrash(Exception):
    """Raised by the formula of a mistake where the student's function would raise."""


@dataclass(frozen=True)
class Mistake:
    """A known mistake and its explanation.

    It is recognised by one of: `formula`, a wrong implementation of the exercise in NumPy; `factor`, what it
    multiplies the right answer by; `symptom`, a question asked of the evidence. A symptom belongs to one
    `state`; formulas and factors are tried whatever the state.
    """

    id: str
    says: str
    tries: str
    formula: Callable | None = None
    factor: Callable | None = None
    symptom: Callable | None = None
    state: str = ""


@dataclass(frozen=True)
class Evidence:
    """The value cases of an exercise, in pairs with how they went, and how the run inside a tf.function went.

    `laws` are the pairs of the other cases, whose values are not compared.
    """

    oracle: Callable
    pairs: tuple
    graph: Trial
    laws: tuple = ()

    @property
    def trials(self):
        return [trial for _, trial in self.pairs]

    def without(self, name):
        """The same but for one case."""
        return replace(self, pairs=tuple(pair for pair in self.pairs if pair[0].name != name))

    def raised(self, *words):
        """Whether a case raised an error whose type and message hold any of the words."""
        return any(trial.raised(*words) for trial in self.trials)

    def raised_on(self, source, *words):
        """The same, on a line of the student's that holds `source`."""
        return any(trial.raised_on(source, *words) for trial in self.trials)

    def right(self, case, trial):
        return close(trial.value, self.oracle(*case.args, **case.options))

    def agrees(self, formula):
        """Whether every case went as `formula` says."""
        return all(_agrees(formula, case, trial) for case, trial in self.pairs)

    def ratios(self):
        """Student's scalar over the right one, case by case; None where there is no such number."""
        pairs = [(as_answer(t.value), self.oracle(*c.args, **c.options)) for c, t in self.pairs]
        if any(got is None or got.shape != np.shape(right) for got, right in pairs):
            return None
        if any(np.ndim(right) or right == 0 or not np.isfinite(got) for got, right in pairs):
            return None
        return np.array([got / right for got, right in pairs])


def _agrees(formula, case, trial):
    try:
        expected = formula(*case.args, **case.options)
    except (WouldCrash, np.linalg.LinAlgError):
        return not trial.returned
    if isinstance(expected, tuple):
        parts = [trial.part(number).value for number in range(len(expected))]
        return trial.returned and all(close(part, right) for part, right in zip(parts, expected, strict=True))
    return trial.returned and close(trial.value, expected)


def constant(values):
    """Whether all values are the same up to a thousandth of them."""
    return values is not None and bool(np.all(np.abs(values - values[0]) <= 1e-3 * np.abs(values[0])))

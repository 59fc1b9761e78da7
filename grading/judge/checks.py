"""How the judge goes about an exercise whose answer is one tensor.

Checks go from coarse to fine and stop at the first that fails: attempted, ran, type, dtype, shape, value,
property, gradient, graph. What they have earned until then is a share of the points: none before the values are right,
since `return 0.0` has the right type and shape as well.
"""

from dataclasses import replace

import numpy as np

from grading.exercises.cases import cotangent
from grading.judge import oracle
from grading.judge.case_result import Trial, allowed, as_answer, close
from grading.judge.descriptions import describe, difference
from grading.judge.failures import crash, failed, unattempted
from grading.judge.mistake import Evidence, constant
from grading.judge.mistakes import recognise
from grading.judge.outcomes import PASSED, Outcome, number
from grading.judge.properties import PROPERTIES

NUMERIC = ("tf.Tensor", "Python number", "NumPy number", "NumPy array", "list")


# Each with the share of the points that those before it have earned.
CHECKS = {
    "attempted": 0,
    "ran": 0,
    "typed": 0,
    "dtyped": 0,
    "shaped": 0,
    "valued": 0,
    "lawful": 0.5,
    "differentiable": 0.6,
    "compilable": 0.8,
}


class Judgement:
    """The checks of one exercise, each a method that returns the outcome where it fails, or None."""

    checks = CHECKS
    changed = "a list that was passed in is shorter or longer after the call"

    def __init__(self, exercise, arrays, seed):
        self.exercise, self.arrays, self.oracle = exercise, arrays, oracle.ORACLES[exercise.name]
        self.cases = exercise.cases(seed)
        self.trials = [Trial(arrays, case.name) for case in self.cases]
        self.pairs = list(zip(self.cases, self.trials, strict=True))
        self.of = {case.name: (case, trial) for case, trial in self.pairs}

    def outcome(self):
        for check, share in self.checks.items():
            outcome = getattr(self, check)()
            if outcome is not None:
                return replace(outcome, share=share)
        return Outcome(self.exercise.name, PASSED, notes=self.notes(), share=1.0)

    def attempted(self):
        return unattempted(self.exercise, self.trials)

    def ran(self):
        return self.first(lambda case, trial: not trial.returned, "crashed", lambda case, trial: crash(trial))

    def typed(self):
        return self.first(
            lambda case, trial: trial.text("type") not in NUMERIC or trial.array("shape") is None,
            "wrong type",
            lambda case, trial: (f"expected a tf.Tensor, got {trial.text('type')}",),
        )

    def dtyped(self):
        def wrong(case, trial):
            on_floats = isinstance(case.args[0], float)
            is_tensor = trial.text("type") == "tf.Tensor" and not on_floats
            return (trial.value is None and not trial.too_large) or (is_tensor and trial.text("dtype") != "float32")

        return self.first(wrong, "wrong dtype", lambda case, trial: (f"expected float32, got {trial.text('dtype')}",))

    def shaped(self):
        def wrong(case, trial):
            return trial.shape != self.right(case).shape

        return self.first(
            wrong,
            "wrong shape",
            lambda case, trial: (f"expected {shape(self.right(case).shape)}, got {shape(trial.shape)}",),
        )

    def valued(self):
        def wrong(case, trial):
            return case.role == "value" and not close(trial.value, self.right(case))

        return self.first(
            wrong,
            "wrong value",
            lambda case, trial: difference(as_answer(trial.value), self.right(case), allowed(self.right(case))),
        )

    def lawful(self):
        for law in self.exercise.properties:
            broken = PROPERTIES[law](self.exercise, self.of)
            if broken:
                case, found = broken
                return self.failed("wrong property", describe(self.exercise.name, case), found)
        return self.first(
            lambda case, trial: trial.text("inputs") == "changed", "wrong property", lambda case, trial: (self.changed,)
        )

    def differentiable(self):
        for case, trial in self.pairs:
            if case.role == "value" and not isinstance(case.args[0], float):
                found = self.wrong_gradient(case, trial)
                if found:
                    return self.failed("wrong gradient", describe(self.exercise.name, case), found)
        return None

    def wrong_gradient(self, case, trial):
        """Lines that say what is wrong with the gradients of one case; none if they are right."""
        for i, path in enumerate(self.exercise.gradient_paths(case.args)):
            got, expected = trial.array(f"gradient {i}"), self.slope(case, path)
            where = _path_in_words(self.exercise, path)
            if got is None or got.shape != expected.shape:
                return (f"expected a gradient with respect to {where}, got None",)
            if not close(got, expected, 1e-2):
                return (
                    f"the gradient with respect to {where} is not the slope of the cost",
                    *difference(got.ravel()[:6], expected.ravel()[:6], allowed(expected, 1e-2)),
                )
        return ()

    def slope(self, case, path):
        """Finite difference of the oracle along one input, weighted as the probe weighted its gradient."""
        start = case.args[path[0]] if len(path) == 1 else case.args[path[0]][path[1]]
        weights = cotangent(self.right(case).shape)

        def weighted(x):
            return np.sum(weights * self.oracle(*_with(case.args, path, x), **case.options))

        return oracle.gradient(weighted, start)

    def compilable(self):
        graph, case = Trial(self.arrays, "graph"), self.cases[0]
        if graph.returned and close(graph.value, self.right(case)):
            return None
        got = as_answer(graph.value)
        found = (
            crash(graph)
            if not graph.returned or got is None or got.shape != self.right(case).shape
            else (
                "inside a tf.function the answer is another one:",
                *difference(got, self.right(case), allowed(self.right(case))),
            )
        )
        return self.failed(
            "wrong graph",
            describe(self.exercise.name, case),
            found,
            ("It is right when run line by line, and fails inside a tf.function, which every step of a painting is.",),
        )

    def first(self, wrong, state, found):
        """The outcome for the first case that is wrong, or None."""
        for case, trial in self.pairs:
            if wrong(case, trial):
                return self.failed(state, describe(self.exercise.name, case), found(case, trial), trial=trial)
        return None

    def failed(self, state, case, found, says=(), trial=None):
        evidence = self.evidence()
        mistakes = recognise(self.exercise.name, state, evidence)
        ratios = self.ratios(evidence) if state == "wrong value" else None
        if constant(ratios) and ratios[0] != 0:
            says = (f"Yours is exactly {_times(ratios[0])} the expected value on every input.",)
        return failed(self.exercise, state, case, found, says, mistakes, trial)

    def ratios(self, evidence):
        """Student's answer over the right one, case by case; None where there is no such number."""
        return evidence.ratios()

    def evidence(self):
        values, laws = (
            tuple(pair for pair in self.pairs if (pair[0].role == "value") == compared) for compared in (True, False)
        )
        return Evidence(self.oracle, values, Trial(self.arrays, "graph"), laws)

    def right(self, case):
        return np.asarray(self.oracle(*case.args, **case.options))

    def notes(self):
        if self.exercise.name == "total_cost" and Trial(self.arrays, "").text("decorated") == "no":
            return (
                "A word on @tf.function: it compiles a function into a graph, which pays where a function is "
                "called many times. total_cost needs none of its own: train_step's compiles it along.",
            )
        return ()


def shape(sizes):
    return f"{sizes} (a scalar)" if sizes == () else str(sizes)


def _times(ratio):
    for n in range(2, 101):
        if np.isclose(ratio, n, rtol=1e-3):
            return f"{n} times"
        if np.isclose(ratio, 1 / n, rtol=1e-3):
            return f"1/{n} of"
    return "minus" if np.isclose(ratio, -1, rtol=1e-3) else f"{number(ratio)} times"


def _with(args, path, x):
    """The arguments with one of them, or one entry of a list, replaced by `x`."""
    args = list(args)
    if len(path) == 1:
        args[path[0]] = x
    else:
        args[path[0]] = [x if i == path[1] else a for i, a in enumerate(args[path[0]])]
    return args


def _path_in_words(exercise, path):
    names = exercise.signature.split("(", 1)[1].rstrip(")").split(", ")
    return names[path[0]] + (f"[{path[1]}]" if len(path) > 1 else "")

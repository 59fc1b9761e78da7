"""How the judge checks an exercise.

Checks go from coarse to fine and stop at the first that fails: attempted, ran, type, dtype, shape, value, laws,
gradient, graph. A failure earns a share of the points: nothing until the values are right, since `return 0.0` has the
right type and shape as well.
"""

import numpy as np

from grading.exercises.exercise import gradient_weights
from grading.judge.general_mistakes import FOR_ARRAYS, MISTAKES
from grading.judge.mistakes import CaseResult, Evidence, recognize
from grading.judge.numbers import (
    Comparison,
    allowed,
    array,
    as_scalar,
    close,
    constant,
    difference,
    expected_and_got,
    finite_difference,
    number,
    shape_in_words,
)
from grading.judge.outcomes import PASSED, Outcome, crash, failed, not_attempted

LAW_TOLERANCE = 2e-3
RATIO = "Your result is exactly"
NUMERIC_TYPES = ("tf.Tensor", "Python number", "NumPy number", "NumPy array", "list")


class Judgement:
    """The checks of one exercise. An exercise whose answer is not one tensor overrides some of the `..._lines`.

    These take a case and its result, and return the lines that say what is wrong with it; none if it is right.
    """

    changed_input = "after the call, a list that was passed in has another length"

    def __init__(self, exercise, key, arrays, seed):
        self.exercise, self.key = exercise, key
        self.cases = exercise.cases(seed)
        self.results = [CaseResult(arrays, case.name) for case in self.cases]
        self.pairs = list(zip(self.cases, self.results, strict=True))
        self.graph, self.whole = CaseResult(arrays, "graph"), CaseResult(arrays, "")

    def outcome(self):
        return (
            not_attempted(self.exercise, self.results)
            or self.first_failure("crashed", self.crash_lines)
            or self.first_failure("wrong type", self.type_lines)
            or self.first_failure("wrong dtype", self.dtype_lines)
            or self.first_failure("wrong shape", self.shape_lines)
            or self.first_failure("wrong value", self.value_lines)
            or self.check_laws()
            or self.first_failure("wrong property", self.input_lines, share=0.5)
            or (None if self.exercise.in_numpy else self.check_gradient() or self.check_graph())
            or Outcome(self.exercise.name, PASSED, notes=self.notes(), share=1.0)
        )

    def crash_lines(self, case, result):
        return () if result.returned else crash(result)

    def type_lines(self, case, result):
        if result.text("type") in NUMERIC_TYPES and result.array("shape") is not None:
            return ()
        return (Comparison("a tf.Tensor", result.text("type")), *unfilled_lines(result, self.whole))

    def dtype_lines(self, case, result):
        must_be_float32 = result.text("type") == "tf.Tensor" and not isinstance(case.args[0], float)
        if result.unreadable or (must_be_float32 and result.text("dtype") != "float32"):
            return (Comparison("float32", result.text("dtype")),)
        return ()

    def shape_lines(self, case, result):
        expected = self.right(case).shape
        if result.shape == expected:
            return ()
        return (Comparison(shape_in_words(expected), shape_in_words(result.shape)),)

    def value_lines(self, case, result):
        if case.role != "value" or close(result.value, self.right(case)):
            return ()
        return self.compare(case, as_scalar(result.value), self.right(case))

    def compare(self, case, got, expected):
        return difference(got, expected, allowed(expected))

    def input_lines(self, case, result):
        return (self.changed_input,) if result.text("inputs") == "changed" else ()

    def check_laws(self):
        by_name = {case.name: (case, result) for case, result in self.pairs}
        for law in self.key.laws:
            broken = law(by_name)
            if broken:
                return self.failure("wrong property", *broken, share=0.5)
        return None

    def check_gradient(self):
        for case, result in self.pairs:
            if case.role == "value" and not isinstance(case.args[0], float):
                found = self.gradient_lines(case, result)
                if found:
                    return self.failure("wrong gradient", case, found, share=0.6)
        return None

    def gradient_lines(self, case, result):
        for i, path in enumerate(self.exercise.gradient_paths(case.args)):
            got, expected = result.array(f"gradient {i}"), self.slope(case, path)
            argument = _argument_in_words(self.exercise, path)
            if got is None or got.shape != expected.shape:
                return (Comparison(f"a gradient with respect to {argument}", "None"),)
            scale = max(np.max(np.abs(expected)), self.negligible_slope(case, path))
            if not close(got, expected, 1e-2, scale):
                return (
                    f"the gradient with respect to {argument} is not the slope of the cost",
                    *difference(got.ravel()[:6], expected.ravel()[:6], allowed(expected, 1e-2, scale)),
                )
        return ()

    def negligible_slope(self, case, path):
        """A slope far below what is usual for such numbers: where slopes cancel, only rounding is left of them."""
        right = self.right(case)
        total = np.sum(np.abs(gradient_weights(right.shape) * right))
        return 1e-3 * total / np.max(np.abs(_argument(case.args, path)))

    def slope(self, case, path):
        """Finite difference of the right answer along one input, with the weights that the probe used."""
        start = _argument(case.args, path)
        weights = gradient_weights(self.right(case).shape)

        def weighted(x):
            return np.sum(weights * self.key.right_answer(*_replace_argument(case.args, path, x), **case.options))

        return finite_difference(weighted, start)

    def check_graph(self):
        case, right, got = self.cases[0], self.right(self.cases[0]), as_scalar(self.graph.value)
        if self.graph.returned and close(got, right):
            return None
        if not self.graph.returned or got is None or got.shape != right.shape:
            found = crash(self.graph)
        else:
            found = ("inside a tf.function the answer is different:", *difference(got, right, allowed(right)))
        says = ("It is right when it runs line by line, but not inside a tf.function, where every training step runs.",)
        return self.failure("wrong graph", case, found, says, share=0.8)

    def first_failure(self, state, lines, share=0.0):
        """The outcome for the first case for which `lines(case, result)` finds something wrong, or None."""
        for case, result in self.pairs:
            found = lines(case, result)
            if found:
                return self.failure(state, case, found, result=result, share=share)
        return None

    def failure(self, state, case, found, says=(), result=None, share=0.0):
        evidence = self.evidence()
        general = FOR_ARRAYS if self.exercise.in_numpy else MISTAKES
        mistakes = recognize(state, evidence, self.key.mistakes, general)
        ratios = self.ratios(evidence) if state == "wrong value" else None
        if constant(ratios) and ratios[0] != 0:
            says = (f"{RATIO} {_times(ratios[0])} the expected value for every input.",)
        described = self.key.describe(*case.args, **case.options)
        return failed(self.exercise, state, described, found, says, mistakes, result, share)

    def evidence(self):
        values, laws = (
            tuple(pair for pair in self.pairs if (pair[0].role == "value") == compared) for compared in (True, False)
        )
        return Evidence(self.key.right_answer, values, self.graph, laws, self.whole.text("unfilled"))

    def ratios(self, evidence):
        """The student's answer divided by the right one, for each case; None if there is no such number."""
        return evidence.ratios()

    def right(self, case):
        return np.asarray(self.key.right_answer(*case.args, **case.options))

    def notes(self):
        """Advice for an answer that passed."""
        return ()


def unfilled_lines(result, whole):
    """The line of the template that is still None, if the function returned None."""
    return (whole.text("unfilled"),) if result.text("type") == "None" and whole.text("unfilled") else ()


def _times(ratio):
    for n in range(2, 101):
        if np.isclose(ratio, n, rtol=1e-3):
            return f"{n} times"
        if np.isclose(ratio, 1 / n, rtol=1e-3):
            return f"1/{n} of"
    return "minus" if np.isclose(ratio, -1, rtol=1e-3) else f"{number(ratio)} times"


def _argument(args, path):
    return args[path[0]] if len(path) == 1 else args[path[0]][path[1]]


def _replace_argument(args, path, x):
    args = list(args)
    if len(path) == 1:
        args[path[0]] = x
    else:
        args[path[0]] = [x if i == path[1] else a for i, a in enumerate(args[path[0]])]
    return args


def _argument_in_words(exercise, path):
    names = exercise.signature.split("(", 1)[1].rstrip(")").split(", ")
    return names[path[0]] + (f"[{path[1]}]" if len(path) > 1 else "")


# Laws, for inputs on which the value is not compared. Each takes {name of case: (case, result)}. If it is broken, it
# returns the case and lines that say so, otherwise None.


def zero_for_equal_pictures(results):
    """The cost of a picture with itself is 0, up to rounding of the cost of two different pictures."""
    return must_be_zero(results, "zero", "both pictures are the same here")


def must_be_zero(results, name, why):
    case, result = results[name]
    if close(result.value, np.zeros(()), 1e-4, scale=np.max(np.abs(results["base"][1].value))):
        return None
    return case, (why, Comparison("0", array(as_scalar(result.value))))


def same_for_permuted_positions(results):
    """Positions in another order give the same answer."""
    return must_equal_base(results, "permuted", "the same positions in another order should give the same answer")


def must_equal_base(results, name, why):
    case, result = results[name]
    return must_equal(case, result, as_scalar(results["base"][1].value), why)


def must_equal(case, result, expected, why):
    if close(result.value, expected, LAW_TOLERANCE):
        return None
    return case, (why, *expected_and_got(expected, as_scalar(result.value)))


def scales_with_degree(degree):
    """The law that inputs 3 times as large give 3^degree times the answer."""
    times = 3.0**degree

    def law(results):
        case, result = results["scaled"]
        why = f"inputs 3 times as large should give 3^{degree} = {number(times)} times the answer"
        return must_equal(case, result, times * as_scalar(results["base"][1].value), why)

    return law

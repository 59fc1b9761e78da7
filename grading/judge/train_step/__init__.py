"""Exercise 6, train_step: its checks of type, J, pixels, direction of the step, optimizer and tracing."""

from dataclasses import replace

import numpy as np

from grading.judge.general_mistakes import MISTAKES as GENERAL_MISTAKES
from grading.judge.judgement import unfilled_lines
from grading.judge.mistakes import AnswerKey
from grading.judge.numbers import Comparison, allowed, array, close, count, difference, number
from grading.judge.outcomes import PASSED, Outcome, crash, failed, not_attempted
from grading.judge.train_step.evidence import StepEvidence
from grading.judge.train_step.mistakes import MISTAKES

RESULT_TYPES = ("tf.Tensor", "NumPy number", "NumPy array", "Python number")


class StepJudgement:
    """The checks of train_step: generators of (state, lines) for what is wrong, coarse to fine."""

    def __init__(self, exercise, key, arrays, seed):
        self.exercise, self.key, self.step = exercise, key, StepEvidence(arrays, seed)

    def outcome(self):
        """Half of the points for a right J; the rest depends on what the step does with it."""
        if stub := not_attempted(self.exercise, [self.step.eager, self.step.graph]):
            return stub
        checks = (
            (0, check_call),
            (0, check_J),
            (0.5, check_pixels),
            (0.7, check_optimizer),
            (0.8, check_reuse),
            (0.8, check_settings),
        )
        for share, check in checks:
            if failure := next(check(self.step), None):  # the later checks need what this one lacks
                return replace(self.failure(*failure), share=share)
        return Outcome(self.exercise.name, PASSED, notes=_notes(self.step), share=1.0)

    def failure(self, state, lines):
        step = self.step
        # A wrong gradient may show first in a J that does not fall.
        states = (state, "wrong gradient") if state == "wrong property" else (state,)
        general = GENERAL_MISTAKES if state == "crashed" else ()
        mistakes = [m for m in (*MISTAKES, *general) if m.state in states and m.symptom(step)][:1]
        if mistakes and mistakes[0].id == "other-weights":
            alpha, beta = (number(weight, 3) for weight in step.fitted_weights)
            lines = (*lines, f"your J is {alpha} J_content + {beta} J_style")
        result = step.graph if step.eager.returned else step.eager
        return failed(self.exercise, state, _setting(step), lines, (), mistakes, result)


def _setting(step):
    outputs = count(len(step.lambdas), "style output")
    return (
        f"the test uses a small network instead of VGG-19 ({outputs} and a content output),",
        "its own lambdas, and a picture of 5 x 6 pixels",
    )


def check_call(step):
    if not step.eager.returned:
        yield "crashed", crash(step.eager)
    if step.eager.text("type") not in RESULT_TYPES:
        lines = unfilled_lines(step.eager, step.whole)
        yield "wrong type", (Comparison("J, a tf.Tensor", step.eager.text("type")), *lines)
    if step.whole.text("given") not in ("", "tf.Variable"):
        yield "wrong type", (Comparison("the picture to be a tf.Variable", step.whole.text("given")),)
    if step.eager.unreadable or step.eager.text("dtype") != "float32":
        yield "wrong dtype", (Comparison("J in float32", step.eager.text("dtype")),)
    if step.eager.shape != ():
        yield "wrong shape", (Comparison("J to be a scalar", f"shape {step.eager.shape}"),)
    if not step.complete:
        yield "crashed", (*crash(step.graph), "(it runs line by line, but fails inside a tf.function)")


def check_J(step):
    if step.whole.text("weights") == "changed":
        yield "wrong property", ("expected the network's weights to stay the same: only the pixels are trained",)
    if changed := step.whole.text("changed variables"):
        yield "wrong property", (f"the step changed {changed}, which is not the picture it was given",)
    if step.weightless or not np.all(np.isfinite(step.own_lambdas)):
        found = array(step.own_lambdas)
        yield "wrong value", (Comparison("lambdas in STYLE_LAYERS that add up to about 1", found),)
    names = [*(f"step {n}" for n in range(1, len(step.J) + 1)), "a second picture of the same size"]
    for name, J, picture in zip(names, step.every_J, step.every_picture, strict=True):
        expected = step.total(picture)
        if not close(J, expected):
            yield "wrong value", (f"J of {name}:", *difference(J, expected, allowed(expected), 4))


def check_pixels(step):
    low, high = step.pictures.min(), step.pictures.max()
    if low < -1e-6 or high > 1 + 1e-6:
        found = f"{number(low, 3)} to {number(high, 3)}"
        yield "wrong property", (Comparison("all pixels in [0, 1] after a step", found),)
    if not np.any(step.moved):
        yield "wrong property", ("expected the step to change the picture, but no pixel changed",)
    if not step.J[-1] < step.J[0]:
        found = ", ".join(number(J, 4) for J in step.J)
        yield "wrong property", (Comparison(f"J to fall over {len(step.J)} steps", found),)
    if not step.descended:
        row, column = step.worst_pixel
        slope, moved, expected = (
            array(values[0, row, column], 2) for values in (step.slope(), step.moved, step.clip_step(step.step()))
        )
        yield (
            "wrong gradient",
            (
                "J falls, but the picture does not follow the gradient of J",
                f"at row {row}, column {column} the gradient of J is {slope}",
                f"the step changed that pixel by {moved}, expected {expected}",
            ),
        )


def check_optimizer(step):
    if not step.applied:
        yield "wrong property", ("expected the optimizer to apply the gradient, but it was not called",)


def check_reuse(step):
    if (traces := int(step.whole.array("traces"))) > 1 and not step.whole.text("mode"):
        yield "wrong graph", (Comparison("one trace for two pictures of the same shape", str(traces)),)
    if step.whole.text("optimizer") == "another size":
        yield "wrong graph", ("the optimizer was made for a picture of another size than generated_image",)


def check_settings(step):
    if not step.changed.fields or step.changed_J_is():
        return
    if not step.changed.returned or step.changed.shape != ():
        yield "crashed", (*crash(step.changed), "(it runs with ALPHA = 10 and BETA = 40, but not with other numbers)")
    weights = ", ".join(f"{name} = {number(value)}" for name, value in step.case.other_weights.items())
    expected = step.changed_J()
    yield (
        "wrong value",
        (
            f"J with {weights} and other weights in STYLE_LAYERS:",
            *difference(step.changed.value, expected, allowed(expected), 4),
        ),
    )


def _notes(step):
    notes = []
    if step.whole.text("decorated") == "no":
        notes.append(
            "About @tf.function: without it, each step runs line by line, several times slower. With it, TensorFlow "
            "traces the step once and then runs the graph."
        )
    if step.whole.text("optimizer") == "another picture":
        notes.append(
            "Your optimizer was used with another picture of this size, and Adam still remembers that picture. For a "
            "fresh start, run the cell that makes the optimizer and train_step again."
        )
    return tuple(notes)


KEY = AnswerKey(mistakes=MISTAKES, judgement=StepJudgement)

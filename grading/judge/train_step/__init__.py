"""Exercise 6, train_step: its checks of type, J, pixels, direction of the step, optimizer and tracing."""

from dataclasses import replace

import numpy as np

from grading.judge.general_mistakes import MISTAKES as GENERAL_MISTAKES
from grading.judge.mistakes import AnswerKey
from grading.judge.numbers import Comparison, allowed, array, close, count, difference, number
from grading.judge.outcomes import PASSED, Outcome, crash, failed, not_attempted
from grading.judge.train_step.evidence import StepEvidence
from grading.judge.train_step.mistakes import MISTAKES

RESULT_TYPES = ("tf.Tensor", "NumPy number", "NumPy array", "Python number")


class StepJudgement:
    """The checks of train_step. Each returns (state, lines) if it fails, otherwise None."""

    def __init__(self, exercise, key, arrays, seed):
        self.exercise, self.key, self.step = exercise, key, StepEvidence(arrays, seed)

    def outcome(self):
        """Half of the points for a right J; the rest depends on what the step does with it."""
        step = self.step
        stub = not_attempted(self.exercise, [step.eager, step.graph])
        if stub:
            return stub
        for share, checks in (
            (0, (check_ran, check_type, check_dtype, check_shape, check_compiled)),
            (0, (check_weights_kept, check_others_kept, check_lambdas, check_J)),
            (0.5, (check_range, check_moved, check_J_falls, check_direction)),
            (0.7, (check_optimizer,)),
            (0.8, (check_one_trace, check_fresh_optimizer)),
        ):
            for check in checks:
                found = check(step)
                if found:
                    return replace(self.failure(*found), share=share)
        return Outcome(self.exercise.name, PASSED, notes=_notes(step), share=1.0)

    def failure(self, state, lines):
        step = self.step
        # A wrong gradient may show first in a J that does not fall.
        states = (state, "wrong gradient") if state == "wrong property" else (state,)
        general = GENERAL_MISTAKES if state == "crashed" else ()
        mistakes = [m for m in (*MISTAKES, *general) if m.state in states and m.symptom(step)][:1]
        result = step.graph if step.eager.returned else step.eager
        return failed(self.exercise, state, _setting(step), lines, (), mistakes, result)


def _setting(step):
    outputs = count(len(step.lambdas), "style output")
    return (
        f"the test uses a small network instead of VGG-19 ({outputs} and a content output),",
        "its own lambdas, and a picture of 5 x 6 pixels",
    )


def check_ran(step):
    return None if step.eager.returned else ("crashed", crash(step.eager))


def check_type(step):
    if step.eager.text("type") not in RESULT_TYPES:
        return "wrong type", (Comparison("J, a tf.Tensor", step.eager.text("type")),)
    if step.whole.text("given") not in ("", "tf.Variable"):
        return "wrong type", (Comparison("the picture to be a tf.Variable", step.whole.text("given")),)
    return None


def check_dtype(step):
    if step.eager.unreadable or step.eager.text("dtype") != "float32":
        return "wrong dtype", (Comparison("J in float32", step.eager.text("dtype")),)
    return None


def check_shape(step):
    if step.eager.shape != ():
        return "wrong shape", (Comparison("J to be a scalar", f"shape {step.eager.shape}"),)
    return None


def check_compiled(step):
    if step.complete:
        return None
    return "crashed", (*crash(step.graph), "(it runs line by line, but fails inside a tf.function)")


def check_weights_kept(step):
    if step.whole.text("weights") == "changed":
        return "wrong property", ("expected the network's weights to stay the same: only the pixels are trained",)
    return None


def check_others_kept(step):
    changed = step.whole.text("changed variables")
    if changed:
        return "wrong property", (f"the step changed {changed}, which is not the picture it was given",)
    return None


def check_lambdas(step):
    if np.all(np.isfinite(step.own_lambdas)) and not step.weightless:
        return None
    return "wrong value", (Comparison("lambdas in STYLE_LAYERS that add up to about 1", array(step.own_lambdas)),)


def check_J(step):
    names = [f"step {n}" for n in range(1, len(step.J) + 1)]
    pictures = [*step.before, step.case.other_start]
    for name, J, picture in zip([*names, "a second picture of the same size"], step.every_J, pictures, strict=True):
        expected = step.total(picture)
        if not close(J, expected):
            return "wrong value", (f"J of {name}:", *difference(J, expected, allowed(expected), 4))
    return None


def check_range(step):
    low, high = step.pictures.min(), step.pictures.max()
    if low < -1e-6 or high > 1 + 1e-6:
        found = f"{number(low, 3)} to {number(high, 3)}"
        return "wrong property", (Comparison("all pixels in [0, 1] after a step", found),)
    return None


def check_moved(step):
    if not np.any(step.moved):
        return "wrong property", ("expected the step to change the picture, but no pixel changed",)
    return None


def check_J_falls(step):
    if step.J[-1] < step.J[0]:
        return None
    found = ", ".join(number(J, 4) for J in step.J)
    return "wrong property", (Comparison(f"J to fall over {len(step.J)} steps", found),)


def check_direction(step):
    if step.descended:
        return None
    row, column = step.worst_pixel
    slope, moved, expected = (
        array(values[0, row, column], 2) for values in (step.slope(), step.moved, step.clip_step(step.step()))
    )
    return "wrong gradient", (
        "J falls, but the picture does not follow the gradient of J",
        f"at row {row}, column {column} the gradient of J is {slope}",
        f"the step changed that pixel by {moved}, expected {expected}",
    )


def check_optimizer(step):
    if step.optimized:
        return None
    return "wrong property", ("expected the optimizer to apply the gradient, but it was not called",)


def check_one_trace(step):
    traces = int(step.whole.array("traces"))
    if traces > 1:
        return "wrong graph", (Comparison("one trace for two pictures of the same shape", str(traces)),)
    return None


def check_fresh_optimizer(step):
    if step.whole.text("optimizer") == "another size":
        return "wrong graph", ("the optimizer was made for a picture of another size than generated_image",)
    return None


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

"""The judge's checks of train_step: type, J, pixels, direction of the step, optimizer, tracing."""

from dataclasses import replace

import numpy as np

from grading.judge import any_exercise, oracle
from grading.judge.case_result import allowed, close
from grading.judge.descriptions import difference
from grading.judge.failures import crash, failed, unattempted
from grading.judge.outcomes import PASSED, Outcome, array, number
from grading.judge.train_step.evidence import StepEvidence
from grading.judge.train_step.mistakes import recognise_step


def judge(exercise, arrays, seed):
    """The outcome of train_step from what the probe brought back for `seed`."""
    step = StepEvidence(arrays, seed)
    stub = unattempted(exercise, [step.eager, step.graph])
    if stub:
        return stub
    for check, share in CHECKS.items():
        found = check(step)
        if found:
            state, lines = found
            return replace(_failed(exercise, state, lines, step), share=share)
    return Outcome(exercise.name, PASSED, notes=_notes(step), share=1.0)


def _failed(exercise, state, lines, step):
    mistakes = recognise_step(state, step) or _everywhere(state, step)
    trial = step.graph if step.eager.returned else step.eager
    return failed(exercise, state, _setting(step), lines, (), mistakes, trial)


def _everywhere(state, step):
    if state != "crashed":
        return ()
    return tuple(m for m in any_exercise.MISTAKES if m.state == "crashed" and m.symptom(step))[:1]


def _setting(step):
    styles = f"{len(step.lambdas)} style outputs" if len(step.lambdas) > 1 else "1 style output"
    return (
        f"a small network with {styles} and a content output stands in for VGG-19; the picture is 5 x 6 pixels,",
        "and the lambdas are the test's own",
    )


def _ran(step):
    return None if step.eager.returned else ("crashed", crash(step.eager))


def _typed(step):
    if step.eager.text("type") not in ("tf.Tensor", "NumPy number", "NumPy array", "Python number"):
        return "wrong type", (f"expected J, a tf.Tensor, got {step.eager.text('type')}",)
    if step.whole.text("given") not in ("", "tf.Variable"):
        return "wrong type", (f"expected the picture to be a tf.Variable, got {step.whole.text('given')}",)
    return None


def _dtyped(step):
    if (step.eager.value is None and not step.eager.too_large) or step.eager.text("dtype") != "float32":
        return "wrong dtype", (f"expected J in float32, got {step.eager.text('dtype')}",)
    return None


def _shaped(step):
    if step.eager.shape != ():
        return "wrong shape", (f"expected J to be a scalar, got shape {step.eager.shape}",)
    return None


def _compiled(step):
    if step.complete:
        return None
    return "crashed", (*crash(step.graph), "(it runs line by line, and fails inside a tf.function)")


def _weighed(step):
    if np.all(np.isfinite(step.own_lambdas)) and np.sum(step.own_lambdas) > 1e-3:
        return None
    return "wrong value", (f"expected STYLE_LAYERS to weigh the style layers, got {array(step.own_lambdas)}",)


def _valued(step):
    for n, (J, picture) in enumerate(zip(step.J, step.before, strict=True), start=1):
        if not close(J, step.total(picture)):
            return "wrong value", (f"J of step {n}:", *_apart(J, step.total(picture)))
    if not close(step.J_other, step.total(step.case.other_start)):
        return "wrong value", (
            "J of a second picture of the same size:",
            *_apart(step.J_other, step.total(step.case.other_start)),
        )
    return None


def _apart(got, expected):
    return difference(got, expected, allowed(expected), 4)


def _in_range(step):
    low, high = step.pictures.min(), step.pictures.max()
    if low < -1e-6 or high > 1 + 1e-6:
        found = f"{number(low, 3)} to {number(high, 3)}"
        return "wrong property", (f"expected all pixels in [0, 1] after a step, got {found}",)
    return None


def _kept_others(step):
    changed = step.whole.text("changed variables")
    if changed:
        return "wrong property", (f"the step changed {changed}, which is not the picture it was given",)
    return None


def _kept_weights(step):
    if step.whole.text("weights") == "changed":
        return "wrong property", ("expected the network's weights to stay as they are: only the pixels are trained",)
    return None


def _moved(step):
    if not np.any(step.moved):
        return "wrong property", ("expected the step to change the picture, and not one pixel changed",)
    return None


def _falls(step):
    if step.J[-1] < step.J[0]:
        return None
    return "wrong property", (
        f"expected J to fall over {len(step.J)} steps, got {', '.join(number(J, 4) for J in step.J)}",
    )


def _descends(step):
    if step.descended:
        return None
    slope = oracle.ALPHA * step.gradients[0] + oracle.BETA * step.gradients[1]
    row, column = step.oddest_pixel
    there, moved, expected = (array(of[0, row, column], 2) for of in (slope, step.moved, step.inside(step.step())))
    return "wrong gradient", (
        "J falls, but the picture does not move down the gradient of J",
        f"at row {row}, column {column} the slope of J is {there}",
        f"the step changed that pixel by {moved}, expected {expected}",
    )


def _optimized(step):
    if step.optimized:
        return None
    return "wrong property", ("expected the optimizer to apply the gradient, and it was not called",)


def _traced_once(step):
    traces = int(step.whole.array("traces"))
    if traces > 1:
        return "wrong graph", (f"expected one trace for two pictures of the same shape, got {traces}",)
    return None


def _fresh_optimizer(step):
    if step.whole.text("optimizer") == "another size":
        return "wrong graph", ("the optimizer was made for a picture of another size than generated_image",)
    return None


def _notes(step):
    notes = []
    if step.whole.text("decorated") == "no":
        notes.append(
            "A word on @tf.function: without it each step runs line by line, several times slower. With it "
            "TensorFlow traces the step once and then runs the graph."
        )
    if step.whole.text("optimizer") == "another picture":
        notes.append(
            "Your optimizer has been used with another picture of this size, and Adam still remembers it. "
            "For a fresh start, run the cell that makes the optimizer and train_step again."
        )
    return tuple(notes)


# With the share of the points that is earned by all checks before: half once J is right, the rest by what the step
# then does with it.
CHECKS = {
    _ran: 0,
    _typed: 0,
    _dtyped: 0,
    _shaped: 0,
    _compiled: 0,
    _kept_weights: 0,
    _kept_others: 0,
    _weighed: 0,
    _valued: 0,
    _in_range: 0.5,
    _moved: 0.5,
    _falls: 0.5,
    _descends: 0.5,
    _optimized: 0.7,
    _traced_once: 0.8,
    _fresh_optimizer: 0.8,
}

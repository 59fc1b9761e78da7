"""Failed outcomes, put together from what is known."""

import re

from grading.exercises import EXERCISES
from grading.judge.outcomes import Outcome

PRINTED_LINES = 6
TRIES = {
    "crashed": 'print shape and dtype of what that line works with; hint("{name}") gives a start',
    "wrong type": "return the tensor itself",
    "wrong dtype": "leave the inputs as float32; tf.cast(..., tf.float32) converts",
    "wrong shape": 'print the shape after every line, and find the first that surprises you; hint("{name}") helps',
    "wrong property": "look for something that treats some inputs unlike others: a clip, a constant, an index",
    "wrong gradient": "look for a part of the way that is cut off: tf.stop_gradient, tf.constant, .numpy()",
    "wrong graph": "call tf.function({name}) yourself, and look for what differs from {name}",
}
IN_NUMPY = {
    "wrong type": "print type(...) of what you return, and compare it with what the docstring promises",
    "wrong dtype": ".astype(...) turns one kind of number into another",
}


def failed(exercise, state, case, found, says=(), mistakes=(), trial=None):
    """An outcome that names the mistakes, if there are any, and gives one next step."""
    if state != "crashed" and _contradictory(found):
        return tampered(exercise)
    return Outcome(
        exercise.name,
        state,
        exercise.section,
        tuple(case),
        tuple(found),
        (*says, *(mistake.says for mistake in mistakes)),
        tries=mistakes[0].tries if mistakes else default_tries(exercise, state),
        mistake="+".join(mistake.id for mistake in mistakes) or None,
        printed=_printed(trial),
    )


def tampered(exercise, changed=()):
    """The outcome where what came back cannot have come about as it should; `changed` is why, where it is known."""
    cause = (
        f"{' and '.join(changed)} is no longer what it was"
        if changed
        else ("something that the grader, NumPy or TensorFlow needs is no longer what it was")
    )
    return Outcome(
        exercise.name,
        "crashed",
        exercise.section,
        says=(
            f"What came back contradicts itself or is no answer at all: {cause}. A line of the notebook gives it "
            "another meaning, as np.sum = ... would.",
        ),
        tries="take that line out, restart the kernel, and run the cells again from the top",
    )


def _contradictory(found):
    """Whether the lines expect just what came."""
    pairs = re.findall(
        r"expected (.+?)(?:, got |\n *got +)(.+?)(?: \((?:difference|a scalar).*)?$",
        "\n".join(found),
        flags=re.MULTILINE,
    )
    return any(expected.removesuffix(" (a scalar)") == got for expected, got in pairs)


def default_tries(exercise, state):
    """What to try where no known mistake explains the failure."""
    tries = TRIES | IN_NUMPY if exercise.in_numpy else TRIES
    return tries.get(state, exercise.tries).format(name=exercise.name)


def unattempted(exercise, trials):
    """The outcome where the exercise, or an earlier one that it calls, is still a stub; else None."""
    stubs = [trial.text("error stub") for trial in trials if trial.text("error stub")]
    if not stubs:
        return None
    earlier = [stub for stub in stubs if stub in EXERCISES and stub != exercise.name]
    return waiting(exercise, earlier[0]) if earlier else _not_attempted(exercise)


def waiting(exercise, earlier):
    return Outcome(
        exercise.name,
        "not attempted",
        EXERCISES[earlier].section,
        waiting_for=earlier,
        says=(f"It calls {earlier}, exercise {EXERCISES[earlier].number}, which is not written yet.",),
        tries=f"write {earlier}, run its cell, then this one again",
    )


def _not_attempted(exercise):
    return Outcome(
        exercise.name,
        "not attempted",
        exercise.section,
        says=("The body is still the stub that raises NotImplementedError.",),
        tries=f'put your code in its place and run the cell again; hint("{exercise.name}") helps you to start',
    )


def crash(trial):
    """The student's own line, the original exception, and for a misspelt name the nearest one."""
    where, function = trial.text("error line"), trial.text("error function")
    message = trial.text("error message")
    error = trial.text("error type") + (f": {message}" if message else "")
    nearest = trial.text("error nearest")
    found = (error, f"the nearest name there is {nearest}") if nearest else (error,)
    return (f"{where}, in {function}: {trial.text('error source')}", *found) if where else found


def _printed(trial):
    lines = trial.text("printed").strip().splitlines() if trial else []
    return tuple(lines if len(lines) <= PRINTED_LINES else [*lines[:PRINTED_LINES], "..."])

"""Outcomes: what the judge decides about an exercise, and the message that a student reads."""

from dataclasses import dataclass, field
from textwrap import wrap

from grading.exercises import EXERCISES
from grading.judge.numbers import Comparison

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
MOST_PRINTED_LINES = 6
TRIES = {
    "crashed": 'print shape and dtype of the values on that line; hint("{name}") shows how to start',
    "wrong type": "return the tensor itself",
    "wrong dtype": "keep the inputs in float32; tf.cast(..., tf.float32) converts",
    "wrong shape": 'print the shape after every line and find the first unexpected one; hint("{name}") helps',
    "wrong property": "look for code that treats some inputs differently: a clip, a constant, an index",
    "wrong gradient": "look for something that stops the gradient: tf.stop_gradient, tf.constant, .numpy()",
    "wrong graph": "call tf.function({name}) yourself, and compare its result with that of {name}",
}
TRIES_IN_NUMPY = {
    "wrong type": "print type(...) of what you return, and compare it with the docstring",
    "wrong dtype": ".astype(...) converts to another dtype",
}


@dataclass(frozen=True)
class Outcome:
    """What the judge found: the first check that failed, or that all passed.

    state: PASSED or one of STATES. section: where to read on. case: the input in words, empty where inputs are hidden.
    found: what was expected and what was returned. says: the diagnosis. tries: one thing to try next.
    mistake: an id from the answer key, or several joined by "+". waiting_for: the earlier exercise that is not written.
    printed: what the function printed. share: the earned part of the exercise's points, 0 to 1.
    details: the traceback of an error in the grader itself.
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


def failed(exercise, state, case, found, says=(), mistakes=(), result=None, share=0.0):
    """An outcome that names the known mistakes, if there are any, and one thing to try.

    result: the CaseResult whose printed text is shown.
    """
    if state != "crashed" and _contradictory(found):
        return tampered(exercise)
    if mistakes and mistakes[0].id == "tensorflow-1":  # a similar name of TensorFlow 2 is another thing
        found = [line for line in found if not line.startswith("did you mean")]
    return Outcome(
        exercise.name,
        state,
        exercise.section,
        tuple(case),
        tuple(found),
        (*says, *(mistake.says for mistake in mistakes)),
        tries=mistakes[0].tries.replace("{signature}", exercise.signature)
        if mistakes
        else _default_tries(exercise, state),
        mistake="+".join(mistake.id for mistake in mistakes) or None,
        printed=_printed_lines(result),
        share=share,
    )


def tampered(exercise, changed=()):
    """The outcome of an answer that cannot be right; `changed` names what the notebook has overwritten, if known."""
    cause = " and ".join(changed) or "something that the grader, NumPy or TensorFlow needs"
    return Outcome(
        exercise.name,
        "crashed",
        exercise.section,
        says=(
            f"The result cannot be judged, because {cause} has been overwritten. A line of the notebook gives it "
            "another meaning, as np.sum = ... would.",
        ),
        tries="delete that line, restart the kernel, and run the cells again from the top",
    )


def not_attempted(exercise, results):
    """The outcome if the exercise, or an earlier one that it calls, is still a stub; otherwise None."""
    stubs = [result.text("error stub") for result in results if result.text("error stub")]
    if not stubs:
        return None
    for stub in stubs:
        if stub in EXERCISES and stub != exercise.name:
            return _waiting_for(exercise, EXERCISES[stub])
    return Outcome(
        exercise.name,
        "not attempted",
        exercise.section,
        says=("The function still raises NotImplementedError.",),
        tries=f'write your code in its place and run the cell again; hint("{exercise.name}") shows how to start',
    )


def _waiting_for(exercise, earlier):
    return Outcome(
        exercise.name,
        "not attempted",
        earlier.section,
        waiting_for=earlier.name,
        says=(f"It calls {earlier.name} (exercise {earlier.number}), which is not written yet.",),
        tries=f"write {earlier.name}, run its cell, then run this one again",
    )


def crash(result):
    """The student's own line, the original exception, and the most similar name if one is misspelled."""
    where, function = result.text("error line"), result.text("error function")
    message = result.text("error message")
    error = result.text("error type") + (f": {message}" if message else "")
    nearest = result.text("error nearest")
    found = (error, f"did you mean {nearest}?") if nearest else (error,)
    return (f"{where}, in {function}: {result.text('error source')}", *found) if where else found


def text(outcome: Outcome, passed: str = "visible tests passed") -> str:
    """The message a student reads, several lines. Printed text, exceptions and numbers are not wrapped."""
    facts = [line for block in (*outcome.case, *outcome.found) for line in block.split("\n")]
    prose = [line for block in (*outcome.says, *outcome.notes, *_next_step(outcome)) for line in wrap(block, WIDTH)]
    prose = [line.replace(UNBROKEN, " ") for line in prose]
    printed = ["Your function printed:", *(f"  {line}" for line in outcome.printed)] if outcome.printed else []
    return "\n  ".join([headline(outcome, passed), *facts, *prose, *printed])


def headline(outcome: Outcome, passed: str = "visible tests passed") -> str:
    return f"{outcome.exercise}: {status(outcome, passed)}"


def status(outcome: Outcome | None, passed: str = "visible tests passed") -> str:
    """The state in the words that students read. None: the exercise has not been tested."""
    if outcome is None:
        return "not yet tested"
    if outcome.waiting_for:
        return f"waiting for {outcome.waiting_for}"
    return passed if outcome.state == PASSED else outcome.state


def progress(exercises, outcomes):
    """A table of exercises with their points. outcomes: {name: outcome} of the exercises tested so far."""
    width = max(len(exercise.name) for exercise in exercises)
    rows = [_row(exercise, outcomes.get(exercise.name), width) for exercise in exercises]
    earned = sum(visible_points(exercise, outcomes.get(exercise.name)) for exercise in exercises)
    total = sum(exercise.points for exercise in exercises)
    return "\n".join([*rows, f"{'visible tests passed:':<{width + 3}} {earned:>3} of {total:>3} points"])


def _row(exercise, outcome, width):
    earned = visible_points(exercise, outcome)
    return f"{exercise.number}. {exercise.name:<{width}} {earned:>3} of {exercise.points:>3} points  {status(outcome)}"


def visible_points(exercise, outcome: Outcome | None) -> int:
    """The points of an exercise if its visible tests passed, otherwise 0."""
    return exercise.points if outcome is not None and outcome.state == PASSED else 0


def _next_step(outcome):
    section = f" (section{UNBROKEN}{outcome.section})" if outcome.section else ""
    return [f"Try: {outcome.tries}{section}"] if outcome.tries else []


def _default_tries(exercise, state):
    """What to try if no known mistake explains the failure."""
    tries = TRIES | TRIES_IN_NUMPY if exercise.in_numpy else TRIES
    return tries.get(state, exercise.tries).format(name=exercise.name)


def _contradictory(found):
    """Whether a line expects exactly what was returned."""
    return any(isinstance(line, Comparison) and line.expected == line.got for line in found)


def _printed_lines(result):
    lines = result.text("printed").strip().splitlines() if result else []
    return tuple(lines if len(lines) <= MOST_PRINTED_LINES else [*lines[:MOST_PRINTED_LINES], "..."])

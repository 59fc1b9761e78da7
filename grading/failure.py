"""Failed outcomes, put together from what is known."""

from grading.exercises import EXERCISES
from grading.report import Outcome


def failed(exercise, state, case, found, says=(), mistakes=(), trial=None):
    """An outcome that names the mistakes, if there are any, and gives one next step."""
    return Outcome(
        exercise.name, state, exercise.section, tuple(case), tuple(found),
        (*says, *(mistake.says for mistake in mistakes)),
        tries=mistakes[0].tries if mistakes else default_tries(exercise, state),
        mistake="+".join(mistake.id for mistake in mistakes) or None, printed=_printed(trial))


def default_tries(exercise, state):
    """What to try where no known mistake explains the failure."""
    if state == "crashed":
        return f'read the exception, then the line; hint("{exercise.name}") tells how others go about it'
    if state == "wrong type":
        return "return the tensor itself"
    if state == "wrong dtype":
        return "leave the inputs as float32; tf.cast(..., tf.float32) converts"
    return exercise.tries


def unattempted(exercise, trials):
    """The outcome where the exercise, or an earlier one that it calls, is still a stub; else None."""
    stubs = [trial.text("error stub") for trial in trials if trial.text("error stub")]
    if not stubs:
        return None
    earlier = [stub for stub in stubs if stub in EXERCISES and stub != exercise.name]
    return waiting(exercise, earlier[0]) if earlier else _not_attempted(exercise)


def waiting(exercise, earlier):
    return Outcome(
        exercise.name, "not attempted", EXERCISES[earlier].section, waiting_for=earlier,
        says=(f"It calls {earlier}, exercise {EXERCISES[earlier].number}, which is not written yet.",),
        tries=f"write {earlier}, run its cell, then this one again")


def _not_attempted(exercise):
    return Outcome(
        exercise.name, "not attempted", exercise.section,
        says=("The body is still the stub that raises NotImplementedError.",),
        tries=f'put your code in its place and run the cell again; hint("{exercise.name}") helps you to start')


def crash(trial):
    """The student's own line and the original exception."""
    where, function = trial.text("error line"), trial.text("error function")
    message = trial.text("error message")
    error = trial.text("error type") + (f": {message}" if message else "")
    if not where:
        return (error,)
    return (f"{where}, in {function}: {trial.text('error source')}", error)


def _printed(trial):
    printed = trial.text("printed").strip() if trial else ""
    return tuple(printed.split("\n")[:6]) if printed else ()

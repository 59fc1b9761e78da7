"""Outcomes that occur only for submissions: an exercise that was stopped, is missing, or fails on hidden inputs; and
which outcome counts if an exercise was run several times."""

from dataclasses import replace

from grading.exercises import EXERCISES
from grading.judge.outcomes import PASSED, Outcome, tampered
from grading.judge.verdict import judge
from grading.sandbox.process import Stopped
from grading.submissions.extract import BrokenCell


def judge_arrays(name: str, arrays: dict, seed: int) -> Outcome:
    """The judge's outcome. Arrays on which the judge fails were not made by the probe."""
    try:
        if "failure" not in arrays:
            return judge(name, arrays, seed)
    except Exception:  # arrays may contain anything, and one submission must not end the batch
        pass
    return tampered(EXERCISES[name])


def stopped_outcome(name: str, message: str) -> Outcome:
    """The outcome of an exercise that was ended by force."""
    return Outcome(
        name,
        "crashed",
        EXERCISES[name].section,
        found=(message,),
        tries="run it once more yourself, and look for code that never ends or needs more and more memory",
    )


def waiting_outcome(name: str, stopped: str) -> Outcome:
    """The outcome of an exercise that calls an earlier one that was stopped: it would have to be stopped again."""
    return Outcome(
        name,
        "crashed",
        EXERCISES[name].section,
        found=(f"{stopped} was stopped",),
        says=(f"It calls {stopped}, which had to be stopped.",),
        tries=f"correct {stopped} first",
    )


def missing_outcome(name: str, kind: str, broken: tuple[BrokenCell, ...]) -> Outcome:
    """The outcome of an exercise that is not a function. kind: "missing" or its type; broken: the cells left out."""
    exercise = EXERCISES[name]
    if kind != "missing":
        found = (f"{name} is not a function: its type is {kind}",)
        return Outcome(name, "wrong type", exercise.section, found=found, tries=f"define {exercise.signature}")
    if cell := next((cell for cell in broken if name in cell.exercises), None):
        return Outcome(
            name,
            "crashed",
            exercise.section,
            found=(f"line {cell.line} of {cell.name}: {cell.source}", cell.error),
            says=("The cell does not compile, so no code in it can be run.",),
            tries="run the cell in Jupyter: it marks the error",
        )
    says = (f"The submission does not define a function {name}.",)
    return Outcome(name, "not attempted", exercise.section, says=says, tries=f"define {exercise.signature}")


def is_stub(outcome: Outcome) -> bool:
    """Whether the exercise itself is not written yet."""
    return outcome.state == "not attempted" and not outcome.waiting_for


def choose_worse(visible: Outcome, hidden: Outcome) -> Outcome:
    """The outcome that earned less; if both are equal, that on the visible inputs, which is reported in full."""
    return visible if visible.state != PASSED and visible.share <= hidden.share else hidden


def choose_better(own: Outcome, with_references: Outcome, replaced: list[str]) -> Outcome:
    """The better of two outcomes, with a note on the earlier exercises that were replaced by right solutions."""
    if with_references.share < own.share:
        return own
    names = ", ".join(replaced)
    note = (
        f"It calls {names}, not right yet: with correct functions in place of yours, all checks pass."
        if with_references.state == PASSED
        else f"(Run with correct functions in place of your {names}.)"
    )
    return replace(with_references, notes=(*with_references.notes, note))


def hide_inputs(outcome: Outcome) -> Outcome:
    """The outcome without anything that the submission could have copied from a hidden input."""
    return replace(outcome, found=(), printed=(), case=("this failed on hidden inputs, which are not shown",))


def describe_stop(name: str, stopped: Stopped) -> Outcome:
    """The outcome of an exercise whose process was ended, with the reason."""
    return stopped_outcome(name, f"{name} was stopped: {stopped}")

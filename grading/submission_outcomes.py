"""The outcomes that only a submission can have: it was stopped, or does not define a function; and which one counts."""

from collections.abc import Iterable
from dataclasses import replace

from grading.exercises import EXERCISES
from grading.judge.outcomes import PASSED, Outcome
from grading.submissions.extract import BrokenCell


def _outcome(name, state, **said):
    return Outcome(name, state, EXERCISES[name].section, **said)


def describe_stopped(name: str, message: str) -> Outcome:
    """The outcome of an exercise that was stopped."""
    tries = "run it once more yourself, and look for code that never ends or needs more and more memory"
    return _outcome(name, "crashed", found=(message,), tries=tries)


def describe_waiting(name: str, stopped: str) -> Outcome:
    """The outcome of an exercise that calls one that was stopped: it would have to be stopped again."""
    says = (f"It calls {stopped}, which had to be stopped.",)
    return _outcome(name, "crashed", found=(f"{stopped} was stopped",), says=says, tries=f"correct {stopped} first")


def not_a_function(name: str, kind: str, broken: Iterable[BrokenCell], failure: str | None) -> Outcome:
    """The outcome of an exercise that is not a function. kind: "missing" or its type; broken: the cells left out;
    failure: the line that could not define it and the error, or None."""
    define = f"define {EXERCISES[name].signature}"
    if kind != "missing":
        return _outcome(name, "wrong type", found=(f"{name} is not a function: its type is {kind}",), tries=define)
    if cell := next((cell for cell in broken if name in cell.exercises), None):
        return _outcome(
            name,
            "crashed",
            found=(f"line {cell.line} of {cell.name}: {cell.source}", cell.error),
            says=("The cell does not compile, so no code in it can be run.",)
            if cell.part == cell.name
            else (f"{cell.part[:1].upper()}{cell.part[1:]} does not compile, so it cannot be run.",),
            tries="run the cell in Jupyter: it marks the error",
        )
    if failure:
        return _outcome(
            name,
            "crashed",
            found=tuple(failure.split("\n")),
            says=("The function could not be defined: a decorator or a default value failed.",),
            tries="run the cell in Jupyter after Restart Kernel, with only the cells above it",
        )
    return _outcome(name, "not attempted", says=(f"The submission does not define a function {name}.",), tries=define)


def choose_worse(visible: Outcome, hidden: Outcome) -> Outcome:
    """The outcome that earned less; if both are equal, or show the same failure, that on the visible inputs, which is
    reported in full."""
    if visible.state == PASSED:
        return hidden
    same = (visible.state, visible.mistake) == (hidden.state, hidden.mistake)
    return replace(visible, share=min(visible.share, hidden.share)) if same or visible.share <= hidden.share else hidden


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

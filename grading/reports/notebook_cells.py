"""What the test cells, hints and the table of points show in a notebook, or print elsewhere."""

import difflib
from collections.abc import Callable, Mapping

from grading.exercises import CHAPTERS, EXERCISES, FIRST, chapters_of, current_name, exercises_of
from grading.judge import outcomes
from grading.reports.verdict_box import hint_box, progress_box, show, verdict_box
from grading.result import Result
from grading.runner.call import name_of


def show_verdict(outcome: outcomes.Outcome) -> Result:
    """Show the verdict on one function; return it as a `Result`."""
    show(outcomes.text(outcome), verdict_box(outcome))
    passed, status = outcome.state == outcomes.PASSED, outcomes.status(outcome)
    return Result(outcome.exercise, passed, outcome.state, outcome.mistake, outcome.details, status)


def show_hint(exercise: str | Callable, shown: dict[str, int]) -> None:
    """Show the next hint for an exercise, its name or a function. shown: how many of each were shown, updated here."""
    name = current_name(name_of(exercise) or str(exercise))
    if name not in EXERCISES:
        print(_unknown_exercise(name))
        return
    hints = EXERCISES[name].hints
    number = shown[name] = min(shown.get(name, 0) + 1, len(hints))
    text = f"{name}, hint {number} of {len(hints)}\n  " + hints[number - 1].replace("\n", "\n  ")
    show(text, hint_box(EXERCISES[name], number))


def show_progress(chapter: int | None, tested: Mapping[str, outcomes.Outcome]) -> None:
    """Show the points of a chapter; by default of that of the exercise tested last, or of the first chapter.

    tested: {exercise: outcome}, the one tested last at the end.
    """
    if chapter is None:
        chapter = EXERCISES[list(tested)[-1]].chapter if tested else FIRST
        together = chapters_of(tested)  # two, in a notebook that was handed out when they were one
        chapters = together if chapter in together else (chapter,)
    elif chapter in CHAPTERS:
        chapters = (chapter,)
    else:
        print(f"There is no chapter {chapter!r} with exercises. The chapters are {', '.join(map(str, CHAPTERS))}.")
        return
    exercises = list(exercises_of(chapters).values())
    show(outcomes.progress(exercises, tested), progress_box(exercises, tested))


def _unknown_exercise(name):
    near = difflib.get_close_matches(name, EXERCISES, n=2, cutoff=0.4)
    if near:
        return f'There is no exercise "{name}". Did you mean {" or ".join(near)}?'
    return f'There is no exercise "{name}". The exercises are {", ".join(EXERCISES)}.'

"""Grade one function in the student's own process, and say which earlier exercise to fix first."""

import builtins
import difflib
import linecache
import re
import traceback
from dataclasses import replace
from typing import Any

import numpy as np

from grading.exercises import EXERCISES, current_name
from grading.exercises.exercise import VISIBLE_SEED
from grading.judge import judge, stand_ins_before
from grading.judge.outcomes import PASSED, Outcome, tampered
from grading.runner.call import written_function
from grading.submissions.extract import SIMILAR
from grading.submissions.python_code import find_syntax_error

# The judge shares the process with the notebook, which may have overwritten a name that it needs.
IN_NUMPY = """
    abs all any arange argmax argwhere array array_equal asarray broadcast_to clip concatenate corrcoef cov cumsum diff
    dot exp eye float32 float64 floating floor indices int64 isclose isfinite isnan logaddexp max maximum mean moveaxis
    nan ndarray ndim negative ones pad prod ravel reshape roll shape sign size split sqrt square stack subtract sum
    swapaxes tanh tile transpose triu trunc unravel_index zeros zeros_like
"""
IN_PYTHON = "abs all any dict float int isinstance len list max min range sorted str sum tuple type zip"
NEEDED = {np: IN_NUMPY.split(), builtins: IN_PYTHON.split()}
_ORIGINALS = {(module, name): getattr(module, name) for module, names in NEEDED.items() for name in names}


def grade_function(name: str, target: Any, seed: int = VISIBLE_SEED, generated_image: Any = None) -> Outcome:
    """Grade the function `target` as exercise `name`.

    If it fails and calls earlier exercises, it is tried again with right functions in their place, so that a mistake
    made earlier is not blamed on this exercise. An error of the grader itself is an outcome too, and says so.

    Args:
        name: an exercise, a key of `grading.exercises.EXERCISES`.
        target: the student's function; anything callable with the exercise's signature.
        seed: draws the inputs; the default draws those that students may see.
        generated_image: for train_step, the student's own picture, a tf.Variable (1, H, W, 3), or None.

    Returns:
        A `grading.judge.outcomes.Outcome`. Nothing that the student's function raises is raised here.

    >>> import tensorflow as tf
    >>> outcome = grade_function("gram_matrix", lambda A: tf.matmul(A, A, transpose_a=True))
    >>> outcome.state, outcome.mistake
    ('wrong shape', 'transposed')
    """
    try:
        function = written_function(target)
        outcome = _misused(name, target, function) or _grade(name, target, function, seed, generated_image)
        outcome = _mention_newer_cell(outcome, function)
    except Exception:  # a student should never see an error of the grader as a raw traceback
        outcome = _grader_failed(name)
    overwritten = _overwritten_names() if outcome.state != PASSED else ()
    return tampered(EXERCISES[name], overwritten) if overwritten else outcome


def _grade(name, target, function, seed, generated_image):
    from grading.runner import probe

    def outcome(references=None):
        arrays = probe.run(name, target, seed, references=references, generated_image=generated_image)
        return judge(name, arrays, seed)

    own = outcome()
    if own.state in (PASSED, "not attempted") or not EXERCISES[name].needs:
        return own
    alone = outcome(stand_ins_before(EXERCISES[name].number))
    if alone == own:
        return own
    earlier = _first_to_fix(name, function, seed)
    if earlier is None:
        return own
    return _blame_earlier(own, earlier) if alone.state == PASSED else _mention_earlier(alone, earlier)


def _first_to_fix(name, function, seed):
    namespace = function.__globals__ if function else {}
    for earlier in EXERCISES[name].needs:
        if earlier in namespace and grade_function(earlier, namespace[earlier], seed).state != PASSED:
            return EXERCISES[earlier]
    return None


def _blame_earlier(own, earlier):
    """The outcome if the function itself is right, but an earlier one that it calls is not."""
    return replace(
        own,
        section=earlier.section,
        case=(),
        found=(),
        notes=(),
        mistake="earlier-exercise",
        waiting_for=earlier.name,
        says=(
            f"Your {own.exercise} itself is right, but it calls {earlier.name} (exercise {earlier.number}), which is "
            "not right yet.",
            f"With a correct {earlier.name} in its place, all checks pass.",
        ),
        tries=f"fix {earlier.name} first: {earlier.name}_test({earlier.name}) says what is wrong",
    )


def _mention_earlier(alone, earlier):
    note = (
        f"(This was tried with correct functions instead of your earlier exercises. {earlier.name}, exercise "
        f"{earlier.number}, is not right yet either.)"
    )
    return replace(alone, notes=(*alone.notes, note))


def _mention_newer_cell(outcome, function):
    """The outcome with a note if a cell that was run after that of the function should have defined it, but did not."""
    name, cells = outcome.exercise, function.__globals__.get("In") if function else None  # In: Jupyter's list of cells
    own = "".join(linecache.getlines(function.__code__.co_filename)).strip() if isinstance(cells, list) else ""
    if not own or own not in (sources := [str(cell).strip() for cell in cells]):
        return outcome
    later = sources[len(sources) - sources[::-1].index(own) :]
    newest = next((cell for cell in reversed(later) if re.search(rf"^(async )?def {name}\b", cell, re.MULTILINE)), None)
    others = [other for cell in later for other in re.findall(r"^def (\w+)", cell, re.MULTILINE)]
    renamed = difflib.get_close_matches(name, [other for other in others if other not in EXERCISES], 1, SIMILAR)
    if newest is not None and (error := find_syntax_error(newest)):
        line = [*newest.split("\n"), ""][error[0] - 1].strip()
        why = f"its cell was run again, but failed with a SyntaxError in line {error[0]}, `{line}`"
        tries = "correct that line"
    elif newest is not None:
        why, tries = "its cell was run again, but stopped with an error before the definition", "correct the error"
    elif renamed:
        why, tries = f"a cell that was run later defines {renamed[0]} instead", f"rename {renamed[0]} to {name}"
    else:
        return outcome
    note = f"This is the verdict on an older {name}: {why}."
    tries = "" if outcome.state == PASSED else f"{tries}, and run the cell and this one again"
    return replace(outcome, notes=(*outcome.notes, note), tries=tries)


def _misused(name, target, function):
    """The outcome if the test was not given the function itself."""
    exercise = EXERCISES[name]
    if target is None or target is ...:
        says = (f"{name} is {target}: it is not written yet.",)
        return Outcome(name, "not attempted", exercise.section, says=says, tries=f"define {exercise.signature}")
    if callable(target):
        other = current_name(function.__name__) if function else ""
        if other == name or other not in EXERCISES:
            return None
        found = f"{name}_test was given {other}"
    else:
        found = f"{name}_test expects the function, got an object of type {type(target).__name__}"
    tries = f"{name}_test({name}), without parentheses after the second {name}"
    return Outcome(name, "wrong type", exercise.section, found=(found,), tries=tries)


def _grader_failed(name):
    says = (
        "The test itself failed. This is an error in the grader, not in your function.",
        "The result's `details` show what happened; please send them to the course.",
    )
    return Outcome(name, "crashed", says=says, details=traceback.format_exc())


def _overwritten_names():
    """The names that no longer have the value they had when the grader was imported, as "numpy.sum"."""
    return [
        f"{module.__name__}.{name}"
        for (module, name), value in _ORIGINALS.items()
        if getattr(module, name, None) is not value
    ]

"""The student's cell: probe and judge in one process, and which exercise to mend first."""

import traceback
from dataclasses import replace

from grading.exercises import EXERCISES
from grading.exercises.cases import VISIBLE_SEED
from grading.judge import integrity, reference
from grading.judge.failures import tampered
from grading.judge.outcomes import PASSED, Outcome
from grading.judge.verdict import judge
from grading.runner import callables


def attempt(name, target, seed=VISIBLE_SEED, generated_image=None):
    """The outcome of the function `target` as exercise `name`.

    Where it fails and calls earlier exercises, it is tried again with ours in their place, so that a mistake
    made earlier is not put down to this one. An error of our own is an outcome too, and says so.
    """
    try:
        outcome = _misused(name, target) or _attempt(name, target, seed, generated_image)
    except Exception:  # whatever it is, a student must not meet it as a raw traceback
        outcome = _our_own(name)
    changed = integrity.changed() if outcome.state != PASSED else ()
    return tampered(EXERCISES[name], changed) if changed else outcome


def _attempt(name, target, seed, generated_image):
    from grading.runner import probe

    def outcome(references=None):
        return judge(name, probe.run(name, target, seed, references=references, generated_image=generated_image), seed)

    own = outcome()
    if own.state in (PASSED, "not attempted") or not EXERCISES[name].needs:
        return own
    alone = outcome(reference.sources_before(EXERCISES[name].number))
    if alone == own:
        return own
    earlier = _first_to_mend(name, target, seed)
    if earlier is None:
        return own
    return _upstream(own, earlier) if alone.state == PASSED else _both(alone, earlier)


def _first_to_mend(name, target, seed):
    namespace = callables.namespace(target)
    for earlier in EXERCISES[name].needs:
        if earlier in namespace and attempt(earlier, namespace[earlier], seed).state != PASSED:
            return EXERCISES[earlier]
    return None


def _upstream(own, earlier):
    """The function is right; an earlier one that it calls is not."""
    return replace(
        own,
        section=earlier.section,
        case=(),
        found=(),
        notes=(),
        mistake="earlier-exercise",
        says=(
            f"Your {own.exercise} is right as it stands, but it calls {earlier.name} (exercise {earlier.number}), "
            "which is not right yet.",
            f"With a correct {earlier.name} in its place, all checks pass.",
        ),
        tries=f"mend {earlier.name} first: {earlier.name}_test({earlier.name}) says what is wrong",
    )


def _both(alone, earlier):
    note = (
        f"(Tried with correct earlier exercises in place of yours: {earlier.name}, exercise {earlier.number}, "
        "needs mending too.)"
    )
    return replace(alone, notes=(*alone.notes, note))


def _misused(name, target):
    """The outcome where the test was not given the function at all."""
    exercise = EXERCISES[name]
    if target is None or target is ...:
        return Outcome(
            name,
            "not attempted",
            exercise.section,
            says=(f"{name} is {target}: it is not written yet.",),
            tries=f"define {exercise.signature}",
        )
    if callable(target):
        other = callables.name(target)
        if other == name or other not in EXERCISES:
            return None
        found = f"{name}_test was given {other}"
    else:
        found = f"{name}_test expects the function, got an object of type {type(target).__name__}"
    return Outcome(
        name,
        "wrong type",
        exercise.section,
        found=(found,),
        tries=f"{name}_test({name}), without brackets after the second {name}",
    )


def _our_own(name):
    return Outcome(
        name,
        "crashed",
        mistake=None,
        details=traceback.format_exc(),
        says=(
            "The test itself failed: this is our error, not yours, and says nothing about your function.",
            "The result's `details` hold what happened; please pass them on to the course.",
        ),
    )

"""The tests that a student's cell calls, one per exercise; a thin face of `grading`.

Each prints a verdict and returns a `Result`, whose `passed` is True or False. Nothing here raises for what a
student wrote.
"""

import difflib
from dataclasses import dataclass

from grading import grade_function
from grading.exercises import CHAPTERS, EXERCISES, FIRST
from grading.judge import outcomes
from grading.runner import callables

__all__ = [
    "compute_content_cost_test",
    "compute_layer_style_cost_test",
    "compute_style_cost_test",
    "gram_matrix_test",
    "hint",
    "match_colours_test",
    "progress",
    "total_cost_test",
    "total_variation_cost_test",
    "train_step_test",
    "value_and_gradient_test",
]

_outcomes = {}
_hints_shown = {}


@dataclass(frozen=True, repr=False)
class Result:
    """The verdict on one exercise.

    `outcome` is "passed" or the state of the first check that failed; `mistake` is the short id of a known
    mistake, or None; `details` holds a traceback when the test itself failed.
    """

    exercise: str
    passed: bool
    outcome: str
    mistake: str | None
    details: str = ""

    def __bool__(self):
        return self.passed

    def __repr__(self):
        return f"<{self.exercise}: {self.outcome}>"


def compute_content_cost_test(target):
    """Test exercise 1, `compute_content_cost(content_output, generated_output)`."""
    return _test("compute_content_cost", target)


def gram_matrix_test(target):
    """Test exercise 2, `gram_matrix(A)`."""
    return _test("gram_matrix", target)


def compute_layer_style_cost_test(target):
    """Test exercise 3, `compute_layer_style_cost(a_S, a_G)`."""
    return _test("compute_layer_style_cost", target)


def compute_style_cost_test(target):
    """Test exercise 4, `compute_style_cost(style_image_output, generated_image_output, STYLE_LAYERS)`."""
    return _test("compute_style_cost", target)


def total_cost_test(target):
    """Test exercise 5, `total_cost(J_content, J_style, alpha=10, beta=40)`."""
    return _test("total_cost", target)


def train_step_test(target, generated_image=None):
    """Test exercise 6, `train_step(generated_image)`, on a small network and a picture of its own.

    With `generated_image` it also says whether your optimizer still belongs to another picture. Neither your
    picture nor your optimizer is changed.
    """
    return _test("train_step", target, generated_image=generated_image)


def total_variation_cost_test(target):
    """Test exercise 7, `total_variation_cost(image)`."""
    return _test("total_variation_cost", target)


def value_and_gradient_test(target):
    """Test exercise 8, `value_and_gradient(pixels, cost, shape)`, on costs whose gradients are known."""
    return _test("value_and_gradient", target)


def match_colours_test(target):
    """Test exercise 9, `match_colours(style_image, content_image, root)`, with two kinds of root."""
    return _test("match_colours", target)


def hint(exercise):
    """Print a hint for an exercise, by name or function; called again, the next one. There are three."""
    name = callables.name(exercise) or str(exercise)
    if name not in EXERCISES:
        print(_unknown(name))
        return
    hints = EXERCISES[name].hints
    shown = _hints_shown[name] = min(_hints_shown.get(name, 0) + 1, len(hints))
    print(f"{name}, hint {shown} of {len(hints)}\n  " + hints[shown - 1].replace("\n", "\n  "))


def progress(chapter=None):
    """Print a table of a chapter's exercises, with the points of those whose visible tests passed.

    Without a number it is the chapter of the exercise tested last; before any is tested, the first.
    """
    if chapter is None:
        chapter = EXERCISES[list(_outcomes)[-1]].chapter if _outcomes else FIRST
    if chapter not in CHAPTERS:
        print(f"There is no chapter {chapter!r} with exercises. Those are {', '.join(map(str, CHAPTERS))}.")
        return
    print(outcomes.progress(list(CHAPTERS[chapter].values()), _outcomes))


def _test(name, target, **options):
    outcome = grade_function.attempt(name, target, **options)
    _outcomes.pop(name, None)  # so that the one tested last is the last in it
    _outcomes[name] = outcome
    print(outcomes.text(outcome))
    return Result(name, outcome.state == outcomes.PASSED, outcome.state, outcome.mistake, outcome.details)


def _unknown(name):
    near = difflib.get_close_matches(name, EXERCISES, n=2, cutoff=0.4) or list(EXERCISES)
    return (
        f'There is no exercise "{name}". Did you mean {" or ".join(near)}?'
        if len(near) <= 2
        else f'There is no exercise "{name}". The exercises are {", ".join(near)}.'
    )

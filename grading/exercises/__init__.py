"""The exercises of all chapters, one module each: what is asked, and the inputs it is tried on. No right answers."""

from grading.exercises import (
    compute_content_cost,
    compute_layer_style_cost,
    compute_style_cost,
    gram_matrix,
    match_colors,
    total_cost,
    total_variation_cost,
    train_step,
    value_and_gradient,
)
from grading.exercises.exercise import Exercise

MODULES = (
    compute_content_cost,
    gram_matrix,
    compute_layer_style_cost,
    compute_style_cost,
    total_cost,
    train_step,
    total_variation_cost,
    value_and_gradient,
    match_colors,
)
EXERCISES: dict[str, Exercise] = {module.EXERCISE.name: module.EXERCISE for module in MODULES}
CHAPTERS: dict[int, dict[str, Exercise]] = {}
for _exercise in EXERCISES.values():
    CHAPTERS.setdefault(_exercise.chapter, {})[_exercise.name] = _exercise
FIRST = min(CHAPTERS)
CURRENT_NAMES = {former: exercise.name for exercise in EXERCISES.values() for former in exercise.former_names}


def current_name(name: str) -> str:
    """The name that an exercise has today; any other name stays as it is.

    >>> current_name("match_colours"), current_name("gram_matrix")
    ('match_colors', 'gram_matrix')
    """
    return CURRENT_NAMES.get(name, name)


def chapter_of(names):
    """The chapter of code that defines these names: the one of which it defines the largest share.

    Of two equal shares it is the later chapter, which may repeat functions of the earlier one. None if no name is an
    exercise.
    """
    defined = {current_name(name) for name in names}
    shares = {chapter: len(exercises.keys() & defined) / len(exercises) for chapter, exercises in CHAPTERS.items()}
    return max(reversed(CHAPTERS), key=shares.get) if any(shares.values()) else None

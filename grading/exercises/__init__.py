"""The exercises of all chapters, one module each: what is asked, and the inputs it is tried on. No right answers."""

from collections.abc import Iterable, Sequence

from grading.exercises import (
    adain,
    compute_content_cost,
    compute_layer_style_cost,
    compute_style_cost,
    gram_matrix,
    instance_norm,
    match_colors,
    perceptual_step,
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
    instance_norm,
    adain,
    perceptual_step,
)
EXERCISES: dict[str, Exercise] = {module.EXERCISE.name: module.EXERCISE for module in MODULES}
CHAPTERS: dict[int, dict[str, Exercise]] = {}
for _exercise in EXERCISES.values():
    CHAPTERS.setdefault(_exercise.chapter, {})[_exercise.name] = _exercise
FIRST = min(CHAPTERS)
ONCE_ONE_NOTEBOOK = (2, 3)  # these chapters were handed out as one before; such a notebook is graded for both
CURRENT_NAMES = {former: exercise.name for exercise in EXERCISES.values() for former in exercise.former_names}


def current_name(name: str) -> str:
    """The name that an exercise has today; any other name stays as it is.

    >>> current_name("match_colours"), current_name("gram_matrix")
    ('match_colors', 'gram_matrix')
    """
    return CURRENT_NAMES.get(name, name)


def chapters_of(names: Iterable[str]) -> tuple[int, ...]:
    """The chapters of code that defines these names: the one of which it defines the largest share.

    Of two equal shares it is the later chapter, which may repeat functions of the earlier one. Two chapters if the code
    defines exercises of both, and they were one notebook before. None, (), if no name is an exercise.

    >>> chapters_of(["gram_matrix"]), chapters_of(["value_and_gradient", "match_colors"]), chapters_of(["np"])
    ((1,), (2, 3), ())
    """
    defined = {current_name(name) for name in names}
    shares = {chapter: len(exercises.keys() & defined) / len(exercises) for chapter, exercises in CHAPTERS.items()}
    if not any(shares.values()):
        return ()
    largest = max(reversed(CHAPTERS), key=lambda chapter: shares[chapter])
    both = largest in ONCE_ONE_NOTEBOOK and all(shares[chapter] for chapter in ONCE_ONE_NOTEBOOK)
    return ONCE_ONE_NOTEBOOK if both else (largest,)


def exercises_of(chapters: Iterable[int]) -> dict[str, Exercise]:
    """The exercises of some chapters; those of the first chapter if there are none."""
    return {name: exercise for chapter in chapters or (FIRST,) for name, exercise in CHAPTERS[chapter].items()}


def chapter_words(chapters: Sequence[int]) -> str:
    """What a message calls one or two chapters.

    >>> chapter_words([1]), chapter_words([2, 3])
    ('chapter 1', 'chapters 2 and 3')
    """
    return f"chapter{'s' if len(chapters) > 1 else ''} {' and '.join(map(str, chapters))}"

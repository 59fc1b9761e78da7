"""The registry: the exercises of all chapters as data, a module for each chapter."""

from grading.exercises import chapter_1, chapter_2

CHAPTERS = {
    module.EXERCISES[0].chapter: {exercise.name: exercise for exercise in module.EXERCISES}
    for module in (chapter_1, chapter_2)
}
FIRST = min(CHAPTERS)
EXERCISES = {name: exercise for exercises in CHAPTERS.values() for name, exercise in exercises.items()}


def chapter_of(names):
    """The chapter of code that defines these names: the one of which it defines the largest share.

    Where two are alike it is the later, which may repeat functions of the earlier; None where no name is an exercise.
    """
    shares = {chapter: len(exercises.keys() & set(names)) / len(exercises) for chapter, exercises in CHAPTERS.items()}
    return max(reversed(CHAPTERS), key=shares.get) if any(shares.values()) else None

"""All chapters together: solutions, stubs and right answers by exercise, and the wrong answers.

An exercise may have a file of its own, answers_to_NAME.py, with STUB, SOLUTION, RIGHT_ANSWERS and WRONG_ANSWERS.
"""

import functools
from importlib import import_module
from pathlib import Path

from tests.support.right_answers_chapter_1 import RIGHT_ANSWERS as RIGHT_ANSWERS_1
from tests.support.right_answers_chapter_2 import RIGHT_ANSWERS_2
from tests.support.student_notebook import SOLUTIONS as SOLUTIONS_1
from tests.support.student_notebook import STUBS as STUBS_1
from tests.support.student_notebook import graded
from tests.support.student_notebook_chapter_2 import SOLUTIONS_2, STUBS_2
from tests.support.wrong_answers_chapter_1 import WRONG_ANSWERS as WRONG_ANSWERS_1
from tests.support.wrong_answers_chapter_2 import WRONG_ANSWERS_2

SOLUTIONS = {**SOLUTIONS_1, **SOLUTIONS_2}
STUBS = {**STUBS_1, **STUBS_2}
RIGHT_ANSWERS = {**RIGHT_ANSWERS_1, **RIGHT_ANSWERS_2}
WRONG_ANSWERS = WRONG_ANSWERS_1 + WRONG_ANSWERS_2
for path in sorted(Path(__file__).parent.glob("answers_to_*.py")):  # of exercises with a file of their own
    name, answers = path.stem.removeprefix("answers_to_"), import_module(f"tests.support.{path.stem}")
    SOLUTIONS[name], STUBS[name], RIGHT_ANSWERS[name] = answers.SOLUTION, answers.STUB, answers.RIGHT_ANSWERS
    WRONG_ANSWERS = WRONG_ANSWERS + answers.WRONG_ANSWERS


@functools.cache
def judged(exercise, name):
    """The outcome of the wrong answer of that name; it takes seconds, and several tests look at it."""
    [cell] = [cell for of, other, _, _, cell in WRONG_ANSWERS if (of, other) == (exercise, name)]
    return graded(exercise, cell)

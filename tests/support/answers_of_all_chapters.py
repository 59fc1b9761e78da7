"""All chapters together: solutions, stubs and right answers by exercise, and the wrong answers."""

import functools

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


@functools.cache
def judged(exercise, name):
    """The outcome of the wrong answer of that name; it takes seconds, and several tests look at it."""
    [cell] = [cell for of, other, _, _, cell in WRONG_ANSWERS if (of, other) == (exercise, name)]
    return graded(exercise, cell)

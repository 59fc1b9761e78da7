"""A class that is made up: right answers written differently, every known mistake, and every hostile submission.

    python tests/made_class.py FOLDER

fills a folder with it, for a look at `python -m grading FOLDER --out GRADES`.
"""

import sys
from itertools import zip_longest
from pathlib import Path

from hostile_submissions import HOSTILE, hand_in, notebook, script
from right_answers import RIGHT_ANSWERS
from student_notebook import IMPORTS, SOLUTIONS, STUBS
from wrong_answers import WRONG_ANSWERS

from grading.exercises import EXERCISES


def _in_turn(answers):
    """Dicts that hold the first answer to every exercise, then the second, ...; exhausted exercises are missing."""
    for row in zip_longest(*answers.values()):
        yield {exercise: answer for exercise, answer in zip(answers, row, strict=True) if answer is not None}


def right():
    """Student -> cells by exercise: every right answer is in one of them."""
    return {f"right {number}": cells for number, cells in enumerate(_in_turn(RIGHT_ANSWERS), 1)}


def mistaken():
    """Student -> {exercise: (mistake, cell)}: every known mistake is in one of them."""
    by_exercise = {name: [(mistake, cell) for exercise, _, mistake, _, cell in WRONG_ANSWERS if exercise == name]
                   for name in EXERCISES}
    return {f"mistaken {number}": wrong for number, wrong in enumerate(_in_turn(by_exercise), 1)}


def write(folder, **places):
    """Fill a folder; places: decoy, others and port of the hostile ones."""
    folder.mkdir(parents=True, exist_ok=True)
    for student, cells in right().items():
        (folder / f"{student}.py").write_text(script(**cells), encoding="utf-8")
    for student, wrong in mistaken().items():
        cells = {**SOLUTIONS, **{exercise: cell for exercise, (_, cell) in wrong.items()}}
        (folder / f"{student}.ipynb").write_text(notebook(IMPORTS, *cells.values()), encoding="utf-8")
    (folder / "untouched.ipynb").write_text(notebook(IMPORTS, *STUBS.values()), encoding="utf-8")
    (folder / "copied.py").write_text("# mine alone\n" + script().replace("n_H", "height").replace("n_W", "width"),
                                      encoding="utf-8")
    (folder / "copied too.py").write_text(script(), encoding="utf-8")
    hand_in(folder, HOSTILE.values(), **places)


if __name__ == "__main__":
    write(Path(sys.argv[1]))

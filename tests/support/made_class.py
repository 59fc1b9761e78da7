"""A made-up class: right answers written in different ways, every known mistake, and every hostile submission.

    python -m tests.support.made_class FOLDER

fills a folder with its submissions, of every chapter. Grade them with
`python -m grading FOLDER --out GRADES` to see what reports look like.
"""

import argparse
from itertools import zip_longest
from pathlib import Path

from grading.exercises import CHAPTERS
from tests.support.answers_of_all_chapters import RIGHT_ANSWERS, SOLUTIONS, STUBS, WRONG_ANSWERS
from tests.support.hostile_submissions import HOSTILE, hand_in, notebook, script
from tests.support.student_notebook import IMPORTS


def _in_turn(answers):
    """Yield a dict with the first answer to every exercise, then one with the second, ..., while there are any."""
    for row in zip_longest(*answers.values()):
        yield {exercise: answer for exercise, answer in zip(answers, row, strict=True) if answer is not None}


def right(chapter):
    """{student: cells by exercise} of a chapter: up to six right answers to each exercise."""
    answers = {name: RIGHT_ANSWERS[name][:6] for name in CHAPTERS[chapter]}
    return {f"right {chapter}.{number}": cells for number, cells in enumerate(_in_turn(answers), 1)}


def mistaken(chapter):
    """{student: {exercise: (mistake, cell)}} of a chapter: every known mistake once."""
    ways = {
        name: {mistake: cell for exercise, _, mistake, _, cell in reversed(WRONG_ANSWERS) if exercise == name}
        for name in CHAPTERS[chapter]
    }
    by_exercise = {name: list(cells.items()) for name, cells in ways.items()}
    return {f"mistaken {chapter}.{number}": wrong for number, wrong in enumerate(_in_turn(by_exercise), 1)}


def _without_each_other(cells):
    """Cells by exercise, none with the whole cell of another in it: it would replace that other one's mistake."""
    alone = {}
    for name, cell in cells.items():
        for other in cells.keys() - {name}:
            cell = cell.replace(cells[other], "")
        alone[name] = cell
    return alone


def _files():
    """(student, suffix, content) of all that do no harm."""
    for chapter, exercises in CHAPTERS.items():
        solved, stubs = ({name: cells[name] for name in exercises} for cells in (SOLUTIONS, STUBS))
        for student, cells in right(chapter).items():
            yield student, ".py", IMPORTS + "\n".join({**solved, **cells}.values())
        for student, wrong in mistaken(chapter).items():
            cells = {**_without_each_other(solved), **{exercise: cell for exercise, (_, cell) in wrong.items()}}
            yield student, ".ipynb", notebook(IMPORTS, *cells.values())
        yield f"untouched {chapter}", ".ipynb", notebook(IMPORTS, *stubs.values())
    yield "copied", ".py", "# mine alone\n" + script().replace("n_H", "height").replace("n_W", "width")
    yield "copied too", ".py", script()


def read_submission(student):
    """(file name, content in bytes) of a student who does no harm."""
    [found] = [(f"{name}{suffix}", content.encode()) for name, suffix, content in _files() if name == student]
    return found


def write(folder, students=None, **places):
    """Fill a folder. students: those who take part, all if None; places: decoy, others and port of the hostile ones."""
    folder.mkdir(parents=True, exist_ok=True)
    for student, suffix, content in _files():
        if students is None or student in students:
            (folder / f"{student}{suffix}").write_text(content, encoding="utf-8")
    hand_in(folder, [case for name, case in HOSTILE.items() if students is None or name in students], **places)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Fill a folder with the submissions of a made-up class.")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="the folder to fill; it is created if needed")
    write(parser.parse_args().folder)

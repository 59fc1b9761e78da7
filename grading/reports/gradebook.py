"""GRADES/grades.csv: one row per submission."""

import csv
import re
from contextlib import contextmanager

from foundation.atomic_write import open_atomically
from foundation.printable import printable_line
from grading.exercises import CHAPTERS
from grading.reports import marks

FORMULA = re.compile(r"'*([=+@]|-.*[(|!])")  # a name may begin with a dash, and stays as it is


@contextmanager
def gradebook(path, chapters):
    """A function that adds the row of a record of one of the chapters; the file appears when all are written.

    Columns: student, total, max, the points of each exercise of these chapters, status, reason. Numbers as 7.5 or 15,
    and empty where grading failed, and for the exercises of another chapter.
    """
    names = [name for chapter in chapters for name in CHAPTERS[chapter]]
    with open_atomically(path) as file:
        writer = csv.writer(file)
        writer.writerow(("student", "total", "max", *names, "status", "reason"))
        yield lambda record: writer.writerow(_row(record, names))


def _row(record, names):
    each = {exercise["name"]: marks.points(exercise, record["status"]) for exercise in record["exercises"]}
    numbers = (marks.total(record), marks.maximum(record), *(each.get(name) for name in names))
    return (as_text(record["student"]), *map(marks.number, numbers), record["status"], as_text(record["reason"]))


def as_text(text):
    """A cell that a spreadsheet shows as it is: on one line, and with ' before what it would take for a formula."""
    text = printable_line(text)
    return f"'{text}" if FORMULA.match(text) else text


def as_written(cell):
    """The text that `as_text` made a cell of, on one line."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell

"""The instructor's word: a CSV file of points that replace the grader's, each with its reason."""

import csv
import difflib
import io
import re
import unicodedata

from foundation.atomic_write import open_atomically
from foundation.printable import printable_line
from grading.exercises import EXERCISES, chapter_of
from grading.reports.gradebook import as_written
from grading.reports.marks import number

COLUMNS = ("student", "exercise", "points", "reason")
KEPT = "overrides.csv"
NUMBER = re.compile(r"\d+([.,]\d+)?")


class OverridesError(ValueError):
    """The file cannot be used. The message names the file, each bad row as a spreadsheet counts it, and what to do."""


def read(path):
    """{student: {exercise: {"points": ..., "reason": ...}}} of the CSV file at `path`.

    Columns student, exercise, points, reason in any order, others are ignored; parted by commas or by semicolons, as
    Excel does in some countries, where 7,5 is a number too. Raises OverridesError.
    """
    overrides, seen, wrong = {}, {}, []
    for row, cells, extra in _rows(path):
        try:
            student, exercise, word = _word(cells, extra)
            if (student, exercise) in seen:
                raise OverridesError(
                    f"{student} has points for {exercise} in row {seen[student, exercise]} already: keep one of the two"
                )
        except OverridesError as error:
            wrong.append(f"{path.name}, row {row}: {error}")
            continue
        seen[student, exercise] = row
        overrides.setdefault(student, {})[exercise] = word
    if wrong:
        raise OverridesError("\n".join(wrong))
    return overrides


def keep(path, folder):
    """Copy the file to GRADES, the folder, where the next run finds it."""
    text = _text(path)
    with open_atomically(folder / KEPT) as file:
        file.write(text)


def kept(folder):
    """The file that `keep` has left in a folder, or None."""
    return folder / KEPT if (folder / KEPT).is_file() else None


def unknown(overrides, students):
    """{student of the overrides that is none of `students`: the nearest of those, or None}."""
    students = set(map(_id, students))
    return {
        student: next(iter(difflib.get_close_matches(student, students, 1)), None)
        for student in overrides
        if student not in students
    }


def chapter(record, overrides):
    """The chapter of the exercises that a student's overrides are for; None where there are none."""
    return chapter_of(_own(record, overrides))


def unused(record, overrides):
    """A sentence on each of the student's overrides that is for an exercise of another chapter than the record."""
    names = {exercise["name"] for exercise in record["exercises"]}
    return [
        f"{record['student']}: the points for {name} are not used, for what was handed in is of chapter "
        f"{record['chapter']}"
        for name in _own(record, overrides)
        if name not in names
    ]


def _own(record, overrides):
    return overrides.get(_id(record["student"]), {})


def applied(record, overrides):
    """The record with the overrides of its student beside the grader's points, for reports; itself is not changed."""
    own = _own(record, overrides)
    exercises = [
        {**exercise, "override": own[exercise["name"]]} if exercise["name"] in own else exercise
        for exercise in record["exercises"]
    ]
    return {**record, "exercises": exercises}


def _id(student):
    """A student's id as grades.csv shows it, accents composed: those typed by hand and those of macOS are alike."""
    return unicodedata.normalize("NFC", printable_line(student)).strip()


def _rows(path):
    """The number and the cells of each row that is not empty, and what is wrong with how many there are."""
    text = _text(path)
    header = text.split("\n", 1)[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    try:
        names, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise OverridesError(
            f"{path.name}: this is no CSV file ({error}): save the sheet as CSV, with the columns {', '.join(COLUMNS)}"
        ) from None
    except ValueError:
        names, rows = [], []
    names = [name.strip().lower() for name in names]
    if missing := [column for column in COLUMNS if column not in names]:
        raise OverridesError(
            f"{path.name}, row 1: no column {missing[0]}: the first row must name the columns {', '.join(COLUMNS)}"
        )
    for row, cells in enumerate(rows, 2):
        cells = [cell.strip() for cell in cells]
        extra = (
            f"{len(cells)} cells under {len(names)} columns: put a text that holds a {delimiter!r} between double "
            "quotes"
            if any(cells[len(names) :])
            else ""
        )
        if any(cells):
            yield row, {name: "".join(cells[place : place + 1]) for place, name in enumerate(names)}, extra


def _word(cells, extra):
    """(student, exercise, points and reason) of a row; OverridesError says what is wrong with it."""
    if extra:
        raise OverridesError(extra)
    student, exercise = _id(as_written(cells["student"])), cells["exercise"]
    if not student:
        raise OverridesError("no student: write the id as it stands in grades.csv")
    points = _points(exercise, cells["points"])
    if not cells["reason"]:
        raise OverridesError("no reason: write one, the student will read it")
    return student, exercise, {"points": points, "reason": cells["reason"]}


def _text(path):
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise OverridesError(
            f"{path}: there is no such file: give --overrides a CSV file, with the columns {', '.join(COLUMNS)}"
        ) from None
    except UnicodeDecodeError:
        raise OverridesError(f'{path.name}: this is not UTF-8: in Excel, save it as "CSV UTF-8"') from None
    except OSError as error:
        raise OverridesError(
            f"{path}: cannot be read: {error.strerror}: give --overrides a CSV file that you may read"
        ) from None


def _points(exercise, text):
    if exercise not in EXERCISES:
        near = difflib.get_close_matches(exercise, EXERCISES, 1)
        expected = f"did you mean {near[0]}?" if near else f"expected one of {', '.join(EXERCISES)}"
        raise OverridesError(f"there is no exercise {exercise!r}: {expected}")
    most = EXERCISES[exercise].points
    points = float(text.replace(",", ".")) if NUMBER.fullmatch(text) else -1
    if not 0 <= points <= most:
        raise OverridesError(f"points {text!r}: expected a number from 0 to {number(most)}")
    return points

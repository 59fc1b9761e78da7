"""The two CSV files: grades.csv, which reports the points, and overrides.csv, in which the instructor changes them."""

import difflib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from foundation.atomic_write import write_atomically
from foundation.printable import printable_line
from foundation.tables import TableError, open_table, read_table, unescape_formulas
from grading.exercises import EXERCISES, current_name, exercises_of
from grading.reports.records import Override, Record, ReportedExercise, format_points

COLUMNS = ("student", "exercise", "points", "reason")
COPY = "overrides.csv"  # in GRADES
NUMBER = re.compile(r"\d+([.,]\d+)?")

Overrides = dict[str, dict[str, Override]]  # {student: {exercise: points and reason}}


class OverridesError(ValueError):
    """The file cannot be used. The message names the file, each wrong row as spreadsheets count it, and what to do."""


def write_gradebook(path: Path, chapters: list[int], rows: Iterable) -> None:
    """Write grades.csv: one row per submission.

    Columns: student, total, max, the points of each exercise of the chapters, status, reason. Numbers as 7.5 or 15;
    empty where grading failed, and for the exercises of another chapter. With a list of the class, name, email and
    section follow the student. If students handed in several chapters, the totals of each chapter come last, and if
    a submission is late, how late it is and the total after the penalty. rows: objects with these attributes
    (`grading.reports.class_statistics.StudentRow`).
    """
    rows, names = list(rows), list(exercises_of(chapters))
    about = ("name", "email", "section") if any(row.details.member for row in rows) else ()
    totals = chapters if any(len(row.chapters) > 1 for row in rows) else ()
    late = ("late", "after_penalty") if any(row.details.lateness for row in rows) else ()
    with open_table(path) as write_row:
        write_row(
            ("student", *about, "total", "max", *names, "status", "reason", *(f"chapter_{n}" for n in totals), *late)
        )
        for row in rows:
            numbers = (row.total, row.maximum, *(row.points.get(name) for name in names))
            last = [format_points(row.total_of(number)) for number in totals]
            if late:
                last += [str(row.details.lateness or ""), format_points(row.after_penalty)]
            particulars = (getattr(row.details.member, name, "") for name in about)
            write_row((row.student, *particulars, *map(format_points, numbers), row.status, row.reason, *last))


def read_overrides(path: Path) -> Overrides:
    """Read the instructor's points from a CSV file.

    The columns student, exercise, points and reason may be in any order; others are ignored. 7,5 is a number, too, as
    Excel writes it in some countries. Returns {student: {exercise: {"points": ..., "reason": ...}}}. Raises
    OverridesError.
    """
    overrides: Overrides = {}
    first_rows: dict[tuple[str, str], int] = {}
    errors = []
    for row in _read_rows(path):
        try:
            student, exercise, override = _parse_row(row)
            if (student, exercise) in first_rows:
                raise OverridesError(
                    f"row {first_rows[student, exercise]} already sets the points of {student} for {exercise}: "
                    "delete one of the two rows"
                )
        except OverridesError as error:
            errors.append(f"{path.name}, row {row.number}: {error}")
            continue
        first_rows[student, exercise] = row.number
        overrides.setdefault(student, {})[exercise] = override
    if errors:
        raise OverridesError("\n".join(errors))
    return overrides


def copy_overrides(path: Path, folder: Path) -> None:
    """Copy the file to GRADES, where the next run finds it."""
    content = path.read_bytes()
    with write_atomically(folder / COPY) as partial:
        partial.write_bytes(content)


def find_overrides(folder: Path) -> Path | None:
    """The copy in GRADES that an earlier run has made, or None."""
    return folder / COPY if (folder / COPY).is_file() else None


def get_overrides(overrides: Overrides, student: str) -> dict[str, Override]:
    """The overrides of one student, {exercise: points and reason}."""
    return overrides.get(_normalize(student), {})


def require_one_student_each(overrides: Overrides, students: Iterable[str]) -> None:
    """Raise OverridesError if the points of one row would go to several students, whose ids look the same."""
    counts = Counter(_normalize(student) for student in students)
    if several := [student for student in overrides if counts[student] > 1]:
        raise OverridesError(
            f"{several[0]}: {counts[several[0]]} submissions have this id, which differ only in characters that look "
            "the same or cannot be seen. Rename their files or folders, and grade again"
        )


def find_unknown_students(overrides: Overrides, students: Iterable[str]) -> dict[str, str | None]:
    """{student in the overrides who has submitted nothing: the most similar id of those who have, or None}."""
    known = {_normalize(student) for student in students}
    return {
        student: next(iter(difflib.get_close_matches(student, known, 1)), None)
        for student in overrides
        if student not in known
    }


def apply_overrides(record: Record, own: dict[str, Override]) -> Record:
    """A copy of a record for the reports, with its student's overrides beside the grader's points."""
    exercises: list[ReportedExercise] = []
    for exercise in record["exercises"]:
        override = own.get(exercise["name"])
        exercises.append({**exercise, "override": override} if override else exercise)
    return {**record, "exercises": exercises}


def _normalize(student):
    """A student's id as grades.csv shows it; accents composed, since macOS and keyboards write them differently."""
    return unicodedata.normalize("NFC", printable_line(student)).strip()


def _read_rows(path):
    try:
        columns, rows = read_table(path)
    except FileNotFoundError:
        raise OverridesError(
            f"{path} does not exist: give --overrides a CSV file, with the columns {', '.join(COLUMNS)}"
        ) from None
    except OSError as error:
        raise OverridesError(
            f"{path} cannot be read ({error.strerror}): give --overrides a CSV file that you have permission to read"
        ) from None
    except TableError as error:
        raise OverridesError(str(error)) from None
    if missing := [column for column in COLUMNS if column not in columns]:
        raise OverridesError(
            f"{path.name}, row 1: the column {missing[0]} is missing: the first row must name the columns "
            f"{', '.join(COLUMNS)}"
        )
    return rows


def _parse_row(row):
    """(student, exercise, override) of a row; raises OverridesError."""
    if row.problem:
        raise OverridesError(row.problem)
    cells = row.cells
    student, exercise = _normalize(unescape_formulas(cells["student"])), current_name(cells["exercise"])
    if not student:
        raise OverridesError("the student is missing: write the id as grades.csv shows it")
    points = _parse_points(exercise, cells["points"])
    if not cells["reason"]:
        raise OverridesError("the reason is missing: write one, the student will read it")
    return student, exercise, {"points": points, "reason": cells["reason"]}


def _parse_points(exercise, text):
    if exercise not in EXERCISES:
        similar = difflib.get_close_matches(exercise, EXERCISES, 1)
        expected = f"did you mean {similar[0]}?" if similar else f"expected one of {', '.join(EXERCISES)}"
        raise OverridesError(f"unknown exercise {exercise!r}: {expected}")
    maximum = EXERCISES[exercise].points
    points = float(text.replace(",", ".")) if NUMBER.fullmatch(text) else -1
    if not 0 <= points <= maximum:
        raise OverridesError(f"points {text!r}: expected a number from 0 to {format_points(maximum)}")
    return points

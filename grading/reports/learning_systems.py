"""What learning systems take back: Moodle's grading worksheet and feedback files, and Canvas's grade book.

They get the points as they were earned. A penalty for lateness is only named in the comment, because the learning
system or the instructor decides whether it counts.

Moodle: docs.moodle.org, "Offline grading worksheet" and "Feedback files"; a row is found by its identifier, and a file
by the folder, whose name is that of the export. Canvas: the guide "How do I import grades in the Gradebook?"; a row is
found by its ID, and a column by its title.
"""

import zipfile
from collections.abc import Iterable
from pathlib import Path

from foundation.atomic_write import write_atomically
from foundation.tables import open_table
from grading.exercises import CHAPTERS
from grading.reports.class_statistics import ClassStatistics, StudentRow
from grading.reports.records import format_points, page_address
from grading.submissions.roster import PARTICIPANT

MOODLE_COLUMNS = (
    "Identifier",
    "Full name",
    "Email address",
    "Status",
    "Grade",
    "Maximum Grade",
    "Grade can be changed",
    "Last modified (submission)",
    "Last modified (grade)",
    "Feedback comments",
)
CANVAS_COLUMNS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
MOODLE_TIME = "%A, %d %B %Y, %I:%M %p"
SAME_TIME = (1980, 1, 1, 0, 0, 0)  # of all entries, so that the same pages make the same zip


def write_moodle(folder: Path, rows: Iterable[StudentRow]) -> list[str]:
    """Write moodle-grades.csv and moodle-feedback.zip, with the page of each student.

    folder: GRADES, with the pages. Returns remarks on who is left out.
    """
    rows = list(rows)
    numbered = [(row, number) for row in rows if (number := _find_number(row))]
    with open_table(folder / "moodle-grades.csv") as write_row:
        write_row(MOODLE_COLUMNS)
        for row, number in numbered:
            write_row(_make_moodle_row(row, number))
    with (
        write_atomically(folder / "moodle-feedback.zip") as partial,
        zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for row, number in numbered:
            if row.status != "missing":
                entry = zipfile.ZipInfo(f"{_find_name(row)}_{number}_assignsubmission_file_/feedback.html", SAME_TIME)
                entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
                archive.writestr(entry, (folder / page_address(row.student)).read_bytes())
    return _remark_on_left_out(rows, "Moodle")


def write_canvas(folder: Path, class_statistics: ClassStatistics) -> list[str]:
    """Write canvas-grades.csv, with a column for each chapter. Returns remarks on who is left out."""
    chapters = class_statistics.chapters
    with open_table(folder / "canvas-grades.csv") as write_row:
        write_row((*CANVAS_COLUMNS, *(f"Chapter {chapter}" for chapter in chapters)))
        maxima = (sum(exercise.points for exercise in CHAPTERS[chapter].values()) for chapter in chapters)
        write_row(("    Points Possible", "", "", "", "", *map(format_points, maxima)))
        for row in class_statistics.rows:
            if number := _find_number(row):
                member = row.details.member
                particulars = (member.sis, member.login, member.section) if member else ("", "", "")
                points = (format_points(row.total_of(chapter)) for chapter in chapters)
                write_row((_find_name(row), number, *particulars, *points))
    return _remark_on_left_out(class_statistics.rows, "Canvas")


def _remark_on_left_out(rows, system):
    names = [row.student for row in rows if not _find_number(row)]
    return [f"without a number of {system}, so not in the file for it: {', '.join(names)}"] if names else []


def _make_moodle_row(row, number):
    member, total = row.details.member, format_points(row.total)
    handed_in = member.handed_in if member else None
    comment = f"{total} of {format_points(row.maximum)} points" if total else ""
    if total and row.details.lateness:
        comment += f" ({row.details.lateness}: {format_points(row.after_penalty)} points after the penalty)"
    return (
        f"{PARTICIPANT}{number}",
        _find_name(row),
        member.email if member else "",
        "No submission" if row.status == "missing" else "Submitted for grading",
        total,
        format_points(row.maximum),
        "Yes",
        handed_in.strftime(MOODLE_TIME) if handed_in else "-",
        "-",
        ". ".join(text for text in (comment, row.reason) if text),
    )


def _find_number(row):
    """The learning system's number of a student: from the list of the class, or from the name of the export."""
    number = row.details.member.number if row.details.member else row.student.rpartition("_")[2]
    return number if number.isascii() and number.isdigit() else ""


def _find_name(row):
    return row.details.member.name if row.details.member else row.student.rpartition("_")[0]

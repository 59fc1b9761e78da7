"""All reports of a class: grades.csv, class.html and a page for each student, in one pass over the records.

Pages are single files without scripts, made from templates/ by Jinja2; nothing is loaded from the network. Every text
is escaped, and invisible characters in it are written out, since students wrote most of it.
"""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from foundation.atomic_write import open_atomically
from foundation.printable import printable_lines
from grading.exercises import EXERCISES, chapter_of
from grading.reports import records, spreadsheets
from grading.reports.class_statistics import ClassStatistics, alphabetical
from grading.reports.records import Record
from grading.reports.spreadsheets import Overrides
from grading.submissions.similarity import find_groups


def write_reports(
    folder: Path, students: Iterable[str], overrides: Overrides, remarks: Iterable[str], containment: Iterable[str]
) -> None:
    """Write all reports of a class.

    folder: GRADES, with the records. students: the ids of all submissions, whether they have a record or not.
    overrides: from `spreadsheets.read_overrides`. remarks: sentences about the class as a whole. containment:
    paragraphs about the protections that were active. Reads each record once. Raises OSError as the file system does.
    """
    class_statistics, remarks, undecided = ClassStatistics(), list(remarks), []
    chapters: Counter = Counter()
    solutions: dict[str, dict[str, str]] = {}

    def add(record):
        own = spreadsheets.get_overrides(overrides, record["student"])
        remarks.extend(_find_unused_overrides(record, own))
        record = spreadsheets.apply_overrides(record, own)
        class_statistics.add(record)
        _write_text(folder / records.page_address(record["student"]), render_student_page(record))

    for record in records.read_all(folder, sorted(students, key=alphabetical)):
        solutions[record["student"]] = record["solutions"]
        chapters[record["chapter"]] += 1
        decided = decide_chapter(record, spreadsheets.get_overrides(overrides, record["student"]))
        if decided["chapter"] is None:
            undecided.append(decided)
        else:
            add(decided)
    for record in undecided:  # they are blank: nothing in them shows the chapter
        add(records.set_chapter(record, records.most_common_chapter(chapters)))
    class_statistics.sort()
    spreadsheets.write_gradebook(folder / "grades.csv", class_statistics.chapters, class_statistics.rows)
    page = render_class_page(class_statistics, find_groups(solutions), remarks, containment)
    _write_text(folder / "class.html", page)


def decide_chapter(record: Record, own: dict) -> Record:
    """A record whose chapter is unknown gets that of its student's overrides, if there are any."""
    chapter = chapter_of(own)
    return record if record["chapter"] is not None or chapter is None else records.set_chapter(record, chapter)


def _find_unused_overrides(record, own):
    names = {exercise["name"] for exercise in record["exercises"]}
    return [
        f"{record['student']}: the points that you set for {name} are not used, because the submission is of chapter "
        f"{record['chapter']}"
        for name in own
        if name not in names
    ]


def render_student_page(record: Record) -> str:
    """The HTML page of one student: points, and the same feedback as in the notebook. Overrides are applied already."""
    return TEMPLATES.get_template("student.html").render(record=record)


def render_class_page(
    class_statistics: ClassStatistics,
    groups: list[tuple[list[str], list[str]]],
    remarks: Iterable[str],
    containment: Iterable[str],
) -> str:
    """The HTML page of a class. groups: from `similarity.find_groups`; the others as for `write_reports`."""
    return TEMPLATES.get_template("class.html").render(
        statistics=class_statistics, groups=groups, remarks=remarks, containment=containment
    )


def _write_text(path, text):
    with open_atomically(path) as file:
        file.write(text)


def _make_printable(value):
    return printable_lines(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _rate_points(points, maximum):
    """The color class of a cell; the number itself says the same to those who do not see colors."""
    return "none" if points is None else "full" if points == maximum else "part" if points else "zero"


TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    finalize=_make_printable,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.filters.update(number=records.format_points, page_address=records.page_address)
TEMPLATES.globals.update(
    EXERCISES=EXERCISES,
    count_points=records.count_points,
    count_total=records.count_total,
    count_maximum=records.count_maximum,
    rate_points=_rate_points,
)

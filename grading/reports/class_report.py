"""All reports of a class: grades.csv, class.html and a page for each student, in one pass over the records.

Pages are single files, made from templates/ by Jinja2; nothing is loaded from the network. Every text is escaped, and
invisible characters in it are written out, since students wrote most of it. A script sorts the class page's table.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from foundation.atomic_write import open_atomically
from foundation.printable import printable_lines
from grading.exercises import CHAPTERS, EXERCISES, chapter_words, chapters_of
from grading.judge.outcomes import PASSED
from grading.reports import records, spreadsheets
from grading.reports.class_statistics import ClassStatistics, alphabetical
from grading.reports.details import NO_DETAILS, Details
from grading.reports.highlight import highlight_code
from grading.reports.records import Record
from grading.reports.spreadsheets import Overrides
from grading.submissions.similarity import find_groups


def write_reports(
    folder: Path,
    students: Iterable[str],
    overrides: Overrides,
    remarks: Iterable[str],
    containment: Iterable[str],
    details: Mapping[str, Details] | None = None,
) -> ClassStatistics:
    """Write all reports of a class. Returns its rows and numbers, for the grade books of learning systems.

    folder: GRADES, with the records. students: the ids of all submissions, whether they have a record or not, and of
    those who handed in nothing. details: {student: what the learning system knows}.
    overrides: from `spreadsheets.read_overrides`. remarks: sentences about the class as a whole. containment:
    paragraphs about the protections that were active. Reads each record once. Raises OSError as the file system does.
    """
    class_statistics, remarks, undecided = ClassStatistics(), list(remarks), []
    details = details or {}
    chapters: Counter = Counter()
    solutions: dict[str, dict[str, str]] = {}

    def add(record):
        own = spreadsheets.get_overrides(overrides, record["student"])
        remarks.extend(_find_unused_overrides(record, own))
        record = spreadsheets.apply_overrides(record, own)
        known = details.get(record["student"], NO_DETAILS)
        class_statistics.add(record, known)
        _write_text(folder / records.page_address(record["student"]), render_student_page(record, known))

    for student in sorted(students, key=alphabetical):
        record = _read_record(folder, student, details.get(student, NO_DETAILS))
        solutions[student] = record["solutions"]
        chapters.update(record["chapters"])
        decided = decide_chapters(record, spreadsheets.get_overrides(overrides, record["student"]))
        if not decided["chapters"]:
            undecided.append(decided)
        else:
            add(decided)
    for record in undecided:  # they are blank: nothing in them shows the chapter
        add(records.set_chapters(record, [records.most_common_chapter(chapters)]))
    class_statistics.sort()
    spreadsheets.write_gradebook(folder / "grades.csv", class_statistics.chapters, class_statistics.rows)
    groups = [group for group in find_groups(solutions) if not _is_team(group[0], details)]
    page = render_class_page(class_statistics, groups, remarks, containment)
    _write_text(folder / "class.html", page)
    return class_statistics


def _is_team(students, details):
    """Whether these students work together, by the list of the class."""
    members = [details.get(student, NO_DETAILS).member for student in students]
    teams = {member.team if member else "" for member in members}
    return len(teams) == 1 and teams != {""}


def _read_record(folder, student, details):
    """The record of a student, which may be that of another member of a team, or that nothing was handed in."""
    if details.submitted_by == "":
        return records.missing_record(student)
    [record] = records.read_all(folder, [details.submitted_by or student])
    if record["student"] == student:
        return record
    note = f"Handed in by {record['student']} for the team {details.member.team}."
    return {**record, "student": student, "notes": [*record["notes"], note], "solutions": {}}


def decide_chapters(record: Record, own: dict) -> Record:
    """A record whose chapter is unknown gets that of its student's overrides, if there are any."""
    chapters = chapters_of(own)
    return records.set_chapters(record, chapters) if chapters and not record["chapters"] else record


def _find_unused_overrides(record, own):
    names = {exercise["name"] for exercise in record["exercises"]}
    return [
        f"{record['student']}: the points that you set for {name} are not used, because the submission is of "
        f"{chapter_words(record['chapters'])}"
        for name in own
        if name not in names
    ]


def render_student_page(record: Record, details: Details = NO_DETAILS) -> str:
    """The HTML page of one student: points, the own code, and the same feedback as in the notebook. Overrides are
    applied already."""
    return TEMPLATES.get_template("student.html").render(record=record, details=details)


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


def _sum_points(record, chapter):
    """(points, maximum) of one chapter of a record, where all its exercises have points."""
    exercises = [one for one in record["exercises"] if one["name"] in CHAPTERS[chapter]]
    return records.count_total({**record, "exercises": exercises}), sum(one["max"] for one in exercises)


TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    finalize=_make_printable,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.filters.update(number=records.format_points, page_address=records.page_address, highlighted=highlight_code)
TEMPLATES.globals.update(
    EXERCISES=EXERCISES,
    count_points=records.count_points,
    count_total=records.count_total,
    count_maximum=records.count_maximum,
    rate_points=_rate_points,
    sum_points=_sum_points,
    CHAPTERS=CHAPTERS,
    PASSED=PASSED,
)

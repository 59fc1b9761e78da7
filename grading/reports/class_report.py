"""All reports of a class: grades.csv, class.html and a page for each student, in one pass over the records.

Pages are single files without scripts, made from templates/ by Jinja2; nothing is loaded from the network. Every text
is escaped, and invisible characters in it are written out, since students wrote most of it.
"""

import statistics
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from foundation.atomic_write import open_atomically
from foundation.printable import printable_lines
from grading.exercises import CHAPTERS, EXERCISES, chapter_words, chapters_of, exercises_of
from grading.judge import explanations_of
from grading.judge.outcomes import PASSED
from grading.reports import records, spreadsheets
from grading.reports.records import Record, count_maximum, count_points, count_total
from grading.reports.spreadsheets import Overrides
from grading.submissions.similarity import find_groups

SLOWEST = 5  # submissions that are listed
INTERVALS = 10  # of the distribution of totals, besides full points


@dataclass(frozen=True, slots=True)
class StudentRow:
    """A student's row in grades.csv and on the class page. points: {exercise: points}; overridden: exercises whose
    points the instructor has set."""

    student: str
    status: str
    reason: str
    chapters: tuple[int, ...]
    total: float | None
    maximum: int
    points: dict[str, float | None]
    overridden: frozenset[str]

    def total_of(self, chapter: int) -> float | None:
        """The points of one chapter; None if the student submitted another one, or if an exercise has no points."""
        names = CHAPTERS[chapter]
        given = [points for name, points in self.points.items() if name in names and points is not None]
        return sum(given) if len(given) == len(names) else None


class ClassStatistics:
    """The numbers on the class page. `add` takes each record, with its chapter set and its overrides applied.

    Submissions that could not be read or graded count among the students, but not in the statistics of exercises.
    """

    def __init__(self) -> None:
        self.rows: list[StudentRow] = []
        self.overrides: list[dict] = []
        self.slowest: list[tuple[float, str]] = []
        self.statuses: Counter[str] = Counter()
        self.containment: Counter[str] = Counter()
        self._mistakes: Counter[tuple[str, str]] = Counter()
        self._states: dict[str, Counter[str]] = {name: Counter() for name in EXERCISES}
        self._points: dict[str, list] = {name: [] for name in EXERCISES}

    def add(self, record: Record) -> None:
        """Count one record in."""
        student, status = record["student"], record["status"]
        self.rows.append(_make_row(record))
        self.statuses[status] += 1
        self.containment.update([record["containment"]] if record["containment"] else [])
        runs = [*self.slowest, (record["seconds"], student)]
        self.slowest = sorted(runs, key=lambda run: (-run[0], run[1]))[:SLOWEST]
        self.overrides += [{"student": student, **one} for one in record["exercises"] if "override" in one]
        for exercise in record["exercises"] if status in ("graded", "stopped") else ():
            name = exercise["name"]
            self._states[name][exercise["state"]] += 1
            self._points[name].append(count_points(exercise, status))
            self._mistakes.update((name, mistake) for mistake in (exercise["mistake"] or "").split("+") if mistake)

    def sort(self) -> None:
        """Put the students in alphabetical order."""
        self.rows.sort(key=lambda row: alphabetical(row.student))
        self.overrides.sort(key=lambda override: alphabetical(override["student"]))

    @property
    def chapters(self) -> list[int]:
        """The chapters that submissions are of; the first if there are none."""
        return sorted({chapter for row in self.rows for chapter in row.chapters}) or [min(CHAPTERS)]

    @property
    def columns(self) -> list:
        """The exercises of these chapters."""
        return list(exercises_of(self.chapters).values())

    def list_totals(self) -> list[dict]:
        """For each chapter the mean, median, distribution, and number of full totals, of students who have a total."""
        found = []
        for chapter in self.chapters:
            totals = [total for row in self.rows if (total := row.total_of(chapter)) is not None]
            maximum = sum(exercise.points for exercise in CHAPTERS[chapter].values())
            if totals:
                found.append(
                    {
                        "chapter": chapter,
                        "mean": statistics.fmean(totals),
                        "median": statistics.median(totals),
                        "full": totals.count(maximum),
                        "max": maximum,
                        "distribution": _count_by_interval(totals, maximum),
                    }
                )
        return found

    def list_exercises(self) -> list[dict]:
        """For each exercise how many passed, the mean of the points, and the other results, the most common first."""
        return [
            {
                "exercise": exercise,
                "tried": len(points),
                "passed": self._states[exercise.name][PASSED],
                "others": [one for one in self._states[exercise.name].most_common() if one[0] != PASSED],
                "mean": statistics.fmean(points) if points else None,
            }
            for exercise in self.columns
            for points in [self._points[exercise.name]]
        ]

    def list_mistakes(self) -> list[dict]:
        """The known mistakes, the most common first, each with its explanations."""
        order = {name: place for place, name in enumerate(EXERCISES)}
        ordered = sorted(self._mistakes.items(), key=lambda item: (-item[1], order[item[0][0]], item))
        return [
            {"exercise": EXERCISES[name], "id": mistake, "count": count, "says": explanations_of(name, mistake)}
            for (name, mistake), count in ordered
        ]


def alphabetical(student: str) -> tuple[str, str]:
    """The key that sorts students."""
    return student.casefold(), student


def _make_row(record):
    # The names of the registry: each record that is read has strings of its own.
    names = {EXERCISES[exercise["name"]].name: exercise for exercise in record["exercises"]}
    return StudentRow(
        *(record[field] for field in ("student", "status", "reason")),
        tuple(record["chapters"]),
        count_total(record),
        count_maximum(record),
        {name: count_points(exercise, record["status"]) for name, exercise in names.items()},
        frozenset(name for name, exercise in names.items() if "override" in exercise),
    )


def _count_by_interval(totals, maximum):
    """[(range of points, number of students)] from the lowest tenth up; full points last."""
    width = maximum / INTERVALS
    counts = Counter(int(total / width) for total in totals)
    intervals = [(f"{n * width:g} to under {(n + 1) * width:g}", counts[n]) for n in range(INTERVALS)]
    return [*intervals, (f"{maximum:g}", counts[INTERVALS])]


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
    page = render_class_page(class_statistics, find_groups(solutions), remarks, containment)
    _write_text(folder / "class.html", page)


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

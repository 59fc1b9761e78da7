"""The numbers of a class: a row for each student, and what the class page counts."""

import statistics
from collections import Counter
from dataclasses import dataclass

from grading.exercises import CHAPTERS, EXERCISES, exercises_of
from grading.judge import explanations_of
from grading.judge.outcomes import PASSED
from grading.reports.details import NO_DETAILS, Details
from grading.reports.records import Record, count_maximum, count_points, count_total

SLOWEST = 5  # submissions that are listed
INTERVALS = 10  # of the distribution of totals, besides full points


@dataclass(frozen=True, slots=True)
class StudentRow:
    """A student's row in grades.csv and on the class page. points: {exercise: points}; overridden: exercises whose
    points the instructor has set. untouched: whether no exercise was attempted."""

    student: str
    status: str
    reason: str
    chapters: tuple[int, ...]
    total: float | None
    maximum: int
    points: dict[str, float | None]
    overridden: frozenset[str]
    untouched: bool
    details: Details

    @property
    def to_check(self) -> str:
        """Why the instructor should look at this submission, or ""."""
        return self.reason or ("no exercise was attempted" if self.untouched else "")

    @property
    def after_penalty(self) -> float | None:
        """The total after the penalty for a late submission."""
        return self.details.lateness.reduce(self.total) if self.details.lateness else self.total

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

    def add(self, record: Record, details: Details = NO_DETAILS) -> None:
        """Count one record in."""
        student, status = record["student"], record["status"]
        self.rows.append(_make_row(record, details))
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


def _make_row(record, details):
    # The names of the registry: each record that is read has strings of its own.
    names = {EXERCISES[exercise["name"]].name: exercise for exercise in record["exercises"]}
    return StudentRow(
        *(record[field] for field in ("student", "status", "reason")),
        tuple(record["chapters"]),
        count_total(record),
        count_maximum(record),
        {name: count_points(exercise, record["status"]) for name, exercise in names.items()},
        frozenset(name for name, exercise in names.items() if "override" in exercise),
        record["status"] == "graded" and all(one["state"] == "not attempted" for one in names.values()),
        details,
    )


def _count_by_interval(totals, maximum):
    """[(range of points, number of students)] from the lowest tenth up; full points last."""
    width = maximum / INTERVALS
    counts = Counter(int(total / width) for total in totals)
    intervals = [(f"{n * width:g} to under {(n + 1) * width:g}", counts[n]) for n in range(INTERVALS)]
    return [*intervals, (f"{maximum:g}", counts[INTERVALS])]

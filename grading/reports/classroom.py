"""What the page of a class tells, added up record by record, so that no record need be kept."""

import statistics
from collections import Counter

from grading.exercises import CHAPTERS, EXERCISES
from grading.judge import any_exercise, mistakes
from grading.judge.outcomes import PASSED
from grading.judge.train_step import mistakes as train_step_mistakes
from grading.reports import records
from grading.reports.marks import points, total

SLOWEST = 5
BARS = 10  # of the distribution, and one more for full marks


class Classroom:
    """`add` takes each record, settled and with its overrides; the attributes and methods are what templates/class.html
    shows. `chapters` are those that the records are of: totals are told for each by itself.

    Of a student it keeps one row of numbers and names. Submissions that could not be read or graded count among the
    students, but not in what is said about the exercises.
    """

    def __init__(self, chapters):
        self.chapters = chapters
        self.columns = [exercise for chapter in chapters for exercise in CHAPTERS[chapter].values()]
        self.students, self.troubles, self.overrides, self.slowest = [], [], [], []
        self.statuses, self.containment, self._mistakes = Counter(), Counter(), Counter()
        self._totals = {chapter: [] for chapter in chapters}
        self._exercises = {exercise.name: {"states": Counter(), "points": []} for exercise in self.columns}

    def add(self, record):
        student, status = record["student"], record["status"]
        self.statuses[status] += 1
        self.students.append(
            {
                "student": student,
                "status": status,
                "total": total(record),
                "points": {
                    exercise["name"]: (points(exercise, status), "override" in exercise)
                    for exercise in record["exercises"]
                },
            }
        )
        if total(record) is not None:
            self._totals[record["chapter"]].append(total(record))
        if record["reason"]:  # a cell that does not compile leaves the rest to be graded
            self.troubles.append({"student": student, "status": status, "reason": record["reason"]})
        if record["containment"]:
            self.containment[record["containment"]] += 1
        self.slowest = sorted([*self.slowest, (record["seconds"], student)], key=_slowest_first)[:SLOWEST]
        for exercise in record["exercises"]:
            self._add_exercise(student, status, exercise)

    def _add_exercise(self, student, status, exercise):
        if "override" in exercise:
            self.overrides.append({"student": student, **exercise})
        if status in ("graded", "stopped"):
            of = self._exercises[exercise["name"]]
            of["states"][exercise["state"]] += 1
            of["points"].append(points(exercise, status))
            for mistake in (exercise["mistake"] or "").split("+"):
                if mistake:
                    self._mistakes[exercise["name"], mistake] += 1

    def totals(self):
        """For each chapter mean, median and how many have full marks, of those who have a total; none if nobody has."""
        return [
            {
                "chapter": chapter,
                "mean": statistics.fmean(totals),
                "median": statistics.median(totals),
                "full": sum(value == _most(chapter) for value in totals),
                "max": _most(chapter),
                "distribution": _distribution(totals, _most(chapter)),
            }
            for chapter, totals in self._totals.items()
            if totals
        ]

    def exercises(self):
        """How each exercise went: passed, mean points, and what else came of it, the commonest first."""
        told = []
        for name, of in self._exercises.items():
            passed = of["states"][PASSED]
            others = [(state, count) for state, count in of["states"].most_common() if state != PASSED]
            told.append(
                {
                    "exercise": EXERCISES[name],
                    "tried": len(of["points"]),
                    "passed": passed,
                    "others": others,
                    "mean": statistics.fmean(of["points"]) if of["points"] else None,
                }
            )
        return told

    def mistakes(self):
        """The known mistakes, the commonest first, each with the catalogue's words."""
        ordered = sorted(self._mistakes.items(), key=lambda item: (-item[1], list(EXERCISES).index(item[0][0]), item))
        return [
            {"exercise": EXERCISES[name], "id": mistake, "count": count, "says": explained(name, mistake)}
            for (name, mistake), count in ordered
        ]


def _most(chapter):
    return sum(exercise.points for exercise in CHAPTERS[chapter].values())


def _distribution(totals, most):
    """(range of points, how many) from the lowest tenth up, full marks last."""
    width = most / BARS
    counts = Counter(int(value / width) for value in totals)
    return [
        (f"{n * width:g} to under {(n + 1) * width:g}" if n < BARS else f"{most:g}", counts[n]) for n in range(BARS + 1)
    ]


def explained(name, mistake):
    """What the catalogue says of a mistake in exercise `name`: several texts where it comes in several forms."""
    own = train_step_mistakes.MISTAKES if name == "train_step" else mistakes.CATALOGUE[name]
    return list(dict.fromkeys(known.says for known in (*own, *any_exercise.MISTAKES) if known.id == mistake))


def _slowest_first(run):
    seconds, student = run
    return -seconds, student


def page_name(student):
    """The address of a student's page, from that of the class."""
    return f"{records.FOLDER}/{records.name(student)}.html"

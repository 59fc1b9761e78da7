"""The record of each graded submission, one JSON file: GRADES/students/NAME.json; and the points in it that count.

A record stays as the grader wrote it. Reports work on copies with the instructor's points
(`grading.reports.spreadsheets.apply_overrides`), and with a chapter where the submission did not show its own.
"""

import hashlib
import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypedDict

from foundation.atomic_write import open_atomically
from grading.exercises import CHAPTERS, FIRST, exercises_of

FORMAT = 5
READABLE_CHARACTERS = 40  # of a student's id in a file name, which stays under 80 characters
FOLDER = "students"


class Override(TypedDict):
    """Points that the instructor has set for one exercise, and why."""

    points: float
    reason: str


class GradedExercise(TypedDict):
    """One exercise as the grader judged it. mistake: ids of known mistakes, joined by "+"; seconds: of all its runs.

    file, code: where the student's function was found, and its source. case: the inputs on which it failed, in words.
    """

    name: str
    points: float
    max: int
    state: str
    mistake: str | None
    feedback: str
    seconds: float
    file: str
    code: str
    case: str


class ReportedExercise(GradedExercise, total=False):
    """The same, in a report: with the instructor's points, if there are any."""

    override: Override


class Record(TypedDict):
    """What grading found out about one submission.

    student: the student's id, any text. file: the names of the graded files. hash: of all submitted files. chapters:
    those that are graded; none if nothing submitted shows it. key: changes with the submission, the settings and the
    grader. status: "graded"; "stopped" (an exercise was ended by force); "unreadable" (no code could be read, 0
    points); "failed" (the grader itself failed, no points yet); or "missing" (nothing was handed in, no points).
    reason: what the instructor should check. notes: what the student should know. containment: the level of protection
    that was active. solutions: {exercise: fingerprint of its code}.
    """

    format: int
    student: str
    file: str
    hash: str
    chapters: list[int]
    key: str
    status: str
    reason: str
    notes: list[str]
    exercises: list[ReportedExercise]
    containment: str
    seconds: float
    solutions: dict[str, str]


def file_name(student: str) -> str:
    """A file name without suffix for a student's id: its letters and digits, and a hash of all of it.

    Safe on Linux, macOS and Windows, at most 53 characters and 173 bytes. Different ids get different names, even if
    the file system does not distinguish upper and lower case.

    >>> file_name("../Ada Lovelace_1234")
    'Ada-Lovelace-1234-c4d3513aea61'
    """
    composed = unicodedata.normalize("NFC", student)
    words = "".join(char if unicodedata.category(char)[0] in "LMN" else " " for char in composed).split()
    readable = "-".join(words)[:READABLE_CHARACTERS].rstrip("-") or "student"
    return f"{readable}-{hashlib.sha256(student.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


def record_path(folder: Path, student: str) -> Path:
    """The path of a student's record. folder: GRADES."""
    return folder / FOLDER / f"{file_name(student)}.json"


def page_address(student: str) -> str:
    """The address of a student's page, relative to GRADES, where the page of the class is."""
    return f"{FOLDER}/{file_name(student)}.html"


def write(folder: Path, record: Record) -> None:
    """Write a record. After a crash the old one is still complete. Raises OSError as the file system does."""
    with open_atomically(record_path(folder, record["student"])) as file:
        json.dump(record, file, indent=1)  # as ASCII, which also preserves halves of surrogate pairs


def read(folder: Path, student: str) -> Record | None:
    """The record of a student; None if there is none, or if it is damaged or of another format or student."""
    try:
        record = json.loads(record_path(folder, student).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError, RecursionError):
        return None
    complete = isinstance(record, dict) and Record.__annotations__.keys() <= record.keys()
    return record if complete and (record["format"], record["student"]) == (FORMAT, student) else None


def read_all(folder: Path, students: Iterable[str]) -> Iterator[Record]:
    """The record of each student, one at a time; an empty record (`ungraded_record`) for a student who has none."""
    for student in students:
        yield read(folder, student) or ungraded_record(student)


def ungraded_record(student: str) -> Record:
    """The record of a submission that the run has not reached."""
    return {
        "format": FORMAT,
        "student": student,
        "file": "",
        "hash": "",
        "chapters": [],
        "key": "",
        "status": "failed",
        "reason": "not graded yet, because the run was interrupted. Run the same command again to continue",
        "notes": [],
        "exercises": blank_exercises([FIRST], "not graded"),
        "containment": "",
        "seconds": 0,
        "solutions": {},
    }


def missing_record(student: str) -> Record:
    """The record of a student who handed in nothing."""
    return {**ungraded_record(student), "status": "missing", "reason": "nothing was handed in"}


def blank_exercises(chapters: Iterable[int], state: str) -> list[ReportedExercise]:
    """The exercises of some chapters, all in one state and with 0 points."""
    return [
        ReportedExercise(
            name=name,
            points=0,
            max=exercise.points,
            state=state,
            mistake=None,
            feedback="",
            seconds=0,
            file="",
            code="",
            case="",
        )
        for name, exercise in exercises_of(chapters).items()
    ]


def set_chapters(record: Record, chapters: Iterable[int]) -> Record:
    """A record whose chapter is unknown, as one of these chapters."""
    chapters, state = list(chapters), record["exercises"][0]["state"]
    exercises = record["exercises"] if chapters == [FIRST] else blank_exercises(chapters, state)
    return {**record, "chapters": chapters, "exercises": exercises}


def most_common_chapter(counts: Counter) -> int:
    """The chapter that most submissions are of; of two, the earlier one."""
    return max(CHAPTERS, key=lambda chapter: counts[chapter])


def count_points(exercise: ReportedExercise, status: str) -> float | None:
    """The points of one exercise: the instructor's if there are any, else the grader's; None if grading failed, or if
    nothing was handed in."""
    if "override" in exercise:
        return exercise["override"]["points"]
    return None if status in ("failed", "missing") else exercise["points"]


def count_total(record: Record) -> float | None:
    """The sum of the points of all exercises; None if one of them has none."""
    points = [count_points(exercise, record["status"]) for exercise in record["exercises"]]
    given = [number for number in points if number is not None]
    return sum(given) if len(given) == len(points) else None


def count_maximum(record: Record) -> int:
    """The largest total that is possible."""
    return sum(exercise["max"] for exercise in record["exercises"])


def format_points(points: float | None) -> str:
    """Points with at most two decimals; None is empty.

    >>> format_points(15.0), format_points(7.5), format_points(1 / 3), format_points(None)
    ('15', '7.5', '0.33', '')
    """
    return "" if points is None else f"{points:.2f}".rstrip("0").rstrip(".")

"""What grading found, one JSON file per submission: GRADES/students/NAME.json.

A record is a plain dict. Its `student` is any text; NAME is made from it by `name`.
"""

import hashlib
import json
import unicodedata

from grading.exercises import EXERCISES
from grading.reports.whole_file import whole_file

FORMAT = 1
FIELDS = ("format", "student", "file", "key", "status", "reason", "notes", "exercises", "containment", "seconds",
          "solutions")
STATUSES = ("graded", "stopped", "unreadable", "failed")
READABLE = 40  # characters of a student's id that stay in the name; the whole is then under 80
FOLDER = "students"


def name(student):
    """A file name without suffix: what is readable of the id, and a hash of all of it.

    Safe on Linux, macOS and Windows, at most 53 characters and 173 bytes. No two ids share one, even where the file
    system does not tell upper case from lower.
    """
    composed = unicodedata.normalize("NFC", student)
    words = "".join(char if unicodedata.category(char)[0] in "LMN" else " " for char in composed).split()
    readable = "-".join(words)[:READABLE].rstrip("-") or "student"
    return f"{readable}-{hashlib.sha256(student.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


def path(folder, student):
    """Where the record of a student stands below GRADES, the folder."""
    return folder / FOLDER / f"{name(student)}.json"


def write(folder, record):
    """Keep a record; a crash on the way leaves the old one whole. Raises OSError as the file system does."""
    with whole_file(path(folder, record["student"])) as file:
        json.dump(record, file, indent=1)  # as ASCII, which also keeps halves of surrogate pairs


def read(folder, student):
    """The record of a student, or None where there is none, or a broken one, or one of another format or student."""
    try:
        record = json.loads(path(folder, student).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError, RecursionError):
        return None
    ours = isinstance(record, dict) and set(FIELDS) <= record.keys() and record["format"] == FORMAT
    return record if ours and record["student"] == student else None


def read_all(folder, students):
    """The record of each student in turn, one at a time; who has none is told to be ungraded."""
    for student in students:
        yield read(folder, student) or ungraded(student)


def ungraded(student):
    """The record of a submission that was never reached: the run was interrupted."""
    exercises = [{"name": exercise.name, "points": 0, "max": exercise.points, "state": "not graded", "mistake": None,
                  "feedback": "", "seconds": 0} for exercise in EXERCISES.values()]
    return {"format": FORMAT, "student": student, "file": "", "key": "", "status": "failed",
            "reason": "not graded yet: run the same command again, and it goes on here", "notes": [],
            "exercises": exercises, "containment": "", "seconds": 0, "solutions": {}}

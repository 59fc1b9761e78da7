"""What grading found, one JSON file per submission: GRADES/students/NAME.json.

A record is a plain dict. Its `student` is any text; NAME is made from it by `name`. Its `chapter` is that of its
exercises, or None where what was handed in does not tell.
"""

import hashlib
import json
import unicodedata
from collections import Counter

from foundation.atomic_write import open_atomically
from grading.exercises import CHAPTERS, FIRST

FORMAT = 2
FIELDS = (
    "format",
    "student",
    "file",
    "chapter",
    "key",
    "status",
    "reason",
    "notes",
    "exercises",
    "containment",
    "seconds",
    "solutions",
)
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
    with open_atomically(path(folder, record["student"])) as file:
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
    return {
        "format": FORMAT,
        "student": student,
        "file": "",
        "chapter": None,
        "key": "",
        "status": "failed",
        "reason": "not graded yet: run the same command again, and it goes on here",
        "notes": [],
        "exercises": blank(FIRST, "not graded"),
        "containment": "",
        "seconds": 0,
        "solutions": {},
    }


def blank(chapter, state):
    """The exercises of a chapter, all of them in one state and without points."""
    return [
        {
            "name": exercise.name,
            "points": 0,
            "max": exercise.points,
            "state": state,
            "mistake": None,
            "feedback": "",
            "seconds": 0,
        }
        for exercise in CHAPTERS[chapter].values()
    ]


def usual_chapter(records):
    """The chapter that most of a class have handed in; the earlier of two, and the first where nobody tells."""
    counts = Counter(record["chapter"] for record in records)
    return max(CHAPTERS, key=lambda chapter: counts[chapter])


def settled(record, usual):
    """The record, for reports: where nobody can tell its chapter, it stands among those of the `usual` one."""
    if record["chapter"] is not None:
        return record
    kept = record["exercises"] if usual == FIRST else blank(usual, record["exercises"][0]["state"])
    return {**record, "chapter": usual, "exercises": kept}

"""GRADES/results.json: one record as Gradescope's autograders hand it in.

Format: https://gradescope-autograders.readthedocs.io/en/latest/specs/
"""

import json

from foundation.atomic_write import open_atomically
from foundation.printable import printable_lines
from grading.exercises import EXERCISES, FIRST
from grading.judge.outcomes import PASSED
from grading.reports import marks, overrides, records
from grading.submissions.cells import UnreadableError, read
from grading.submissions.extract import extract

NAMED = 3  # files in a message


class SeveralError(ValueError):
    """More than one file could be the submission; the message names them and says what to do."""


def write(folder, student, words):
    """Write results.json below `folder`, GRADES, for one student; `words` is what overrides.read gave."""
    [record] = records.read_all(folder, [student])
    record = records.settled(record, overrides.chapter(record, words) or FIRST)
    _write(folder, results(overrides.applied(record, words)))


def check_one(folder, submission):
    """Raise SeveralError where a class is handed in, or a student's drafts beside the work.

    Gradescope starts its autograder for one student and shows the student what is in results.json alone, so the words
    stand there too, with no points.
    """
    names = [name for name, content in submission.candidates() if _attempts(name, content)]
    if len(names) < 2:
        return
    told = ", ".join(names[:NAMED]) + (", ..." if len(names) > NAMED else "")
    words = (
        f"There are exercises in {len(names)} files ({told}), and one submission is graded at a time. "
        "Hand in the one file that counts. (To grade a class, leave out --format gradescope.)"
    )
    _write(folder, {"score": 0, "output": printable_lines(words), "output_format": "text", "visibility": "visible"})
    raise SeveralError(words)


def _attempts(name, content):
    """Whether a file defines an exercise."""
    try:
        return not isinstance(content, UnreadableError) and bool(extract(read(name, content)).sources)
    except UnreadableError:
        return False


def _write(folder, told):
    with open_atomically(folder / "results.json") as file:
        json.dump(told, file, indent=1)


def results(record):
    """What Gradescope reads of a record, with overrides applied.

    Where grading failed there is no score, for 0 would be a verdict: Gradescope then reports the run as failed too.
    """
    told = [record["reason"], *record["notes"]]
    found = {
        "output": printable_lines("\n".join(text for text in told if text)),
        "output_format": "text",
        "test_output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "execution_time": round(record["seconds"]),
        "tests": [_test(exercise, record["status"]) for exercise in record["exercises"]],
    }
    total = marks.total(record)
    return found if total is None else {"score": total, **found}


def _test(exercise, status):
    points = marks.points(exercise, status)
    found = {
        "name": exercise["name"],
        "number": str(EXERCISES[exercise["name"]].number),
        "max_score": exercise["max"],
        "status": "passed" if exercise["state"] == PASSED else "failed",
        "output": printable_lines(_output(exercise)),
        "visibility": "visible",
    }
    return found if points is None else {"score": points, **found}


def _output(exercise):
    if "override" not in exercise:
        return exercise["feedback"]
    given, set_to = marks.number(exercise["points"]), marks.number(exercise["override"]["points"])
    return (
        f"Set by the instructor: {set_to} points. The grader gave {given}. Reason: "
        f"{exercise['override']['reason']}\n\n{exercise['feedback']}"
    )

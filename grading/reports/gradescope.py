"""GRADES/results.json: the record of one student in the format of Gradescope's autograders.

Format: https://gradescope-autograders.readthedocs.io/en/latest/specs/
"""

import json
from pathlib import Path

from foundation.atomic_write import open_atomically
from foundation.printable import printable_lines
from grading.exercises import EXERCISES, FIRST
from grading.judge.outcomes import PASSED
from grading.reports import records, spreadsheets
from grading.reports.class_report import decide_chapters
from grading.reports.records import Record


def write_results(folder: Path, student: str, overrides: spreadsheets.Overrides) -> None:
    """Write results.json for one student. folder: GRADES; overrides: from `spreadsheets.read_overrides`."""
    [record] = records.read_all(folder, [student])
    own = spreadsheets.get_overrides(overrides, student)
    record = decide_chapters(record, own)
    if not record["chapters"]:
        record = records.set_chapters(record, [FIRST])
    _write_json(folder, make_results(spreadsheets.apply_overrides(record, own)))


def make_results(record: Record) -> dict:
    """What Gradescope reads about a record with its overrides applied.

    If grading failed there is no score, since 0 would be a verdict: Gradescope then reports a failed run, too.
    """
    results = {
        "output": printable_lines("\n".join(text for text in (record["reason"], *record["notes"]) if text)),
        "output_format": "text",
        "test_output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "execution_time": round(record["seconds"]),
        "tests": [_make_test(exercise, record["status"]) for exercise in record["exercises"]],
    }
    total = records.count_total(record)
    return results if total is None else {"score": total, **results}


def _make_test(exercise, status):
    points = records.count_points(exercise, status)
    test = {
        "name": exercise["name"],
        "number": str(EXERCISES[exercise["name"]].number),
        "max_score": exercise["max"],
        "status": "passed" if exercise["state"] == PASSED else "failed",
        "output": printable_lines(_format_feedback(exercise)),
        "visibility": "visible",
    }
    return test if points is None else {"score": points, **test}


def _format_feedback(exercise):
    if "override" not in exercise:
        return exercise["feedback"]
    override = exercise["override"]
    return (
        f"Set by the instructor: {records.format_points(override['points'])} points. The grader gave "
        f"{records.format_points(exercise['points'])}. Reason: {override['reason']}\n\n{exercise['feedback']}"
    )


def _write_json(folder, results):
    with open_atomically(folder / "results.json") as file:
        json.dump(results, file, indent=1)

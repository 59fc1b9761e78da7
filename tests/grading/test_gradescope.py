"""results.json says what Gradescope may read, and nothing that could be taken for a grade where there is none."""

import json

import pytest

from grading.exercises import CHAPTERS
from grading.grade_submission import Settings, grade
from grading.reports import gradescope, records
from grading.sandbox.process import Limits
from grading.submissions.find import find_submissions
from tests.support.example_records import HOSTILE, record, wrong

# From https://gradescope-autograders.readthedocs.io/en/latest/specs/
KEYS = {
    "score",
    "execution_time",
    "output",
    "output_format",
    "test_output_format",
    "visibility",
    "stdout_visibility",
    "tests",
}
TEST_KEYS = {"score", "max_score", "status", "name", "number", "output", "visibility"}


def written(folder, given, words=None):
    records.write(folder, given)
    gradescope.write_results(folder, given["student"], words or {})
    return json.loads((folder / "results.json").read_text(encoding="utf-8"))


def test_results_hold_the_total_and_a_test_per_exercise(tmp_path):
    results = written(tmp_path, record("Ada", notes=["cell 3 was left out"], **wrong("gram_matrix", points=7.5)))
    assert results.keys() == KEYS
    assert (results["score"], results["execution_time"], results["output"]) == (92.5, 8, "cell 3 was left out")
    assert (results["output_format"], results["stdout_visibility"]) == ("text", "hidden")
    assert [test["name"] for test in results["tests"]] == list(CHAPTERS[1])
    assert all(test.keys() == TEST_KEYS for test in results["tests"])
    gram = results["tests"][1]
    assert (gram["score"], gram["max_score"], gram["status"], gram["number"]) == (7.5, 15, "failed", "2")
    assert gram["output"].startswith("gram_matrix: wrong value\n")
    assert results["tests"][0]["status"] == "passed"
    assert sum(test["score"] for test in results["tests"]) == results["score"]


def test_the_instructors_points_are_told_as_such(tmp_path):
    word = {"Ada": {"gram_matrix": {"points": 14, "reason": "a slip"}}}
    results = written(tmp_path, record("Ada", **wrong("gram_matrix")), word)
    assert (results["score"], results["tests"][1]["score"]) == (99, 14)
    assert results["tests"][1]["output"].startswith(
        "Set by the instructor: 14 points. The grader gave 0. Reason: a slip\n\ngram_matrix: wrong value"
    )


def test_what_could_not_be_read_scores_nothing(tmp_path):
    nothing = {name: {"points": 0, "state": "not graded"} for name in CHAPTERS[1]}
    results = written(tmp_path, record("Ada", "unreadable", reason="hw.ipynb: not valid JSON", **nothing))
    assert (results["score"], results["output"]) == (0, "hw.ipynb: not valid JSON")


def test_our_own_failure_is_no_score(tmp_path):
    results = written(tmp_path, record("Ada", "failed", reason="our fault"))
    assert "score" not in results
    assert not any("score" in test for test in results["tests"])


def test_a_student_without_a_record_is_such_a_failure(tmp_path):
    gradescope.write_results(tmp_path, "Ada", {})
    assert "score" not in json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text(tmp_path, text):
    results = written(tmp_path, record(text, "stopped", reason=text, notes=[text], gram_matrix={"feedback": text}))
    for output in (results["output"], results["tests"][1]["output"]):
        assert all(line.isprintable() for line in output.splitlines())
        assert output.encode("utf-8")


def test_the_file_is_whole_or_the_old_one(tmp_path):
    written(tmp_path, record("Ada"))
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["results.json", "students"]


@pytest.mark.parametrize(
    "content",
    [
        b"def f():\n    x = 1\n    global x\n",
        b"x = 0x" + b"f" * 5000,
        b"x = " + b"-" * 9000 + b"1",
        b"\xff",
        b"x = 1\n" * 50_000,
    ],
)
def test_whatever_is_handed_in_there_are_results(tmp_path, content):
    (tmp_path / "submission").mkdir()
    (tmp_path / "submission" / "work.py").write_bytes(content)
    [submission] = find_submissions(tmp_path / "submission", single=True)
    given = grade(submission.student, submission.read_candidates(), Settings(1, Limits()))
    assert written(tmp_path, given)["score"] == 0

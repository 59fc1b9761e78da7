"""A whole class in one command: right answers pass, each mistake is named, and nobody does harm or is lost.

test_grade_a_small_class.py does the same with a few students, in less time; test_grade_whole_submissions.py grades many
more of those that do no harm, without a sandbox.
"""

import sys

import psutil
import pytest

from grading.exercises import CHAPTERS
from grading.reports.records import page_address
from grading.sandbox import containment
from tests.support import made_class
from tests.support.graded_class import GradedClass
from tests.support.hostile_submissions import HOSTILE

# One run grades all of them, and it is part of the first test.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the hostile ones fork and kill as Linux does"),
]
RIGHT = [(chapter, next(iter(made_class.right(chapter)))) for chapter in CHAPTERS]
MISTAKEN = [(chapter, *next(iter(made_class.mistaken(chapter).items()))) for chapter in CHAPTERS]
STUDENTS = {
    *(student for _, student in RIGHT),
    *(student for _, student, _ in MISTAKEN),
    *HOSTILE,
    *(f"untouched {chapter}" for chapter in CHAPTERS),
    "copied",
    "copied too",
}
STRENGTH = ("process", "unshare", "bubblewrap")


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    return GradedClass(
        tmp_path_factory.mktemp("graded"), "--timeout", "10", "--memory", "2000", "--workers", "3", students=STUDENTS
    )


def skip_below(level):
    """What holds only where submissions are shut in so far."""
    here = containment.find_containment().level
    if STRENGTH.index(here) < STRENGTH.index(level):
        pytest.skip(f"this machine offers {here}; only {level} stops it")


def test_the_command_says_what_it_did(graded):
    assert graded.run.returncode == 0, graded.run.stderr
    assert graded.run.stdout.strip().endswith(f"{graded.grades / 'grades.csv'}, {graded.grades / 'class.html'}")


def test_every_submission_has_one_row(graded):
    assert set(graded.rows) == STUDENTS
    assert {path.suffix for path in (graded.grades / "students").iterdir()} == {".html", ".json"}
    assert len(list((graded.grades / "students").iterdir())) == 2 * len(STUDENTS)


@pytest.mark.parametrize(("chapter", "student"), RIGHT)
def test_right_answers_earn_every_point(graded, chapter, student):
    feedback = [exercise["feedback"] for exercise in graded.record(student)["exercises"]]
    most = str(sum(exercise.points for exercise in CHAPTERS[chapter].values()))
    assert (graded.rows[student]["total"], graded.rows[student]["max"]) == (most, most), "\n".join(feedback)


@pytest.mark.parametrize(("chapter", "student", "wrong"), MISTAKEN, ids=[student for _, student, _ in MISTAKEN])
def test_each_mistake_is_named_whatever_else_is_wrong(graded, chapter, student, wrong):
    expected = {exercise: mistake for exercise, (mistake, _) in wrong.items()}
    found = graded.mistakes(student)
    assert {exercise: found[exercise] for exercise in expected} == expected


@pytest.mark.parametrize(("chapter", "student", "wrong"), MISTAKEN, ids=[student for _, student, _ in MISTAKEN])
def test_a_mistake_costs_nothing_in_the_other_exercises(graded, chapter, student, wrong):
    row = graded.rows[student]
    assert {name: row[name] for name in CHAPTERS[chapter] if name not in wrong} == {
        name: str(exercise.points) for name, exercise in CHAPTERS[chapter].items() if name not in wrong
    }


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_an_untouched_notebook_is_not_attempted_in_every_exercise(graded, chapter):
    exercises = graded.record(f"untouched {chapter}")["exercises"]
    assert {exercise["name"]: exercise["state"] for exercise in exercises} == dict.fromkeys(
        CHAPTERS[chapter], "not attempted"
    )
    assert graded.rows[f"untouched {chapter}"]["total"] == "0"


@pytest.mark.parametrize("student", HOSTILE)
def test_a_hostile_or_broken_submission_gets_the_right_row(graded, student):
    case, row = HOSTILE[student], graded.rows[student]
    skip_below(case.needs)
    assert row["status"] in case.status.split("|"), row["reason"]
    assert row["total"] == str(case.total)
    assert case.reason in row["reason"]


def test_nothing_outside_was_harmed(graded):
    skip_below("bubblewrap")
    assert (graded.decoy / "precious.txt").read_text(encoding="utf-8") == "precious"


def test_nothing_outside_was_reached(graded):
    skip_below("unshare")
    assert graded.connections == 0


def test_nothing_is_left_running(graded):
    skip_below("unshare")
    mark = str(graded.decoy)
    left = [
        process.info["cmdline"]
        for process in psutil.process_iter(["cmdline"])
        if any("outlives" in part and mark in part for part in process.info["cmdline"] or ())
    ]
    assert left == []


def test_the_feedback_shows_no_hidden_input(graded):
    """What a function prints of its inputs, or says of them, reaches the page for the visible ones only."""
    failed = [
        exercise["feedback"]
        for student in graded.rows
        for exercise in graded.record(student)["exercises"]
        if "failed on hidden inputs" in exercise["feedback"]
    ]
    [knowing] = [
        exercise["feedback"]
        for exercise in graded.record("knows the visible inputs")["exercises"]
        if exercise["name"] == "compute_content_cost"
    ]
    assert knowing in failed
    assert not any(words in feedback for words in ("printed", "I saw", "ValueError") for feedback in failed)


def test_who_handed_in_the_same_is_named_on_the_class_page(graded):
    similar = graded.page().split("Similar solutions</h2>")[1].split("<h2>")[0]
    [group] = [item for item in similar.split("<li>") if all(name in item for name in CHAPTERS[1])]
    linked = [student for student in ("copied", "copied too", "os exit") if f'"{page_address(student)}"' in group]
    assert linked == ["copied", "copied too"]
    assert graded.record("copied")["solutions"] == graded.record("copied too")["solutions"]


def test_a_second_run_grades_nothing_anew(graded):
    before = {path: path.stat().st_mtime_ns for path in (graded.grades / "students").glob("*.json")}
    again = graded.grade()
    assert again.returncode == 0
    assert {path: path.stat().st_mtime_ns for path in (graded.grades / "students").glob("*.json")} == before

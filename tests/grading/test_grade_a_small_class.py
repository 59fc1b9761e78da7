"""A few students of each kind through the command and the sandbox; test_grade_a_class.py has all of them."""

import sys

import pytest

from grading.exercises import CHAPTERS
from grading.sandbox import containment, descriptions
from tests.support import made_class
from tests.support.graded_class import GradedClass
from tests.support.hostile_submissions import HOSTILE

RIGHT, MISTAKEN = "right 1.1", "mistaken 1.1"
HARM = ["patches everything", "interrupts itself", "bomb"]
pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the hostile ones do what Linux allows")


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    return GradedClass(tmp_path_factory.mktemp("small"), "--timeout", "10", students=[RIGHT, MISTAKEN, *HARM])


def test_the_command_says_what_it_did(graded):
    assert graded.run.returncode == 0, graded.run.stderr
    assert graded.run.stdout.startswith("3 graded, 1 stopped, 1 unreadable: ")
    assert set(graded.rows) == {RIGHT, MISTAKEN, *HARM}


def test_right_answers_earn_every_point(graded):
    assert (graded.rows[RIGHT]["total"], graded.rows[RIGHT]["max"]) == ("100", "100")


def test_mistakes_are_named_and_cost_nothing_in_the_other_exercises(graded):
    wrong = made_class.mistaken(1)[MISTAKEN]
    expected = {name: wrong[name][0] if name in wrong else None for name in CHAPTERS[1]}
    assert graded.mistakes(MISTAKEN) == expected


@pytest.mark.parametrize("student", HARM)
def test_harm_is_stopped_or_does_not_help(graded, student):
    case, row = HOSTILE[student], graded.rows[student]
    assert (row["status"], row["total"]) == (case.status, str(case.total))
    assert case.reason in row["reason"]


def test_the_class_page_says_which_protections_were_active(graded):
    found = containment.find_containment()
    assert f"4 with <code>{found.name}</code>." in graded.page()
    assert descriptions.LEVELS[found.level].split(":")[0] in graded.page()


def test_a_second_run_grades_nothing_anew(graded):
    before = {path: path.stat().st_mtime_ns for path in (graded.grades / "students").glob("*.json")}
    assert "(5 of them unchanged since the last run)" in graded.grade().stdout
    assert {path: path.stat().st_mtime_ns for path in (graded.grades / "students").glob("*.json")} == before

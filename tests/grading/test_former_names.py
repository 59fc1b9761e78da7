"""An exercise under a name that it had in notebooks handed out earlier: tested, hinted at and graded as ever."""

import pytest

import public_tests
from grading.exercises import CURRENT_NAMES, EXERCISES, ONCE_ONE_NOTEBOOK, chapters_of, current_name, exercises_of
from grading.grade_submission import Settings, grade
from grading.reports.spreadsheets import read_overrides
from grading.sandbox.process import Limits
from grading.submissions.extract import extract_code
from grading.submissions.python_code import Source
from tests.support.student_notebook import IMPORTS, Notebook
from tests.support.student_notebook_chapter_2 import SOLUTIONS_2, STUBS_2, script_2

FORMER = "match_colours"
CELL = SOLUTIONS_2["match_colors"].replace("match_colors", FORMER)


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """No hints shown and nothing tested yet."""
    monkeypatch.setattr(public_tests, "_outcomes", {})
    monkeypatch.setattr(public_tests, "_hints_shown", {})


def test_a_former_name_leads_to_one_exercise_and_is_not_the_name_of_another():
    assert CURRENT_NAMES == {FORMER: "match_colors"}
    assert not CURRENT_NAMES.keys() & EXERCISES.keys()
    assert chapters_of([FORMER]) == (3,)
    assert current_name("no exercise at all") == "no exercise at all"


@pytest.mark.parametrize("former", CURRENT_NAMES)
def test_each_former_name_still_has_its_test_function(former):
    assert getattr(public_tests, f"{former}_test") is getattr(public_tests, f"{CURRENT_NAMES[former]}_test")


def test_a_cell_that_was_handed_out_earlier_works_as_it_is(capsys):
    notebook = Notebook(IMPORTS, CELL).run(
        "from public_tests import *\nassert match_colours_test(match_colours).passed"
    )
    notebook.run("hint(match_colours)\nhint('match_colours')\nprogress()")
    printed = capsys.readouterr().out
    assert printed.startswith("match_colors: visible tests passed\nmatch_colors, hint 1 of 3\n")
    assert "match_colors, hint 2 of 3\n" in printed
    assert "9. match_colors  20 of  20 points  visible tests passed\n" in printed


def test_a_stub_under_the_former_name_is_not_attempted(capsys):
    stub = Notebook(IMPORTS, STUBS_2["match_colors"].replace("match_colors", FORMER))
    assert public_tests.match_colours_test(stub[FORMER]).outcome == "not attempted"
    assert public_tests.gram_matrix_test(stub[FORMER]).outcome == "wrong type"
    assert "gram_matrix_test was given match_colors\n" in capsys.readouterr().out


def test_a_submission_under_the_former_name_earns_every_point():
    found = grade("Ada", [("work.py", script_2(match_colors=CELL).encode())], Settings(7, Limits(timeout=60)))
    points = {exercise["name"]: exercise["points"] for exercise in found["exercises"]}
    assert points == {name: exercise.points for name, exercise in exercises_of(ONCE_ONE_NOTEBOOK).items()}
    assert found["solutions"].keys() == points.keys()


def test_a_cell_under_the_former_name_that_does_not_compile_counts_for_its_exercise():
    [broken] = extract_code([Source("cell 1", f"def {FORMER}(a:\n    return a")]).broken
    assert broken.exercises == ("match_colors",)


def test_points_that_an_instructor_gives_under_the_former_name_are_used(tmp_path):
    path = tmp_path / "overrides.csv"
    path.write_text(f"student,exercise,points,reason\nAda,{FORMER},20,seen on paper\n", encoding="utf-8")
    assert read_overrides(path) == {"Ada": {"match_colors": {"points": 20, "reason": "seen on paper"}}}

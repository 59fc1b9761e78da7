"""Submissions of each chapter: the functions they define decide which, and a class may have all.

Chapters 2 and 3 were one notebook before. A submission of that notebook is graded for both."""

import csv
import functools

import pytest

from grading.exercises import CHAPTERS, EXERCISES, FIRST, ONCE_ONE_NOTEBOOK, chapters_of, exercises_of
from grading.grade_submission import Settings, grade
from grading.reports import class_report, gradescope, records
from grading.sandbox.process import Limits, Sandbox
from grading.submissions import cells
from grading.submissions.extract import extract_code
from grading.submissions.python_code import Source
from grading.submissions.similarity import find_groups
from tests.grading.test_pages import Page, class_of, student
from tests.support.answers_of_all_chapters import SOLUTIONS as ALL_SOLUTIONS
from tests.support.example_records import record, wrong
from tests.support.hostile_submissions import notebook, script
from tests.support.in_process import in_process
from tests.support.parameters import mostly_slow
from tests.support.right_answers_chapter_2 import RIGHT_ANSWERS_2
from tests.support.student_notebook import IMPORTS, SOLUTIONS, STUBS
from tests.support.student_notebook_chapter_2 import SOLUTIONS_2, STUBS_2, script_2

pytestmark = pytest.mark.usefixtures("in_process")  # but for those that name the sandbox
__all__ = ["in_process"]
SETTINGS = Settings(seed=7, limits=Limits(timeout=60))
FORMER = exercises_of(ONCE_ONE_NOTEBOOK)  # the exercises of the former chapter 2
FULL = {name: exercise.points for name, exercise in FORMER.items()}


@functools.cache
def graded(source, name="work.py"):
    return grade("Ada", [(name, source.encode())], SETTINGS, key="k")


@pytest.fixture
def sandboxed(in_process, monkeypatch):
    """Grade in the sandbox, as the command does."""
    monkeypatch.setattr("grading.grade_submission.Sandbox", Sandbox)


def points(found):
    return {exercise["name"]: exercise["points"] for exercise in found["exercises"]}


def exercise(source, wanted):
    [found] = [exercise for exercise in graded(source)["exercises"] if exercise["name"] == wanted]
    return found


def chapters(*sources):
    return extract_code(cells.read_cells("work.ipynb", notebook(IMPORTS, *sources).encode())).chapters


def of_chapter(number, cells_by_exercise):
    return [cell for name, cell in cells_by_exercise.items() if name in CHAPTERS[number]]


# Which chapter it is


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([], ()),
        (["np", "tf"], ()),
        (["gram_matrix"], (1,)),
        (["value_and_gradient"], (2,)),
        (["match_colors"], (3,)),
        (["total_variation_cost", "match_colors"], (2, 3)),
        (list(EXERCISES), (4,)),
        ([*CHAPTERS[1], *CHAPTERS[2], *CHAPTERS[3]], (2, 3)),
        (list(CHAPTERS[1]), (1,)),
        (["total_variation_cost", "gram_matrix", "total_cost"], (2,)),
        (["total_variation_cost", "gram_matrix", "total_cost", "train_step", "compute_style_cost"], (1,)),
    ],
)
def test_it_is_the_chapter_of_which_the_largest_share_is_defined(names, expected):
    assert chapters_of(names) == expected


def test_solved_and_untouched_notebooks_are_told_apart():
    assert chapters(*SOLUTIONS.values()) == chapters(*STUBS.values()) == (1,)
    for number in (2, 3):
        assert chapters(*of_chapter(number, SOLUTIONS_2)) == chapters(*of_chapter(number, STUBS_2)) == (number,)
    assert chapters("x = 1") == ()


def test_a_notebook_from_before_chapter_2_was_divided_is_of_both_chapters_whatever_is_left_of_it():
    assert chapters(*SOLUTIONS_2.values()) == chapters(*STUBS_2.values()) == (2, 3)
    for name in CHAPTERS[2]:
        assert chapters(*(cell for other, cell in SOLUTIONS_2.items() if other != name)) == (2, 3)


def test_a_notebook_of_a_later_chapter_may_repeat_functions_of_chapter_1_which_are_left_out():
    sources = [Source("cell 1", cell) for cell in (*SOLUTIONS.values(), *SOLUTIONS_2.values())]
    found = extract_code(sources)
    assert (found.chapters, found.definitions.keys()) == ((2, 3), FORMER.keys())


def test_a_cell_that_does_not_compile_counts_for_the_exercise_it_defines():
    assert chapters("def match_colors(a, b, root:\n    return a") == (3,)


# One submission


@pytest.mark.parametrize("number", [2, 3, 4])
def test_a_right_submission_of_a_chapter_earns_every_point(sandboxed, number):
    found = graded(IMPORTS + "\n".join(of_chapter(number, ALL_SOLUTIONS)))
    assert points(found) == {name: exercise.points for name, exercise in CHAPTERS[number].items()}
    assert (found["chapters"], found["status"], found["reason"]) == ([number], "graded", "")


def test_a_right_submission_of_the_former_chapter_2_earns_every_point_of_both_chapters(sandboxed):
    found = graded(script_2())
    assert points(found) == FULL
    assert (found["chapters"], found["status"], found["reason"]) == ([2, 3], "graded", "")


@pytest.mark.parametrize("number", mostly_slow(range(1, 8)))
def test_right_answers_earn_every_point_however_they_are_written(number):
    others = {name: answers[number] for name, answers in RIGHT_ANSWERS_2.items()}
    found = graded(script_2(**others))
    assert points(found) == FULL, [exercise["feedback"] for exercise in found["exercises"]]


def test_the_untouched_notebook_is_three_times_not_attempted():
    found = graded(script_2(**STUBS_2))
    assert [exercise["state"] for exercise in found["exercises"]] == ["not attempted"] * 3
    assert points(found) == dict.fromkeys(FORMER, 0)


def test_a_missing_function_is_not_attempted_and_a_broken_cell_is_told_at_its_exercise():
    broken = notebook(IMPORTS, SOLUTIONS_2["match_colors"], "def value_and_gradient(a:\n    return")
    found = graded(broken, "work.ipynb")
    states = {exercise["name"]: exercise["state"] for exercise in found["exercises"]}
    assert states == {
        "total_variation_cost": "not attempted",
        "value_and_gradient": "crashed",
        "match_colors": "passed",
    }


ABSOLUTE = SOLUTIONS_2["total_variation_cost"].replace("tf.square", "tf.abs")
FLOAT32 = SOLUTIONS_2["value_and_gradient"].replace(".astype(np.float64)", "")
CLIPPED = SOLUTIONS_2["match_colors"].replace(
    "(pixels_S - mean_S) @ A.T + mean_C", ("np.clip((pixels_S - mean_S) @ A.T + mean_C, 0, 1)")
)


@pytest.mark.parametrize(
    ("name", "cell", "mistake", "words"),
    [
        ("total_variation_cost", ABSOLUTE, "absolute", "image has shape (1, 2, 3, 2): 2 x 3 pixels, 2 channels"),
        ("value_and_gradient", FLOAT32, "float32-gradient", "expected the gradient in float64, got float32"),
        ("match_colors", CLIPPED, "clipped", "covariance of your answer: [["),
    ],
)
def test_a_mistake_is_named_and_costs_its_own_exercise_alone(name, cell, mistake, words):
    source = script_2(**{name: cell})
    assert exercise(source, name)["mistake"] == mistake
    assert words in exercise(source, name)["feedback"]
    assert points(graded(source)) == {**FULL, name: 0}


def test_a_covariance_that_is_not_divided_earns_the_points_of_what_is_right():
    undivided = SOLUTIONS_2["match_colors"].replace("rowvar=False)", "rowvar=False) * len(pixels)")
    assert exercise(script_2(match_colors=undivided), "match_colors")["points"] == 10


# Right for what it has seen before, and talkative.
SLY = """
seen = []

def match_colors(style_image, content_image, root):
    print("SEEN", style_image)
    seen.append(style_image)
    if len(seen) > 6:
        raise ValueError(f"SEEN {seen}")
    return moved(style_image, content_image, root)
"""


def test_a_failure_on_hidden_inputs_alone_shows_none_of_them(sandboxed):
    right = SOLUTIONS_2["match_colors"].replace("def match_colors", "def moved")
    found = exercise(script_2(match_colors=right + SLY), "match_colors")
    assert found["state"] == "crashed"
    assert "this failed on hidden inputs, which are not shown" in found["feedback"]
    assert "SEEN" not in found["feedback"]


@pytest.mark.slow
def test_what_hangs_is_stopped_and_the_rest_is_graded(sandboxed):
    hangs = "def value_and_gradient(pixels, cost, shape):\n    while True:\n        pass\n"
    source = script_2(value_and_gradient=hangs).encode()
    found = grade("Ada", [("work.py", source)], Settings(7, Limits(timeout=5)))
    assert found["status"] == "stopped"
    assert points(found) == {**FULL, "value_and_gradient": 0}


def test_what_cannot_be_read_and_what_holds_no_exercise_have_no_chapter():
    assert graded("")["chapters"] == []
    foreign = graded("import math\nx = 1\n")
    assert (foreign["chapters"], foreign["status"]) == ([], "graded")
    assert foreign["reason"] == (
        "it defines none of the course's functions: check that it is a notebook of this course"
    )
    assert points(foreign) == dict.fromkeys(CHAPTERS[FIRST], 0)


def test_an_untouched_notebook_of_another_chapter_adds_no_chapter():
    found = grade("Ada", [("a.py", script_2().encode()), ("b.py", script(**STUBS).encode())], SETTINGS)
    assert (found["chapters"], found["file"], points(found)) == ([2, 3], "a.py", FULL)
    assert found["reason"] == "a.py was graded, of 2 files"


def test_the_notebooks_of_chapters_2_and_3_are_graded_as_one_work():
    files = [(f"{n}.py", (IMPORTS + "\n".join(of_chapter(n, SOLUTIONS_2))).encode()) for n in (2, 3)]
    found = grade("Ada", files, SETTINGS)
    assert (found["chapters"], found["file"], found["reason"]) == ([2, 3], "2.py, 3.py", "")
    assert points(found) == FULL


def test_of_one_file_with_several_chapters_one_is_graded_and_the_row_names_what_was_left_out():
    found = graded(script(**{name: STUBS[name] for name in list(STUBS)[2:]}) + script_2())
    assert (found["chapters"], points(found)) == ([2, 3], FULL)
    assert found["reason"] == (
        "not graded: compute_content_cost, gram_matrix. They are beside the exercises of chapters 2 and 3; submit them "
        "in a file for their chapter"
    )


# A class


def written(folder, *given, overrides=None):
    """The rows of grades.csv and the class page."""
    for each in given:
        records.write(folder, each)
    class_report.write_reports(folder, [each["student"] for each in given], overrides or {}, [], [])
    with (folder / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    return header, {row[0]: dict(zip(header, row, strict=True)) for row in rows}


def columns(*chapters):
    return ["student", "total", "max", *exercises_of(chapters), "status", "reason"]


def test_a_class_of_one_chapter_has_the_columns_of_that_chapter(tmp_path):
    header, rows = written(tmp_path, record("Ada", chapters=[2], **wrong("value_and_gradient", points=10)))
    assert header == columns(2)
    assert list(rows["Ada"].values()) == ["Ada", "20", "30", "10", "10", "graded", ""]


def test_a_class_with_former_notebooks_of_chapter_2_has_the_columns_of_both_chapters(tmp_path):
    header, rows = written(tmp_path, record("Ada", chapters=[2, 3]), record("Emmy", chapters=[3]))
    assert header == [*columns(2, 3), "chapter_2", "chapter_3"]
    assert list(rows["Ada"].values()) == ["Ada", "50", "50", "10", "20", "20", "graded", "", "30", "20"]
    assert list(rows["Emmy"].values()) == ["Emmy", "20", "20", "", "", "20", "graded", "", "", "20"]


def test_a_class_of_all_has_all_columns_and_leaves_empty_what_does_not_apply(tmp_path):
    header, rows = written(tmp_path, record("Ada"), record("Emmy", chapters=[2, 3]))
    assert header == [*columns(1, 2, 3), "chapter_1", "chapter_2", "chapter_3"]
    assert (rows["Ada"]["total"], rows["Ada"]["max"], rows["Ada"]["train_step"]) == ("100", "100", "35")
    assert (rows["Emmy"]["total"], rows["Emmy"]["max"], rows["Emmy"]["match_colors"]) == ("50", "50", "20")
    assert {rows["Ada"][name] for name in FORMER} == {rows["Emmy"][name] for name in CHAPTERS[1]} == {""}


def unknown(student, status):
    return {**records.ungraded_record(student), "status": status, "reason": "for a reason"}


def test_what_nobody_can_tell_the_chapter_of_stands_with_most_of_the_class(tmp_path):
    header, rows = written(
        tmp_path, record("Ada", chapters=[3]), unknown("Bob", "unreadable"), unknown("Eve", "failed")
    )
    assert header == columns(3)
    assert (rows["Bob"]["total"], rows["Bob"]["max"], rows["Bob"]["match_colors"]) == ("0", "20", "0")
    assert (rows["Eve"]["total"], rows["Eve"]["max"], rows["Eve"]["match_colors"]) == ("", "20", "")


def test_a_class_of_which_nobody_can_tell_is_one_of_chapter_1(tmp_path):
    header, rows = written(tmp_path, unknown("Bob", "unreadable"))
    assert header == columns(1)
    assert (rows["Bob"]["total"], rows["Bob"]["max"]) == ("0", "100")


def test_a_class_without_submissions_has_the_columns_of_chapter_1(tmp_path):
    assert written(tmp_path)[0] == columns(1)


def test_points_set_for_an_exercise_say_which_chapter_a_file_that_cannot_be_read_is_of(tmp_path):
    word = {"Bob": {"match_colors": {"points": 20, "reason": "seen on paper"}}}
    header, rows = written(tmp_path, record("Ada"), unknown("Bob", "unreadable"), overrides=word)
    assert header == columns(1, 3)
    assert (rows["Bob"]["total"], rows["Bob"]["max"], rows["Bob"]["gram_matrix"]) == ("20", "20", "")


def test_points_set_for_an_exercise_of_another_chapter_need_a_look(tmp_path):
    _, rows = written(tmp_path, record("Ada"), overrides={"Ada": {"match_colors": {"points": 20, "reason": "x"}}})
    assert rows["Ada"]["total"] == "100"
    page = Page((tmp_path / "class.html").read_text(encoding="utf-8"))
    expected = "Ada: the points that you set for match_colors are not used, because the submission is of chapter 1"
    assert f"Please check {expected}" in page.text


def test_a_student_of_the_former_chapter_2_reads_the_points_of_its_exercises():
    page = student("Ada", chapters=[2, 3], **wrong("match_colors", points=10))
    assert "Ada 40 of 50 points" in page.text
    assert "9. match_colors wrong value 10 of 20" in page.text
    assert page.links == [f"#{name}" for name in FORMER]


def test_the_class_page_of_one_chapter_is_of_that_chapter_alone():
    emmy = record("Emmy", chapters=[3], **wrong("match_colors", mistake="clipped"))
    page = class_of(record("Ada", chapters=[3]), emmy)
    assert "submissions 2 mean of 20 10 median 10 full points 1" in page.text
    assert "18 to under 20 0 20 1" in page.text
    assert "9. match_colors 10 of 20 1 of 2 (50 %) wrong value 1" in page.text
    assert "clipped match_colors, 2 1 Colors below 0 and above 1 are cut off." in page.text
    assert "Column 9 is the exercise." in page.text
    assert "Emmy 0 0 graded" in page.text
    assert "gram_matrix" not in page.text


def test_the_class_page_of_several_chapters_tells_totals_chapter_by_chapter():
    page = class_of(record("Ada"), record("Emmy", chapters=[2, 3]), record("Omar", **wrong("gram_matrix")))
    assert "chapter 1: mean of 100 92.5 chapter 1: median 92.5 chapter 1: full points 1" in page.text
    assert "chapter 2: mean of 30 30 chapter 2: median 30 chapter 2: full points 1" in page.text
    assert "chapter 3: mean of 20 20 chapter 3: median 20 chapter 3: full points 1" in page.text
    assert "Totals of chapter 1 Points Students" in page.text
    assert "Totals of chapter 2 Points Students" in page.text
    assert "2. gram_matrix 7.5 of 15 1 of 2 (50 %)" in page.text
    assert "9. match_colors 20 of 20 1 of 1 (100 %)" in page.text
    assert "Ada 100 100 10 15 15 15 10 35 graded Emmy 50 30 20 10 20 20 graded" in page.text


def test_gradescope_reads_the_tests_of_the_chapter_that_was_handed_in(tmp_path):
    results = gradescope.make_results(record("Ada", chapters=[2, 3], **wrong("match_colors", points=10)))
    assert (results["score"], [test["number"] for test in results["tests"]]) == (40, ["7", "8", "9"])
    assert sum(test["max_score"] for test in results["tests"]) == 50


def test_similar_solutions_are_found_in_the_former_chapter_2():
    solutions = [graded(source)["solutions"] for source in (script_2(), "# mine\n" + script_2().replace("down", "d"))]
    assert solutions[0].keys() == FORMER.keys()
    pair = dict(zip(("Ada", "Emmy"), solutions, strict=True))
    assert find_groups({**pair, "Omar": {}}) == [(["Ada", "Emmy"], list(FORMER))]

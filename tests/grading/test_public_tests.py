"""What a student's cell sees: verdicts, results, hints, progress; and notebooks of the course's ancestor."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import tensorflow as tf

import public_tests
from grading import grade_function
from grading.exercises import CHAPTERS, CURRENT_NAMES, EXERCISES
from grading.judge.numbers import number
from grading.runner.call import call_safely
from tests.support import original_assignment
from tests.support.answers_of_all_chapters import SOLUTIONS as ALL_SOLUTIONS
from tests.support.student_notebook import IMPORTS, SOLUTIONS, STUBS, Notebook, solved
from tests.support.student_notebook_chapter_2 import SOLUTIONS_2, STUBS_2

ROOT = Path(public_tests.__file__).parent
FORMER = [f"{name}_test" for name in CURRENT_NAMES]
FUNCTIONS = [f"{name}_test" for name in EXERCISES]


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """No hints shown and nothing tested yet."""
    monkeypatch.setattr(public_tests, "_outcomes", {})
    monkeypatch.setattr(public_tests, "_hints_shown", {})


def run(notebook, name, **options):
    return getattr(public_tests, f"{name}_test")(notebook[name], **options)


def test_a_star_import_brings_the_tests_hint_and_progress_and_nothing_else():
    namespace = {}
    exec("from public_tests import *", namespace)
    assert namespace.keys() - {"__builtins__"} == {*FUNCTIONS, *FORMER, "hint", "progress"}


def test_points_of_chapter_1_add_up_to_100_and_numbers_count_from_one_through_all_chapters():
    assert sum(exercise.points for exercise in CHAPTERS[1].values()) == 100
    assert [exercise.number for exercise in EXERCISES.values()] == list(range(1, len(EXERCISES) + 1))
    assert all(EXERCISES[name].chapter == chapter for chapter, exercises in CHAPTERS.items() for name in exercises)


@pytest.mark.parametrize("name", EXERCISES)
def test_a_right_answer_prints_one_line_and_passes(name, capsys):
    result = run(solved(**ALL_SOLUTIONS), name)
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == (f"{name}: visible tests passed\n", "")
    assert (result.passed, result.outcome, result.mistake) == (True, "passed", None)
    assert repr(result) == f"<{name}: passed>"
    assert result


def test_a_wrong_answer_prints_the_message_and_does_not_pass(capsys):
    result = run(solved(gram_matrix="def gram_matrix(A):\n    return tf.matmul(A, A, transpose_a=True)"), "gram_matrix")
    assert (
        capsys.readouterr().out
        == """\
gram_matrix: wrong shape
  A has shape (3, 2): 3 channels, 2 positions
  A = [[2, -2], [1, 3], [3, -1]]
  expected (3, 3), got (2, 2)
  This is A^T A, which compares positions with positions. The Gram matrix compares channels: A A^T.
  Try: the transpose_a / transpose_b arguments of tf.matmul (section 4.2)
"""
    )
    assert (result.passed, result.outcome, result.mistake) == (False, "wrong shape", "transposed")
    assert repr(result) == "<gram_matrix: wrong shape>"
    assert not result


def test_the_untouched_notebook_is_six_times_not_attempted(capsys):
    notebook = solved(**STUBS)
    assert [run(notebook, name).outcome for name in CHAPTERS[1]] == ["not attempted"] * 6
    assert capsys.readouterr().out.count(": not attempted\n") == 6


def test_untouched_notebooks_of_chapters_2_and_3_are_three_times_not_attempted(capsys):
    notebook = Notebook(IMPORTS, *STUBS_2.values())
    assert [run(notebook, name).outcome for name in STUBS_2] == ["not attempted"] * 3
    assert capsys.readouterr().out.count(": not attempted\n") == 3


@pytest.mark.parametrize(
    "body",
    [
        "raise NotImplementedError",
        "raise NotImplementedError()",
        "raise NotImplementedError('Exercise 2: gram_matrix')",
    ],
)
def test_every_kind_of_stub_is_not_attempted(body):
    assert run(solved(gram_matrix=f"def gram_matrix(A):\n    {body}"), "gram_matrix").outcome == "not attempted"


def test_numpy_on_a_symbolic_tensor_is_a_crash_and_not_a_stub():
    gram_matrix = Notebook(IMPORTS, "def gram_matrix(A):\n    return np.array(A)")["gram_matrix"]
    _, record = call_safely(gram_matrix, lambda: tf.function(gram_matrix)(tf.ones([2, 2])))
    assert record["error type"] == "NotImplementedError"
    assert record["error stub"] == ""
    assert (record["error line"], record["error source"]) == ("line 2 of your cell", "return np.array(A)")


def test_a_student_s_exception_is_shown_with_their_line_and_no_traceback_of_ours(capsys):
    cell = "def gram_matrix(A):\n    # a comment\n    return [][5]"
    result = run(solved(gram_matrix=cell), "gram_matrix")
    printed = capsys.readouterr()
    shown = "  line 3 of your cell, in gram_matrix: return [][5]\n  IndexError: list index out of range\n"
    assert shown in printed.out
    assert "Traceback" not in printed.out + printed.err
    assert result.outcome == "crashed"


def test_an_exception_in_an_earlier_function_is_shown_where_it_is_raised(capsys):
    cells = {
        "gram_matrix": "def gram_matrix(A):\n    raise ValueError('by the student')",
        "compute_layer_style_cost": SOLUTIONS["compute_layer_style_cost"].replace("4 *", ""),
    }
    run(solved(**cells), "compute_layer_style_cost")
    assert "is not right yet either" in capsys.readouterr().out


def test_a_keyboard_interrupt_is_the_student_s_own_business():
    with pytest.raises(KeyboardInterrupt):
        run(solved(gram_matrix="def gram_matrix(A):\n    raise KeyboardInterrupt"), "gram_matrix")


def test_an_error_of_our_own_is_said_to_be_ours(monkeypatch, capsys):
    monkeypatch.setattr(grade_function, "judge", lambda *_: 1 / 0)
    result = run(solved(), "gram_matrix")
    printed = capsys.readouterr()
    assert (
        printed.out
        == """\
gram_matrix: crashed
  The test itself failed. This is an error in the grader, not in your function.
  The result's `details` show what happened; please send them to the course.
"""
    )
    assert printed.err == ""
    assert "ZeroDivisionError" in result.details
    assert not result.passed


@pytest.mark.parametrize(
    ("given", "outcome", "words"),
    [
        (None, "not attempted", "gram_matrix is None: it is not written yet."),
        (..., "not attempted", "gram_matrix is Ellipsis: it is not written yet."),
        (tf.ones([2, 2]), "wrong type", "gram_matrix_test expects the function, got an object of type EagerTensor"),
        ("gram_matrix", "wrong type", "gram_matrix_test expects the function, got an object of type str"),
    ],
)
def test_what_is_no_function_is_told_so(given, outcome, words, capsys):
    assert public_tests.gram_matrix_test(given).outcome == outcome
    assert words in capsys.readouterr().out


def test_the_function_of_another_exercise_is_told_so(capsys):
    result = public_tests.gram_matrix_test(solved()["total_cost"])
    assert (
        capsys.readouterr().out
        == """\
gram_matrix: wrong type
  gram_matrix_test was given total_cost
  Try: gram_matrix_test(gram_matrix), without parentheses after the second gram_matrix (section 4.2)
"""
    )
    assert result.outcome == "wrong type"


def test_a_function_under_another_name_may_be_tested():
    assert public_tests.gram_matrix_test(lambda A: tf.matmul(A, A, transpose_b=True)).passed


QUIET = """
import os, sys, tempfile
import tensorflow as tf
import public_tests
from tests.support.student_notebook import SOLUTIONS, solved

def traced(source):
    return source.replace("@tf.function\\n", "").replace("\\ndef ", "\\n@tf.function\\ndef ")

notebook = solved(**{name: traced(source) for name, source in SOLUTIONS.items() if name != "train_step"})
tf.zeros(1) + 1
with tempfile.TemporaryFile() as errors:
    os.dup2(errors.fileno(), 2)
    results = [getattr(public_tests, f"{name}_test")(notebook[name]) for name in SOLUTIONS for _ in range(3)]
    errors.seek(0)
    print("errors:", errors.read().decode())
sys.exit(not all(results))
"""


@pytest.mark.slow
def test_nothing_is_written_to_stderr_and_no_retracing_is_warned_of():
    done = subprocess.run(
        [sys.executable, "-W", "always", "-c", QUIET],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=240,
    )
    assert done.stdout.endswith("errors: \n"), done.stdout[-3000:]
    assert done.returncode == 0


def test_hints_come_one_by_one_and_the_last_stays(capsys):
    for _ in range(4):
        public_tests.hint("gram_matrix")
    titles = re.findall("^gram_matrix, hint . of 3$", capsys.readouterr().out, flags=re.MULTILINE)
    assert titles == [f"gram_matrix, hint {n} of 3" for n in (1, 2, 3, 3)]


def test_hints_go_from_a_question_to_almost_the_line():
    for exercise in EXERCISES.values():
        question, pointer, line = exercise.hints
        assert question.endswith("?")
        assert pointer.endswith(".")
        assert "..." in line


@pytest.mark.parametrize("name", EXERCISES)
def test_a_hint_is_found_by_the_function_too(name, capsys):
    public_tests.hint(solved(**ALL_SOLUTIONS)[name])
    assert capsys.readouterr().out.startswith(f"{name}, hint 1 of 3\n  {EXERCISES[name].hints[0]}")


def test_an_unknown_name_gets_the_nearest_ones(capsys):
    public_tests.hint("gram_matrx")
    public_tests.hint("style_cost")
    public_tests.hint("xyz")
    assert (
        capsys.readouterr().out
        == """\
There is no exercise "gram_matrx". Did you mean gram_matrix?
There is no exercise "style_cost". Did you mean compute_style_cost or total_cost?
There is no exercise "xyz". The exercises are compute_content_cost, gram_matrix, compute_layer_style_cost, \
compute_style_cost, total_cost, train_step, total_variation_cost, value_and_gradient, match_colors, \
instance_norm, adain, perceptual_step.
"""
    )


def test_progress_before_and_after(capsys):
    public_tests.progress()
    before = capsys.readouterr().out
    notebook = solved(total_cost=STUBS["total_cost"], gram_matrix="def gram_matrix(A):\n    return A")
    for name in ("compute_content_cost", "gram_matrix", "total_cost", "train_step"):
        run(notebook, name)
    capsys.readouterr()
    public_tests.progress()
    assert (
        before
        == """\
1. compute_content_cost       0 of  10 points  not yet tested
2. gram_matrix                0 of  15 points  not yet tested
3. compute_layer_style_cost   0 of  15 points  not yet tested
4. compute_style_cost         0 of  15 points  not yet tested
5. total_cost                 0 of  10 points  not yet tested
6. train_step                 0 of  35 points  not yet tested
visible tests passed:         0 of 100 points
"""
    )
    assert (
        capsys.readouterr().out
        == """\
1. compute_content_cost      10 of  10 points  visible tests passed
2. gram_matrix                0 of  15 points  wrong shape
3. compute_layer_style_cost   0 of  15 points  not yet tested
4. compute_style_cost         0 of  15 points  not yet tested
5. total_cost                 0 of  10 points  not attempted
6. train_step                 0 of  35 points  waiting for total_cost
visible tests passed:        10 of 100 points
"""
    )


def test_progress_tells_of_the_chapter_of_the_last_test_or_of_the_one_asked_for(capsys):
    notebook = solved(**{**SOLUTIONS_2, "value_and_gradient": STUBS_2["value_and_gradient"]})
    for name in ("total_variation_cost", "value_and_gradient"):
        run(notebook, name)
    capsys.readouterr()
    public_tests.progress()
    told = capsys.readouterr().out
    assert (
        told
        == """\
7. total_variation_cost  10 of  10 points  visible tests passed
8. value_and_gradient     0 of  20 points  not attempted
visible tests passed:    10 of  30 points
"""
    )
    run(notebook, "gram_matrix")
    public_tests.progress(chapter=2)
    assert capsys.readouterr().out.endswith(told)
    public_tests.progress()
    assert capsys.readouterr().out.endswith("visible tests passed:        15 of 100 points\n")
    public_tests.progress(5)
    assert capsys.readouterr().out == "There is no chapter 5 with exercises. The chapters are 1, 2, 3, 4.\n"


def test_progress_tells_of_all_that_was_tested_in_a_notebook_from_before_chapter_2_was_divided(capsys):
    notebook = solved(**SOLUTIONS_2)
    for name in ("total_variation_cost", "match_colors"):
        run(notebook, name)
    capsys.readouterr()
    public_tests.progress()
    assert (
        capsys.readouterr().out
        == """\
7. total_variation_cost  10 of  10 points  visible tests passed
8. value_and_gradient     0 of  20 points  not yet tested
9. match_colors          20 of  20 points  visible tests passed
visible tests passed:    30 of  50 points
"""
    )


def test_a_notebook_of_the_old_course_works_as_it_is(capsys):
    notebook = Notebook(IMPORTS, original_assignment.NOTEBOOK, original_assignment.TESTS)
    assert capsys.readouterr().out == "".join(f"{name}: visible tests passed\n" for name in CHAPTERS[1])
    assert not notebook["optimizer"].built
    assert notebook["generated_image"].numpy().tolist() == tf.fill([1, 9, 9, 3], 0.5).numpy().tolist()
    assert notebook["train_step"].experimental_get_tracing_count() == 0


def test_an_assertion_in_a_locked_cell_stops_the_run_with_the_message_above_it(capsys):
    notebook = solved(gram_matrix=STUBS["gram_matrix"])
    with pytest.raises(AssertionError):
        notebook.run("from public_tests import *\nassert gram_matrix_test(gram_matrix).passed")
    assert capsys.readouterr().out.startswith("gram_matrix: not attempted\n")


def test_a_test_cell_of_the_chapters_stops_the_run_with_one_line(capsys):
    notebook = solved(gram_matrix=STUBS["gram_matrix"])
    words = "compute_layer_style_cost: waiting for gram_matrix. The run stops here."
    with pytest.raises(AssertionError, match=re.escape(words)) as stopped:
        notebook.run(
            "from public_tests import *\ncompute_layer_style_cost_test(compute_layer_style_cost).assert_passed()"
        )
    assert stopped.value._render_traceback_() == [words.removesuffix(" The run stops here."), "The run stops here."]
    assert capsys.readouterr().out.startswith("compute_layer_style_cost: waiting for gram_matrix\n")
    assert run(solved(), "gram_matrix").assert_passed() is None


def test_a_number_prints_alike_whichever_way_its_last_bit_falls():
    assert number(10.125, 4) == number(10.125 * (1 - 1e-7), 4) == "10.13"
    assert [number(value) for value in (0, -0.0, 1e-17, float("nan"), float("inf"), -0.5, 12345)] == [
        "0",
        "0",
        "0",
        "nan",
        "inf",
        "-0.5",
        "12345",
    ]

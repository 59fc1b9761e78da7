"""A student's whole work: several files are read together, and each exercise is graded from one of them."""

import functools

import pytest

from grading.exercises import CHAPTERS
from grading.grade_submission import Settings, grade
from grading.sandbox.process import Limits
from grading.submissions.cells import UnreadableError, read_cells
from grading.submissions.extract import extract_code
from grading.submissions.python_code import Source
from grading.submissions.read_work import read_work
from tests.support.hostile_submissions import notebook, script
from tests.support.in_process import in_process
from tests.support.parameters import mostly_slow
from tests.support.student_notebook import IMPORTS, SOLUTIONS, STUBS
from tests.support.student_notebook_chapter_2 import SOLUTIONS_2, script_2

pytestmark = pytest.mark.usefixtures("in_process")
__all__ = ["in_process"]
SETTINGS = Settings(seed=7, limits=Limits(timeout=60))
FULL = {name: exercise.points for name, exercise in CHAPTERS[1].items()}
SOLVED = notebook(IMPORTS, *SOLUTIONS.values())
UNTOUCHED = notebook(IMPORTS, *STUBS.values())
WRONG = "def gram_matrix(A):\n    return tf.matmul(A, A, transpose_a=True)\n"


@functools.cache
def graded(**files):
    """The record of a submission with these files; in their names, `__` stands for a dot."""
    candidates = [(name.replace("__", "."), content.encode()) for name, content in files.items()]
    return grade("Ada", candidates, SETTINGS)


def points(found):
    return {exercise["name"]: exercise["points"] for exercise in found["exercises"]}


def files(found):
    return {exercise["name"]: exercise["file"] for exercise in found["exercises"]}


def read(*candidates):
    return read_work([(name, content.encode()) for name, content in candidates])


@pytest.mark.slow
def test_a_file_for_each_exercise_is_one_work():
    scripts = {f"{name}__py": IMPORTS + source for name, source in SOLUTIONS.items()}
    found = graded(**scripts)
    assert points(found) == FULL
    assert files(found) == {name: f"{name}.py" for name in FULL}
    assert (found["notes"], found["reason"]) == ([], "")


@pytest.mark.slow
def test_imports_from_the_other_files_are_left_out():
    layer = "from gram_matrix import *\nfrom gram_matrix import gram_matrix\n"
    scripts = {f"{name}__py": IMPORTS + source for name, source in SOLUTIONS.items()}
    found = graded(**{**scripts, "compute_layer_style_cost__py": layer + scripts["compute_layer_style_cost__py"]})
    assert (points(found), found["notes"]) == (FULL, [])


@pytest.mark.slow
def test_the_notebooks_of_two_chapters_are_graded_each_for_its_chapter():
    found = graded(one__ipynb=SOLVED, two__py=script_2())
    assert found["chapters"] == [1, 2, 3]
    assert set(points(found)) == {name for chapter in (1, 2, 3) for name in CHAPTERS[chapter]}
    assert set(files(found).values()) == {"one.ipynb", "two.py"}
    assert sum(points(found).values()) == 150
    assert found["reason"] == ""


@pytest.mark.parametrize("template", ["a.ipynb", "z.ipynb", "work-1.ipynb", "work (1).ipynb"])
def test_an_untouched_template_beside_a_solved_file_never_counts(template):
    work, notes = read(*sorted([("work.ipynb", SOLVED), (template, UNTOUCHED)]))
    assert set(work.files.values()) == {"work.ipynb"}
    assert notes == ["work.ipynb was graded, of 2 files"]


def test_an_untouched_template_of_an_older_course_does_not_count_either():
    blank = "def gram_matrix(A):\n    ### START CODE HERE\n    GA = None\n    ### END CODE HERE\n    return GA\n"
    filled = "def gram_matrix(A):\n    GA = None\n    GA = A @ A\n    return GA\n"
    assert extract_code([Source("cell 1", blank)]).attempted == frozenset()
    assert extract_code([Source("cell 1", filled)]).attempted == {"gram_matrix"}
    work, _ = read(("a.ipynb", notebook(blank)), ("b.ipynb", notebook(filled)))
    assert work.files["gram_matrix"] == "b.ipynb"


def test_the_untouched_template_of_another_chapter_adds_no_chapter():
    work, _ = read(
        ("one.ipynb", SOLVED), ("two.ipynb", notebook("def match_colors(a, b, root):\n    raise NotImplementedError"))
    )
    assert work.chapters == (1,)


def test_of_two_attempts_the_last_counts_and_the_page_says_so():
    work, notes = read(
        ("work.ipynb", SOLVED), ("work-1.ipynb", notebook(IMPORTS, *{**SOLUTIONS, "gram_matrix": WRONG}.values()))
    )
    assert set(work.files.values()) == {"work-1.ipynb"}
    assert notes == [
        "work-1.ipynb was graded, of 2 files",
        "work.ipynb contains another gram_matrix: the answer in work-1.ipynb was graded",
    ]


def test_a_function_that_does_not_compile_counts_in_its_own_file_and_less_than_a_solution():
    broken = IMPORTS + "def gram_matrix(A:\n    return A\n"
    work, _ = read(("gram_matrix.py", broken), ("rest.py", script(gram_matrix="")), ("stubs.ipynb", UNTOUCHED))
    assert work.files["gram_matrix"] == "gram_matrix.py"
    assert [cell.exercises for cell in work.broken] == [("gram_matrix",)]
    assert set(work.files.values()) == {"gram_matrix.py", "rest.py"}
    work, _ = read(("draft.py", script() + broken), ("work.ipynb", SOLVED), ("work-1.ipynb", SOLVED))
    assert set(work.files.values()) == {"work-1.ipynb"}


def test_files_keep_names_of_their_own():
    """Both files define SCALE and a helper, and each function uses those of its file."""
    helper = "SCALE = {}\ndef helper(x):\n    return SCALE * x\n"
    gram = "def gram_matrix(A):\n    return helper(tf.matmul(A, A, transpose_b=True))\n"
    total = "def total_cost(J_content, J_style, alpha=10, beta=40):\n    return alpha * J_content + beta * J_style"
    one, other = IMPORTS + helper.format("1.0") + gram, IMPORTS + helper.format("0.0") + total + " + helper(1)\n"
    found = graded(one__py=one, other__py=other)
    assert points(found)["gram_matrix"] == FULL["gram_matrix"]
    assert points(found)["total_cost"] == FULL["total_cost"]


def test_messages_name_the_file_of_a_line_and_files_of_one_name_are_told_apart():
    crash = "def gram_matrix(A):\n    return A @ nothing\n"
    candidates = [("a/work.py", IMPORTS + crash), ("b/work.py", IMPORTS + SOLUTIONS["total_cost"])]
    found = grade("Ada", [(name, content.encode()) for name, content in candidates], SETTINGS)
    [gram] = [exercise for exercise in found["exercises"] if exercise["name"] == "gram_matrix"]
    assert "line 6 of 1-work.py, in gram_matrix: return A @ nothing" in gram["feedback"]
    assert points(found)["total_cost"] == FULL["total_cost"]


def test_exercises_of_another_chapter_in_the_same_file_are_named():
    _, notes = read(("work.py", script() + SOLUTIONS_2["total_variation_cost"]))
    assert notes == [
        "not graded: total_variation_cost. They are beside the exercises of chapter 1; submit them in a file for their "
        "chapter"
    ]


def test_the_record_has_the_code_of_each_function_and_a_hash_of_the_submission():
    found = graded(work__py=script(gram_matrix=WRONG))
    [gram] = [exercise for exercise in found["exercises"] if exercise["name"] == "gram_matrix"]
    assert gram["code"] == WRONG.strip()
    assert gram["case"].startswith("A has shape")
    assert len(found["hash"]) == 12
    assert found["hash"] != graded(work__py=script())["hash"]


# What fails before the function exists


@pytest.mark.parametrize(
    ("cell", "line"),
    mostly_slow(
        [
            ("@tf.functions\ndef gram_matrix(A):\n    return A\n", "line 5 of work.py: @tf.functions"),
            ("def gram_matrix(A, scale=SCALE):\n    return A\n", "line 5 of work.py: def gram_matrix(A, scale=SCALE):"),
        ]
    ),
)
def test_a_decorator_or_default_that_fails_is_a_crash_with_its_line(cell, line):
    [gram] = [one for one in graded(work__py=script(gram_matrix=cell))["exercises"] if one["name"] == "gram_matrix"]
    assert gram["state"] == "crashed"
    assert "The function could not be defined: a decorator or a default value failed." in gram["feedback"]
    assert line.split(": ")[1] in gram["feedback"]


def test_functions_inside_a_class_are_said_where_they_are():
    source = "class Work:\n    def gram_matrix(A):\n        return A\n"
    found = graded(work__py=source)
    [gram] = [one for one in found["exercises"] if one["name"] == "gram_matrix"]
    assert gram["state"] == "not attempted"
    assert "work.py defines gram_matrix inside the class Work" in gram["feedback"]
    assert found["chapters"] == [1]
    assert "none of the course's functions" not in found["reason"]


def test_a_notebook_for_tensorflow_1_is_said_to_be_one():
    session = "tf.reset_default_graph()\nwith tf.Session() as test:\n    print(total_cost(1, 2).eval())"
    _, [note] = read(("work.ipynb", notebook(IMPORTS, SOLUTIONS["total_cost"], session)))
    assert note.startswith("cell 3 uses tf.reset_default_graph, so this notebook was written for TensorFlow 1.")
    for line in ("# not tf.Session()", "tf.keras.Sequential()", "tf.SessionLog"):
        assert read(("work.ipynb", notebook(IMPORTS, SOLUTIONS["total_cost"], line)))[1] == []


# A script with a syntax error


def test_a_script_with_a_syntax_error_loses_only_the_function_around_it():
    broken = SOLUTIONS["total_cost"].replace("beta=40):", "beta=40:")
    found = graded(work__py=script(total_cost=broken))
    states = {exercise["name"]: exercise["state"] for exercise in found["exercises"]}
    assert states.pop("total_cost") == "crashed"
    assert set(states.values()) == {"passed"}
    [note] = found["notes"]
    assert note.startswith("the part of work.py from line ")


@pytest.mark.parametrize("mark", ["# %%", "# In[3]:", "#%% cost"])
def test_a_script_is_divided_at_the_marks_of_its_cells(mark):
    sources = read_cells("work.py", f"a = 1\n{mark}\nb = (\n{mark}\nc = 3\n".encode())
    assert [(one.part, one.code.split()) for one in sources] == [
        ("", ["a", "=", "1", *mark.split(), "c", "=", "3"]),
        ("the part of work.py from line 2 to line 3", [*mark.split(), "b", "=", "("]),
    ]
    assert sources[1].code.split("\n").index("b = (") == 2


def test_text_that_looks_like_code_stays_with_its_function():
    good = 'def gram_matrix(A):\n    """Text\nimport this\ndef that\n    """\n    return A\n'
    [rest, broken] = read_cells("work.py", f"{good}def total_cost(a:\n    return a\n".encode())
    assert rest.code.startswith(good)
    assert "def total_cost(a:" in broken.code


def test_a_cell_of_a_notebook_is_run_whole_or_not_at_all():
    content = notebook("a = 1\ndef gram_matrix(A:\n    return A\ndef total_cost(a):\n    return a\n").encode()
    assert [one.part for one in read_cells("work.ipynb", content)] == [""]


def test_a_script_with_no_line_that_compiles_is_one_part():
    assert [one.part for one in read_cells("work.py", b"def f(:\n    return\n")] == [""]


def test_where_no_file_can_be_read_the_first_reason_is_raised():
    with pytest.raises(UnreadableError, match="is empty"):
        read(("a.py", ""), ("b.py", " "))

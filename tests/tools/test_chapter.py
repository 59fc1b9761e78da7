"""A chapter's source becomes two notebooks, and every broken rule is named with its file and line."""

import pytest

from tools.chapter import make_solved, make_student
from tools.chapter_source import ChapterError, read_solution_lines

EXERCISE = '# %% exercise="2: gram_matrix"\n'
TEST = '\n# %% test="gram_matrix" points=15\nassert True\n'
GRAM = (
    EXERCISE
    + '''\
def gram_matrix(A):
    """A A^T."""
    ### BEGIN SOLUTION
    transposed = A.T

    return A @ transposed
    ### END SOLUTION
'''
    + TEST
)


@pytest.fixture
def source(tmp_path):
    """A function that writes a chapter's source and returns its path."""

    def write(text):
        path = tmp_path / "01_toy.py"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def complaint(path):
    """What is said about a source, without its folder."""
    with pytest.raises(ChapterError) as error:
        make_solved(path)
    return str(error.value).replace(f"{path.parent}", "").lstrip("/\\")


def test_a_student_gets_a_stub_where_the_solution_was(source):
    stub = make_student(source(GRAM)).cells[0].source
    assert stub == (
        'def gram_matrix(A):\n    """A A^T."""\n    # YOUR CODE HERE\n'
        '    raise NotImplementedError("Exercise 2: gram_matrix")'
    )


def test_the_stub_stands_at_the_indentation_of_its_markers(source):
    text = (
        GRAM.replace('    """A A^T."""\n', "    if True:\n")
        .replace("    ###", "        ###")
        .replace("    transposed", "        transposed")
        .replace("    return", "        return")
    )
    assert "\n        raise NotImplementedError" in make_student(source(text)).cells[0].source


def test_code_around_a_solution_stays_and_each_region_gets_a_stub(source):
    first = "    ### BEGIN SOLUTION\n    b = 1\n    ### END SOLUTION\n    shape = A.shape\n"
    stub = make_student(source(GRAM.replace('    """A A^T."""\n', first))).cells[0].source
    assert stub.count("raise NotImplementedError") == 2
    assert "    shape = A.shape\n" in stub


def test_the_solved_notebook_keeps_solution_and_markers(source):
    cell = make_solved(source(GRAM)).cells[0].source
    assert "    ### BEGIN SOLUTION\n    transposed = A.T\n" in cell


def test_nbgrader_finds_its_metadata(source):
    exercise, test = make_solved(source(GRAM)).cells
    assert exercise.metadata.nbgrader == {
        "schema_version": 3,
        "grade_id": "gram_matrix",
        "task": False,
        "solution": True,
        "grade": False,
        "locked": False,
    }
    assert test.metadata.nbgrader == {
        "schema_version": 3,
        "grade_id": "gram_matrix_test",
        "task": False,
        "solution": False,
        "grade": True,
        "locked": True,
        "points": 15,
    }


def test_ids_are_the_same_in_both_notebooks_and_do_not_move(source):
    before = [cell.id for cell in make_solved(source(GRAM)).cells]
    assert before == [cell.id for cell in make_student(source(GRAM)).cells]
    after = [cell.id for cell in make_solved(source("# %%\nnew = 1\n\n" + GRAM)).cells]
    assert after[1:] == before


def test_equal_cells_have_different_ids(source):
    first, second = make_solved(source("# %%\nx = 1\n\n# %%\nx = 1\n")).cells
    assert second.id == f"{first.id}-2"


def test_tags_reach_the_notebook_and_nothing_else_does(source):
    notebook = make_solved(source('# %% tags=["nbval-ignore-output"]\nx = 1\n\n# %% [markdown]\n# text\n'))
    assert [dict(cell.metadata) for cell in notebook.cells] == [{"tags": ["nbval-ignore-output"]}, {}]
    assert "jupytext" not in notebook.metadata
    assert notebook.metadata.language_info == {"name": "python"}


def test_solution_lines_are_those_between_markers(source):
    assert read_solution_lines(source(GRAM)) == ["transposed = A.T", "return A @ transposed"]


@pytest.mark.parametrize(
    "wrong",
    [
        "### BEGIN SOLTION",
        "###BEGIN SOLUTION",
        "# BEGIN SOLUTION",
        "### begin solution",
        "### BEGIN SOLUTIONS",
        "###  BEGIN SOLUTION",
        "### BEGIN  SOLUTION",
        "# BEGIN-SOLUTION",
        "#### BEGIN SOLUTION",
    ],
)
def test_a_misspelled_begin_is_named(source, wrong):
    text = GRAM.replace("### BEGIN SOLUTION", wrong)
    assert complaint(source(text)) == f"01_toy.py:4: misspelled marker '{wrong}': write '### BEGIN SOLUTION'"


def test_a_misspelled_end_is_named(source):
    text = GRAM.replace("### END SOLUTION", "### END SOLUTON")
    assert complaint(source(text)) == "01_toy.py:8: misspelled marker '### END SOLUTON': write '### END SOLUTION'"


@pytest.mark.parametrize("wrong", ["### START HERE", "### BEGIN HIDDEN TESTS", "x = 1  ### BEGIN SOLUTION"])
def test_a_comment_that_looks_like_a_marker_is_named(source, wrong):
    text = GRAM.replace("### BEGIN SOLUTION", wrong)
    assert complaint(source(text)) == (
        f"01_toy.py:4: '{wrong}' is not a marker: "
        "'### BEGIN SOLUTION' and '### END SOLUTION' must stand alone on their lines"
    )


def test_prose_and_comments_may_speak_of_solutions(source):
    prose, comments = "# ### Begin solution two", "# the solution, no solution\n# a solution\nx = '### BEGIN'"
    make_solved(source(f"# %% [markdown]\n{prose}\n\n# %%\n{comments}\n"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            ("    ### END SOLUTION\n", ""),
            "01_toy.py:4: '### BEGIN SOLUTION' without an '### END SOLUTION' in the same cell",
        ),
        (("    ### BEGIN SOLUTION\n", ""), "01_toy.py:7: '### END SOLUTION' without a '### BEGIN SOLUTION' before it"),
        (
            ("    transposed = A.T\n", "    ### BEGIN SOLUTION\n"),
            "01_toy.py:5: '### BEGIN SOLUTION' inside the solution that begins on line 4",
        ),
        (
            ("    ### END SOLUTION\n", "### END SOLUTION\n"),
            "01_toy.py:4: '### BEGIN SOLUTION' and its '### END SOLUTION' are indented differently",
        ),
        (
            ("    transposed = A.T\n\n    return A @ transposed\n", "    # think\n"),
            "01_toy.py:4: the solution is empty",
        ),
        (
            ("    ### BEGIN SOLUTION\n    transposed", "    if A:\n    ### BEGIN SOLUTION\n        transposed"),
            "01_toy.py:1: without its solution this cell is not Python: "
            "expected an indented block after 'if' statement on line 3",
        ),
        (
            (EXERCISE, "# %%\n"),
            '01_toy.py:4: a solution outside an exercise: give the cell a header like # %% exercise="2: gram_matrix"',
        ),
        (
            (TEST, ""),
            "01_toy.py:1: exercise gram_matrix has no test cell: "
            'add one below it, headed # %% test="gram_matrix" points=10',
        ),
        (
            ("2: gram_matrix", "gram_matrix"),
            "01_toy.py:1: exercise 'gram_matrix': write its number and its function, like '2: gram_matrix'",
        ),
        (('test="gram_matrix"', 'test="gram"'), "01_toy.py:10: a test of gram, but no exercise of that name above it"),
        ((" points=15", ""), "01_toy.py:10: the test of gram_matrix needs its points: points=10"),
        (("points=15", "points=0"), "01_toy.py:10: the test of gram_matrix needs its points: points=10"),
        (('test="gram_matrix" ', ""), '01_toy.py:10: points without a test: write test="..." before them'),
        (("assert True", ""), "01_toy.py:10: this cell is empty"),
        (
            ("exercise=", "excercise="),
            "01_toy.py:1: unknown cell option 'excercise': known are exercise, points, tags, test",
        ),
        (("assert True", "x = 1\n" * 26), "01_toy.py:10: this cell has 26 lines; no cell may have more than 25"),
        (
            ("assert True", f"x = {'1' * 92}"),
            "01_toy.py:11: this line of code has 96 characters; no line may have more than 95",
        ),
    ],
)
def test_a_broken_rule_is_named_with_its_line(source, change, message):
    assert change[0] in GRAM
    assert complaint(source(GRAM.replace(*change))) == message


def test_a_second_exercise_of_the_same_name_is_named(source):
    assert complaint(source(GRAM + "\n" + GRAM)) == "01_toy.py:13: a second exercise of gram_matrix"


def test_a_second_test_of_the_same_exercise_is_named(source):
    assert complaint(source(GRAM + TEST)) == "01_toy.py:13: a second test of gram_matrix"


def test_an_exercise_without_a_solution_is_named(source):
    text = EXERCISE + "def gram_matrix(A):\n    return A\n" + TEST
    assert complaint(source(text)) == (
        "01_toy.py:1: exercise '2: gram_matrix' has no '### BEGIN SOLUTION' ... '### END SOLUTION'"
    )


def test_text_before_the_first_header_is_named(source):
    assert complaint(source("x = 1\n\n# %%\ny = 1\n")) == (
        "01_toy.py:1: 2 cells under 1 '# %%' headers: begin the file with a header, and keep '# %%' out of strings"
    )

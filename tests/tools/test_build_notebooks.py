"""Notebooks are built from sources, whole or not at all, and the check names each way in which one is stale."""

import json
import shutil

import nbformat
import pytest

from tests.support import toy_course
from tools import build_notebooks
from tools.build_notebooks import find_execution_problems

TO_DO = "Run: python -m tools.build_notebooks 01_toy"


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    root = toy_course.write(tmp_path_factory.mktemp("toy"))
    build_notebooks.main([], root)
    return root


@pytest.fixture
def course(built, tmp_path):
    """A copy of the built course, to be spoilt by a test."""
    return shutil.copytree(built, tmp_path, dirs_exist_ok=True)


def complaints(root, *arguments):
    """What --check says about a course, a list of lines without the course's own path."""
    with pytest.raises(SystemExit) as ended:
        build_notebooks.main(["--check", *arguments], root)
    title, *lines = str(ended.value).splitlines()
    assert title == "build_notebooks:"
    return [line.replace(str(root / "notebooks"), "").replace("\\", "/").lstrip("/") for line in lines]


def change(root, path, edit):
    """Change a built notebook by calling `edit` on its parsed JSON."""
    file = root / "notebooks" / path
    notebook = json.loads(file.read_text(encoding="utf-8"))
    edit(notebook)
    file.write_text(json.dumps(notebook), encoding="utf-8")


def test_the_solved_notebook_holds_what_its_cells_gave(built):
    cells = nbformat.read(built / "notebooks" / "01_toy.ipynb", as_version=4).cells
    assert cells[4].outputs[0].data["text/plain"] == "42"
    assert [cell.execution_count for cell in cells[1:]] == [1, 2, 3, 4]


def test_it_is_executed_with_the_bundled_network_and_stores_no_progress_bars(built):
    ignored = nbformat.read(built / "notebooks" / "01_toy.ipynb", as_version=4).cells[1]
    assert [output.text for output in ignored.outputs] == ["pocket\n"]


def test_the_students_notebook_has_no_outputs(built):
    cells = nbformat.read(built / "notebooks" / "student" / "01_toy.ipynb", as_version=4).cells
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in cells)
    assert cells[2].source.endswith('raise NotImplementedError("Exercise 1: double")')


def test_what_was_built_passes_the_check(course, capsys):
    build_notebooks.main(["--check"], course)
    assert capsys.readouterr().out == "1 notebook(s) up to date.\n"


def write_app(root, text="# %%\n1 / 0\n"):
    """Add an app to a course; it would fail if it were executed."""
    (root / "notebooks" / "src" / "apps").mkdir(exist_ok=True)
    (root / "notebooks" / "src" / "apps" / "painter.py").write_text(text, encoding="utf-8")


def test_an_app_is_built_without_being_executed_and_has_no_students_notebook(course, capsys):
    write_app(course)
    build_notebooks.main(["painter"], course)
    [cell] = nbformat.read(course / "notebooks" / "painter.ipynb", as_version=4).cells
    assert (cell.source, cell.outputs, cell.execution_count) == ("1 / 0", [], None)
    assert not (course / "notebooks" / "student" / "painter.ipynb").exists()
    capsys.readouterr()
    build_notebooks.main(["--check"], course)
    assert capsys.readouterr().out == "2 notebook(s) up to date.\n"


def test_an_app_that_was_changed_or_run_is_stale(course):
    write_app(course)
    build_notebooks.main(["painter"], course)
    change(course, "painter.ipynb", lambda notebook: notebook["cells"][0].update(execution_count=1))
    to_do = "Run: python -m tools.build_notebooks painter"
    assert complaints(course) == [f"painter.ipynb: it has outputs, or was saved by an editor. {to_do}"]
    write_app(course, "# %%\n2 / 0\n")
    assert complaints(course) == [f"painter.ipynb: stale: cell 1 differs, in the source '2 / 0'. {to_do}"]


def test_a_chapter_that_was_never_built_is_stale(tmp_path):
    assert complaints(toy_course.write(tmp_path)) == [
        f"01_toy.ipynb: stale: there is none. {TO_DO}",
        f"student/01_toy.ipynb: stale: there is none. {TO_DO}",
    ]


def test_a_changed_source_makes_both_notebooks_stale_from_its_first_changed_cell(course):
    toy_course.write(course, toy_course.TOY.replace("double(21)", "double(22)"))
    assert complaints(course) == [
        f"01_toy.ipynb: stale: cell 5 differs, in the source 'double(22)'. {TO_DO}",
        f"student/01_toy.ipynb: stale: cell 5 differs, in the source 'double(22)'. {TO_DO}",
    ]


def test_a_changed_solution_leaves_the_students_notebook_fresh(course):
    toy_course.write(course, toy_course.TOY.replace("x + x", "2 * x"))
    assert complaints(course) == [f"01_toy.ipynb: stale: cell 3 differs, in the source 'def double(x):'. {TO_DO}"]


def test_changed_points_make_a_notebook_stale(course):
    toy_course.write(course, toy_course.TOY.replace("points=5", "points=6"))
    assert len(complaints(course)) == 2


def test_an_added_cell_is_noticed(course):
    toy_course.write(course, toy_course.TOY + "\n# %%\nx = 1\n")
    assert complaints(course)[0] == f"01_toy.ipynb: stale: it has 5 cells, the source 6. {TO_DO}"


def test_an_edited_notebook_is_stale(course):
    change(course, "01_toy.ipynb", lambda notebook: notebook["cells"][4].update(source="double(4)"))
    assert complaints(course) == [f"01_toy.ipynb: stale: cell 5 differs, in the source 'double(21)'. {TO_DO}"]


def test_metadata_that_an_editor_left_is_stale(course):
    change(course, "01_toy.ipynb", lambda notebook: notebook["metadata"]["language_info"].update(version="3"))
    assert complaints(course) == [f"01_toy.ipynb: stale: its metadata differ. {TO_DO}"]


def test_outputs_in_a_students_notebook_are_noticed(course):
    change(course, "student/01_toy.ipynb", lambda notebook: notebook["cells"][4].update(execution_count=3))
    assert complaints(course) == [f"student/01_toy.ipynb: it has outputs, or was saved by an editor. {TO_DO}"]


def test_a_damaged_notebook_is_named(course):
    (course / "notebooks" / "01_toy.ipynb").write_text("<html>", encoding="utf-8")
    [line] = complaints(course)
    assert line.startswith("01_toy.ipynb: stale: not a valid notebook (Notebook does not appear to be JSON")


def test_a_notebook_without_a_source_is_named(course):
    stray = course / "notebooks" / "student" / "02_other.ipynb"
    stray.write_text("{}", encoding="utf-8")
    assert complaints(course) == [
        "student/02_other.ipynb: it has no source notebooks/src/02_other.py: delete it, or restore the source"
    ]


def test_a_broken_source_is_named_by_the_check(course):
    toy_course.write(course, toy_course.TOY.replace("### END SOLUTION", "### ENDE SOLUTION"))
    assert complaints(course) == ["src/01_toy.py:16: misspelled marker '### ENDE SOLUTION': write '### END SOLUTION'"]


def test_an_unknown_chapter_is_named_beside_the_known(course, capsys):
    with pytest.raises(SystemExit, match="2"):
        build_notebooks.main(["02_other"], course)
    assert "there is no notebook 02_other: there are 01_toy" in capsys.readouterr().err


def executed(*outputs, count=1, tags=()):
    """A notebook of one executed cell."""
    cell = nbformat.v4.new_code_cell("x", outputs=list(outputs), execution_count=count, metadata={"tags": list(tags)})
    return nbformat.v4.new_notebook(cells=[cell])


def test_a_clean_execution_is_accepted():
    assert find_execution_problems(executed(nbformat.v4.new_output("stream", text="fine")), "text") == []


def test_an_execution_out_of_order_is_named():
    assert find_execution_problems(executed(count=7), "") == ["cell 1: not executed in order, in one run from the top"]


def test_a_stored_error_is_named():
    error = nbformat.v4.new_output("error", ename="ValueError", evalue="no", traceback=[])
    assert find_execution_problems(executed(error), "") == ["cell 1: it raised ValueError: no"]


def test_a_stored_warning_is_named():
    warning = nbformat.v4.new_output("stream", name="stderr", text="old\nnews")
    assert find_execution_problems(executed(warning), "") == [
        "cell 1: it wrote to stderr ('old'): silence that, or tag the cell nbval-ignore-output"
    ]


def test_a_notebook_that_grew_too_large_is_named():
    assert find_execution_problems(executed(), "x" * 2_500_000) == [
        "2.5 MB with its outputs: show fewer or smaller pictures, to stay under 2 MB"
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("double(21)", "1 / 0"), "01_toy, cell 5: ZeroDivisionError: division by zero"),
        (("double(21)", "import warnings; warnings.warn('old')"), "01_toy, cell 5: it wrote to stderr"),
        (("    ### BEGIN SOLUTION\n", ""), "'### END SOLUTION' without a '### BEGIN SOLUTION' before it"),
    ],
)
def test_a_failed_build_says_why_and_keeps_the_old_notebooks(course, change, message):
    before = {path: path.read_bytes() for path in (course / "notebooks").rglob("*.ipynb")}
    toy_course.write(course, toy_course.TOY.replace(*change))
    with pytest.raises(SystemExit) as ended:
        build_notebooks.main([], course)
    assert message in str(ended.value)
    assert {path: path.read_bytes() for path in (course / "notebooks").rglob("*.ipynb*")} == before


def test_a_picture_that_grows_needs_a_cell_that_is_not_compared():
    growing = nbformat.v4.new_output("display_data", {"text/html": '<div class="nst nst-live">painted</div>'})
    cell = nbformat.v4.new_code_cell("paint()", outputs=[growing], execution_count=1)
    notebook = nbformat.v4.new_notebook(cells=[cell])
    [problem] = find_execution_problems(notebook, "")
    assert problem == (
        "cell 1: it shows a picture that grows, which nbval cannot compare: tag the cell nbval-ignore-output"
    )
    cell.metadata["tags"] = ["nbval-ignore-output"]
    assert find_execution_problems(notebook, "") == []

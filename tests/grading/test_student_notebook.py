"""A student's first hour: every exercise is reported as not attempted, and with the solutions in place each passes."""

import os
import zipfile
from textwrap import wrap

import nbformat
import pytest
from nbclient import NotebookClient

from grading.exercises import CHAPTERS as EXERCISES
from nst.paths import ROOT
from tests.support.cells_needed_by_tests import graded, needed_by_the_tests
from tools import handout

CHAPTERS = sorted((ROOT / "notebooks" / "student").glob("*.ipynb"))


def is_stub(cell):
    return cell.cell_type == "code" and "raise NotImplementedError" in cell.source


def failed(cell):
    return any(output.output_type == "error" for output in cell.get("outputs", []))


def registered(name):
    """The exercises of the chapter that a notebook's file name begins with, by name."""
    return EXERCISES[int(name.split("_")[0])]


def exercise_of(cell):
    return cell.metadata.nbgrader.grade_id.removesuffix("_test")


def shown(cell):
    """The plain text of what a cell displayed."""
    return "\n".join(output.data["text/plain"] for output in cell.outputs if output.output_type == "display_data")


def run(notebook, folder):
    """Execute all cells, going on after errors as a student does who runs one after the other."""
    NotebookClient(
        notebook,
        timeout=240,
        allow_errors=True,
        resources={"metadata": {"path": str(folder)}},
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
    ).execute(env=dict(os.environ))
    return notebook


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """The folder that a student unpacks."""
    folder = tmp_path_factory.mktemp("student")
    handout.pack(ROOT, folder / "course.zip")
    with zipfile.ZipFile(folder / "course.zip") as archive:
        archive.extractall(folder)
    return folder / "neural-style-transfer"


@pytest.mark.parametrize(
    "name", [CHAPTERS[0].name, *(pytest.param(path.name, marks=pytest.mark.slow) for path in CHAPTERS[1:])]
)
def test_an_untouched_notebook_reports_each_exercise_as_not_attempted(unpacked, name):
    notebook = nbformat.read(unpacked / "notebooks" / name, as_version=4)
    given = notebook.cells[: next(number for number, cell in enumerate(notebook.cells) if is_stub(cell))]
    notebook.cells = given + [cell for cell in needed_by_the_tests(notebook) if cell not in given]
    run(notebook, unpacked / "notebooks")
    tests = graded(notebook)
    assert tests
    assert [cell.source for cell in given if failed(cell)] == []
    verdicts = {exercise_of(cell): shown(cell).splitlines()[0] for cell in tests}
    assert verdicts == {exercise: f"{exercise}: not attempted" for exercise in registered(name)}
    stops = [cell.outputs[-1] for cell in tests]
    assert [stop.traceback for stop in stops] == [
        wrap(f"{exercise}: not attempted. The run stops here.", 50) for exercise in registered(name)
    ]
    assert {stop.ename for stop in stops} == {"NotPassed"}


@pytest.mark.parametrize("name", [path.name for path in CHAPTERS])
def test_pasting_the_solutions_makes_each_exercise_pass(unpacked, name):
    notebook = nbformat.read(unpacked / "notebooks" / name, as_version=4)
    solved = {cell.id: cell.source for cell in nbformat.read(ROOT / "notebooks" / name, as_version=4).cells}
    for cell in notebook.cells:
        if is_stub(cell):
            cell.source = solved[cell.id]
    points = [cell for cell in notebook.cells if cell.source == "progress()"][-1:]
    notebook.cells = needed_by_the_tests(notebook) + points
    run(notebook, unpacked / "notebooks")
    tests = graded(notebook)
    assert {exercise_of(cell): shown(cell).splitlines()[0] for cell in tests} == {
        exercise_of(cell): f"{exercise_of(cell)}: visible tests passed" for cell in tests
    }
    assert [cell.source for cell in notebook.cells if failed(cell)] == []
    assert points
    most = sum(exercise.points for exercise in registered(name).values())
    assert shown(points[0]).splitlines()[-1].endswith(f"{most:>3} of {most:>3} points")


def test_there_is_a_student_notebook_for_every_chapter():
    assert [path.stem for path in CHAPTERS] == sorted(path.stem for path in (ROOT / "notebooks" / "src").glob("*.py"))

"""A student's first hour: every exercise is reported as not attempted, and with the solutions in place each passes."""

import os
import zipfile
from copy import deepcopy
from textwrap import wrap

import nbformat
import pytest
from nbclient import NotebookClient

from grading.exercises import CHAPTERS as EXERCISES
from nst.paths import ROOT
from tests.support.cells_needed_by_tests import graded, needed_by_the_tests
from tests.support.parameters import mostly_slow
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


class FirstHour:
    """A chapter of the zip in one kernel: as it is handed out, then its exercises and tests again with the solutions.

    given: the cells before the first exercise. untouched, pasted: the cells of exercises and tests, and what they need.
    """

    def __init__(self, folder, name):
        notebook = nbformat.read(folder / name, as_version=4)
        cells = notebook.cells
        self.name, self.given = name, cells[: next(number for number, cell in enumerate(cells) if is_stub(cell))]
        self.untouched = self._after_given(notebook)
        self.pasted = self._after_given(paste_solutions(notebook, name)) + cells_of_points(cells)[-1:]
        for cell in self.pasted:
            cell.id += "-again"
        notebook.cells = [*self.given, *self.untouched, *self.pasted]
        run(notebook, folder)

    def _after_given(self, notebook):
        before = {cell.id for cell in self.given}
        return deepcopy([cell for cell in needed_by_the_tests(notebook) if cell.id not in before])


def paste_solutions(notebook, name):
    pasted = deepcopy(notebook)
    solved = {cell.id: cell.source for cell in nbformat.read(ROOT / "notebooks" / name, as_version=4).cells}
    for cell in filter(is_stub, pasted.cells):
        cell.source = solved[cell.id]
    return pasted


def cells_of_points(cells):
    return deepcopy([cell for cell in cells if cell.source == "progress()"])


# The last chapter takes the shortest time.
@pytest.fixture(scope="module", params=mostly_slow([path.name for path in reversed(CHAPTERS)]))
def first_hour(unpacked, request):
    return FirstHour(unpacked / "notebooks", request.param)


def test_an_untouched_notebook_reports_each_exercise_as_not_attempted(first_hour):
    assert [cell.source for cell in first_hour.given if failed(cell)] == []
    tests, exercises = graded(first_hour.untouched), registered(first_hour.name)
    verdicts = {exercise_of(cell): shown(cell).splitlines()[0] for cell in tests}
    assert verdicts == {exercise: f"{exercise}: not attempted" for exercise in exercises}
    stops = [cell.outputs[-1] for cell in tests]
    assert [stop.traceback for stop in stops] == [
        wrap(f"{exercise}: not attempted. The run stops here.", 50) for exercise in exercises
    ]
    assert {stop.ename for stop in stops} == {"NotPassed"}


def test_pasting_the_solutions_makes_each_exercise_pass(first_hour):
    exercises = registered(first_hour.name)
    assert {exercise_of(cell): shown(cell).splitlines()[0] for cell in graded(first_hour.pasted)} == {
        exercise: f"{exercise}: visible tests passed" for exercise in exercises
    }
    assert [cell.source for cell in first_hour.pasted if failed(cell)] == []
    [points] = cells_of_points(first_hour.pasted)
    most = sum(exercise.points for exercise in exercises.values())
    assert shown(points).splitlines()[-1].endswith(f"{most:>3} of {most:>3} points")


def test_there_is_a_student_notebook_for_every_chapter():
    assert [path.stem for path in CHAPTERS] == sorted(path.stem for path in (ROOT / "notebooks" / "src").glob("*.py"))

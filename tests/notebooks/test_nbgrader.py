"""nbgrader accepts a solved notebook as its source, releases stubs, and gives them 0 points and the solutions all.

By default for a toy chapter; the chapters of the course are slow.
"""

import csv
import os
import shutil
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import nbformat
import pytest

from grading.exercises import CHAPTERS
from nst.paths import ROOT
from tests.support import toy_course
from tests.support.cells_needed_by_tests import needed_by_the_tests
from tools import handout
from tools.chapter import make_solved

ASSIGNMENT = "style"
TOY = "01_toy"
CHAPTERS_OF_THE_COURSE = sorted(path.stem for path in (ROOT / "notebooks").glob("[0-9]*.ipynb"))
# Validation runs the notebooks that `autograde` runs, for every chapter, below.
VALIDATED = pytest.mark.parametrize(
    "chapter", [TOY, pytest.param(CHAPTERS_OF_THE_COURSE[0], marks=pytest.mark.slow)], indirect=True
)


class Chapter:
    """A chapter: the name and source of its notebook, the solved notebook, and the points of its exercises."""

    def __init__(self, name, source, notebook, points):
        self.name, self.source, self.notebook, self.points = name, source, notebook, points

    def shortened(self):
        """The solved notebook without the cells that its exercises and tests do not need: nbval runs all of them."""
        notebook = deepcopy(self.notebook)
        notebook.cells = needed_by_the_tests(notebook)
        return notebook


def load_chapter(name, folder):
    if name == TOY:
        source = toy_course.write(folder) / "notebooks" / "src" / f"{TOY}.py"
        return Chapter(name, source, make_solved(source), {"double": 5})
    points = {exercise.name: exercise.points for exercise in CHAPTERS[int(name.split("_")[0])].values()}
    notebook = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
    return Chapter(name, ROOT / "notebooks" / "src" / f"{name}.py", notebook, points)


@pytest.fixture(
    scope="module", params=[TOY, *(pytest.param(name, marks=pytest.mark.slow) for name in CHAPTERS_OF_THE_COURSE)]
)
def chapter(request, tmp_path_factory):
    return load_chapter(request.param, tmp_path_factory.mktemp("toy"))


@pytest.fixture(scope="module")
def course(chapter, tmp_path_factory):
    return make_course(chapter.shortened(), chapter.name, tmp_path_factory.mktemp("root"))


def make_course(source, name, root):
    """nbgrader's course folder, inside a folder of the course: the notebook finds public_tests.py by walking up."""
    shutil.copy(ROOT / "public_tests.py", root)
    course = root / "nbgrader"
    course.mkdir()
    (course / "nbgrader_config.py").write_text('get_config().CourseDirectory.course_id = "nst"\n', encoding="utf-8")
    write_notebook(source, course / "source" / ASSIGNMENT / f"{name}.ipynb")
    nbgrader(course, "generate_assignment", ASSIGNMENT, "--create")
    return course


def write_notebook(notebook, path):
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)


def nbgrader(folder, *arguments):
    """Call nbgrader, which writes nothing but below `folder`; what it printed."""
    home = {
        name: str(folder / ".home")
        for name in ("HOME", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    }
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])  # where it looks for alembic
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, **home, "PATH": path, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def released_notebook(course, name):
    return course / "release" / ASSIGNMENT / f"{name}.ipynb"


@pytest.fixture(scope="module")
def released(course, chapter):
    return released_notebook(course, chapter.name)


def test_the_release_of_a_whole_chapter_has_no_solution(chapter, tmp_path):
    """The release of the notebook as it is in the repository, with the cells after its last test."""
    released = released_notebook(make_course(chapter.notebook, chapter.name, tmp_path), chapter.name)
    secrets = handout.find_secret_lines([chapter.source])
    assert handout.find_leaks(released.name, released.read_bytes(), secrets) == []
    cells = nbformat.read(released, as_version=4).cells
    assert [cell.id for cell in cells] == [cell.id for cell in chapter.notebook.cells]
    stubs = [cell for cell in cells if cell.metadata.get("nbgrader", {}).get("solution")]
    assert len(stubs) == len(chapter.points)
    assert all("raise NotImplementedError()" in stub.source for stub in stubs)


@VALIDATED
def test_a_stub_fails_validation_in_every_test_cell(released, chapter):
    printed = nbgrader(released.parent, "validate", released.name)
    assert f"VALIDATION FAILED ON {len(chapter.points)} CELL(S)!" in printed


@VALIDATED
def test_a_solved_notebook_passes_validation(course, chapter):
    source = course / "source" / ASSIGNMENT / f"{chapter.name}.ipynb"
    assert "Success! Your notebook passes all the tests." in nbgrader(source.parent, "validate", source.name)


def test_the_untouched_notebook_gets_no_points_and_the_solved_one_all(course, released, chapter):
    submitted = course / "submitted"
    write_notebook(nbformat.read(released, as_version=4), submitted / "untouched" / ASSIGNMENT / released.name)
    write_notebook(chapter.shortened(), submitted / "solved" / ASSIGNMENT / released.name)
    nbgrader(course, "autograde", ASSIGNMENT, "--create")
    nbgrader(course, "export")
    with (course / "grades.csv").open(encoding="utf-8", newline="") as file:
        points = {row["student_id"]: (float(row["score"]), float(row["max_score"])) for row in csv.DictReader(file)}
    maximum = sum(chapter.points.values())
    assert points == {"untouched": (0, maximum), "solved": (maximum, maximum)}

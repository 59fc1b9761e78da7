"""nbgrader accepts a solved notebook as its source, releases stubs, and gives them 0 points and the solutions all.

By default for a toy chapter; those of the course, all in one assignment, are slow.
"""

import os
import shutil
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from grading.exercises import CHAPTERS
from nst.paths import ROOT
from tests.support import toy_course
from tests.support.cells_needed_by_tests import needed_by_the_tests
from tools import handout
from tools.chapter import make_solved

WHOLE, SHORTENED = "whole", "shortened"
TOY = "01_toy"
CHAPTERS_OF_THE_COURSE = sorted(path.stem for path in (ROOT / "notebooks").glob("[0-9]*.ipynb"))


class Chapter:
    """A chapter: the name and source of its notebook, the solved notebook, and the points of its exercises."""

    def __init__(self, name, source, notebook, points):
        self.name, self.source, self.notebook, self.points = name, source, notebook, points

    def shortened(self):
        """The solved notebook without the cells that its exercises and tests do not need: nbgrader runs all of them."""
        notebook = deepcopy(self.notebook)
        notebook.cells = needed_by_the_tests(notebook)
        return notebook


def load_toy(folder):
    source = toy_course.write(folder) / "notebooks" / "src" / f"{TOY}.py"
    return Chapter(TOY, source, make_solved(source), {"double": 5})


def load_chapter(name):
    points = {exercise.name: exercise.points for exercise in CHAPTERS[int(name.split("_")[0])].values()}
    notebook = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
    return Chapter(name, ROOT / "notebooks" / "src" / f"{name}.py", notebook, points)


@pytest.fixture(scope="module", params=["toy", pytest.param("course", marks=pytest.mark.slow)])
def chapters(request, tmp_path_factory):
    if request.param == "toy":
        return [load_toy(tmp_path_factory.mktemp("toy"))]
    return [load_chapter(name) for name in CHAPTERS_OF_THE_COURSE]


@pytest.fixture(scope="module")
def course(chapters, tmp_path_factory):
    """nbgrader's course folder, inside a folder of the course: the notebook finds public_tests.py by walking up.

    It has two assignments, both released: the notebooks as they are in the repository, and shortened ones.
    """
    root = tmp_path_factory.mktemp("root")
    shutil.copy(ROOT / "public_tests.py", root)
    course = root / "nbgrader"
    course.mkdir()
    (course / "nbgrader_config.py").write_text('get_config().CourseDirectory.course_id = "nst"\n', encoding="utf-8")
    for chapter in chapters:
        write_notebook(chapter.notebook, course / "source" / WHOLE / f"{chapter.name}.ipynb")
        write_notebook(chapter.shortened(), course / "source" / SHORTENED / f"{chapter.name}.ipynb")
    for assignment in (WHOLE, SHORTENED):
        nbgrader(course, "generate_assignment", assignment, "--create")
    return course


def write_notebook(notebook, path):
    path.parent.mkdir(parents=True, exist_ok=True)
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


def released(course, assignment, chapter):
    return course / "release" / assignment / f"{chapter.name}.ipynb"


def test_the_release_of_a_whole_chapter_has_no_solution(course, chapters):
    """With the cells after its last test."""
    for chapter in chapters:
        notebook = released(course, WHOLE, chapter)
        secrets = handout.find_secret_lines([chapter.source])
        assert handout.find_leaks(notebook.name, notebook.read_bytes(), secrets) == []
        cells = nbformat.read(notebook, as_version=4).cells
        assert [cell.id for cell in cells] == [cell.id for cell in chapter.notebook.cells]
        stubs = [cell for cell in cells if cell.metadata.get("nbgrader", {}).get("solution")]
        assert len(stubs) == len(chapter.points)
        assert all("raise NotImplementedError()" in stub.source for stub in stubs)


def test_the_untouched_notebooks_get_no_points_and_the_solved_ones_all(course, chapters):
    for chapter in chapters:
        name = Path(SHORTENED) / f"{chapter.name}.ipynb"
        untouched = nbformat.read(released(course, SHORTENED, chapter), as_version=4)
        write_notebook(untouched, course / "submitted" / "untouched" / name)
        write_notebook(chapter.shortened(), course / "submitted" / "solved" / name)
    nbgrader(course, "autograde", SHORTENED, "--create")
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        points = {
            (chapter.name, student): gradebook.find_submission_notebook(chapter.name, SHORTENED, student).score
            for chapter in chapters
            for student in ("untouched", "solved")
        }
    expected = {chapter.name: sum(chapter.points.values()) for chapter in chapters}
    assert points == {
        (name, student): most if student == "solved" else 0
        for name, most in expected.items()
        for student in ("untouched", "solved")
    }


@pytest.mark.slow
@pytest.mark.parametrize("chapters", ["course"], indirect=True)
def test_validation_fails_in_every_test_cell_of_a_stub_and_passes_the_solution(course, chapters):
    """Of the first chapter: validation runs the notebooks that `autograde` runs, for every chapter, above."""
    [chapter, *_] = chapters
    stub = released(course, SHORTENED, chapter)
    assert f"VALIDATION FAILED ON {len(chapter.points)} CELL(S)!" in nbgrader(stub.parent, "validate", stub.name)
    solved = course / "source" / SHORTENED / stub.name
    assert "Success! Your notebook passes all the tests." in nbgrader(solved.parent, "validate", solved.name)

"""nbgrader takes a solved notebook as its source, hands out stubs, and gives 0 points for them and all for it."""

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from grading.exercises import CHAPTERS
from nst.paths import ROOT
from tests.support.cells_needed_by_tests import needed_by_the_tests
from tools import handout

NOTEBOOKS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
ASSIGNMENT = "style"


@pytest.fixture(scope="module", params=NOTEBOOKS)
def chapter(request):
    """The name of a chapter's notebook, without suffix."""
    return request.param


@pytest.fixture(scope="module")
def exercises(chapter):
    return CHAPTERS[int(chapter.split("_")[0])]


@pytest.fixture(scope="module")
def course(chapter, tmp_path_factory):
    return course_of(solved(chapter), chapter, tmp_path_factory.mktemp("root"))


def course_of(source, chapter, root):
    """nbgrader's course folder, inside a folder of the course: the notebook finds public_tests.py by walking up."""
    shutil.copy(ROOT / "public_tests.py", root)
    course = root / "nbgrader"
    course.mkdir()
    (course / "nbgrader_config.py").write_text('get_config().CourseDirectory.course_id = "nst"\n', encoding="utf-8")
    put(source, course / "source" / ASSIGNMENT / f"{chapter}.ipynb")
    nbgrader(course, "generate_assignment", ASSIGNMENT, "--create")
    return course


def whole(chapter):
    return nbformat.read(ROOT / "notebooks" / f"{chapter}.ipynb", as_version=4)


def solved(chapter):
    """The solved notebook, less what its exercises and tests do not need: nbval runs all of it."""
    notebook = whole(chapter)
    notebook.cells = needed_by_the_tests(notebook)
    return notebook


def put(notebook, path):
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


def released_by(course, chapter):
    return course / "release" / ASSIGNMENT / f"{chapter}.ipynb"


@pytest.fixture(scope="module")
def released(course, chapter):
    return released_by(course, chapter)


def test_what_nbgrader_releases_of_a_whole_chapter_holds_no_solution(chapter, exercises, tmp_path):
    """Of the notebook as it is in the repository, cells after its last test included."""
    source = whole(chapter)
    released = released_by(course_of(source, chapter, tmp_path), chapter)
    secrets = handout.find_secret_lines(ROOT / "notebooks" / "src" / f"{chapter}.py")
    assert handout.find_leaks(released.name, released.read_bytes(), secrets) == []
    cells = nbformat.read(released, as_version=4).cells
    assert [cell.id for cell in cells] == [cell.id for cell in source.cells]
    stubs = [cell for cell in cells if cell.metadata.get("nbgrader", {}).get("solution")]
    assert len(stubs) == len(exercises)
    assert all("raise NotImplementedError()" in stub.source for stub in stubs)


def test_a_stub_fails_validation_in_every_test_cell(released, exercises):
    told = nbgrader(released.parent, "validate", released.name)
    assert f"VALIDATION FAILED ON {len(exercises)} CELL(S)!" in told


def test_a_solved_notebook_passes_validation(course, chapter):
    source = course / "source" / ASSIGNMENT / f"{chapter}.ipynb"
    assert "Success! Your notebook passes all the tests." in nbgrader(source.parent, "validate", source.name)


def test_the_untouched_notebook_gets_no_points_and_the_solved_one_all(course, released, chapter, exercises):
    handed_in = course / "submitted"
    put(nbformat.read(released, as_version=4), handed_in / "untouched" / ASSIGNMENT / released.name)
    put(solved(chapter), handed_in / "solved" / ASSIGNMENT / released.name)
    nbgrader(course, "autograde", ASSIGNMENT, "--create")
    nbgrader(course, "export")
    with (course / "grades.csv").open(encoding="utf-8", newline="") as file:
        points = {row["student_id"]: (float(row["score"]), float(row["max_score"])) for row in csv.DictReader(file)}
    most = sum(exercise.points for exercise in exercises.values())
    assert points == {"untouched": (0, most), "solved": (most, most)}

"""nbgrader takes the solved notebook as its source, hands out stubs, and gives 0 points for them and 100 for it."""

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

import handout
from nst.paths import ROOT

CHAPTER = "01_neural_style_transfer"
ASSIGNMENT = "style"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """nbgrader's course folder, inside a folder of the course: the notebook finds public_tests.py by walking up."""
    root = tmp_path_factory.mktemp("root")
    shutil.copy(ROOT / "public_tests.py", root)
    course = root / "nbgrader"
    course.mkdir()
    (course / "nbgrader_config.py").write_text('get_config().CourseDirectory.course_id = "nst"\n', encoding="utf-8")
    put(solved(), course / "source" / ASSIGNMENT)
    nbgrader(course, "generate_assignment", ASSIGNMENT, "--create")
    return course


def solved():
    """The solved notebook up to its last test, less two pictures recalled on the way: nbval runs all of it."""
    notebook = nbformat.read(ROOT / "notebooks" / f"{CHAPTER}.ipynb", as_version=4)
    last = max(n for n, cell in enumerate(notebook.cells) if cell.metadata.get("nbgrader", {}).get("grade"))
    notebook.cells = [cell for cell in notebook.cells[:last + 1] if "= recall(" not in cell.source]
    return notebook


def put(notebook, folder):
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / f"{CHAPTER}.ipynb")


def nbgrader(folder, *arguments):
    """Call nbgrader, which writes nothing but below `folder`; what it printed."""
    home = {name: str(folder / ".home") for name in ("HOME", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR",
                                                     "JUPYTER_RUNTIME_DIR")}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])  # where it looks for alembic
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments], cwd=folder, capture_output=True, text=True, encoding="utf-8",
        check=False, env={**os.environ, **home, "PATH": path, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"})
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def released(course):
    return course / "release" / ASSIGNMENT / f"{CHAPTER}.ipynb"


def test_what_nbgrader_releases_holds_no_solution(course):
    secrets = handout.secret_lines(ROOT / "notebooks" / "src" / f"{CHAPTER}.py")
    assert handout.leaks_in(CHAPTER + ".ipynb", released(course).read_bytes(), secrets) == []
    stubs = [cell for cell in nbformat.read(released(course), as_version=4).cells
             if cell.metadata.get("nbgrader", {}).get("solution")]
    assert len(stubs) == 6
    assert all("raise NotImplementedError()" in stub.source for stub in stubs)


def test_a_stub_fails_validation_in_every_test_cell(course):
    told = nbgrader(released(course).parent, "validate", released(course).name)
    assert "VALIDATION FAILED ON 6 CELL(S)!" in told


def test_the_untouched_notebook_gets_no_points_and_the_solved_one_all(course):
    put(nbformat.read(released(course), as_version=4), course / "submitted" / "untouched" / ASSIGNMENT)
    put(solved(), course / "submitted" / "solved" / ASSIGNMENT)
    nbgrader(course, "autograde", ASSIGNMENT, "--create")
    nbgrader(course, "export")
    with (course / "grades.csv").open(encoding="utf-8", newline="") as file:
        points = {row["student_id"]: (float(row["score"]), float(row["max_score"])) for row in csv.DictReader(file)}
    assert points == {"untouched": (0, 100), "solved": (100, 100)}

"""The first cell of each chapter finds the course, wherever its kernel started."""

import os
import subprocess
import sys

import nbformat
import pytest

from nst.paths import ROOT

CHAPTERS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture
def course(tmp_path):
    """A course that is not installed, with a notebook in it, and a folder elsewhere."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "course" / "notebooks").mkdir(parents=True)
    (tmp_path / "course" / "public_tests.py").write_text("WHERE = __file__\n", encoding="utf-8")
    return tmp_path / "course"


def run_first_cell(chapter, folder, before="", path=""):
    """Run it in a Python without the packages of this one; what it prints: the file of public_tests."""
    cell = next(cell for cell in nbformat.read(chapter, 4).cells if cell.cell_type == "code")
    code = f"{before}\n{cell.source}\n{cell.source}\nimport public_tests; print(public_tests.WHERE, end='')"
    return subprocess.run(
        [sys.executable, "-S", "-c", code],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(path)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_it_finds_the_course_from_a_folder_in_it(course, chapter):
    for folder in (course, course / "notebooks"):
        assert run_first_cell(chapter, folder).stdout == str(course / "public_tests.py")


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_it_finds_the_course_of_its_notebook_in_vs_code(course, chapter):
    """Which starts the kernel in the folder that is open, and tells the kernel where the notebook is."""
    for folder in (course.parent, course.parent / "elsewhere"):
        told = f"__vsc_ipynb_file__ = {str(course / 'notebooks' / chapter.name)!r}"
        assert run_first_cell(chapter, folder, told).stdout == str(course / "public_tests.py")


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_it_finds_a_course_that_is_installed(course, chapter):
    """As `make learn` makes it known where copies are in the home."""
    assert run_first_cell(chapter, course.parent / "elsewhere", path=course).stdout == str(course / "public_tests.py")


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_without_a_course_it_says_what_to_do(course, chapter):
    finished = run_first_cell(chapter, course.parent / "elsewhere")
    assert finished.stderr.splitlines()[-1] == (
        "AssertionError: open the notebook inside the course's folder, or install it"
    )


def test_the_cell_for_colab_can_be_run_again(tmp_path):
    """The second time, the current folder is inside the course: nothing is cloned, and every path is absolute."""
    page = (ROOT / "docs" / "students.md").read_text(encoding="utf-8")
    clone, install, change = page.partition('REPOSITORY = ""\n')[2].partition("```")[0].splitlines()
    course = tmp_path / "course"
    command = clone.removeprefix("!").replace("git clone --depth 1 {REPOSITORY}", "mkdir -v")
    made = [
        subprocess.run(["sh", "-c", command.replace("/content/course", str(course))], capture_output=True, check=True)
        for _ in range(2)
    ]
    assert [bool(each.stdout) for each in made] == [True, False]
    assert [line.split()[-1].startswith("/content/course") for line in (install, change)] == [True, True]

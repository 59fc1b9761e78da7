"""The zip for students holds what they need, is the same every time, and reveals no solution."""

import json
import re
import shutil
import zipfile

import pytest

from tests.support import toy_course
from tools import build_notebooks, handout
from tools.handout import HandoutError

FILES = {
    "LICENSE": "MIT",
    "LICENSE-CC-BY-4.0": "CC BY 4.0",
    "requirements.txt": "numpy\n\n# Only for instructors: to grade\njinja2\n",
    "public_tests.py": "double_test = None\n",
    "foundation/__init__.py": "",
    "nst/__init__.py": "",
    "nst/images.py": "def load(path):\n    return path\n",
    "grading/judge.py": "",
    "images/louvre.jpg": "picture",
    "images/gallery/louvre_monet.jpg": "result",
    "images/README.md": "ours",
    "images/downloaded/wave.jpg": "not ours",
    "pretrained-model/pocket_vgg19.npz": "weights",
    "pretrained-model/README.md": "card",
    "pretrained-model/vgg19.h5": "80 MB",
    "output/README.md": "here",
    "output/01_toy/final.png": "mine",
    "tools/chapter.py": "",
    "tests/test_toy.py": "",
    "notebooks/mine/01_toy.ipynb": "my work",
}
PACKED = [
    "LICENSE",
    "LICENSE-CC-BY-4.0",
    "README.md",
    "foundation/__init__.py",
    "grading/judge.py",
    "images/README.md",
    "images/gallery/louvre_monet.jpg",
    "images/louvre.jpg",
    "notebooks/01_toy.ipynb",
    "nst/__init__.py",
    "nst/images.py",
    "output/README.md",
    "pretrained-model/README.md",
    "pretrained-model/pocket_vgg19.npz",
    "public_tests.py",
    "requirements.txt",
]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    root = toy_course.write(tmp_path_factory.mktemp("toy"))
    build_notebooks.main([], root)
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def course(built, tmp_path):
    """A built course, to be spoilt by a test."""
    return shutil.copytree(built, tmp_path / "course")


def names(target):
    with zipfile.ZipFile(target) as archive:
        return sorted(name.removeprefix("neural-style-transfer/") for name in archive.namelist())


def refusal(course, tmp_path):
    """Why nothing was packed; and nothing is there."""
    before = sorted(tmp_path.iterdir())
    with pytest.raises(HandoutError) as refused:
        handout.pack(course, tmp_path / "course.zip")
    assert sorted(tmp_path.iterdir()) == before
    return str(refused.value)


def test_students_get_what_they_need_and_nothing_else(course, tmp_path):
    handout.pack(course, tmp_path / "course.zip")
    assert names(tmp_path / "course.zip") == PACKED


def test_they_get_the_stubs(course, tmp_path):
    handout.pack(course, tmp_path / "course.zip")
    with zipfile.ZipFile(tmp_path / "course.zip") as archive:
        notebook = archive.read("neural-style-transfer/notebooks/01_toy.ipynb").decode()
    assert "Exercise 1: double" in notebook
    assert "x + x" not in notebook


def test_a_line_that_one_chapter_gives_is_no_secret_of_another(tmp_path):
    toy_course.write(tmp_path)
    chapter = tmp_path / "notebooks" / "src" / "01_toy.py"
    assert handout.find_secret_lines([chapter]) == {"twice=x+x"}
    other = chapter.with_name("02_toy.py")
    other.write_text("# %%\ntwice = x + x\n", encoding="utf-8")
    assert handout.find_secret_lines([chapter, other]) == set()


def test_the_same_course_gives_the_same_bytes(course, tmp_path):
    handout.pack(course, tmp_path / "one.zip")
    for path in course.rglob("*"):
        path.touch()
    handout.pack(course, tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_a_zip_that_is_there_is_not_overwritten(course, tmp_path):
    target = tmp_path / "course.zip"
    target.write_text("last year's", encoding="utf-8")
    assert refusal(course, tmp_path) == f"{target} exists already: delete it, or choose another name"
    assert target.read_text(encoding="utf-8") == "last year's"


def test_a_stale_notebook_is_not_handed_out(course, tmp_path):
    toy_course.write(course, toy_course.TOY.replace("double(21)", "double(22)"))
    path = course / "notebooks" / "student" / "01_toy.ipynb"
    assert refusal(course, tmp_path).startswith("nothing was packed:\n")
    assert (
        f"{path}: stale: cell 5 differs, in the source 'double(22)'. Run: python -m tools.build_notebooks 01_toy"
    ) in refusal(course, tmp_path)


def test_a_solution_in_given_code_is_found_whatever_its_spaces_and_comment(course, tmp_path):
    (course / "nst" / "images.py").write_text("def f(x):\n  twice=x+x  # oh\n", encoding="utf-8")
    assert refusal(course, tmp_path) == (
        "nothing was packed, because these lines would reveal solutions:\nnst/images.py: twice=x+x  # oh"
    )


def test_a_solution_in_the_prose_of_a_chapter_is_found(course, tmp_path):
    leaky = toy_course.TOY.replace("# Twice two, by a function of yours.", "#     twice = x + x")
    build_notebooks.main([], toy_course.write(course, leaky))
    assert refusal(course, tmp_path).splitlines()[1:] == ["notebooks/01_toy.ipynb, cell 1: twice = x + x"]


def test_a_line_that_the_chapter_itself_shows_in_code_is_no_secret(course, tmp_path):
    shown = toy_course.TOY.replace("double(21)", "x = 2\ntwice = x + x\ndouble(21)")
    build_notebooks.main([], toy_course.write(course, shown))
    handout.pack(course, tmp_path / "course.zip")


def test_the_grader_may_know_right_answers(course, tmp_path):
    (course / "grading" / "judge.py").write_text("def f(x):\n    twice = x + x\n", encoding="utf-8")
    handout.pack(course, tmp_path / "course.zip")


def test_lines_that_reveal_nothing_may_occur_anywhere(course, tmp_path):
    (course / "nst" / "images.py").write_text("def f(twice):\n    return twice\n", encoding="utf-8")
    handout.pack(course, tmp_path / "course.zip")


@pytest.mark.parametrize(
    ("cell", "leak"),
    [
        ({"source": "### BEGIN SOLUTION\n### END SOLUTION"}, "n.ipynb, cell 1: a solution marker"),
        (
            {"source": "x", "outputs": [{"output_type": "stream", "name": "stdout", "text": "4"}]},
            "n.ipynb, cell 1: outputs",
        ),
        ({"source": "if x:\n    twice = x + x"}, "n.ipynb, cell 1: twice = x + x"),
    ],
)
def test_every_kind_of_leak_in_a_notebook_is_found(cell, leak):
    whole = {"cell_type": "code", "id": "a", "metadata": {}, "execution_count": None, "outputs": [], **cell}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [whole]}
    assert handout.find_leaks("n.ipynb", json.dumps(notebook).encode(), {"twice=x+x"}) == [leak]


def test_the_command_says_what_it_wrote(course, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(handout, "ROOT", course)
    handout.main([str(tmp_path / "course.zip")])
    written = re.escape(f"wrote {tmp_path / 'course.zip'}: 16 files, ")
    assert re.fullmatch(written + r"0\.0 MB, no solution in them\n", capsys.readouterr().out)


def test_a_folder_that_is_not_there_is_made(course, tmp_path, monkeypatch):
    monkeypatch.setattr(handout, "ROOT", course)
    handout.main([str(tmp_path / "nowhere" / "course.zip")])
    assert names(tmp_path / "nowhere" / "course.zip") == PACKED


def test_students_install_nothing_that_only_instructors_need(built, tmp_path):
    files = handout.collect_files(built)
    assert files["requirements.txt"] == b"numpy\n"

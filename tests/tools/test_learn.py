"""`make learn`: students work in copies of their own, which no later call changes."""

import subprocess
import sys

import pytest

from tools import learn


@pytest.fixture
def course(tmp_path):
    """The root of a course with two student notebooks."""
    (tmp_path / "notebooks" / "student").mkdir(parents=True)
    for name in ("01_one.ipynb", "02_two.ipynb"):
        (tmp_path / "notebooks" / "student" / name).write_text(f"new {name}", encoding="utf-8")
    return tmp_path


def test_notebooks_that_are_not_there_yet_are_copied_and_named(course):
    mine = course / "notebooks" / "mine"
    assert learn.copy_missing(course / "notebooks" / "student", mine) == [
        f"new   {mine / '01_one.ipynb'}",
        f"new   {mine / '02_two.ipynb'}",
    ]
    assert sorted(path.name for path in mine.iterdir()) == ["01_one.ipynb", "02_two.ipynb"]
    assert (mine / "01_one.ipynb").read_text(encoding="utf-8") == "new 01_one.ipynb"


def test_a_students_work_is_never_overwritten(course):
    mine = course / "notebooks" / "mine"
    mine.mkdir()
    (mine / "01_one.ipynb").write_text("my work", encoding="utf-8")
    assert learn.copy_missing(course / "notebooks" / "student", mine) == [
        f"kept  {mine / '01_one.ipynb'} (rename it to get a fresh one)",
        f"new   {mine / '02_two.ipynb'}",
    ]
    assert (mine / "01_one.ipynb").read_text(encoding="utf-8") == "my work"


def test_jupyterlab_opens_in_the_folder_of_the_copies(course, monkeypatch, capsys):
    calls = []

    def run(command, **options):
        calls.append((command, options["cwd"]))
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(SystemExit) as ended:
        learn.main([], course)
    assert ended.value.code == 0
    assert calls == [([sys.executable, "-m", "jupyterlab"], course / "notebooks" / "mine")]
    assert capsys.readouterr().out.endswith("Opening JupyterLab. Press Ctrl-C here to end it; your copies stay.\n")


def test_ctrl_c_is_a_normal_end(course, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(subprocess, "run", interrupted)
    with pytest.raises(SystemExit) as ended:
        learn.main([], course)
    assert ended.value.code == 0

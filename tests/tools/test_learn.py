"""`make learn`: students work in copies of their own, which no later call changes."""

import json
import os
import subprocess
import sys
from pathlib import Path

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


def test_jupyterlab_starts_at_the_courses_folder(course, monkeypatch, capsys):
    calls = []

    def run(command, **options):
        calls.append((command, options["cwd"]))
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(SystemExit) as ended:
        learn.main([], course)
    assert ended.value.code == 0
    assert calls == [(learn.jupyterlab_command(course, course / "notebooks" / "mine"), course)]
    assert capsys.readouterr().out.endswith("Opening JupyterLab. Press Ctrl-C here to end it; your copies stay.\n")


@pytest.fixture
def options(course):
    """The options of JupyterLab's command, {name: value}."""
    learn.copy_missing(course / "notebooks" / "student", course / "notebooks" / "mine")
    command = learn.jupyterlab_command(course, course / "notebooks" / "mine")
    assert command[:3] == [sys.executable, "-m", "jupyterlab"]
    return dict(option.partition("=")[::2] for option in command[3:])


def test_the_first_copy_is_open_in_a_workspace_of_the_course(options, course):
    assert options["--ServerApp.root_dir"] == str(course)
    address = "/lab/workspaces/neural-style-transfer/tree/notebooks/mine/01_one.ipynb"
    assert options["--LabApp.default_url"] == address


def test_jupyterlab_asks_nothing_about_news_and_the_users_own_settings_stay(options):
    folder = Path(options["--LabApp.app_settings_dir"])
    defaults = json.loads((folder / "overrides.json").read_text(encoding="utf-8"))
    assert defaults == {"@jupyterlab/apputils-extension:notification": {"checkForUpdates": False, "fetchNews": "false"}}
    assert not any("user_settings" in option for option in options)


@pytest.mark.parametrize(("user", "allowed"), [(0, True), (1000, False)])
def test_root_is_allowed_only_where_root_runs_it(course, monkeypatch, user, allowed):
    learn.copy_missing(course / "notebooks" / "student", course / "notebooks" / "mine")
    monkeypatch.setattr(os, "geteuid", lambda: user, raising=False)
    command = learn.jupyterlab_command(course, course / "notebooks" / "mine")
    assert ("--allow-root" in command) == allowed


def test_ctrl_c_is_a_normal_end(course, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(subprocess, "run", interrupted)
    with pytest.raises(SystemExit) as ended:
        learn.main([], course)
    assert ended.value.code == 0


def test_a_course_that_cannot_be_written_to_leads_to_a_folder_in_the_home(unwritable, tmp_path, monkeypatch, capsys):
    """As in JupyterHub, or in a folder that many share."""
    calls, home = [], tmp_path / "home"
    home.mkdir()
    monkeypatch.setattr(Path, "home", lambda: home)
    monkeypatch.setattr(subprocess, "run", lambda *words, **options: calls.append((*words, options)) or done())
    student = tmp_path / "course" / "notebooks" / "student"
    student.mkdir(parents=True)
    (student / "01_one.ipynb").write_text("new", encoding="utf-8")
    (tmp_path / "course" / "notebooks" / "mine").symlink_to(unwritable)
    for _ in range(2):
        with pytest.raises(SystemExit) as ended:
            learn.main([], tmp_path / "course")
        assert ended.value.code == 0
    copies = home / "neural-style-transfer"
    first, *_, opening = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{tmp_path / 'course' / 'notebooks' / 'mine'}: no file can be written there (")
    assert first.endswith(f"Your copies are in {copies} instead.")
    assert opening.startswith("Opening JupyterLab.")
    assert (copies / "01_one.ipynb").read_text(encoding="utf-8") == "new"
    (command, options), _ = calls
    assert f"--ServerApp.root_dir={copies}" in command
    assert any(word.endswith("/tree/01_one.ipynb") for word in command)
    assert options["cwd"] == copies
    assert options["env"]["PYTHONPATH"].split(os.pathsep)[0] == str(tmp_path / "course")


def done():
    return subprocess.CompletedProcess([], 0)


def test_where_no_folder_takes_the_copies_it_is_said_in_words(unwritable, tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "home", lambda: unwritable)
    (tmp_path / "notebooks").symlink_to(unwritable)
    with pytest.raises(SystemExit) as ended:
        learn.main([], tmp_path)
    assert str(ended.value.code).startswith(
        f"{unwritable / 'neural-style-transfer'}: your copies cannot be written there"
    )

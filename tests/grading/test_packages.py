"""A submission finds the packages that the grader finds, wherever they are installed, and nothing more."""

import csv
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from nst.paths import ROOT
from tests.support.hostile_submissions import gram, script

PYTHON = sys._base_executable
PACKAGES = sysconfig.get_path("purelib")
SHOW = "import os; from grading.sandbox.containment import find_packages; print(*find_packages(), sep=os.pathsep)"

needs_bare_python = pytest.mark.skipif(
    subprocess.run([PYTHON, "-I", "-c", "import tensorflow"], capture_output=True).returncode == 0,
    reason="the Python outside of this environment has packages of its own",
)


@pytest.fixture
def user_packages(tmp_path):
    """The environment in which this environment's packages are those that the user has installed."""
    scheme = sysconfig.get_preferred_scheme("user")
    folder = sysconfig.get_path("purelib", scheme, {"userbase": str(tmp_path / "user")})
    Path(folder).parent.mkdir(parents=True)
    Path(folder).symlink_to(PACKAGES, target_is_directory=True)
    return {**os.environ, "PYTHONUSERBASE": str(tmp_path / "user")}


def find_packages(environment, *options, cwd=ROOT):
    words = [PYTHON, *options, "-c", SHOW]
    return subprocess.run(words, env=environment, cwd=cwd, capture_output=True, text=True, check=True).stdout.strip()


def grade(tmp_path, environment):
    out = tmp_path / "grades"
    words = [PYTHON, "-m", "grading", tmp_path / "class", "--out", out, "--workers", "1"]
    done = subprocess.run(words, env=environment, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    with (out / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["student"]: row["total"] for row in csv.DictReader(file)}


def write_class(tmp_path, **submissions):
    (tmp_path / "class").mkdir()
    for name, content in submissions.items():
        (tmp_path / "class" / f"{name}.py").write_text(content, encoding="utf-8")


@pytest.mark.slow
@needs_bare_python
@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_packages_of_the_user_alone_are_found_by_submissions(tmp_path, user_packages):
    write_class(tmp_path, ada=script())
    assert grade(tmp_path, user_packages) == {"ada": "100"}


@needs_bare_python
def test_packages_of_pythonpath_are_found_and_the_submissions_own_files_are_not(tmp_path):
    shadow = gram("open('numpy.py', 'w').write('raise SystemExit')", "import importlib; importlib.reload(np)")
    write_class(tmp_path, ada=script(), eve=shadow)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), PACKAGES])}
    assert grade(tmp_path, environment) == {"ada": "100", "eve": "100"}


@pytest.mark.parametrize("folder", ["course", "present"])
def test_the_courses_folder_and_the_present_one_are_not_shown_to_submissions(tmp_path, folder):
    for name in ("present", "packages"):
        (tmp_path / name).mkdir()
    path = os.pathsep.join(map(str, (tmp_path / "present", ROOT, tmp_path / "packages", PACKAGES)))
    cwd = ROOT if folder == "course" else tmp_path / "present"
    shown = find_packages({**os.environ, "PYTHONPATH": path}, cwd=cwd).split(os.pathsep)
    assert str(tmp_path / "packages") in shown
    assert str(ROOT) not in shown
    assert PACKAGES in shown
    assert str(cwd) not in shown

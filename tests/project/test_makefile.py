"""Set-up by make: it finds a Python that will do, says what is missing, and installs once."""

import os
import shutil
import subprocess

import pytest

from nst.paths import ROOT
from tests import conftest

MAKE = shutil.which("make")
pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="on Windows the lines of the README take make's place"),
    pytest.mark.skipif(MAKE is None, reason="make is not installed"),
]

# Stand-ins for a Python: each answers the questions that the Makefile asks, in the order in which it asks them.
TOO_OLD = '#!/bin/sh\ncase "$*" in --version) echo "Python 3.9.2";; *) exit 1;; esac\n'
NO_VENV = '#!/bin/sh\ncase "$*" in *ensurepip*) exit 1;; esac\n'
WORKS = r"""#!/bin/sh
echo "$*" >> calls
case "$*" in
  --version) echo "Python 3.12.1";;
  "-m venv"*) mkdir -p .venv/bin; cp "$0" .venv/bin/python;;
  "-m pip"*) test ! -e no-network;;
esac
"""


@pytest.fixture
def clone(tmp_path):
    """A clone with what set-up reads."""
    for name in ("Makefile", "requirements.txt", "pyproject.toml", "setup.py"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def make(clone, target, python):
    """Call make with a stand-in for Python; return what make did."""
    stand_in = clone / "stand-in"
    stand_in.write_text(python, encoding="utf-8")
    stand_in.chmod(0o755)
    return call(clone, target, "./stand-in")


def call(clone, target, python):
    # An outer make, as in `make test`, hands on its flags and its level.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(
        [MAKE, target, f"PYTHON={python}"],
        cwd=clone,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def pip_calls(clone):
    return [line for line in (clone / "calls").read_text(encoding="utf-8").splitlines() if line.startswith("-m pip")]


def test_a_python_that_is_missing_is_named(clone):
    done = call(clone, "run", "./nowhere")
    assert done.returncode
    assert done.stdout == (
        "There is no ./nowhere here. The course needs Python 3.10 to 3.13. "
        "If you have one beside it, say so: make run PYTHON=python3.12\n"
    )


def test_a_python_that_is_too_old_is_named_and_nothing_is_made(clone):
    done = make(clone, "run", TOO_OLD)
    assert done.returncode
    assert done.stdout == (
        "Python 3.9.2 is too old. The course needs Python 3.10 to 3.13. "
        "If you have one beside it, say so: make run PYTHON=python3.12\n"
    )
    assert not (clone / ".venv").exists()


def test_a_python_without_venv_is_told_what_to_install(clone):
    done = make(clone, "run", NO_VENV)
    assert done.returncode
    assert done.stdout == (
        "This Python cannot make a virtual environment. On Debian and Ubuntu: sudo apt install python3-venv\n"
    )


def test_the_first_run_installs_and_the_second_does_not(clone):
    first, second = make(clone, "run", WORKS), make(clone, "run", WORKS)
    assert first.stdout == (
        "Making .venv with Python 3.12.1.\nInstalling the course and its packages into .venv. "
        "TensorFlow is large: this takes minutes.\n"
    )
    assert second.stdout == ""
    assert len(pip_calls(clone)) == 1


@pytest.mark.parametrize("changed", ["requirements.txt", "pyproject.toml", "setup.py"])
def test_a_changed_package_is_installed_again(clone, changed):
    make(clone, "run", WORKS)
    with (clone / changed).open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    make(clone, "run", WORKS)
    assert len(pip_calls(clone)) == 2


def test_a_failed_installation_is_explained_and_tried_again(clone):
    (clone / "no-network").touch()
    done = make(clone, "run", WORKS)
    assert done.returncode
    assert done.stdout.endswith(
        "The packages could not be installed; pip says why above. Common causes: no network; or a Python newer than\n"
        "TensorFlow knows, when pip finds no version of it: then delete .venv, and make run PYTHON=python3.12\n"
    )
    (clone / "no-network").unlink()
    assert make(clone, "run", WORKS).returncode == 0
    assert len(pip_calls(clone)) == 2


def test_a_test_run_needs_the_maintainers_packages_too(clone):
    make(clone, "test", WORKS)
    assert [call.split()[-1] for call in pip_calls(clone)] == [".", ".[dev]"]


def test_make_test_lints_checks_tests_and_validates_strictly(clone):
    make(clone, "test", WORKS)
    calls = (clone / "calls").read_text(encoding="utf-8").splitlines()
    assert calls[-5:] == [
        "-m ruff check .",
        "-m ruff format --check .",
        "-m mypy",
        "-m tools.build_notebooks --check",
        "-m pytest --timeout=300 -n 4 --dist loadfile --no-loadscope-reorder --nbval tests notebooks -m not slow",
    ]


def test_make_test_all_leaves_no_test_out(clone):
    make(clone, "test-all", WORKS)
    calls = (clone / "calls").read_text(encoding="utf-8").splitlines()
    assert calls[-5:] == [
        "-m ruff check .",
        "-m ruff format --check .",
        "-m mypy",
        "-m tools.build_notebooks --check",
        "-m pytest --timeout=300 -n 4 --dist loadfile --no-loadscope-reorder --nbval tests notebooks",
    ]


def test_the_files_that_are_run_first_exist():
    assert [name for name in conftest.LONG if not (ROOT / name).is_file()] == []


def test_make_coverage_runs_all_tests(clone):
    make(clone, "coverage", WORKS)
    calls = (clone / "calls").read_text(encoding="utf-8").splitlines()
    assert calls[-1] == "-m pytest --timeout=300 -n 4 --dist loadfile --no-loadscope-reorder --cov"

"""Places and servers that several test modules need."""

import os
import signal
import subprocess
import sys

import pytest
from hypothesis import settings

from foundation.signals import ENDING
from nst import paths
from nst.assets import catalog, download
from nst.paths import ROOT
from tests.support.local_server import LocalServer

# Several test processes share the cores (pytest -n), and the processes that they start: a thread each is enough.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.update(OMP_NUM_THREADS="1", TF_NUM_INTRAOP_THREADS="1", TF_NUM_INTEROP_THREADS="1")

# How long an example takes depends on the machine and on what else it does, so no test asks for it.
settings.register_profile("course", deadline=None)
settings.load_profile("course")

# Files of minutes, longest first. `pytest -n` begins with them: the last file to begin may run alone at the end.
LONG = [
    "notebooks/04_in_real_time.ipynb",
    "notebooks/01_neural_style_transfer.ipynb",
    "tests/grading/test_grade_a_class.py",
    "tests/project/test_documented_commands.py",
    "notebooks/02_better_and_faster.ipynb",
    "notebooks/03_colors_and_places.ipynb",
    "tests/notebooks/test_nbgrader.py",
    "tests/grading/test_mistakes.py",
    "tests/grading/test_grade_submission.py",
    "tests/nst/cli/test_batch_painting.py",
    "tests/grading/test_grade_uncontained.py",
    "tests/grading/test_student_notebook.py",
    "tests/grading/test_grade_whole_submissions.py",
    "tests/notebooks/test_full_size.py",
    "tests/grading/test_batch.py",
    "tests/nst/cli/test_batch_elsewhere.py",
    "tests/grading/test_sandbox.py",
    "tests/foundation/test_workers.py",
    "tests/grading/test_grade_a_small_class.py",
    "tests/tools/test_distil_training.py",
    "tests/grading/test_public_tests.py",
]
CELL_TIMEOUT = 900  # seconds; a cell that paints takes minutes on a busy machine


def pytest_collection_modifyitems(items):
    """Run LONG before the other files, and these in the order of their names. Give notebooks' cells more time."""
    places = {ROOT / name: place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: places.get(item.path, len(places)))
    for item in items:
        if item.path.suffix == ".ipynb":
            item.add_marker(pytest.mark.timeout(CELL_TIMEOUT))


@pytest.fixture
def server():
    """An HTTP server on 127.0.0.1 that answers as the test tells it."""
    with LocalServer() as running:
        yield running


@pytest.fixture
def sandbox(tmp_path, monkeypatch):
    """A project of its own in tmp_path, an empty catalog, and downloads that lose no time."""
    monkeypatch.setattr(paths, "IMAGES", tmp_path / "images")
    monkeypatch.setattr(paths, "PRETRAINED", tmp_path / "pretrained-model")
    monkeypatch.setattr(download, "PAUSE", 0.01)
    monkeypatch.setattr(download, "TIMEOUT", (2.0, 0.3))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.chdir(tmp_path)
    for name in list(catalog.WORKS):
        monkeypatch.delitem(catalog.WORKS, name)
    return tmp_path


@pytest.fixture
def interruptible():
    """Signals as in a terminal: SIGINT is ignored in what a shell starts in the background, SIGHUP under nohup."""
    handlers = {signal.SIGINT: signal.default_int_handler, **dict.fromkeys(ENDING, signal.SIG_DFL)}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def full_disk(tmp_path):
    """A folder on a file system of 64 kB."""
    yield from _mounted(tmp_path / "full", "size=64k")


@pytest.fixture
def unwritable(tmp_path):
    """A folder that nobody may write to, the superuser included where possible."""
    folder = tmp_path / "unwritable"
    if os.name == "nt":
        pytest.skip("Windows folders have no permission bit that forbids writing")
    if os.geteuid() == 0:  # whom permission bits do not stop
        yield from _mounted(folder, "ro")
    else:
        folder.mkdir(mode=0o500)
        yield folder


def _mounted(folder, options):
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("mounting a small file system needs Linux and root")
    folder.mkdir()
    mounting = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, check=False
    )
    if mounting.returncode:
        pytest.skip(f"this system does not let root mount a tmpfs: {mounting.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)

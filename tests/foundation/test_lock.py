"""Only one process at a time works on a path, and a lock never stays behind."""

import subprocess
import sys

import pytest

from foundation.lock import LockedError, lock_path
from nst.paths import ROOT

HOLD = """
import time
from foundation.lock import lock_path
with lock_path({!r}):
    print(1, flush=True)
    time.sleep(60)
"""


def hold(path):
    """Another process that holds the lock."""
    process = subprocess.Popen([sys.executable, "-c", HOLD.format(str(path))], cwd=ROOT, stdout=subprocess.PIPE)
    process.stdout.readline()
    return process


def test_a_second_process_is_refused_until_the_first_ends_even_by_a_kill(tmp_path):
    with hold(tmp_path / "mine.png") as other:
        with pytest.raises(LockedError), lock_path(tmp_path / "mine.png"):
            pass
        other.kill()
        other.wait()
    with lock_path(tmp_path / "mine.png"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_the_same_process_is_refused_too_and_other_paths_are_not(tmp_path):
    with lock_path(tmp_path / "one"):
        with pytest.raises(LockedError), lock_path(tmp_path / "one"):
            pass
        with lock_path(tmp_path / "two"):
            pass
    with lock_path(tmp_path / "one"):
        pass


def test_an_error_ends_the_lock(tmp_path):
    with pytest.raises(ZeroDivisionError), lock_path(tmp_path / "one"):
        1 / 0  # noqa: B018
    assert list(tmp_path.iterdir()) == []


def test_where_no_lock_can_be_written_the_work_goes_on(tmp_path):
    with lock_path(tmp_path / "missing" / "one"):
        pass

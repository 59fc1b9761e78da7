"""Temporary folders: nothing of them stays, and nobody else's is touched."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from foundation import temporary_folder
from foundation.temporary_folder import MARK, TemporaryFolder, delete_folder, sweep_folders
from nst.paths import ROOT

HOLD = """
import sys, time
from foundation.temporary_folder import TemporaryFolder
folder = TemporaryFolder("swept-")
print(folder.path, flush=True)
time.sleep(60)
"""


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(temporary_folder, "START_SECONDS", -1)
    return tmp_path


@pytest.fixture
def holder(place):
    """(a process that holds a folder, the folder's path)."""
    environment = {**os.environ, "TMPDIR": str(place), "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([sys.executable, "-c", HOLD], env=environment, stdout=subprocess.PIPE, text=True)
    yield process, place / Path(process.stdout.readline().strip()).name
    process.kill()
    process.communicate()


def test_the_folder_of_a_process_that_was_killed_is_swept_and_not_before(holder):
    process, folder = holder
    (folder / "file").touch()
    sweep_folders("swept-")
    assert (folder / "file").exists()
    process.kill()
    process.wait()
    sweep_folders("swept-")
    assert not folder.exists()


def test_a_folder_that_was_just_created_is_not_swept(holder, monkeypatch):
    process, folder = holder
    process.kill()
    process.wait()
    monkeypatch.setattr(temporary_folder, "START_SECONDS", 60)
    sweep_folders("swept-")
    assert folder.exists()


def test_other_folders_and_files_of_that_name_stay(place):
    (place / "swept-by-hand").mkdir()
    (place / "swept-file").touch()
    (place / "real" / "inside").mkdir(parents=True)
    (place / "real" / MARK).touch()
    if os.name != "nt":
        (place / "swept-link").symlink_to(place / "real")
    with TemporaryFolder("other-") as other:
        before = sorted(place.rglob("*"))
        sweep_folders("swept-")
        assert sorted(place.rglob("*")) == before
        assert other.exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes, and lets nobody go so deep")
def test_a_folder_is_deleted_whatever_its_modes_and_its_depth(place):
    top, outside = place / "top", place / "outside"
    outside.mkdir()
    (outside / "kept").touch()
    locked = top / "locked" / "inner" / "innermost"
    locked.mkdir(parents=True)
    (locked / "file").touch()
    (top / "link").symlink_to(outside)
    for folder in (locked, locked.parent, locked.parent.parent):
        folder.chmod(0)
    here = os.open(top, os.O_RDONLY)
    for _ in range(1500):
        os.mkdir("d" * 100, dir_fd=here)
        inner = os.open("d" * 100, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)
    began = time.monotonic()
    delete_folder(top)
    assert not top.exists()
    assert (outside / "kept").exists()
    assert time.monotonic() - began < 20

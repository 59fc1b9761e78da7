"""A file appears complete or not at all."""

import os
import stat
import sys

import pytest

from foundation.atomic_write import write_atomically


def contents(folder):
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


def write_half(target, trouble):
    with write_atomically(target) as partial:
        partial.write_text("half", encoding="utf-8")
        raise trouble


def test_a_finished_file_stands_at_its_place_alone(tmp_path):
    with write_atomically(tmp_path / "new" / "notes.txt") as partial:
        partial.write_text("complete", encoding="utf-8")
    assert contents(tmp_path / "new") == {"notes.txt": "complete"}


def test_the_old_file_stays_until_the_new_one_is_complete(tmp_path):
    target = tmp_path / "notes.txt"
    target.write_text("old", encoding="utf-8")
    with write_atomically(target) as partial:
        partial.write_text("new", encoding="utf-8")
        assert target.read_text(encoding="utf-8") == "old"
    assert contents(tmp_path) == {"notes.txt": "new"}


@pytest.mark.parametrize("trouble", [ValueError, OSError, KeyboardInterrupt])
def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, trouble):
    target = tmp_path / "notes.txt"
    target.write_text("old", encoding="utf-8")
    with pytest.raises(trouble):
        write_half(target, trouble)
    assert contents(tmp_path) == {"notes.txt": "old"}


def test_a_block_that_writes_nothing_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError), write_atomically(tmp_path / "notes.txt"):
        pass
    assert contents(tmp_path) == {}


def test_the_partial_file_keeps_the_suffix_and_stands_beside_its_target(tmp_path):
    with write_atomically(tmp_path / "picture.png") as partial:
        assert (partial.suffix, partial.parent) == (".png", tmp_path)
        partial.touch()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no umask")
def test_others_may_read_the_file_as_the_umask_says(tmp_path):
    mask = os.umask(0o022)
    try:
        with write_atomically(tmp_path / "shared.txt") as partial:
            partial.touch()
    finally:
        os.umask(mask)
    assert stat.S_IMODE((tmp_path / "shared.txt").stat().st_mode) == 0o644

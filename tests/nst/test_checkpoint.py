"""The checkpoint's file: whole or not there, and where it cannot be written the painting goes on."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from nst import images
from nst.engine import checkpoint
from nst.engine.checkpoint import Checkpoint, fingerprint
from nst.engine.settings import SettingsError
from nst.engine.stylize import Interrupted, stylize
from tests.support.short_runs import CONTENT, QUICK, SMALL, STYLE, full, interrupted_after


@pytest.mark.slow
def test_a_full_disk_costs_a_note_and_not_the_picture(full_disk):
    result = stylize(CONTENT, STYLE, **QUICK, checkpoint=full_disk / "run.npz", checkpoint_seconds=0)
    assert result.notes == [
        f"{full_disk / 'run.npz'}: the checkpoint could not be written (No space left on device), "
        f"and the run continued without it. Free some disk space there, or choose another folder."
    ]
    assert list(full_disk.iterdir()) == []


@pytest.mark.slow
def test_a_checkpoint_that_cannot_be_written_or_removed_changes_nothing_else(tmp_path, monkeypatch):
    undisturbed = stylize(CONTENT, STYLE, **SMALL)
    with monkeypatch.context() as patched:
        patched.setattr(np, "savez", full)
        result = stylize(CONTENT, STYLE, **SMALL, checkpoint=tmp_path / "run.npz", checkpoint_seconds=0)
        with pytest.raises(Interrupted) as stopped:
            stylize(CONTENT, STYLE, **SMALL, checkpoint=tmp_path / "run.npz", on_progress=interrupted_after(5))
    assert [len(result.notes), len(stopped.value.result.notes)] == [1, 1]
    assert not stopped.value.resumable
    np.testing.assert_array_equal(result.picture, undisturbed.picture)
    monkeypatch.setattr(Path, "unlink", full)
    kept = stylize(CONTENT, STYLE, **SMALL, checkpoint=tmp_path / "run.npz", checkpoint_seconds=1000)
    np.testing.assert_array_equal(kept.picture, undisturbed.picture)


def test_an_earlier_checkpoint_stands_where_the_last_could_not_be_written(tmp_path, monkeypatch):
    def note(progress):
        if progress.evaluation == 5:
            monkeypatch.setattr(np, "savez", full)
            raise KeyboardInterrupt

    with pytest.raises(Interrupted) as stopped:
        stylize(CONTENT, STYLE, **SMALL, checkpoint=tmp_path / "run.npz", checkpoint_seconds=0, on_progress=note)
    assert stopped.value.resumable
    assert len(stopped.value.result.notes) == 1


def test_a_folder_that_takes_no_file_is_named_before_the_work(unwritable):
    with pytest.raises(SettingsError) as caught:
        stylize(CONTENT, STYLE, **SMALL, checkpoint=unwritable / "run.npz", on_progress=interrupted_after(1))
    assert f"{unwritable / 'run.npz'}: no checkpoint can be written there (" in str(caught.value)
    assert str(caught.value).endswith("Choose another folder.")


@pytest.mark.parametrize(
    ("wish", "told"),
    [
        ({"checkpoint": "run.ckpt"}, "checkpoint: got run.ckpt, expected the name of a .npz file."),
        ({"checkpoint": "run"}, "checkpoint: got run, expected the name of a .npz file."),
        ({"resume": True}, "resume: got True, expected a checkpoint with it: checkpoint='run.npz'."),
    ],
)
def test_a_checkpoint_that_will_not_do_is_refused(wish, told):
    with pytest.raises(SettingsError) as caught:
        stylize("nothing.jpg", STYLE, **wish)
    assert str(caught.value) == told


def test_after_a_long_write_the_next_is_not_due_soon(tmp_path, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(checkpoint, "time", SimpleNamespace(monotonic=lambda: now[0]))
    file = Checkpoint(tmp_path / "run.npz", 30, {})

    def slow(*_, **__):
        now[0] += 6
        full()

    monkeypatch.setattr(np, "savez", slow)
    now[0] = 30
    assert file.due()
    with pytest.raises(OSError, match="No space"):
        file.write({}, {})
    now[0] = 36 + 119
    assert not file.due()
    now[0] = 36 + 120
    assert file.due()


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", b"PK\x03\x04 broken"])
def test_a_damaged_checkpoint_is_named(tmp_path, content):
    file = tmp_path / "run.npz"
    file.write_bytes(content)
    with pytest.raises(SettingsError, match=r"run\.npz: this is not a checkpoint, or it is damaged"):
        Checkpoint(file, 30, {}).read()


def test_a_checkpoint_is_whole_or_not_there(tmp_path, monkeypatch):
    file = Checkpoint(tmp_path / "run.npz", 30, {"size": 1})
    file.write({"image": np.zeros(3)}, {"stages": []})

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OSError, match="No space"):
        file.write({"image": np.ones(3)}, {"stages": [1]})
    arrays, progress = file.read()
    assert (arrays["image"].tolist(), progress) == ([0, 0, 0], {"stages": []})
    assert [path.name for path in tmp_path.iterdir()] == ["run.npz"]


def test_a_second_run_on_the_same_checkpoint_is_refused_and_the_first_goes_on(tmp_path):
    refusals = []

    def start_another(progress):
        if progress.evaluation == 2:
            with pytest.raises(SettingsError) as caught:
                stylize(CONTENT, STYLE, **SMALL, checkpoint=tmp_path / "run.npz", on_progress=lambda progress: None)
            refusals.append(str(caught.value))

    stylize(CONTENT, STYLE, **SMALL, checkpoint=tmp_path / "run.npz", on_progress=start_another)
    assert refusals == [
        f"{tmp_path / 'run.npz'}: another run is working on this checkpoint and its picture. Wait for its end, or "
        "choose another name for this one."
    ]
    assert list(tmp_path.iterdir()) == []


def test_it_is_due_after_its_seconds(tmp_path):
    assert Checkpoint(tmp_path / "run.npz", 0, {}).due()
    assert not Checkpoint(tmp_path / "run.npz", 1000, {}).due()


def test_a_fingerprint_tells_pictures_apart():
    image = images.load(CONTENT, 32)
    assert fingerprint(image) == fingerprint(image.copy())
    assert fingerprint(image) != fingerprint(np.nextafter(image, 1))

"""A run that was interrupted goes on as if it had not been, or says why it cannot."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from test_weights import arrays_of, npz

from nst import images
from nst.engine import checkpoint, sight
from nst.engine.checkpoint import Checkpoint, fingerprint
from nst.engine.colour import LUMINANCE
from nst.engine.losses import Objective
from nst.engine.settings import SettingsError
from nst.engine.stylize import Interrupted, stylize
from nst.paths import IMAGES, ROOT

CONTENT, STYLE = IMAGES / "louvre.jpg", IMAGES / "monet.jpg"
QUICK = {"weights": "pocket", "size": 256, "steps": 8, "precision": "float32"}
SMALL = {**QUICK, "size": 64}


def interrupted_after(evaluations):
    def note(progress):
        if progress.evaluation == evaluations:
            raise KeyboardInterrupt
    return note


def interrupting(monkeypatch, name, call=1):
    """Ctrl-C in that call of a method of the objective."""
    calls, real = [], getattr(Objective, name)

    def method(*arguments):
        calls.append(name)
        if len(calls) == call:
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(Objective, name, method)


def full(*_, **__):
    raise OSError(28, "No space left on device")


@pytest.fixture(scope="module")
def undisturbed():
    return stylize(CONTENT, STYLE, **QUICK)


@pytest.mark.parametrize("evaluations", [1, 2, 9, 12, 14])
def test_a_run_that_was_interrupted_goes_on_as_if_it_had_not_been(tmp_path, undisturbed, evaluations):
    file = tmp_path / "run.npz"
    with pytest.raises(KeyboardInterrupt):
        stylize(CONTENT, STYLE, **QUICK, checkpoint=file, on_progress=interrupted_after(evaluations))
    result = stylize(CONTENT, STYLE, **QUICK, checkpoint=file, resume=True)
    np.testing.assert_allclose(result.picture, undisturbed.picture, atol=1e-5)
    assert len(result.curves) == len(undisturbed.curves)
    assert result.scores == undisturbed.scores
    assert not file.exists()


@pytest.mark.parametrize(("during", "call", "done"), [("aim", 2, 1 / 5), ("distances", 1, 1)])
def test_between_the_steps_it_can_be_interrupted_too(tmp_path, undisturbed, monkeypatch, during, call, done):
    file = tmp_path / "run.npz"
    interrupting(monkeypatch, during, call)
    with pytest.raises(Interrupted) as stopped:
        stylize(CONTENT, STYLE, **QUICK, checkpoint=file)
    assert stopped.value.done == pytest.approx(done)
    assert stopped.value.resumable
    assert stopped.value.picture.shape == undisturbed.picture.shape
    monkeypatch.undo()
    result = stylize(CONTENT, STYLE, **QUICK, checkpoint=file, resume=True)
    np.testing.assert_allclose(result.picture, undisturbed.picture, atol=1e-5)
    assert len(result.curves) == len(undisturbed.curves)


def test_before_the_first_step_there_is_nothing_to_carry_and_an_older_checkpoint_stays(tmp_path, monkeypatch):
    file = tmp_path / "run.npz"
    file.write_bytes(b"of hours")
    interrupting(monkeypatch, "aim")
    with pytest.raises(KeyboardInterrupt) as stopped:
        stylize(CONTENT, STYLE, **SMALL, checkpoint=file)
    assert stopped.type is KeyboardInterrupt
    assert file.read_bytes() == b"of hours"


def test_an_interruption_carries_the_last_good_picture_and_not_the_last_tried():
    seen = []

    def note(progress):
        seen.append(progress.image)
        interrupted_after(5)(progress)

    with pytest.raises(Interrupted) as stopped:
        stylize(CONTENT, STYLE, **SMALL, on_progress=note)
    *before, tried = [np.abs(image - stopped.value.picture).max() for image in seen]
    assert min(before) < 1e-6 < tried
    assert not stopped.value.resumable


def test_an_interruption_carries_it_finished(tmp_path):
    content, half = images.load(CONTENT, 256), np.zeros((192, 256), np.float32)
    half[:, :128] = 1
    with pytest.raises(Interrupted) as stopped:  # at the smaller size
        stylize(CONTENT, STYLE, **QUICK, preserve_color="luminance", content_masks=half,
                on_progress=interrupted_after(5))
    picture = stopped.value.picture
    np.testing.assert_array_equal(picture[:, :, 128:], content[:, :, 128:])
    inside = ((picture > 0.01) & (picture < 0.99)).all(-1)
    np.testing.assert_allclose((picture - picture @ LUMINANCE[:, None])[inside],
                               (content - content @ LUMINANCE[:, None])[inside], atol=1e-4)
    assert np.abs(picture - content)[:, :, :128].mean() > 0.02


def test_a_second_ctrl_c_gives_up_the_checkpoint_and_not_the_picture(tmp_path, monkeypatch):
    def impatient(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Checkpoint, "write", impatient)
    with pytest.raises(Interrupted) as stopped:
        stylize(CONTENT, STYLE, **SMALL, checkpoint=tmp_path / "run.npz", on_progress=interrupted_after(5))
    assert stopped.value.picture.shape == (1, 48, 64, 3)
    assert not stopped.value.resumable


# --- where it cannot be written --------------------------------------------------------------------------------------


def test_a_full_disk_costs_a_note_and_not_the_picture(full_disk):
    result = stylize(CONTENT, STYLE, **QUICK, checkpoint=full_disk / "run.npz", checkpoint_seconds=0)
    assert result.notes == [f"{full_disk / 'run.npz'}: the checkpoint could not be written (No space left on device), "
                            f"and the painting went on without. Make room there, or choose another folder."]
    assert list(full_disk.iterdir()) == []


def test_a_checkpoint_that_cannot_be_written_or_removed_changes_nothing_else(tmp_path, monkeypatch):
    undisturbed = stylize(CONTENT, STYLE, **SMALL)
    with monkeypatch.context() as patched:
        patched.setattr(np, "savez", full)
        result = stylize(CONTENT, STYLE, **SMALL, checkpoint=tmp_path / "run.npz", checkpoint_seconds=0)
        with pytest.raises(Interrupted) as stopped:
            stylize(CONTENT, STYLE, **SMALL, checkpoint=tmp_path / "run.npz", on_progress=interrupted_after(5))
    assert [len(result.notes), len(stopped.value.notes)] == [1, 1]
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
    assert len(stopped.value.notes) == 1


def test_a_folder_that_takes_no_file_is_named_before_the_work(unwritable):
    with pytest.raises(SettingsError) as caught:
        stylize(CONTENT, STYLE, **SMALL, checkpoint=unwritable / "run.npz", on_progress=interrupted_after(1))
    assert f"{unwritable / 'run.npz'}: no checkpoint can be written there (" in str(caught.value)
    assert str(caught.value).endswith("Choose another folder.")


@pytest.mark.parametrize(("wish", "told"), [
    ({"checkpoint": "run.ckpt"}, "checkpoint: got run.ckpt, expected the name of a .npz file."),
    ({"checkpoint": "run"}, "checkpoint: got run, expected the name of a .npz file."),
    ({"resume": True}, "resume: got True, expected a checkpoint with it: checkpoint='run.npz'."),
])
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


# --- the same run, or another ----------------------------------------------------------------------------------------


def test_the_precision_that_was_found_fastest_stays(tmp_path, monkeypatch):
    file, auto = tmp_path / "run.npz", {**SMALL, "precision": "auto"}
    monkeypatch.setattr(sight, "fastest_precision", lambda: "float32")
    with pytest.raises(Interrupted):
        stylize(CONTENT, STYLE, **auto, checkpoint=file, on_progress=interrupted_after(5))
    monkeypatch.setattr(sight, "fastest_precision", lambda: "bfloat16")
    result = stylize(CONTENT, STYLE, **auto, checkpoint=file, resume=True)
    assert result.settings["precision"] == "float32"
    np.testing.assert_allclose(result.picture, stylize(CONTENT, STYLE, **SMALL).picture, atol=1e-5)


def test_adam_goes_on_too(tmp_path):
    file, adam = tmp_path / "run.npz", {**QUICK, "optimiser": "adam"}
    with pytest.raises(KeyboardInterrupt):
        stylize(CONTENT, STYLE, **adam, checkpoint=file, on_progress=interrupted_after(8))
    result = stylize(CONTENT, STYLE, **adam, checkpoint=file, resume=True)
    np.testing.assert_allclose(result.picture, stylize(CONTENT, STYLE, **adam).picture, atol=1e-5)


def test_a_run_that_was_killed_goes_on_from_its_last_checkpoint(tmp_path, undisturbed):
    file, begun = tmp_path / "run.npz", tmp_path / "begun"
    code = (f"from nst.engine.stylize import stylize\nfrom pathlib import Path\nimport time\n"
            f"def slow(progress):\n"
            f"    if progress.evaluation >= 12:\n        Path({str(begun)!r}).touch()\n        time.sleep(60)\n"
            f"stylize({str(CONTENT)!r}, {str(STYLE)!r}, checkpoint={str(file)!r}, checkpoint_seconds=0, "
            f"on_progress=slow, **{QUICK!r})\n")
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
                               stdout=subprocess.DEVNULL)
    while not begun.exists():
        assert process.poll() is None
        time.sleep(0.1)
    process.send_signal(signal.SIGKILL if os.name != "nt" else signal.SIGTERM)
    process.wait()
    result = stylize(CONTENT, STYLE, **QUICK, checkpoint=file, resume=True)
    np.testing.assert_allclose(result.picture, undisturbed.picture, atol=1e-5)


def test_without_a_checkpoint_it_starts_from_the_beginning(tmp_path, undisturbed):
    result = stylize(CONTENT, STYLE, **QUICK, checkpoint=tmp_path / "run.npz", resume=True)
    np.testing.assert_allclose(result.picture, undisturbed.picture, atol=1e-5)


def test_the_seconds_before_the_interruption_count(tmp_path):
    file = tmp_path / "run.npz"
    with pytest.raises(KeyboardInterrupt):
        stylize(CONTENT, STYLE, **QUICK, checkpoint=file, on_progress=interrupted_after(9))
    _, standing = Checkpoint(file, 30, {}).read()
    result = stylize(CONTENT, STYLE, **QUICK, checkpoint=file, resume=True)
    assert result.timings["seconds"] > standing["seconds"] > 0


@pytest.mark.parametrize(("changed", "told"), [
    ({"steps": 6}, "steps was 8 and is 6"),
    ({"size": 192, "seed": 3}, "size was 256 and is 192, seed was 0 and is 3, content was"),
    ({"style": IMAGES / "kashi.jpg"}, "styles was"),
])
def test_another_run_is_refused_with_the_names_of_what_differs(tmp_path, changed, told):
    file = tmp_path / "run.npz"
    with pytest.raises(KeyboardInterrupt):
        stylize(CONTENT, STYLE, **QUICK, checkpoint=file, on_progress=interrupted_after(4))
    other = {"style": STYLE, **QUICK, **changed}
    with pytest.raises(SettingsError) as caught:
        stylize(CONTENT, checkpoint=file, resume=True, **other)
    assert f"{file}: this checkpoint is of another run: " in str(caught.value)
    assert told in str(caught.value)
    assert file.exists()


def test_another_network_of_the_same_name_is_refused(tmp_path):
    file = tmp_path / "run.npz"
    for number in (1, 2):
        arrays = {name: number * array for name, array in arrays_of().items()}
        (tmp_path / f"{number}.npz").write_bytes(npz(arrays))
    other = {**SMALL, "warm_start": False, "optimiser": "adam"}
    with pytest.raises(KeyboardInterrupt):
        stylize(CONTENT, STYLE, **{**other, "weights": tmp_path / "1.npz"}, checkpoint=file,
                on_progress=interrupted_after(4))
    with pytest.raises(SettingsError, match="of another run: networks was"):
        stylize(CONTENT, STYLE, **{**other, "weights": tmp_path / "2.npz"}, checkpoint=file, resume=True)


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", b"PK\x03\x04 broken"])
def test_a_damaged_checkpoint_is_named(tmp_path, content):
    file = tmp_path / "run.npz"
    file.write_bytes(content)
    with pytest.raises(SettingsError, match=r"run\.npz: this is no checkpoint, or a damaged one"):
        Checkpoint(file, 30, {}).read()


def test_a_checkpoint_is_whole_or_not_there(tmp_path, monkeypatch):
    file = Checkpoint(tmp_path / "run.npz", 30, {"size": 1})
    file.write({"image": np.zeros(3)}, {"stages": []})

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OSError, match="No space"):
        file.write({"image": np.ones(3)}, {"stages": [1]})
    arrays, standing = file.read()
    assert (arrays["image"].tolist(), standing) == ([0, 0, 0], {"stages": []})
    assert [path.name for path in tmp_path.iterdir()] == ["run.npz"]


def test_it_is_due_after_its_seconds(tmp_path):
    assert Checkpoint(tmp_path / "run.npz", 0, {}).due()
    assert not Checkpoint(tmp_path / "run.npz", 1000, {}).due()


def test_a_fingerprint_tells_pictures_apart():
    image = images.load(CONTENT, 32)
    assert fingerprint(image) == fingerprint(image.copy())
    assert fingerprint(image) != fingerprint(np.nextafter(image, 1))

"""A run that was interrupted goes on as if it had not been, or says why it cannot."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from test_weights import arrays_of, npz

from nst import images
from nst.engine.checkpoint import Checkpoint, fingerprint
from nst.engine.settings import SettingsError
from nst.engine.stylize import stylize
from nst.paths import IMAGES, ROOT

CONTENT, STYLE = IMAGES / "louvre.jpg", IMAGES / "monet.jpg"
QUICK = {"weights": "pocket", "size": 256, "steps": 8, "precision": "float32"}


def interrupted_after(evaluations):
    def note(progress):
        if progress.evaluation == evaluations:
            raise KeyboardInterrupt
    return note


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
        stylize(CONTENT, STYLE, **QUICK, checkpoint=file, on_progress=interrupted_after(2))
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
    other = {**QUICK, "size": 64, "warm_start": False}
    with pytest.raises(KeyboardInterrupt):
        stylize(CONTENT, STYLE, **{**other, "weights": tmp_path / "1.npz"}, checkpoint=file,
                on_progress=interrupted_after(2))
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

    def full(*_, **__):
        raise OSError(28, "No space left on device")

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

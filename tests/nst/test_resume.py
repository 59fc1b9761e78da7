"""A run that is taken up again is the same run, or another, which is refused."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from nst.engine import networks
from nst.engine.checkpoint import Checkpoint
from nst.engine.settings import SettingsError
from nst.engine.stylize import Interrupted, stylize
from nst.paths import IMAGES, ROOT
from tests.nst.test_weights import arrays_of, npz
from tests.support.parameters import mostly_slow
from tests.support.short_runs import CONTENT, QUICK, SMALL, STYLE, interrupted_after, undisturbed


@pytest.mark.slow
def test_the_precision_that_was_found_fastest_stays(tmp_path, monkeypatch):
    file, auto = tmp_path / "run.npz", {**SMALL, "precision": "auto"}
    monkeypatch.setattr(networks, "fastest_precision", lambda: "float32")
    with pytest.raises(Interrupted):
        stylize(CONTENT, STYLE, **auto, checkpoint=file, on_progress=interrupted_after(5))
    monkeypatch.setattr(networks, "fastest_precision", lambda: "bfloat16")
    result = stylize(CONTENT, STYLE, **auto, checkpoint=file, resume=True)
    assert result.settings["precision"] == "float32"
    np.testing.assert_allclose(result.picture, stylize(CONTENT, STYLE, **SMALL).picture, atol=1e-5)


@pytest.mark.slow
def test_adam_goes_on_too(tmp_path):
    file, adam = tmp_path / "run.npz", {**QUICK, "optimizer": "adam"}
    with pytest.raises(KeyboardInterrupt):
        stylize(CONTENT, STYLE, **adam, checkpoint=file, on_progress=interrupted_after(8))
    again = []
    result = stylize(CONTENT, STYLE, **adam, checkpoint=file, resume=True, on_progress=again.append)
    assert len(again) <= len(result.curves) - 7
    np.testing.assert_allclose(result.picture, stylize(CONTENT, STYLE, **adam).picture, atol=1e-5)


@pytest.mark.slow
def test_a_run_that_was_killed_goes_on_from_its_last_checkpoint(tmp_path):
    file, begun = tmp_path / "run.npz", tmp_path / "begun"
    code = (
        f"from nst.engine.stylize import stylize\nfrom pathlib import Path\nimport time\n"
        f"def slow(progress):\n"
        f"    if progress.evaluation >= 12:\n        Path({str(begun)!r}).touch()\n        time.sleep(60)\n"
        f"stylize({str(CONTENT)!r}, {str(STYLE)!r}, checkpoint={str(file)!r}, checkpoint_seconds=0, "
        f"on_progress=slow, **{QUICK!r})\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL
    )
    while not begun.exists():
        assert process.poll() is None
        time.sleep(0.1)
    process.send_signal(signal.SIGKILL if os.name != "nt" else signal.SIGTERM)
    process.wait()
    again = []
    result = stylize(CONTENT, STYLE, **QUICK, checkpoint=file, resume=True, on_progress=again.append)
    assert len(again) < len(result.curves)
    np.testing.assert_allclose(result.picture, undisturbed().picture, atol=1e-5)


def test_without_a_checkpoint_it_starts_from_the_beginning(tmp_path):
    result = stylize(CONTENT, STYLE, **QUICK, checkpoint=tmp_path / "run.npz", resume=True)
    np.testing.assert_allclose(result.picture, undisturbed().picture, atol=1e-5)


@pytest.mark.slow
def test_the_seconds_before_the_interruption_count(tmp_path):
    file = tmp_path / "run.npz"
    with pytest.raises(KeyboardInterrupt):
        stylize(CONTENT, STYLE, **QUICK, checkpoint=file, on_progress=interrupted_after(9))
    _, progress = Checkpoint(file, 30, {}).read()
    result = stylize(CONTENT, STYLE, **QUICK, checkpoint=file, resume=True)
    assert result.timings["seconds"] > progress["seconds"] > 0
    whole = progress["seconds_in_stage"] + sum(stage["seconds"] for stage in progress["stages"])
    assert sum(stage["seconds"] for stage in result.timings["stages"]) > whole > 0


@pytest.mark.parametrize(
    ("changed", "told"),
    mostly_slow(
        [
            ({"steps": 6}, "steps was 8 and is now 6"),
            ({"size": 192, "seed": 3}, "size was 256 and is now 192, seed was 0 and is now 3, content was"),
            ({"style": IMAGES / "kashi.jpg"}, "styles was"),
        ]
    ),
)
def test_another_run_is_refused_with_the_names_of_what_differs(tmp_path, changed, told):
    file = tmp_path / "run.npz"
    with pytest.raises(KeyboardInterrupt):
        stylize(CONTENT, STYLE, **QUICK, checkpoint=file, on_progress=interrupted_after(4))
    other = {"style": STYLE, **QUICK, **changed}
    with pytest.raises(SettingsError) as caught:
        stylize(CONTENT, checkpoint=file, resume=True, **other)
    assert f"{file}: this checkpoint belongs to another run: " in str(caught.value)
    assert told in str(caught.value)
    assert file.exists()


def test_another_network_of_the_same_name_is_refused(tmp_path):
    file = tmp_path / "run.npz"
    for number in (1, 2):
        arrays = {name: number * array for name, array in arrays_of().items()}
        (tmp_path / f"{number}.npz").write_bytes(npz(arrays))
    other = {**SMALL, "warm_start": False, "optimizer": "adam"}
    with pytest.raises(KeyboardInterrupt):
        stylize(
            CONTENT,
            STYLE,
            **{**other, "weights": tmp_path / "1.npz"},
            checkpoint=file,
            on_progress=interrupted_after(4),
        )
    with pytest.raises(SettingsError, match="belongs to another run: networks was"):
        stylize(CONTENT, STYLE, **{**other, "weights": tmp_path / "2.npz"}, checkpoint=file, resume=True)

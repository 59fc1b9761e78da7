"""Ctrl-C costs nothing: the last good picture is carried, finished, and the same command goes on."""

import numpy as np
import pytest

from nst import images
from nst.engine.checkpoint import Checkpoint
from nst.engine.color import LUMINANCE
from nst.engine.losses import Objective
from nst.engine.settings import Settings, SettingsError
from nst.engine.stylize import Interrupted, stylize, stylize_until_saved
from tests.support.parameters import mostly_slow
from tests.support.short_runs import CONTENT, QUICK, SMALL, STYLE, full, interrupted_after, undisturbed


def interrupting(monkeypatch, name, call=1):
    """Ctrl-C in that call of a method of the objective."""
    calls, real = [], getattr(Objective, name)

    def method(*arguments):
        calls.append(name)
        if len(calls) == call:
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(Objective, name, method)


@pytest.mark.parametrize("evaluations", mostly_slow([9, 1, 2, 12, 14]))
def test_a_run_that_was_interrupted_goes_on_as_if_it_had_not_been(tmp_path, evaluations):
    file = tmp_path / "run.npz"
    with pytest.raises(KeyboardInterrupt):
        stylize(CONTENT, STYLE, **QUICK, checkpoint=file, on_progress=interrupted_after(evaluations))
    again = []
    result = stylize(CONTENT, STYLE, **QUICK, checkpoint=file, resume=True, on_progress=again.append)
    np.testing.assert_allclose(result.picture, undisturbed().picture, atol=1e-5)
    assert len(result.curves) == len(undisturbed().curves)
    assert len(again) <= len(result.curves) - (evaluations - 3)  # but for a line search, nothing is done twice
    assert result.scores == undisturbed().scores
    assert not file.exists()


@pytest.mark.parametrize(
    ("during", "call", "done"), mostly_slow([("set_targets", 2, 1 / 5), ("measure_distances", 1, 1)])
)
def test_between_the_steps_it_can_be_interrupted_too(tmp_path, monkeypatch, during, call, done):
    file, whole = tmp_path / "run.npz", undisturbed()
    interrupting(monkeypatch, during, call)
    with pytest.raises(Interrupted) as stopped:
        stylize(CONTENT, STYLE, **QUICK, checkpoint=file)
    assert stopped.value.done == pytest.approx(done)
    assert stopped.value.resumable
    assert stopped.value.result.picture.shape == whole.picture.shape
    monkeypatch.undo()
    result = stylize(CONTENT, STYLE, **QUICK, checkpoint=file, resume=True)
    np.testing.assert_allclose(result.picture, whole.picture, atol=1e-5)
    assert len(result.curves) == len(whole.curves)


def test_before_the_first_step_there_is_nothing_to_carry(tmp_path, monkeypatch):
    interrupting(monkeypatch, "set_targets")
    with pytest.raises(KeyboardInterrupt) as stopped:
        stylize(CONTENT, STYLE, **SMALL, checkpoint=tmp_path / "run.npz")
    assert stopped.type is KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_begins_anew_does_not_take_the_place_of_one_that_was_interrupted(tmp_path):
    file = tmp_path / "run.npz"
    file.write_bytes(b"of hours")
    with pytest.raises(SettingsError) as caught:
        stylize(CONTENT, STYLE, **SMALL, checkpoint=file)
    assert str(caught.value) == (
        f"{file}: this is the checkpoint of an interrupted run. Resume that run (--resume, in Python "
        "resume=True), or delete the file to start from the beginning."
    )
    assert file.read_bytes() == b"of hours"


@pytest.mark.slow
def test_whoever_fails_to_save_the_result_can_resume(tmp_path):
    file = tmp_path / "run.npz"
    settings = Settings(**{name: value for name, value in QUICK.items() if name != "weights"})
    run = {"weights": QUICK["weights"], "checkpoint": file}
    with pytest.raises(OSError, match="No space"), stylize_until_saved(CONTENT, STYLE, settings, **run):
        full()
    assert file.exists()
    evaluations = []
    again = {**run, "resume": True, "on_progress": evaluations.append}
    with stylize_until_saved(CONTENT, STYLE, settings, **again) as result:
        assert file.exists()
    assert not file.exists()
    assert evaluations == []
    np.testing.assert_allclose(result.picture, undisturbed().picture, atol=1e-5)


def test_an_interruption_carries_the_last_good_picture_and_not_the_last_tried():
    seen = []

    def note(progress):
        seen.append(progress.image)
        interrupted_after(5)(progress)

    with pytest.raises(Interrupted) as stopped:
        stylize(CONTENT, STYLE, **SMALL, on_progress=note)
    *before, tried = [np.abs(image - stopped.value.result.picture).max() for image in seen]
    assert min(before) < 1e-6 < tried
    assert not stopped.value.resumable


def test_an_interruption_carries_it_finished(tmp_path):
    content, half = images.load(CONTENT, 256), np.zeros((192, 256), np.float32)
    half[:, :128] = 1
    with pytest.raises(Interrupted) as stopped:  # at the smaller size
        stylize(
            CONTENT, STYLE, **QUICK, preserve_color="luminance", content_masks=half, on_progress=interrupted_after(5)
        )
    picture = stopped.value.result.picture
    np.testing.assert_array_equal(picture[:, :, 128:], content[:, :, 128:])
    inside = ((picture > 0.01) & (picture < 0.99)).all(-1)
    np.testing.assert_allclose(
        (picture - picture @ LUMINANCE[:, None])[inside], (content - content @ LUMINANCE[:, None])[inside], atol=1e-4
    )
    assert np.abs(picture - content)[:, :, :128].mean() > 0.02


def test_a_second_ctrl_c_gives_up_the_checkpoint_and_not_the_picture(tmp_path, monkeypatch):
    def impatient(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Checkpoint, "write", impatient)
    with pytest.raises(Interrupted) as stopped:
        stylize(CONTENT, STYLE, **SMALL, checkpoint=tmp_path / "run.npz", on_progress=interrupted_after(5))
    assert stopped.value.result.picture.shape == (1, 48, 64, 3)
    assert not stopped.value.resumable

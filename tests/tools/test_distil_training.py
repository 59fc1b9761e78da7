"""The training: the error falls, and an interrupted run goes on as if nothing had happened."""

import dataclasses
import shutil
from unittest.mock import Mock

import numpy as np
import pytest

from tests.support.small_teacher import CHANNELS, as_batches, photographs, shorten, teacher
from tools.distil.network import activations, for_grey_levels
from tools.distil.photographs import PhotographsError
from tools.distil.training import CheckpointError, Plan, Training, held_out_errors


@pytest.fixture(scope="module", autouse=True)
def small_pictures():
    with pytest.MonkeyPatch.context() as patch:
        shorten(patch)
        yield


class Run:
    """Thirty steps of training from a spoiled start: the error before and after, the checkpoint of step 20."""

    def __init__(self, folder):
        self.plan, self.at_step_20 = Plan(CHANNELS, 30), folder / "at_step_20.npz"
        training = Training(self.plan, teacher(), photographs(), folder / "checkpoint.npz")
        save = training.save

        def error():
            return held_out_errors(teacher(), training.weights(), photographs(), 3, 8)[: len(teacher())].mean()

        def save_and_copy():
            save()
            if training.step == 20:
                shutil.copy(training.checkpoint, self.at_step_20)

        training.save = save_and_copy
        rng = np.random.default_rng(18)
        for variable in training.variables:
            variable.assign_add(rng.normal(0, 0.5 * variable.numpy().std() + 1e-3, variable.shape))
        self.before = error()
        self.weights = training.run()
        self.after = error()


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return Run(tmp_path_factory.mktemp("run"))


def test_the_error_falls(run):
    assert run.after < 0.9 * run.before


def test_a_resumed_run_equals_an_uninterrupted_one(run):
    resumed = Training(run.plan, teacher(), photographs(), run.at_step_20)
    assert resumed.step == 20
    for ours, theirs in zip(resumed.run(), run.weights, strict=True):
        np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-3, atol=1e-5)


def test_an_interrupted_run_leaves_its_checkpoint(tmp_path, monkeypatch):
    training = Training(Plan(CHANNELS, 3), teacher(), photographs(), tmp_path / "checkpoint.npz")
    monkeypatch.setattr(training, "_advance", Mock(side_effect=KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        training.run()
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint.npz"]


def test_a_checkpoint_of_another_run_is_refused(tmp_path):
    plan, checkpoint = Plan(CHANNELS, 1), tmp_path / "checkpoint.npz"
    Training(plan, teacher(), photographs(), checkpoint).save()
    with pytest.raises(CheckpointError, match="this checkpoint belongs to another run"):
        Training(dataclasses.replace(plan, seed=20), teacher(), photographs(), checkpoint)


def test_a_student_given_at_the_start_is_where_training_begins(run, tmp_path):
    start = for_grey_levels(run.weights)
    training = Training(Plan(CHANNELS, 1, start="its digest"), teacher(), photographs(), tmp_path / "none.npz", start)
    picture = as_batches()[0]
    for ours, theirs in zip(activations(training.weights(), picture), activations(run.weights, picture), strict=True):
        np.testing.assert_allclose(ours / np.mean(ours), theirs / np.mean(theirs), rtol=1e-3, atol=1e-3)


def test_photographs_smaller_than_a_crop_are_refused(tmp_path):
    small = [np.zeros((20, 40, 3), np.uint8)] * 2
    with pytest.raises(PhotographsError, match="none of the 2 photographs has 32 pixels a side"):
        Training(Plan(CHANNELS, 1), teacher(), small, tmp_path / "checkpoint.npz")

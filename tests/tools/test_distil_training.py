"""The training: the error falls, and an interrupted run goes on as if nothing had happened."""

import dataclasses
import os
import shutil
import signal
from unittest.mock import Mock

import numpy as np
import pytest

from tests.support.small_teacher import CHANNELS, CROP, as_batches, deep_teacher, photographs, shorten, teacher
from tools.distil.evaluation import HeldOut
from tools.distil.network import activations, for_gray_levels
from tools.distil.training import Plan, Training
from tools.training.resumable import CheckpointError


@pytest.fixture(scope="module", autouse=True)
def small_pictures():
    with pytest.MonkeyPatch.context() as patch:
        shorten(patch)
        yield


class Run:
    """Twenty steps of training from a spoiled start: the error before and after, the checkpoint of step 10."""

    def __init__(self, folder):
        self.plan, self.at_step_10 = Plan(CHANNELS, 20, crop=CROP), folder / "at_step_10.npz"
        training = Training(self.plan, teacher(), photographs(), folder / "checkpoint.npz")
        save, held_out = training.save, HeldOut(teacher(), photographs(), CROP, 3, count=8)

        def error():
            return held_out.errors(training.weights())[: len(teacher())].mean()

        def save_and_copy():
            save()
            if training.step == 10:
                shutil.copy(training.checkpoint, self.at_step_10)

        training.save = save_and_copy
        rng = np.random.default_rng(18)
        for variable, average in zip(training.variables, training.averages, strict=True):
            variable.assign_add(rng.normal(0, 0.5 * variable.numpy().std() + 1e-3, variable.shape))
            average.assign(variable)
        self.before = error()
        self.weights = training.run()
        self.after = error()


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return Run(tmp_path_factory.mktemp("run"))


@pytest.mark.slow
def test_the_error_falls(run):
    assert run.after < 0.9 * run.before


@pytest.mark.slow
def test_a_resumed_run_equals_an_uninterrupted_one(run, tmp_path):
    checkpoint = shutil.copy(run.at_step_10, tmp_path / "checkpoint.npz")
    resumed = Training(run.plan, teacher(), photographs(), checkpoint)
    assert resumed.step == 10
    for ours, theirs in zip(resumed.run(), run.weights, strict=True):
        np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-3, atol=1e-5)


def test_an_interrupted_run_leaves_its_checkpoint(tmp_path, monkeypatch):
    training = Training(Plan(CHANNELS, 3, crop=CROP), teacher(), photographs(), tmp_path / "checkpoint.npz")
    monkeypatch.setattr(training, "advance", Mock(side_effect=KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        training.run()
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint.npz"]


def test_a_checkpoint_of_another_run_is_refused(tmp_path):
    plan, checkpoint = Plan(CHANNELS, 1, crop=CROP), tmp_path / "checkpoint.npz"
    Training(plan, teacher(), photographs(), checkpoint).save()
    with pytest.raises(CheckpointError, match="this checkpoint belongs to another run"):
        Training(dataclasses.replace(plan, seed=20), teacher(), photographs(), checkpoint)


@pytest.mark.slow
def test_a_student_given_at_the_start_is_where_training_begins(run, tmp_path):
    start = for_gray_levels(run.weights)
    training = Training(
        Plan(CHANNELS, 1, crop=CROP, start="its digest"), teacher(), photographs(), tmp_path / "none.npz", start
    )
    picture = as_batches()[0]
    for ours, theirs in zip(activations(training.weights(), picture), activations(run.weights, picture), strict=True):
        np.testing.assert_allclose(ours / np.mean(ours), theirs / np.mean(theirs), rtol=1e-3, atol=1e-3)


@pytest.mark.slow
def test_all_layers_learn_from_a_deep_teacher_and_a_resumed_run_equals_an_uninterrupted_one(tmp_path):
    plan, at_step_2, at_checkpoint = Plan(CHANNELS, 4, crop=CROP), tmp_path / "at_step_2.npz", Mock()

    def deep_training(checkpoint):
        return Training(
            plan, teacher(), photographs(), checkpoint, paintings=photographs()[:2], deep_teacher=deep_teacher()
        )

    training = deep_training(tmp_path / "checkpoint.npz")
    at_checkpoint.side_effect = lambda training, error: (
        shutil.copy(training.checkpoint, at_step_2) if training.step == 2 else None
    )
    before, held_out = training.weights(), HeldOut(teacher(), photographs(), CROP, 3, deep_teacher(), count=8)
    weights = training.run(at_checkpoint, checkpoint_every=2)
    assert [call.args[0] is training and call.args[1] > 0 for call in at_checkpoint.call_args_list] == [True, True]
    assert held_out.errors(weights)[4:].mean() < held_out.errors(before)[4:].mean()
    resumed = deep_training(at_step_2)
    assert resumed.step == 2
    for ours, theirs in zip(resumed.run(), weights, strict=True):
        np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-2, atol=1e-4)


def test_lessons_on_the_crops_of_a_member_are_kept_until_it_starts_anew(tmp_path):
    training = Training(Plan(CHANNELS, 1, crop=CROP), teacher(), photographs(), tmp_path / "none.npz")
    training.pool.arrays["end"][:] = 1, 3, 3, 3
    training.advance()  # members 0 and 1
    assert sorted(training.lessons_of_members) == [1]
    expected = training._lessons_on_crops([0, 2])
    contents, styles, *_ = training.pool.show([0, 2])
    for layer, direct in zip(expected, training._lessons(np.concatenate([contents, styles])), strict=True):
        np.testing.assert_allclose(layer, direct, rtol=1e-4, atol=1e-4)


@pytest.mark.slow
def test_the_number_of_steps_may_change_when_a_run_is_resumed(run, tmp_path):
    checkpoint = shutil.copy(run.at_step_10, tmp_path / "checkpoint.npz")
    longer = dataclasses.replace(run.plan, steps=23)
    assert Training(longer, teacher(), photographs(), checkpoint).step == 10


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_answered_after_the_step_and_leaves_a_checkpoint(tmp_path, monkeypatch, number):
    training = Training(Plan(CHANNELS, 3, crop=CROP), teacher(), photographs(), tmp_path / "checkpoint.npz")
    handlers = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)]

    def step_with_a_signal():
        os.kill(os.getpid(), number)
        return 0.5

    monkeypatch.setattr(training, "advance", step_with_a_signal)
    with pytest.raises(KeyboardInterrupt):
        training.run()
    with np.load(training.checkpoint) as saved:
        assert saved["step"] == 1
    assert [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)] == handlers


def test_the_weights_are_averaged_over_the_last_tenth_of_the_steps(tmp_path):
    training = Training(Plan(CHANNELS, 1, crop=CROP), teacher(), photographs(), tmp_path / "none.npz")
    bias, expected = training.variables[1], None
    for step in range(1, 41):
        training.optimizer.iterations.assign(step)
        bias.assign(np.full(bias.shape, step, np.float32))
        training._average()
        expected = step if step <= 10 else expected + (step - expected) * 10 / step
    np.testing.assert_allclose(training.weights()[0][1], expected, rtol=1e-5)
    np.testing.assert_array_equal(training.weights()[0][0], training.variables[0].numpy())


def test_frozen_layers_keep_their_weights(tmp_path):
    plan = Plan(CHANNELS, 2, crop=CROP, frozen=8)
    training = Training(plan, teacher(), photographs(), tmp_path / "none.npz", deep_teacher=deep_teacher())
    before, after = training.weights(), training.run()
    changed = [not np.array_equal(ours, theirs) for (ours, _), (theirs, _) in zip(before, after, strict=True)]
    assert changed == [False] * 8 + [True] * 8


def test_with_all_content_layers_frozen_the_objective_is_that_of_the_other_layers(tmp_path):
    plan = Plan(CHANNELS, 1, crop=CROP, frozen=8)
    training = Training(plan, teacher(), photographs(), tmp_path / "none.npz")
    assert np.isfinite(training.advance())

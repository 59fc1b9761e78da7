"""The Pocket's distillation, on a teacher of four narrow layers and a handful of made-up photographs."""

import dataclasses
import hashlib
import itertools
import shutil
from unittest.mock import Mock

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from nst.weights import LAYERS, read_weights
from tools import distill_pocket
from tools.distil import training as training_module
from tools.distil.artefact import write_weights
from tools.distil.lessons import lessons
from tools.distil.network import activations, calibrate, for_grey_levels, for_units, mean_activations
from tools.distil.objective import activation_errors, change_errors
from tools.distil.photographs import Crops, PhotographsError, disturb, read_photographs, split
from tools.distil.start import WidthError, most_telling, pruned
from tools.distil.states import Pool
from tools.distil.training import CheckpointError, Plan, Training, held_out_errors

TEACHER_CHANNELS = (8, 8, 12, 12)
WIDTHS = ["4", "6", "6", "6", "6"]
CHANNELS = (4, 4) + (6,) * 14


@pytest.fixture(scope="module", autouse=True)
def small_pictures():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training_module, "CROP", 32)
        patch.setattr(training_module, "POOL_MEMBERS", 4)
        patch.setattr(training_module, "WARM_UP", 2)
        patch.setattr(training_module, "LEARNING_RATE", 5e-3)
        patch.setattr(training_module, "CHECKPOINT_EVERY", 10)
        yield


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """Six pictures of soft blobs and hard edges, 48 x 64."""
    folder, rng = tmp_path_factory.mktemp("photos"), np.random.default_rng(1)
    for i in range(6):
        coarse = Image.fromarray(rng.integers(0, 256, (6, 8, 3), dtype=np.uint8))
        coarse.resize((64, 48), Image.Resampling.NEAREST if i % 2 else Image.Resampling.BICUBIC).save(
            folder / f"{i}.png")
    return folder


def some_weights(seed):
    """He-normal kernels and zero biases of a teacher's four layers."""
    rng, sizes = np.random.default_rng(seed), itertools.pairwise((3, *TEACHER_CHANNELS))
    return [(rng.normal(0, (2 / 9 / below) ** 0.5, (3, 3, below, above)).astype(np.float32),
             np.zeros(above, np.float32)) for below, above in sizes]


@pytest.fixture(scope="module")
def teacher(photos):
    pictures = [photo[None] / np.float32(255) for photo in read_photographs(photos)]
    layers = some_weights(2)
    return for_grey_levels(calibrate(layers, pictures))


@pytest.fixture(scope="module")
def teacher_file(teacher, tmp_path_factory):
    path = tmp_path_factory.mktemp("teacher") / "teacher.npz"
    write_weights(path, teacher)
    return path


def command(teacher_file, photos, out, *more):
    return ["--teacher", str(teacher_file), "--photos", str(photos), "--out", str(out), "--widths", *WIDTHS,
            "--batch", "2", *more]


# The objective

def some_layer(seed, channels):
    return np.abs(np.random.default_rng(seed).standard_normal((2, 6, 5, channels))).astype(np.float32)


def errors(teacher, student):
    """(linear, kernel) errors of one layer."""
    return activation_errors([teacher], [student])[0].numpy()


def test_a_copy_of_the_teacher_has_no_error():
    layer = some_layer(0, 7)
    np.testing.assert_allclose(errors(layer, layer), (0, 0), atol=2e-3)


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 1000), factor=st.floats(0.1, 30))
def test_the_scale_and_order_of_the_channels_do_not_matter(seed, factor):
    layer = some_layer(seed, 5)
    np.testing.assert_allclose(errors(layer, factor * layer[..., ::-1]), (0, 0), atol=2e-3)


def test_the_kernel_error_is_the_mismatch_of_all_inner_products():
    teacher, student = some_layer(1, 7), some_layer(2, 4)

    def inner_products(layer):
        rows = layer.reshape(-1, layer.shape[-1]) / layer.mean() / layer.shape[-1] ** 0.5
        return rows @ rows.T, (rows - rows.mean(0)) @ (rows - rows.mean(0)).T

    expected = np.mean([((s - t) ** 2).sum() / (t ** 2).sum()
                        for t, s in zip(inner_products(teacher), inner_products(student), strict=True)])
    np.testing.assert_allclose(errors(teacher, student)[1], expected, rtol=1e-2)


def test_the_linear_error_is_the_residual_of_least_squares():
    teacher, student = some_layer(3, 7), some_layer(4, 3)
    t, s = (layer.reshape(-1, layer.shape[-1]) - layer.mean((0, 1, 2)) for layer in (teacher, student))
    residual = t - s @ np.linalg.lstsq(s, t, rcond=None)[0]
    expected = (residual ** 2).sum() / (t ** 2).sum()
    np.testing.assert_allclose(errors(teacher, student)[0], expected, atol=2e-3)


def test_the_error_of_a_change_sees_nothing_else():
    before, style, change = some_layer(5, 4), some_layer(6, 4), some_layer(7, 4)
    teacher = np.concatenate([before, style, before + change])
    blind = np.concatenate([before, style, before + change.mean((0, 1, 2))])
    np.testing.assert_allclose(change_errors([teacher], [teacher])[0], (0, 0), atol=2e-3)
    assert change_errors([teacher], [blind])[0, 0] > 0.2


# The pictures

def test_disturbed_pictures_stay_pictures():
    crops = np.random.default_rng(6).random((4, 16, 16, 3)).astype(np.float32)
    states = disturb(np.random.default_rng(7), crops)
    assert states.dtype == np.float32
    assert states.shape == crops.shape
    assert 0 <= states.min() < states.max() <= 1


def test_photographs_are_split_without_overlap():
    photographs = [np.full((2, 2, 3), i, np.uint8) for i in range(60)]
    kept, held_out = split(photographs)
    assert [photo[0, 0, 0] for photo in held_out] == [24, 49]
    assert len(kept) == 58


def test_the_pool_walks_against_the_gradient_and_replaces_those_at_their_end():
    def grey(rng, count):
        return np.full((count, 8, 8, 3), 0.5, np.float32)

    pool = Pool(grey, np.random.default_rng(8), 3)
    chosen = pool.members(0, 2)
    before = pool.arrays["states"].copy()
    pool.arrays["end"][:] = 2, 1, 1
    pool.walk(np.random.default_rng(9), chosen, np.ones((2, 8, 8, 3), np.float32))
    assert (pool.arrays["states"][0] < before[0]).all()
    assert pool.arrays["age"].tolist() == [1, 0, 0]
    np.testing.assert_array_equal(pool.arrays["states"][2], before[2])
    assert pool.members(1, 2).tolist() == [2, 0]


# The network

def test_calibration_makes_every_mean_one_and_keeps_the_function(photos):
    pictures = [photo[None] / np.float32(255) for photo in read_photographs(photos)]
    weights = some_weights(10)
    calibrated = calibrate(weights, pictures)
    np.testing.assert_allclose(mean_activations(calibrated, pictures), 1, rtol=1e-4)
    last, calibrated_last = activations(weights, pictures[0])[-1], activations(calibrated, pictures[0])[-1]
    np.testing.assert_allclose(calibrated_last / tf.reduce_mean(calibrated_last), last / tf.reduce_mean(last),
                               rtol=1e-3, atol=1e-4)


def test_a_dead_layer_cannot_be_calibrated(photos):
    kernel, bias = some_weights(11)[0]
    with pytest.raises(ValueError, match="block1_conv1 never fires on these pictures"):
        calibrate([(0 * kernel, bias)], [np.zeros((1, 8, 8, 3), np.float32)])


def test_a_detached_layer_passes_no_gradient_down():
    weights = [(tf.Variable(kernel), tf.Variable(bias)) for kernel, bias in some_weights(16)]
    pictures = np.random.default_rng(17).random((1, 16, 16, 3)).astype(np.float32)
    with tf.GradientTape() as tape:
        outcome = tf.reduce_sum(activations(weights, pictures, detached=2)[-1])
    gradients = tape.gradient(outcome, [kernel for kernel, _ in weights])
    assert [gradient is None for gradient in gradients] == [True, True, False, False]


# The lessons

def test_held_layers_are_their_own_lesson(teacher):
    pictures = np.random.default_rng(12).random((2, 32, 32, 3)).astype(np.float32)
    for lesson, own in zip(lessons(teacher, pictures), activations(teacher, pictures), strict=False):
        np.testing.assert_array_equal(lesson, own)


def test_missing_layers_learn_the_last_block_seen_on_smaller_pictures(teacher):
    pictures = np.random.default_rng(13).random((2, 32, 32, 3)).astype(np.float32)
    taught = dict(zip(LAYERS, lessons(teacher, pictures), strict=True))
    half, quarter = (activations(teacher, tf.nn.avg_pool2d(pictures, k, k, "VALID")) for k in (2, 4))
    np.testing.assert_array_equal(taught["block3_conv1"], half[2])
    np.testing.assert_array_equal(taught["block3_conv4"], half[3])
    np.testing.assert_array_equal(taught["block4_conv2"], quarter[3])
    assert [taught[f"block{block}_conv1"].shape[1] for block in (1, 2, 3, 4, 5)] == [32, 16, 8, 4, 2]


def test_a_teacher_that_ends_within_a_block_completes_it_at_the_same_size(teacher):
    pictures = np.random.default_rng(14).random((1, 32, 32, 3)).astype(np.float32)
    taught = dict(zip(LAYERS, lessons(teacher[:3], pictures), strict=True))
    np.testing.assert_array_equal(taught["block2_conv2"], taught["block2_conv1"])


# The start

@given(seed=st.integers(0, 1000), rank=st.integers(1, 5))
def test_the_most_telling_channels_explain_all_that_their_rank_allows(seed, rank):
    rng = np.random.default_rng(seed)
    mixed = rng.standard_normal((7, rank)) @ rng.standard_normal((rank, 40))
    kept = most_telling(np.cov(mixed), rank)
    assert len(set(kept)) == rank
    prediction = np.linalg.lstsq(mixed[kept].T, mixed.T, rcond=None)[0]
    np.testing.assert_allclose(mixed[kept].T @ prediction, mixed.T, atol=1e-6)


def test_a_start_as_wide_as_the_teacher_is_the_teacher(teacher, photos):
    weights, rng = for_units(teacher), np.random.default_rng(15)
    pictures = disturb(rng, Crops(read_photographs(photos), 32).draw(rng, 8))
    start = pruned(rng, weights, pictures, TEACHER_CHANNELS)
    for ours, theirs in zip(activations(start, pictures), activations(weights, pictures), strict=True):
        np.testing.assert_allclose(errors(theirs.numpy(), ours.numpy()), (0, 0), atol=0.02)


def test_a_student_wider_than_its_lesson_is_refused(teacher, photos):
    with pytest.raises(WidthError, match="a student's layer of 9 channels is wider than its lesson, which has 8"):
        pruned(None, teacher, np.zeros((1, 16, 16, 3), np.float32), (9,))


# The training

class Run:
    """Thirty steps of training from a spoiled start: the error before and after, the checkpoint of step 20."""

    def __init__(self, teacher, photographs, folder):
        self.plan, self.at_step_20 = Plan(CHANNELS, 30), folder / "at_step_20.npz"
        training = Training(self.plan, teacher, photographs, folder / "checkpoint.npz")
        save = training.save

        def error():
            return held_out_errors(teacher, training.weights(), photographs, 3, 8)[:len(teacher)].mean()

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
def run(teacher, photos, tmp_path_factory):
    return Run(teacher, read_photographs(photos), tmp_path_factory.mktemp("run"))


def test_the_error_falls(run):
    assert run.after < 0.9 * run.before


def test_a_resumed_run_equals_an_uninterrupted_one(run, teacher, photos):
    resumed = Training(run.plan, teacher, read_photographs(photos), run.at_step_20)
    assert resumed.step == 20
    for ours, theirs in zip(resumed.run(), run.weights, strict=True):
        np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-3, atol=1e-5)


def test_an_interrupted_run_leaves_its_checkpoint(teacher, photos, tmp_path, monkeypatch):
    training = Training(Plan(CHANNELS, 3), teacher, read_photographs(photos), tmp_path / "checkpoint.npz")
    monkeypatch.setattr(training, "_advance", Mock(side_effect=KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        training.run()
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint.npz"]


def test_a_checkpoint_of_another_run_is_refused(teacher, photos, tmp_path):
    plan, photographs, checkpoint = Plan(CHANNELS, 1), read_photographs(photos), tmp_path / "checkpoint.npz"
    Training(plan, teacher, photographs, checkpoint).save()
    with pytest.raises(CheckpointError, match="this checkpoint belongs to another run"):
        Training(dataclasses.replace(plan, seed=20), teacher, photographs, checkpoint)


# The command

def test_the_command_writes_sixteen_calibrated_layers(teacher_file, photos, tmp_path, capsys):
    out = tmp_path / "pocket.npz"
    distill_pocket.main(command(teacher_file, photos, out, "--steps", "2"))
    weights = read_weights(out)
    assert list(weights) == list(LAYERS)
    assert [weights[f"block{block}_conv1"][0].shape[-1] for block in range(1, 6)] == [4, 6, 6, 6, 6]
    with np.load(out, allow_pickle=False) as arrays:
        assert {arrays[key].dtype for key in arrays.files} == {np.dtype("float16")}
    pictures = [photo[None] / np.float32(255) for photo in read_photographs(photos)]
    (kernel, bias), *rest = weights.values()
    np.testing.assert_allclose(mean_activations([(kernel * 64, bias), *rest], pictures), 1, atol=0.02)
    said = capsys.readouterr().out
    assert ("block3_conv1 ... block5_conv4 have no teacher in this file: they imitate the last block that has, seen "
            "on smaller copies of the pictures. A full VGG-19 file distils them too.") in said
    assert hashlib.sha256(out.read_bytes()).hexdigest() in said


def test_the_same_arrays_give_the_same_bytes(teacher, tmp_path):
    digests = {write_weights(tmp_path / name, teacher) for name in ("a.npz", "b.npz")}
    assert len(digests) == 1


@pytest.mark.parametrize(("option", "expected"), [
    ("--photos", "there is no such folder. Give the folder of the photographs."),
    ("--teacher", "there is no such weight file. Give the path of a .npz or .h5 file"),
])
def test_a_missing_input_is_named(teacher_file, photos, tmp_path, option, expected):
    arguments = command(teacher_file, photos, tmp_path / "out.npz")
    arguments[arguments.index(option) + 1] = str(tmp_path / "missing")
    with pytest.raises(SystemExit, match="missing: ") as stopped:
        distill_pocket.main(arguments)
    assert expected in str(stopped.value)
    assert not list(tmp_path.iterdir())


def test_a_folder_without_photographs_is_named(tmp_path):
    with pytest.raises(PhotographsError, match=r"expected two or more photographs \(\.jpg, \.png\), got 0"):
        read_photographs(tmp_path)


def test_a_broken_photograph_is_named(tmp_path):
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / name).write_bytes(b"no picture")
    with pytest.raises(PhotographsError, match=r"a\.jpg: this picture cannot be read"):
        read_photographs(tmp_path)


def test_photographs_smaller_than_a_crop_are_refused(teacher, tmp_path):
    small = [np.zeros((20, 40, 3), np.uint8)] * 2
    with pytest.raises(PhotographsError, match="none of the 2 photographs has 32 pixels a side"):
        Training(Plan(CHANNELS, 1), teacher, small, tmp_path / "checkpoint.npz")

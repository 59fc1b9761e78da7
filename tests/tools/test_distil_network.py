"""The student's network: calibrated, padded as the course's, taught by its teachers, started by pruning."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from nst.network.layers import LAYERS
from nst.network.vgg import build_vgg19, layer_outputs
from tests.support.small_teacher import (
    CHANNELS,
    TEACHER_CHANNELS,
    as_batches,
    deep_teacher,
    photographs,
    random_layers,
    some_weights,
    teacher,
)
from tools.distil.lessons import deep_lesson, lessons, taught_layers
from tools.distil.network import VGG16_LAYERS, activations, calibrate, for_units, mean_activations
from tools.distil.objective import activation_errors
from tools.distil.start import WidthError, initial_student, most_telling
from tools.training.photographs import Crops, disturb


def test_calibration_makes_every_mean_one_and_keeps_the_function():
    pictures = as_batches()
    weights = some_weights(10)
    calibrated = calibrate(weights, pictures)
    np.testing.assert_allclose(mean_activations(calibrated, pictures), 1, rtol=1e-4)
    last, calibrated_last = activations(weights, pictures[0])[-1], activations(calibrated, pictures[0])[-1]
    np.testing.assert_allclose(
        calibrated_last / tf.reduce_mean(calibrated_last), last / tf.reduce_mean(last), rtol=1e-3, atol=1e-4
    )


def test_it_sees_what_the_courses_network_sees_up_to_the_edges():
    weights, picture = teacher(), as_batches()[0]
    course = layer_outputs(build_vgg19(dict(zip(LAYERS, weights, strict=False))), LAYERS[:4])
    for ours, theirs in zip(activations(for_units(weights), picture), course(picture), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-3)


def test_a_dead_layer_cannot_be_calibrated():
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


def test_held_layers_are_their_own_lesson():
    pictures = np.random.default_rng(12).random((2, 32, 32, 3)).astype(np.float32)
    for lesson, own in zip(lessons(teacher(), pictures), activations(teacher(), pictures), strict=False):
        np.testing.assert_array_equal(lesson, own)


def test_missing_layers_learn_the_last_block_seen_on_smaller_pictures():
    pictures = np.random.default_rng(13).random((2, 32, 32, 3)).astype(np.float32)
    taught = dict(zip(LAYERS, lessons(teacher(), pictures), strict=True))
    half, quarter = (activations(teacher(), tf.nn.avg_pool2d(pictures, k, k, "VALID")) for k in (2, 4))
    np.testing.assert_array_equal(taught["block3_conv1"], half[2])
    np.testing.assert_array_equal(taught["block3_conv4"], half[3])
    np.testing.assert_array_equal(taught["block4_conv2"], quarter[3])
    assert [taught[f"block{block}_conv1"].shape[1] for block in (1, 2, 3, 4, 5)] == [32, 16, 8, 4, 2]


def test_a_teacher_that_ends_within_a_block_completes_it_at_the_same_size():
    pictures = np.random.default_rng(14).random((1, 32, 32, 3)).astype(np.float32)
    taught = dict(zip(LAYERS, lessons(teacher()[:3], pictures), strict=True))
    np.testing.assert_array_equal(taught["block2_conv2"], taught["block2_conv1"])


def test_missing_layers_learn_from_the_deep_teacher_which_sees_the_picture_itself():
    pictures = np.random.default_rng(19).random((2, 32, 32, 3)).astype(np.float32)
    taught = dict(zip(LAYERS, lessons(teacher(), pictures, deep_teacher=deep_teacher()), strict=True))
    deep = dict(zip(VGG16_LAYERS, activations(deep_teacher(), pictures, names=VGG16_LAYERS), strict=True))
    np.testing.assert_array_equal(taught["block2_conv2"], activations(teacher(), pictures)[3])
    for student, vgg16 in (
        ("block3_conv1", "block3_conv1"),
        ("block4_conv3", "block4_conv3"),
        ("block4_conv4", "block4_conv3"),
        ("block5_conv4", "block5_conv3"),
    ):
        np.testing.assert_array_equal(taught[student], deep[vgg16], err_msg=student)
    assert [taught[f"block{block}_conv1"].shape[1] for block in (3, 4, 5)] == [8, 4, 2]


def test_vgg16_has_thirteen_layers_and_each_student_layer_has_one_to_learn():
    assert len(VGG16_LAYERS) == 13
    assert {deep_lesson(name) for name in LAYERS} == set(VGG16_LAYERS)


def test_a_complete_teacher_needs_no_deep_teacher():
    complete = random_layers(20, (4,) * 16)
    pictures = np.random.default_rng(21).random((1, 16, 16, 3)).astype(np.float32)
    for taught, own in zip(
        lessons(complete, pictures, deep_teacher=deep_teacher()), activations(complete, pictures), strict=True
    ):
        np.testing.assert_array_equal(taught, own)


def test_stand_ins_do_not_count_as_teachers():
    assert taught_layers(teacher()) == 4
    assert taught_layers(teacher(), deep_teacher()) == 16


@given(seed=st.integers(0, 1000), rank=st.integers(1, 5))
def test_the_most_telling_channels_explain_all_that_their_rank_allows(seed, rank):
    rng = np.random.default_rng(seed)
    mixed = rng.standard_normal((7, rank)) @ rng.standard_normal((rank, 40))
    kept = most_telling(np.cov(mixed), rank)
    assert len(set(kept)) == rank
    prediction = np.linalg.lstsq(mixed[kept].T, mixed.T, rcond=None)[0]
    np.testing.assert_allclose(mixed[kept].T @ prediction, mixed.T, atol=1e-6)


def test_a_start_as_wide_as_the_teacher_is_the_teacher():
    weights, rng = for_units(teacher()), np.random.default_rng(15)
    pictures = disturb(rng, Crops(photographs(), 32).draw(rng, 8))
    start = initial_student(rng, weights, pictures, TEACHER_CHANNELS)
    for ours, theirs in zip(activations(start, pictures), activations(weights, pictures), strict=True):
        np.testing.assert_allclose(activation_errors([theirs], [ours])[0], (0, 0), atol=0.02)


def test_a_student_wider_than_its_lesson_is_refused():
    with pytest.raises(WidthError, match="a student's layer of 9 channels is wider than its lesson, which has 8"):
        initial_student(None, teacher(), np.zeros((1, 16, 16, 3), np.float32), (9,))


def start_pictures():
    rng = np.random.default_rng(22)
    return disturb(rng, Crops(photographs(), 32).draw(rng, 8))


def initial(channels, start):
    return initial_student(
        np.random.default_rng(23), for_units(teacher()), start_pictures(), channels, start, for_units(deep_teacher())
    )


def test_a_student_of_the_same_widths_starts_unchanged():
    start = random_layers(24, CHANNELS)
    for ours, given_layer in zip(initial(CHANNELS, start), start, strict=True):
        np.testing.assert_array_equal(ours[0], given_layer[0])


def test_a_narrowed_student_keeps_the_layers_below_and_resembles_the_rest():
    start = calibrate(random_layers(25, CHANNELS), [start_pictures()])
    narrowed = initial((*CHANNELS[:8], *(5,) * 8), start)
    assert [kernel.shape[-1] for kernel, _ in narrowed] == [*CHANNELS[:8], *(5,) * 8]
    for ours, given_layer in zip(narrowed[:8], start[:8], strict=True):
        np.testing.assert_array_equal(ours[0], given_layer[0])
    errors = activation_errors(activations(start, start_pictures()), activations(narrowed, start_pictures()))
    assert np.max(errors[:9, 0]) < 0.3


def test_a_widened_layer_is_pruned_from_its_teacher():
    start = random_layers(26, CHANNELS)
    widened = initial((*CHANNELS[:8], *(10,) * 8), start)
    pictures = start_pictures()
    lesson = lessons(for_units(teacher()), pictures, deep_teacher=for_units(deep_teacher()))
    errors = activation_errors(lesson, activations(widened, pictures))
    untrained = activation_errors(lesson, activations(start, pictures))
    assert errors[8, 0] < untrained[8, 0]

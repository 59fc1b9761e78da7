"""Blocks 4 and 5 that learn to tell photographs apart, and the random filters they start from."""

import numpy as np
import pytest

from nst.network.layers import LAYERS
from tests.support.small_teacher import CHANNELS
from tools.distil import recognition
from tools.distil.network import activations, calibrate, mean_activations


@pytest.fixture(scope="module", autouse=True)
def small_crops():
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (
            ("CROP", 32),
            ("PHOTOGRAPHS_AT_ONCE", 6),
            ("LEARNING_RATE", 5e-3),
            ("disturb", lambda rng, crops: crops),
        ):
            patch.setattr(recognition, name, value)
        yield


def photographs():
    """Six pictures of stripes, each of its own direction and width: a list of uint8 (48, 64, 3)."""
    rows, columns = np.indices((48, 64))
    across = [(along // width % 2) for along in (rows, columns, rows + columns) for width in (3, 8)]
    return [np.repeat((55 + 150 * stripes)[..., None], 3, axis=-1).astype(np.uint8) for stripes in across]


def pictures(seed):
    return np.random.default_rng(seed).random((4, 32, 32, 3)).astype(np.float32)


@pytest.fixture(scope="module")
def network():
    """Sixteen random layers of few channels, calibrated."""
    rng, below = np.random.default_rng(1), (3, *CHANNELS)
    drawn = [
        (
            rng.normal(0, (2 / 9 / below[i]) ** 0.5, (3, 3, below[i], channels)).astype(np.float32),
            np.zeros(channels, np.float32),
        )
        for i, channels in enumerate(CHANNELS)
    ]
    return calibrate(drawn, [pictures(2)])


@pytest.fixture(scope="module")
def taught(network):
    return recognition.Recognition(network, photographs(), 150).run()


def test_a_random_filter_is_silent_on_an_even_picture():
    kernel = recognition.zero_mean_kernel(np.random.default_rng(3), (3, 3, 5, 7))
    assert kernel.dtype == np.float32
    np.testing.assert_allclose(kernel.sum((0, 1, 2)), 0, atol=1e-5)
    assert kernel.std() == pytest.approx((2 / 45) ** 0.5, rel=0.2)


def test_random_blocks_leave_the_blocks_below_as_they_were(network):
    random = recognition.untaught(np.random.default_rng(4), network, pictures(5))
    ours, before = (activations(weights, pictures(6)) for weights in (random, network))
    for i, name in enumerate(LAYERS):
        same = np.allclose(ours[i] / np.mean(ours[i]), before[i] / np.mean(before[i]), rtol=1e-3, atol=1e-4)
        assert same == (name < "block4"), name
    np.testing.assert_allclose(mean_activations(random, [pictures(5)]), 1, rtol=1e-3)


def test_a_crop_is_like_the_other_crop_of_its_photograph_and_unlike_the_rest():
    first = np.random.default_rng(7).random((3, 1, 1, 8)).astype(np.float32)
    likeness = recognition.alike(np.concatenate([first, 2 * first - first.mean(0)])).numpy()
    assert likeness.shape == (3, 3)
    np.testing.assert_allclose(np.diag(likeness), 1, atol=1e-5)
    assert (likeness[~np.eye(3, dtype=bool)] < 0.9).all()


def test_the_pairs_show_two_crops_of_each_photograph_in_the_same_order():
    even = [recognition.Crops([np.full((40, 40, 3), level, np.uint8)], 32) for level in range(0, 240, 40)]
    first, second = np.split(recognition.pairs_of_crops(np.random.default_rng(8), even), 2)
    np.testing.assert_array_equal(first, second)
    assert sorted(set(np.round(first[:, 0, 0, 0] * 255))) == [0, 40, 80, 120, 160, 200]


def test_teaching_makes_photographs_recognized_more_often(network, taught):
    start = recognition.Recognition(network, photographs(), 0).run()
    before, after = (recognition.recognized(weights, photographs(), 60) for weights in (start, taught))
    assert after > before + 0.1


def test_teaching_leaves_blocks_1_to_3_as_they_were(network, taught):
    start = recognition.Recognition(network, photographs(), 0).run()
    for name, ours, before in zip(LAYERS, taught, start, strict=True):
        assert np.array_equal(ours[0], before[0]) == (name < "block4"), name

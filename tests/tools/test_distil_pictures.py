"""Training pictures: photographs read, cropped and disturbed, and the states of an optimiser."""

import numpy as np
import pytest

from tools.distil.photographs import PhotographsError, disturb, read_photographs, split
from tools.distil.states import Pool


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


def test_a_folder_without_photographs_is_named(tmp_path):
    with pytest.raises(PhotographsError, match=r"expected two or more photographs \(\.jpg, \.png\), got 0"):
        read_photographs(tmp_path)


def test_a_broken_photograph_is_named(tmp_path):
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / name).write_bytes(b"no picture")
    with pytest.raises(PhotographsError, match=r"a\.jpg: this picture cannot be read"):
        read_photographs(tmp_path)

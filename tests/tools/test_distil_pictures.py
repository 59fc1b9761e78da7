"""Training pictures: photographs read, cropped and disturbed, and the states of an optimizer."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tools.distil.states import Pool, content_layers
from tools.training.photographs import Crops, PhotographsError, disturb, read_folders, read_photographs, split


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
    def gray(rng, count):
        return np.full((count, 8, 8, 3), 0.5, np.float32)

    pool = Pool(gray, gray, np.random.default_rng(8), 3)
    chosen = pool.members(0, 2)
    before = pool.arrays["states"].copy()
    pool.arrays["end"][:] = 2, 1, 1
    finished = pool.walk(np.random.default_rng(9), chosen, np.ones((2, 8, 8, 3), np.float32))
    assert finished.tolist() == [1]
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


def test_contents_and_styles_come_from_their_own_pictures():
    def even(level):
        return lambda rng, count: np.full((count, 8, 8, 3), level, np.float32)

    pool = Pool(even(0.25), even(0.75), np.random.default_rng(10), 3)
    pool.arrays["end"][:] = 1
    pool.walk(np.random.default_rng(11), np.arange(3), np.zeros((3, 8, 8, 3), np.float32))
    np.testing.assert_array_equal(pool.arrays["contents"], np.full((3, 8, 8, 3), 0.25))
    np.testing.assert_array_equal(pool.arrays["styles"], np.full((3, 8, 8, 3), 0.75))


def test_a_crop_shows_a_part_of_its_photograph_at_one_of_three_sizes():
    ramp = np.broadcast_to(np.arange(120, dtype=np.uint8)[None, :, None] * 2, (100, 120, 3))
    crops = Crops([ramp], 48)
    assert [level for _, level in crops.levels] == [(100, 120), (71, 85), (50, 60)]
    drawn = crops.draw(np.random.default_rng(12), 30) * 255
    assert drawn.shape == (30, 48, 48, 3)
    slopes = np.abs(np.diff(drawn[:, 20, 8:40, 0], axis=1)).mean(1)
    assert {round(float(slope), 0) for slope in slopes} == {2, 3, 4}


@given(st.integers(8, 90), st.integers(8, 90), st.sampled_from([16, 48, 80]))
def test_every_picture_takes_part_however_small_it_is(height, width, size):
    levels = [level for _, level in Crops([np.zeros((height, width, 3), np.uint8)], size).levels]
    assert levels
    assert min(min(level) for level in levels) >= size
    if min(height, width) >= size:
        assert levels[0] == (height, width)
    else:
        assert min(levels[0]) == round(1.41 * size)
        assert len(levels) == 2


def test_a_crop_of_a_small_picture_shows_a_part_of_it_enlarged():
    ramp = np.broadcast_to(np.arange(40, dtype=np.uint8)[None, :, None] * 6, (30, 40, 3))
    drawn = Crops([ramp], 48).draw(np.random.default_rng(13), 20) * 255
    assert drawn.shape == (20, 48, 48, 3)
    slopes = {round(float(np.abs(np.diff(crop[20, 8:40, 0])).mean())) for crop in drawn}
    assert slopes == {round(6 * 30 / 48), round(6 * 30 / (1.41 * 48))}


def test_content_layers_are_those_that_the_network_has():
    assert [content_layers(count) for count in (4, 8, 16)] == [[3], [7], [7, 9]]


def test_several_folders_are_read_one_after_another(tmp_path):
    for i, folder in enumerate(("first", "second")):
        (tmp_path / folder).mkdir()
        for j in range(2):
            Image.fromarray(np.full((4, 4, 3), 10 * i + j, np.uint8)).save(tmp_path / folder / f"{j}.png")
    pictures = read_folders([tmp_path / "second", tmp_path / "first"])
    assert [int(picture[0, 0, 0]) for picture in pictures] == [10, 11, 0, 1]
    assert read_folders([]) == []

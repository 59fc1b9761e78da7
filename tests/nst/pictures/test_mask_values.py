"""What is plainly a mask is used, what can be made one is rescaled with a note, and the rest is refused."""

import numpy as np
import pytest
from PIL import Image

from nst.images import PictureError
from nst.pictures.mask_values import read_mask
from tests.pictures.make_pictures import FOLDER, LEFT_WHITE, SCENE

MASKS = FOLDER / "masks"
INSIDE = LEFT_WHITE > 0
TWO = "it has two levels, {} and {} of 255: the lighter one was taken as white, and the darker one as black."
SHAPE = "its opaque part was taken as white, and its transparent part as black."
GUESS = "a guess from the values, since the file does not say. If it looks wrong, save the picture with 8 bits."


@pytest.mark.parametrize("name", ["white.png", "one_bit.png", "float.tif", "signed_8.tif"])
def test_a_plain_mask_is_used_in_silence(name):
    gray, _, notes = read_mask(MASKS / name, "content_masks")
    np.testing.assert_array_equal(gray, INSIDE)
    assert gray.dtype == np.float32
    assert notes == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ones.png", [TWO.format(0, 1)]),
        ("ones_of_16.png", ["its values end at 1, so they were read as 8 bits: " + GUESS, TWO.format(0, 1)]),
        ("int_32.tif", ["its values end at 1, so they were read as 8 bits: " + GUESS, TWO.format(0, 1)]),
        ("ten_bits.png", ["its values end at 1023, so they were read as 10 bits: " + GUESS]),
        ("float_255.tif", ["its float values end at 255, so they were read as 0 to 255: " + GUESS]),
        ("dark_red.png", [TWO.format(0, 38)]),
        ("palette_of_labels.png", [TWO.format(0, 38)]),
        ("black_shape.png", [SHAPE]),
        ("cutout.png", [SHAPE]),
    ],
)
def test_what_can_be_made_a_mask_is_rescaled_and_said(name, expected):
    gray, _, notes = read_mask(MASKS / name, "content_masks")
    np.testing.assert_array_equal(gray, INSIDE)
    assert notes == [f"{name}: {note}" for note in expected]


PAINT = "Paint the region of the style white, and everything else black."


@pytest.mark.parametrize(
    ("name", "found"),
    [
        (
            "labels.png",
            "its values are 0, 1, 2, 3, 4, 5 of 255, as of a dark picture or a map of labels. Make one mask for each "
            "region. ",
        ),
        (
            "dark_photo.png",
            "its values are 3, 18, 25, 32, 57 of 255, as of a dark picture or a map of labels. Make one mask for each "
            "region. ",
        ),
        ("constant_gray.png", "every pixel has the same gray, 100 of 255. "),
    ],
)
def test_what_is_not_plainly_a_mask_is_refused(name, found):
    with pytest.raises(PictureError) as caught:
        read_mask(MASKS / name, "content_masks")
    assert str(caught.value) == f"content_masks {MASKS / name}: this is not plainly a mask: {found}{PAINT}"


def test_a_photograph_is_not_a_mask():
    with pytest.raises(PictureError, match="it has 6 different colors, as a photograph or a map of labels"):
        read_mask(FOLDER / "colors" / "srgb_profile.png", "content_masks")


def test_the_noise_of_a_jpeg_makes_no_levels(tmp_path):
    for color in ((255, 255, 255), (60, 60, 60), (200, 30, 30)):
        picture = np.zeros((400, 600, 3), np.uint8)
        picture[:, :290] = color
        Image.fromarray(picture).save(tmp_path / "mask.jpg", quality=60)
        gray, _, notes = read_mask(tmp_path / "mask.jpg", "content_masks")
        assert gray[:, :272].min() > 0.9
        assert gray[:, 304:].max() < 0.1
        assert bool(notes) == (color != (255, 255, 255))


@pytest.mark.parametrize(
    ("levels", "note"),
    [
        ([0, 128, 255], "it has 3 levels of gray: gray counts as partly inside."),
        ([0, 200], "its lightest value is 200 of 255, so the style is used only partly there. White is 255."),
        (range(256), None),
    ],
)
def test_gray_counts_as_partly_inside_and_few_levels_are_mentioned(levels, note):
    array = np.repeat(np.array(levels, np.uint8)[None], 20, 0)
    gray, _, notes = read_mask(array, "style_masks")
    np.testing.assert_array_equal(gray, array.astype(np.float32) / np.float32(255))
    assert notes == ([] if note is None else [f"style_masks: {note}"])


@pytest.mark.parametrize(
    "mask",
    [
        INSIDE,
        INSIDE.astype(np.float64),
        INSIDE.astype(np.int64),
        LEFT_WHITE,
        LEFT_WHITE.astype(np.int32),
        INSIDE[..., None],
        INSIDE[None, ..., None],
        INSIDE[None],
        np.repeat(INSIDE[..., None], 3, -1).astype(np.float32),
        Image.fromarray(LEFT_WHITE),
        Image.fromarray(LEFT_WHITE).convert("1"),
        (MASKS / "white.png").read_bytes(),
    ],
    ids=["bool", "float", "0 and 1", "8-bit", "32-bit", "HW1", "1HW1", "1HW", "HW3", "PIL", "PIL 1 bit", "bytes"],
)
def test_a_mask_may_be_what_people_have_in_hand(mask):
    gray, _, notes = read_mask(mask, "content_masks")
    np.testing.assert_array_equal(gray, INSIDE)
    assert notes == []


@pytest.mark.parametrize(
    ("mask", "told"),
    [
        (LEFT_WHITE.astype(np.float32), "content_masks: got values from 0 to 255, expected values from 0 to 1."),
        (-INSIDE.astype(np.int8), "content_masks: got values from -1 to 0, expected values from 0 to 1."),
        (np.full((32, 48), np.nan), "content_masks: got values from nan to nan, expected values from 0 to 1."),
        (SCENE / 255, "content_masks: got shape (32, 48, 3), expected (H, W)."),
        (np.array([["a"]]), "content_masks: got an array of <U1, expected numbers from 0 to 1, or 8-bit pixels."),
        ({"sky": 1}, "content_masks: got a dict, expected the name of a picture file, a PIL image, an array, bytes, "),
    ],
)
def test_other_values_are_refused_by_name(mask, told):
    with pytest.raises(PictureError) as caught:
        read_mask(mask, "content_masks")
    assert str(caught.value).startswith(told)


def test_what_is_handed_in_stays_as_it_is_and_what_is_handed_out_is_a_copy():
    mask = INSIDE.astype(np.float32)
    gray, _, _ = read_mask(mask, "content_masks")
    gray[:] = 0.5
    np.testing.assert_array_equal(mask, INSIDE)

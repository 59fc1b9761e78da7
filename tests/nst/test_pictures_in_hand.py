"""nst.stylize and the functions of pictures take what people have in hand, copy what they hand out, refuse the rest."""

import io
import os

import numpy as np
import pytest
from PIL import Image

from nst import images
from nst.engine.settings import Settings, SettingsError
from nst.engine.stylize import stylize
from nst.images import PictureError
from nst.paths import IMAGES
from nst.quiet_tensorflow import tensorflow as tf
from tests.support.parameters import mostly_slow

CONTENT, STYLE = IMAGES / "louvre.jpg", IMAGES / "monet.jpg"
SMALL = images.load(CONTENT, 64)
PIXELS = images.to_uint8(SMALL)


def painted(content=CONTENT, style=STYLE, **options):
    return stylize(content, style, **{"size": 64, "steps": 2, "weights": "pocket", "precision": "float32", **options})


@pytest.fixture(scope="module")
def expected():
    return painted().picture


class Folder(os.PathLike):
    def __fspath__(self):
        return str(CONTENT)


IN_HAND = {
    "text": lambda: str(CONTENT),
    "PathLike": Folder,
    "PIL image": lambda: Image.open(CONTENT),
    "bytes": CONTENT.read_bytes,
    "bytearray": lambda: bytearray(CONTENT.read_bytes()),
    "memoryview": lambda: memoryview(CONTENT.read_bytes()),
    "BytesIO": lambda: io.BytesIO(CONTENT.read_bytes()),
    "open file": lambda: CONTENT.open("rb"),
}
ARRAYS = {
    "float32": lambda: SMALL,
    "float64": lambda: SMALL.astype(np.float64),
    "without a batch": lambda: SMALL[0],
    "8-bit": lambda: PIXELS,
    "8-bit with a batch": lambda: PIXELS[None],
    "integers": lambda: PIXELS.astype(np.int64),
    "RGBA": lambda: np.concatenate([PIXELS, np.full((48, 64, 1), 255, np.uint8)], -1),
    "tensor": lambda: tf.constant(SMALL),
    "variable": lambda: tf.Variable(SMALL),
    "a PIL image of them": lambda: Image.fromarray(PIXELS),
}


@pytest.mark.parametrize("kind", mostly_slow(IN_HAND))
def test_a_content_picture_may_be_any_of_these(kind, expected):
    content = IN_HAND[kind]()
    result = painted(content)
    np.testing.assert_array_equal(result.picture, expected)
    assert result.notes == []
    if hasattr(content, "close") and not isinstance(content, Image.Image):
        content.close()


@pytest.mark.parametrize("kind", ARRAYS)
def test_any_array_of_a_picture_is_that_picture(kind):
    np.testing.assert_allclose(images.load(ARRAYS[kind]()), PIXELS[None] / 255, atol=1e-6)
    np.testing.assert_allclose(images.resize(PIXELS[None] / 255, 24, 32), images.resize(SMALL, 24, 32), atol=0.01)


@pytest.mark.slow
def test_styles_and_masks_may_be_any_of_these_too():
    half = np.zeros((48, 64), np.uint8)
    half[:, :32] = 255
    files = painted(style=[STYLE, CONTENT], content_masks=[half / 255, 1 - half / 255])
    hands = painted(style=[Image.open(STYLE), CONTENT.read_bytes()], content_masks=[Image.fromarray(half), 255 - half])
    np.testing.assert_array_equal(files.picture, hands.picture)
    assert hands.settings["files"]["style"] == ["monet.jpg", "bytes"]
    assert hands.title == "louvre.jpg in the style of monet.jpg and bytes"


@pytest.mark.parametrize(
    ("name", "picture"),
    mostly_slow(
        [
            ("PIL image", Image.fromarray(PIXELS)),
            ("array", SMALL),
            ("array", tf.constant(SMALL)),
            ("bytes", CONTENT.read_bytes()),
            ("open file", io.BytesIO(CONTENT.read_bytes())),
        ]
    ),
)
def test_the_result_names_what_has_no_file(name, picture):
    assert painted(picture, steps=1).settings["files"]["content"] == name


def test_gray_arrays_are_gray_pictures():
    gray = np.linspace(0, 1, 48 * 64, dtype=np.float32).reshape(48, 64)
    for array in (gray, gray[..., None], gray[None, ..., None]):
        image = images.load(array)
        assert image.shape == (1, 48, 64, 3)
        np.testing.assert_allclose(image[0, ..., 1], gray, atol=0.003)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "content: got None, expected the name of a picture file, a PIL image, an array, bytes, or a file "),
        (3.5, "content: got a float, expected "),
        ({"a": 1}, "content: got a dict, expected "),
        (b"", "bytes: there are no bytes in it."),
        (b"Dear diary", "bytes: this is text, not a picture. It begins with 'Dear diary'."),
        (io.StringIO("text"), "open file: this file is open as text. Open it in binary mode: open(name, 'rb')."),
        ("https://example.org/cat.jpg", "https://example.org/cat.jpg: this is a web address. Download the picture, "),
        ("a\0b.jpg", r"'a\x00b.jpg': a file name cannot contain the character NUL. Correct the name."),
        ("x" * 5000 + ".jpg", "File name too long). Check its name."),
        (SMALL * 255, "content: got an array with values from 20 to 255, expected values from 0 to 1; divide 8-bit "),
        (SMALL - 1, "content: got an array with values from -0.921569 to 0, expected "),
        (np.full_like(SMALL, np.nan), "content: got an array with values from nan to nan, expected "),
        (np.moveaxis(SMALL, -1, 1), "shape (1, 3, 48, 64), expected (1, H, W, 3) or (H, W, 3). Its channels come "),
        (np.repeat(SMALL, 2, 0), "shape (2, 48, 64, 3), expected (1, H, W, 3) or (H, W, 3). These are 2 pictures: "),
        (SMALL.astype(np.complex64), "content: got an array of complex64, expected numbers from 0 to 1"),
        (np.zeros((0, 0, 3)), "content: got an empty array with shape (0, 0, 3), expected a picture."),
    ],
)  # fmt: skip
def test_what_is_no_picture_is_refused_by_name(content, told):
    with pytest.raises((PictureError, SettingsError)) as caught:
        painted(content)
    assert told in str(caught.value)


def test_an_open_file_is_read_from_its_beginning():
    written = io.BytesIO()
    Image.fromarray(PIXELS).save(written, "PNG")
    np.testing.assert_array_equal(images.to_uint8(images.load(written)), PIXELS)
    np.testing.assert_array_equal(images.to_uint8(images.load(written)), PIXELS)


def test_a_closed_file_is_refused_in_words():
    with CONTENT.open("rb") as file:
        pass
    with pytest.raises(PictureError, match=r"louvre\.jpg: this open file cannot be read"):
        painted(file)
    with Image.open(CONTENT) as picture:
        pass
    with pytest.raises(PictureError, match=r"louvre\.jpg: this PIL image cannot be read"):
        images.load(picture)


def test_nothing_that_is_handed_in_is_changed():
    picture, array = Image.fromarray(PIXELS), SMALL.copy()
    picture.info["comment"] = "mine"
    painted(picture, style=array, preserve_color="statistics")
    np.testing.assert_array_equal(np.asarray(picture), PIXELS)
    assert picture.info == {"comment": "mine"}
    np.testing.assert_array_equal(array, SMALL)


def test_what_a_callback_receives_is_a_copy(expected):
    def destroy(progress):
        progress.image[:] = 0.5

    for optimizer in ("lbfgs", "adam"):
        wild = painted(optimizer=optimizer, on_progress=destroy).picture
        np.testing.assert_array_equal(wild, painted(optimizer=optimizer).picture)


def test_pictures_of_a_callback_can_be_kept():
    kept = []
    painted(steps=4, on_progress=lambda progress: kept.append(progress.image))
    assert len({image.tobytes() for image in kept}) == len(kept)


@pytest.mark.slow
def test_a_result_is_not_tied_to_the_arrays_that_it_was_made_from():
    content = SMALL.copy()
    mask = np.zeros((48, 64), np.float32)
    mask[:, :32] = 1
    result = painted(content, content_masks=mask)
    before = result.picture.copy()
    content[:], mask[:] = 0, 0
    np.testing.assert_array_equal(result.picture, before)


# --- the other functions of pictures -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "picture", [PIXELS, PIXELS[None], Image.fromarray(PIXELS), SMALL, SMALL[0], tf.constant(SMALL)]
)
def test_every_function_of_pictures_takes_8_bit_arrays_and_pil_images(tmp_path, picture):
    np.testing.assert_array_equal(images.to_uint8(picture), PIXELS)
    np.testing.assert_allclose(images.cover(picture, 20, 30), images.cover(SMALL, 20, 30))
    np.testing.assert_allclose(images.resize(picture, 20, 30), images.resize(SMALL, 20, 30), atol=0.003)
    np.testing.assert_allclose(images.resize_longest(picture, 32), images.resize_longest(SMALL, 32), atol=0.003)
    np.testing.assert_array_equal(images.to_uint8(images.load(images.save(picture, tmp_path / "a.png"))), PIXELS)
    images.save_gif([picture, picture], tmp_path / "a.gif")


def test_zeros_and_ones_of_8_bits_are_black_and_white_everywhere(tmp_path):
    ones = np.zeros((48, 64, 3), np.uint8)
    ones[:, :32] = 1
    white = ones * 255
    for change in (images.to_uint8, lambda picture: images.to_uint8(images.load(picture))):
        np.testing.assert_array_equal(change(ones), white)


def test_what_they_return_is_a_copy():
    for change in (images.to_uint8, images.load, lambda picture: images.resize(picture, 48, 64)):
        for picture in (PIXELS.copy(), SMALL.copy()):
            before = picture.copy()
            change(picture)[:] = 0
            np.testing.assert_array_equal(picture, before)


def test_floats_from_0_to_255_are_not_saved_as_a_white_picture(tmp_path):
    with pytest.raises(PictureError) as caught:
        images.save(SMALL * 255, tmp_path / "white.png")
    assert "A picture has values from 0 to 1; this array has values from 20 to 255. Divide 8-bit " in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_size_that_a_format_does_not_allow_is_named(tmp_path):
    with pytest.raises(PictureError, match=r"wide\.webp: could not be written"):
        images.save(np.zeros((1, 1, 17_000, 3), np.uint8), tmp_path / "wide.webp")
    with pytest.raises(PictureError, match="could not be written"):
        images.save(SMALL, str(tmp_path / "a\0b.png"))


def test_settings_are_read_from_bytes_and_refused_where_there_is_no_picture(tmp_path):
    path = images.save(SMALL, tmp_path / "a.png", settings={"size": 64})
    assert images.read_settings(path.read_bytes()) == images.read_settings(str(path)) == {"size": 64}
    for wrong in (tmp_path / "b.png", b"no picture", None, SMALL):
        with pytest.raises(PictureError):
            images.read_settings(wrong)


@pytest.mark.parametrize("size", ["64", 64.5, True, [64]])
def test_a_size_that_is_not_a_whole_number_is_refused_by_name(size):
    with pytest.raises(PictureError, match=r"size=.*: the longest side must have from 16 to 8192 pixels"):
        images.load(CONTENT, size)


@pytest.mark.parametrize("path", [None, 3, io.BytesIO()])
def test_a_place_to_save_that_is_not_a_name_is_refused_by_name(path):
    with pytest.raises(PictureError, match=r"path: got .*, expected the name of a picture file"):
        images.save(SMALL, path)


# --- truth values and other arguments ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "word", ["no", "false", "False", "0", "yes", "true", "", None, 2, 0.0, [], np.array([True, False])]
)
def test_a_word_is_not_a_truth_value(word):
    with pytest.raises(SettingsError, match=r"warm_start: got .*, expected True or False\."):
        Settings(warm_start=word)
    with pytest.raises(SettingsError, match=r"resume: got .*, expected True or False\."):
        painted(resume=word, checkpoint="run.npz")


@pytest.mark.parametrize(("value", "meaning"), [(True, True), (np.True_, True), (0, False), (np.int64(1), True)])
def test_truth_values_of_numpy_and_numbers_are_read(value, meaning):
    assert Settings(warm_start=value).warm_start is meaning


@pytest.mark.parametrize(
    ("argument", "told"),
    [
        ({"on_progress": "print"}, "on_progress: got 'print', expected a function."),
        ({"checkpoint": 3}, "checkpoint: got 3, expected the name of a .npz file."),
        ({"checkpoint": "a\0b.npz"}, r"checkpoint: got 'a\x00b.npz', expected the name of a .npz file."),
        ({"checkpoint_seconds": "30"}, "checkpoint_seconds: got '30', expected a number of at least 0."),
        ({"checkpoint_seconds": -1}, "checkpoint_seconds: got -1, expected a number of at least 0."),
        ({"pooling": ["max"]}, "pooling: got ['max'], expected max or average."),
        ({"pooling": np.array(["max", "max"])}, "expected max or average."),
    ],
)
def test_an_argument_of_a_wrong_type_is_refused_by_name(argument, told):
    with pytest.raises(SettingsError) as caught:
        painted(**argument)
    assert told in str(caught.value)

"""Values of more than 8 bits: the range that a file states counts, a guess is said, and none comes out black."""

import io

import numpy as np
import pytest
import tifffile
from PIL import Image

from nst import images
from nst.images import PictureError
from nst.pictures.value_ranges import Stated, to_8_bits
from tests.pictures.make_pictures import FOLDER, GRAY, OPAQUE, SCENE, encode_png, encode_tiff, scale

VALUES = FOLDER / "values"
GUESS = "a guess from the values, since the file does not say. If it looks wrong, save the picture with 8 bits."


def read(path):
    image, notes = images.load_with_notes(path)
    return np.rint(image[0] * 255).astype(int), notes


def read_bytes(tmp_path, data):
    (tmp_path / "picture").write_bytes(data)
    pixels, notes = read(tmp_path / "picture")
    return pixels, [note.removeprefix("picture: ") for note in notes]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("gray_16.png", GRAY),
        ("gray_12_of_16_sbit.png", GRAY),
        ("gray_12_of_16_stated.tif", GRAY // 6),
        ("white_is_zero_16.tif", GRAY),
        ("int_32.tif", GRAY),
        ("uint_32.tif", GRAY),
        ("float_0_to_1.tif", GRAY),
        ("float_64.tif", GRAY),
        ("signed_8.tif", GRAY),
        ("rgb_16.png", SCENE),
        ("rgb_12_of_16_sbit.png", SCENE),
        ("float_rgb_0_to_1.tif", SCENE),
    ],
)
def test_a_range_that_the_file_states_is_used_in_silence(name, expected):
    pixels, notes = read(VALUES / name)
    assert np.abs(pixels - (expected if expected.ndim == 3 else expected[..., None])).max() <= 1
    assert notes == []


@pytest.mark.parametrize(
    ("name", "expected", "note"),
    [
        ("gray_8_of_16.png", GRAY, "its values end at 230, so they were read as 8 bits: "),
        ("gray_10_of_16.png", GRAY, "its values end at 923, so they were read as 10 bits: "),
        ("gray_14_of_16.png", GRAY / 230 * 233.5, "its values end at 15000, so they were read as 14 bits: "),
        ("rgb_10_of_16.png", SCENE, "its values end at 923, so they were read as 10 bits: "),
        ("rgb_12_of_16.tif", SCENE, "its values end at 3694, so they were read as 12 bits: "),
        ("int_32_holding_8.tif", GRAY, "its values end at 230, so they were read as 8 bits: "),
        ("float_0_to_255.tif", GRAY, "its float values end at 230, so they were read as 0 to 255: "),
        ("float_rgb_0_to_255.tif", SCENE, "its float values end at 230, so they were read as 0 to 255: "),
        (
            "float_beyond.tif",
            (GRAY - 15) / 215 * 255,
            "its float values go from 14950 to 229950: they were stretched to black and white, ",
        ),
        (
            "signed_16.tif",
            (GRAY - 15) / 215 * 255,
            "it has negative values, -850 to 1300: they were stretched to black and white, ",
        ),
    ],
)  # fmt: skip
def test_a_guess_is_said(name, expected, note):
    pixels, notes = read(VALUES / name)
    assert np.abs(pixels - (expected if expected.ndim == 3 else expected[..., None])).max() <= 1
    assert notes == [f"{name}: {note}{GUESS}"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("gray_alpha_12_of_16.png", GRAY[..., None]),
        ("rgba_10_of_16.png", SCENE),
        ("gray_16_transparent.png", GRAY[..., None]),
    ],
)
def test_transparency_of_16_bits_becomes_white(name, expected):
    pixels, _ = read(VALUES / name)
    assert np.abs(pixels - expected)[OPAQUE > 0].max() <= 1
    assert (pixels[OPAQUE == 0] == 255).all()


def test_highlights_of_floats_are_cut_off_and_the_rest_stays():
    pixels, notes = read(VALUES / "float_highlights.tif")
    assert np.abs(pixels[4:] - GRAY[4:, :, None]).max() <= 1
    assert (pixels[:2, -4:] == 255).all()
    cut_off = "values above 1, which are 0.52 % of all, were cut off (highlights of a picture with floats)."
    assert notes == [f"float_highlights.tif: {cut_off}"]


def test_a_dark_picture_of_16_bits_stays_dark_and_the_note_says_so():
    pixels, notes = read(VALUES / "gray_dark_16.png")
    assert np.abs(pixels - (GRAY // 6)[..., None]).max() <= 1
    assert notes == [
        "gray_dark_16.png: its largest value is 9766 of 65535, so it is dark. If it should not be, save it with 8 bits."
    ]


def test_values_that_are_not_numbers_are_refused():
    path = VALUES / "float_not_a_number.tif"
    with pytest.raises(PictureError) as caught:
        images.load(path)
    assert str(caught.value) == (
        f"{path}: 33 % of its values are NaN or infinite: it is not a picture. Replace them, and save it with 8 bits."
    )


@pytest.mark.parametrize("name", ["one_bit.png", "one_bit.tif", "palette_transparent.png", "palette_transparent.gif"])
def test_few_bits_and_palettes_are_read_in_silence(name):
    pixels, notes = read(VALUES / name)
    left, right = ((255, 255, 255), (0, 0, 0)) if name.startswith("one") else ((255, 255, 255), (200, 100, 50))
    assert (pixels[:, : 48 // 3] == left).all()
    assert (pixels[:, 48 // 3 :] == right).all()
    assert notes == []


@pytest.mark.parametrize("bits", [8, 10, 12])
@pytest.mark.parametrize("picture", [GRAY, SCENE], ids=["gray", "color"])
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_no_number_of_bits_comes_out_black(tmp_path, bits, picture, kind):
    values = scale(picture, bits)
    data = encode_png(values, 16) if kind == "PNG" else encode_tiff(values.astype(np.uint16))
    pixels, notes = read_bytes(tmp_path, data)
    assert np.abs(pixels - (picture if picture.ndim == 3 else picture[..., None])).max() <= 1
    assert notes == [f"its values end at {values.max()}, so they were read as {bits} bits: {GUESS}"]


@pytest.mark.parametrize("factor", [1, 1.7, 255, 65535, 1e6, 1e-4])
@pytest.mark.parametrize("channels", [1, 3])
def test_no_range_of_floats_comes_out_black_or_white(tmp_path, factor, channels):
    picture = GRAY if channels == 1 else SCENE
    pixels, notes = read_bytes(tmp_path, encode_tiff((picture / 230 * factor).astype(np.float32)))
    assert 40 < pixels.mean() < 200
    assert bool(notes) == (factor != 1)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", ["u2", "i2", "u4", "i4", "f4", "f8", "f2", "u8"])
@pytest.mark.parametrize("picture", [GRAY, SCENE], ids=["gray", "color"])
def test_no_type_of_number_in_a_tiff_file_comes_out_black(tmp_path, order, kind, picture):
    file = io.BytesIO()
    photometric = "minisblack" if picture.ndim == 2 else "rgb"
    tifffile.imwrite(file, picture.astype(kind), byteorder=order, photometric=photometric)
    pixels, notes = read_bytes(tmp_path, file.getvalue())
    assert np.abs(pixels - (picture if picture.ndim == 3 else picture[..., None])).max() <= 1
    assert len(notes) == 1


def test_a_pgm_file_of_10_bits_does_not_come_out_black(tmp_path):
    for end, values in ((1023, scale(GRAY, 10)), (65535, scale(GRAY, 10)), (65535, scale(GRAY, 16))):
        data = f"P5 48 32 {end}\n".encode() + values.astype(">u2").tobytes()
        assert np.abs(read_bytes(tmp_path, data)[0] - GRAY[..., None]).max() <= 1


@pytest.mark.parametrize(
    "values",
    [scale(SCENE, 12).astype(np.uint16), scale(SCENE, 16).astype(np.uint16), (SCENE / 255).astype(np.float32), SCENE],
    ids=["12 bits", "16 bits", "floats", "8 bits"],
)
def test_orientation_counts_whatever_the_values(tmp_path, values):
    data = bytearray(encode_tiff(values, extratags=[(65000, "H", 1, 6, True)]))
    place = data.index((65000).to_bytes(2, "little"))
    data[place : place + 2] = (274).to_bytes(2, "little")  # tifffile writes no orientation
    pixels, _ = read_bytes(tmp_path, bytes(data))
    assert np.abs(pixels - np.rot90(SCENE, -1)).max() <= 1


def test_a_color_profile_counts_for_16_bits_too(tmp_path):
    wide = FOLDER / "colors" / "p3_palette.png"
    with Image.open(wide) as picture:
        profile, stored = picture.info["icc_profile"], np.asarray(picture.convert("RGB"))
    pixels, _ = read_bytes(tmp_path, encode_tiff(scale(stored, 12).astype(np.uint16), iccprofile=profile))
    np.testing.assert_array_equal(pixels, read(wide)[0])


def test_an_ordinary_picture_of_16_bits_keeps_the_pixels_that_it_always_had(tmp_path):
    noise = np.random.default_rng(0).integers(0, 65536, (32, 48, 3))
    with Image.open(io.BytesIO(encode_png(noise, 16))) as picture:
        expected = np.asarray(picture.convert("RGB"))
    np.testing.assert_array_equal(read_bytes(tmp_path, encode_png(noise, 16))[0], expected)
    gray = read_bytes(tmp_path, encode_png(noise[..., 0], 16))[0]
    np.testing.assert_array_equal(gray[..., 0], np.rint(noise[..., 0] / 257))


@pytest.mark.parametrize("stated", [Stated(16, 10), Stated(16, end=1023)])
def test_a_stated_range_that_the_values_exceed_does_not_count(stated):
    pixels, notes = to_8_bits(np.array([0, 65535], np.uint16), stated, "picture")
    assert pixels.tolist() == [0, 255]
    assert notes == []


def test_a_tiff_picture_that_nothing_here_decodes_is_described(tmp_path):
    data = encode_tiff(np.zeros((32, 48, 7), np.float32), photometric="minisblack", planarconfig="contig")
    (tmp_path / "bands.tif").write_bytes(data)
    with pytest.raises(PictureError) as caught:
        images.load(tmp_path / "bands.tif")
    assert str(caught.value) == (
        f"{tmp_path / 'bands.tif'}: this TIFF picture has 7 channels of 32 bits, compression NONE; a picture has 1 to "
        "4 channels. Save it with 8 bits, as PNG or as TIFF without compression."
    )

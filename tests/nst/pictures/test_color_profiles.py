"""Whatever color space a file states, the picture that is read is the same in sRGB."""

import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageCms

from nst import images
from nst.paths import IMAGES
from nst.pictures import icc
from tests.pictures.make_pictures import FOLDER, GRAY, OPAQUE, SCENE, SPACES, encode_png, make_cmyk_profile

COLORS = FOLDER / "colors"
PHOTO = IMAGES / "starry_night.jpg"


def read(path):
    """(pixels 0..255, notes) of a picture."""
    image, notes = images.load_with_notes(path)
    return np.rint(image[0] * 255).astype(int), notes


def apply(profile, mode="RGB"):
    """A picture of one color space in another: what a camera would store."""
    target = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    transform = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), target, "RGB", mode, 1)
    with Image.open(PHOTO) as photo:
        return ImageCms.applyTransform(photo.resize((96, 72)), transform)


@pytest.mark.parametrize(
    ("name", "tolerance"),
    [
        ("p3_photo.jpg", 3),
        ("p3_palette.png", 3),
        ("adobe_rgb.tif", 3),
        ("prophoto.webp", 6),  # 8 bits are few for so large a space
        ("rec_2020.png", 4),
        ("lab.tif", 4),
        ("lab_profile.tif", 4),
        ("adobe_rgb_by_exif.jpg", 3),
        ("chunk_gamma_1.png", 3),
        ("chunk_chrm_p3.png", 3),
        ("chunk_cicp_p3.png", 3),
    ],
)
def test_colors_are_those_of_the_scene_whatever_the_space(name, tolerance):
    pixels, notes = read(COLORS / name)
    assert np.abs(pixels - SCENE).max() <= tolerance
    assert notes == []


@pytest.mark.parametrize("name", ["srgb_profile.png", "chunk_srgb.png", "chunk_usual_gamma.png"])
def test_a_picture_that_says_that_it_is_srgb_keeps_every_pixel(name):
    pixels, notes = read(COLORS / name)
    np.testing.assert_array_equal(pixels, SCENE)
    assert notes == []


def test_transparency_stays_when_colors_are_converted():
    pixels, _ = read(COLORS / "p3_transparent.png")
    assert np.abs(pixels - SCENE)[OPAQUE > 0].max() <= 3
    assert (pixels[OPAQUE == 0] == 255).all()


def test_gray_follows_its_tone_curve():
    linear = GRAY / 255
    expected = 255 * np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    for name in ("gray_profile.png", "gray_with_rgb_profile.png"):
        pixels, notes = read(COLORS / name)
        assert np.abs(pixels - expected[..., None]).max() <= 2, name
        assert notes == []


def test_inks_are_those_of_the_profile():
    pixels, notes = read(COLORS / "cmyk_profile.tif")
    red = pixels[4, 24]
    assert np.abs(red - [220, 123, 111]).max() <= 3  # 0.7 of the ink of (200, 60, 50), 0.9 of its black
    assert notes == []


@pytest.mark.parametrize(
    ("name", "note"),
    [
        (
            "broken_profile.png",
            "its color profile is damaged or of an unknown kind and was ignored, so colors may be a little off.",
        ),
        (
            "cmyk_profile_in_rgb.png",
            "its color profile is for CMYK and does not fit its pixels, so it was ignored; colors may be a little off.",
        ),
        (
            "chunk_cicp_hdr.png",
            "it has more brightness than a screen shows (HDR), which was ignored: it may look pale or dark.",
        ),
    ],
)
def test_a_profile_that_cannot_be_used_is_ignored_and_said(name, note, capsys):
    np.testing.assert_array_equal(np.rint(images.load(COLORS / name)[0] * 255), SCENE)
    assert capsys.readouterr().out == f"{name}: {note}\n"


@pytest.mark.parametrize("profile", [b"", b"x", bytes(128), SPACES["display_p3"][:-40], SPACES["display_p3"][:129]])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_no_damage_of_a_profile_costs_the_picture(tmp_path, profile, kind):
    Image.fromarray(SCENE).save(tmp_path / "picture", kind, icc_profile=profile)
    assert np.abs(read(tmp_path / "picture")[0] - SCENE).mean() < 30


@pytest.mark.parametrize(
    "chunks",
    [
        [(b"cHRM", bytes(32))],
        [(b"cHRM", struct.pack(">8I", *[30000] * 8))],
        [(b"cHRM", struct.pack(">8I", *[2**31 - 1, 1] * 4))],
        [(b"gAMA", bytes(4))],
        [(b"gAMA", struct.pack(">I", 2**31 - 1))],
        [(b"iCCP", b"name\0\0not compressed")],
        [(b"cICP", bytes((99, 99, 0, 1)))],
    ],
)
def test_no_numbers_of_a_png_file_cost_the_picture(tmp_path, chunks):
    (tmp_path / "picture.png").write_bytes(encode_png(SCENE, 8, *chunks))
    np.testing.assert_array_equal(read(tmp_path / "picture.png")[0], SCENE)


@pytest.mark.parametrize(("space", "wrong"), [("display_p3", 3), ("adobe_rgb", 3), ("prophoto_rgb", 9)])
def test_a_whole_painting_is_right_to_half_a_level(tmp_path, space, wrong):
    with Image.open(PHOTO) as photo:
        expected = np.asarray(photo.resize((96, 72)), int)
    stored = apply(SPACES[space])
    assert np.abs(np.asarray(stored, int) - expected).mean() > wrong  # what was read before
    stored.save(tmp_path / "photo.png", icc_profile=SPACES[space])
    assert np.abs(read(tmp_path / "photo.png")[0] - expected).mean() < 0.75


def test_a_mask_is_not_converted_as_its_values_are_not_colors():
    lightness = images.load_lightness(COLORS / "gray_profile.png")
    np.testing.assert_array_equal(np.rint(lightness * 255), GRAY)


def test_a_pil_image_brings_its_profile_along():
    with Image.open(COLORS / "p3_photo.jpg") as picture:
        np.testing.assert_array_equal(images.load(picture), images.load(COLORS / "p3_photo.jpg"))


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".tif", ".bmp", ".gif"])
def test_what_is_written_says_that_it_is_srgb_or_says_nothing(tmp_path, suffix):
    with Image.open(images.save(SCENE / 255, tmp_path / f"picture{suffix}")) as written:
        stated = written.info
    if suffix == ".png":
        assert stated["srgb"] == 0
    elif suffix in (".jpg", ".webp", ".tif"):
        assert stated["icc_profile"] == icc.SRGB_PROFILE
    else:
        assert "icc_profile" not in stated


def test_our_profile_of_srgb_is_srgb():
    with Image.open(PHOTO) as photo:
        ours = ImageCms.ImageCmsProfile(io.BytesIO(icc.SRGB_PROFILE))
        transform = ImageCms.buildTransform(ours, ImageCms.createProfile("sRGB"), "RGB", "RGB", 1)
        np.testing.assert_array_equal(np.asarray(ImageCms.applyTransform(photo, transform)), np.asarray(photo))


def test_the_made_profile_of_inks_is_one_that_the_library_takes():
    profile = ImageCms.ImageCmsProfile(io.BytesIO(make_cmyk_profile()))
    assert profile.profile.xcolor_space == "CMYK"

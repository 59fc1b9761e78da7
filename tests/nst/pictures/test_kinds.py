"""Good files of kinds that are not read are named, with what to do, and never called damaged."""

import io
import sys

import numpy as np
import pytest
from PIL import EpsImagePlugin, Image, features

from nst import images
from nst.assets.file_kinds import identify_kind
from nst.images import PictureError
from tests.pictures.make_pictures import FOLDER, SCENE, encode

KINDS = FOLDER / "kinds"
REFUSED = {
    "document.pdf": "a PDF document",
    "drawing.svg": "an SVG drawing",
    "layers_16.psd": "a Photoshop file",
    "video.mp4": "a video",
    "video.mov": "a video",
    "video.webm": "a video",
    "video.mpg": "a video",
    "photo.cr3": "a raw photograph of a camera",
    "photo.raf": "a raw photograph of a camera",
    "photo.dng": "a raw photograph of a camera",
    "photo.nef": "a raw photograph of a camera",
    "drawing.wmf": "a Windows drawing (WMF)",
    "data.hdf": "an HDF5 file",
    "light.hdr": "a Radiance HDR picture",
    "light.exr": "an OpenEXR picture",
    "scan.dcm": "a DICOM file of a medical device",
    "array.npy": "a NumPy array",
    "page.html": "an HTML page",
    "pictures.zip": "a zip archive",
    "text.docx": "a Word document",
    "._photo.jpg": "a file in which macOS keeps notes about another one",
}


def complaint(path):
    with pytest.raises(PictureError) as caught:
        images.load(path)
    return str(caught.value)


@pytest.mark.parametrize("name", REFUSED)
def test_a_kind_that_is_not_read_is_named_with_what_to_do(name):
    message = complaint(KINDS / name)
    kind = identify_kind((KINDS / name).read_bytes(), name)
    assert message == f"{KINDS / name}: this is {REFUSED[name]}, which is not read here. {kind.advice}"


@pytest.mark.parametrize("name", [name for name in REFUSED if name != "photo.nef"])
def test_it_is_named_whatever_its_suffix_and_as_bytes(tmp_path, name):
    data = (KINDS / name).read_bytes()
    (tmp_path / "picture.jpg").write_bytes(data)
    assert complaint(tmp_path / "picture.jpg").startswith(f"{tmp_path / 'picture.jpg'}: this is {REFUSED[name]}, ")
    assert complaint(data).startswith(f"bytes: this is {REFUSED[name]}, ")


@pytest.mark.parametrize("name", [*REFUSED, "drawing.eps", "photo.jxl", "photo_12_bits.jpg"])
def test_a_good_file_is_never_called_damaged(name, monkeypatch):
    monkeypatch.setattr(EpsImagePlugin, "has_ghostscript", lambda: False)
    monkeypatch.setattr(EpsImagePlugin, "gs_binary", False)
    monkeypatch.setitem(sys.modules, "pillow_jxl", None)
    message = complaint(KINDS / name)
    assert "damaged" not in message
    assert "ownload it again" not in message


def test_eps_without_ghostscript_is_explained(monkeypatch):
    monkeypatch.setattr(EpsImagePlugin, "has_ghostscript", lambda: False)
    monkeypatch.setattr(EpsImagePlugin, "gs_binary", False)
    assert complaint(KINDS / "drawing.eps") == (
        f"{KINDS / 'drawing.eps'}: this is a PostScript drawing (EPS), which Pillow reads only with the program "
        "Ghostscript, and that is not installed. Install Ghostscript, or export the drawing as PNG."
    )


def test_jpeg_xl_without_its_package_is_explained(monkeypatch):
    monkeypatch.setitem(sys.modules, "pillow_jxl", None)
    assert complaint(KINDS / "photo.jxl") == (
        f"{KINDS / 'photo.jxl'}: this is a JPEG XL picture, and the package that reads it is not installed. Install it "
        "with python -m pip install pillow-jxl-plugin, or save the picture as JPEG or PNG."
    )


def test_avif_is_read_where_pillow_can_and_explained_where_not(monkeypatch):
    if "avif" in features.modules and features.check("avif"):
        assert np.abs(images.load(KINDS / "photo.avif")[0] * 255 - SCENE).mean() < 8
    monkeypatch.setattr(features, "check", lambda name: False)
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    assert complaint(KINDS / "photo.avif") == (
        f"{KINDS / 'photo.avif'}: this is an AVIF picture, and this version of Pillow does not read it. Install a "
        "newer one with python -m pip install --upgrade pillow, or save the picture as JPEG or PNG."
    )


def test_a_jpeg_of_a_variety_that_is_not_read_is_explained():
    assert complaint(KINDS / "photo_12_bits.jpg") == (
        f"{KINDS / 'photo_12_bits.jpg'}: this is a JPEG picture of a variety that is not read here (12 bits per "
        "channel). Save it as an ordinary JPEG or PNG."
    )


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("animation.gif", "it is an animation of 2 pictures; the first is used."),
        ("animation.png", "it is an animation of 2 pictures; the first is used."),
        ("pages.tif", "it has 2 pages; the first is used."),
    ],
)
def test_of_several_pictures_the_first_is_read_and_the_others_are_mentioned(name, note):
    image, notes = images.load_with_notes(KINDS / name)
    assert np.abs(image[0] * 255 - SCENE).max() <= 1
    assert notes == [f"{name}: {note}"]


def test_an_animation_whose_second_picture_is_damaged_is_read_all_the_same(tmp_path):
    whole = (KINDS / "animation.gif").read_bytes()
    (tmp_path / "cut.gif").write_bytes(whole[: len(whole) * 2 // 3])
    assert np.abs(images.load(tmp_path / "cut.gif")[0] * 255 - SCENE).max() <= 1


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP", "PPM", "TGA", "ICO", "JPEG2000", "PSD"])
def test_no_kind_that_is_read_is_taken_for_one_that_is_not(kind):
    if kind == "PSD":
        assert identify_kind(b"8BPS").name == "a Photoshop file"  # which Pillow reads if it has 8 bits
        return
    assert identify_kind(encode(Image.fromarray(SCENE), kind), "picture") is None
    assert images.load(io.BytesIO(encode(Image.fromarray(SCENE), kind))).shape[-1] == 3

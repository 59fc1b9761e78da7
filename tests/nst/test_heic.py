"""Photographs of iPhones: they are read with pillow-heif; without it, the error says what to do."""

import sys

import numpy as np
import pytest

from nst.images import PictureError, load
from tests.nst.test_images import corners

HEAD = b"\x00\x00\x00\x1cftypheic\x00\x00\x00\x00mif1heicmiaf" + bytes(100)


def test_without_the_package_the_error_says_what_it_is_and_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    photo = tmp_path / "IMG_0042.HEIC"
    photo.write_bytes(HEAD)
    with pytest.raises(PictureError) as caught:
        load(photo)
    assert str(caught.value) == (
        f"{photo}: this is a HEIC picture, as iPhones take them, and the package that reads it is not installed. "
        "Install it with python -m pip install pillow-heif, or save the picture as JPEG (on the iPhone: Settings, "
        "Camera, Formats, Most Compatible)."
    )


def test_with_the_package_it_is_read_whatever_its_name(tmp_path):
    pillow_heif = pytest.importorskip("pillow_heif")
    picture = corners().resize((64, 48))
    pillow_heif.from_pillow(picture).save(tmp_path / "photo.heic", quality=95)
    expected = np.asarray(picture, np.float32)[None] / 255
    assert np.abs(load(tmp_path / "photo.heic") - expected).mean() < 0.03
    (tmp_path / "photo.heic").rename(tmp_path / "photo.jpg")
    assert load(tmp_path / "photo.jpg").shape == expected.shape


def test_a_damaged_one_is_called_damaged(tmp_path):
    pytest.importorskip("pillow_heif")
    (tmp_path / "photo.heic").write_bytes(HEAD)
    with pytest.raises(PictureError, match="the picture is damaged or incomplete"):
        load(tmp_path / "photo.heic")


def test_a_misspelled_photograph_is_suggested(tmp_path):
    (tmp_path / "holiday.heic").write_bytes(HEAD)
    with pytest.raises(PictureError, match=r"contains holiday\.heic\."):
        load(tmp_path / "holliday.heic")

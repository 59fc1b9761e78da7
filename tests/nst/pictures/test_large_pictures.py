"""Photographs above 89 million pixels are read at a reduced size; files that could exhaust the memory are refused."""

import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from nst import images
from nst.images import PictureError
from nst.pictures import decoding
from tests.nst.test_images_refused import png_header
from tests.pictures.make_pictures import SCENE

REAL = (12_000, 8_000)  # 96 million pixels
SIZE = (1_200, 800)  # of pictures that count as large where LARGE is set to 100,000


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("large")
    scene = Image.fromarray(SCENE).resize(SIZE, Image.Resampling.NEAREST)
    exif = Image.Exif()
    exif[0x0112] = 6
    scene.save(folder / "photo.jpg", quality=80, exif=exif)
    scene.save(folder / "progressive.jpg", quality=80, progressive=True)
    scene.save(folder / "scan.png")
    scene.save(folder / "scan.tif", compression="tiff_deflate", exif=exif)
    scene.save(folder / "scan.webp", lossless=True)
    scene.quantize(6).save(folder / "palette.png")
    scene.convert("L").save(folder / "gray.png")
    scene.convert("CMYK").save(folder / "inks.tif")
    scene.convert("1").save(folder / "one_bit.png")
    return folder


@pytest.fixture
def low_limit(monkeypatch):
    monkeypatch.setattr(decoding, "LARGE", 100_000)


EXPECTED = np.asarray(Image.fromarray(SCENE).resize((96, 64), Image.Resampling.NEAREST), int)
INSIDE = np.ones((64, 96), bool)
for edge in (32, 64):
    INSIDE[:, edge - 2 : edge + 2] = False
INSIDE[30:34] = False


@pytest.mark.parametrize(
    "name", ["photo.jpg", "progressive.jpg", "scan.png", "scan.tif", "scan.webp", "palette.png", "inks.tif"]
)
def test_a_large_photograph_is_read_at_the_size_that_is_wanted(folder, low_limit, name):
    image, notes = images.load_with_notes(folder / name, 96)
    turned = name in ("photo.jpg", "scan.tif")
    expected, inside = (np.rot90(EXPECTED, -1), np.rot90(INSIDE, -1)) if turned else (EXPECTED, INSIDE)
    assert image.shape == (1, *expected.shape)
    assert np.abs(image[0] * 255 - expected)[inside].max() <= 4
    assert notes == []


def test_a_real_photograph_of_96_million_pixels_is_read_and_the_note_says_how_large_it_is(tmp_path, capsys):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", REAL, (200, 60, 50)).save(tmp_path / "photo.jpg", exif=exif)
    assert images.load(tmp_path / "photo.jpg").shape == (1, 2048, 1365, 3)
    assert capsys.readouterr().out.startswith(
        "photo.jpg has 8000 x 12000 pixels: one step would take about 1250 times as long "
    )


def test_a_real_scan_of_96_million_pixels_is_read_even_if_it_is_of_one_color(tmp_path):
    Image.new("L", REAL, 77).save(tmp_path / "scan.png", compress_level=1)
    assert images.load(tmp_path / "scan.png", 64).shape == (1, 43, 64, 3)


def test_a_large_mask_is_read(folder, low_limit):
    lightness = images.load_lightness(folder / "gray.png")
    assert lightness.shape[1] / lightness.shape[0] == 1.5
    assert images.load_lightness(folder / "one_bit.png").max() == 1


def test_a_jpeg_is_decoded_at_a_reduced_size(folder, low_limit, monkeypatch):
    sizes = []

    def note_size(picture, *_):
        sizes.append(picture.size)
        return picture, []

    monkeypatch.setattr(decoding.color_profiles, "to_srgb", note_size)
    images.load(folder / "progressive.jpg", 64)
    assert sizes == [(150, 100)]


def test_other_programs_keep_the_limit_of_pillow(folder):
    limit = Image.MAX_IMAGE_PIXELS
    images.load(folder / "photo.jpg", 96)
    with pytest.raises(PictureError):
        images.load(b"no picture")
    assert limit == Image.MAX_IMAGE_PIXELS


def test_a_picture_that_takes_more_memory_than_there_is_is_refused(folder, low_limit, monkeypatch):
    monkeypatch.setattr(decoding, "available_bytes", lambda: 1e7)
    with pytest.raises(PictureError) as caught:
        images.load(folder / "scan.png", 96)
    assert str(caught.value) == (
        f"{folder / 'scan.png'}: its header announces 1200 x 800 pixels, which take about 0.006 GB to decode; 0.005 "
        "GB can be used for it. Scale the picture down first, or close other programs."
    )
    assert images.load(folder / "photo.jpg", 96).shape == (1, 96, 64, 3)  # of which only a part is decoded


def flat_png(side, bits, color_type):
    """A whole PNG file of one color: what a decompression bomb is."""
    row = bytes(1 + side * bits // 8)
    packer = zlib.compressobj(9)
    pixels = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8 if bits >= 8 else bits, color_type, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (png_header, (10_000, 10_000)),
        (png_header, (60_000, 60_000)),
        (png_header, (2**31 - 1, 2**31 - 1)),
        (flat_png, (20_000, 8, 0)),
    ],
    ids=["only a header", "a larger header", "the largest header", "a whole bomb"],
)
def test_a_bomb_stays_refused_in_any_memory(tmp_path, monkeypatch, make, words):
    data = make(*words)  # seconds for a whole one
    monkeypatch.setattr(decoding, "available_bytes", lambda: 1e15)
    (tmp_path / "bomb.png").write_bytes(data)
    for bomb in (tmp_path / "bomb.png", data):
        with pytest.raises(PictureError, match=r"far more than its .* bytes can hold, so it was not decoded"):
            images.load(bomb, 32)


@pytest.mark.parametrize("kind", ["BMP", "GIF", "TIFF"])
def test_a_header_of_another_kind_that_announces_too_much_is_refused(tmp_path, kind):
    Image.fromarray(SCENE).save(tmp_path / "bomb", kind)
    data = bytearray((tmp_path / "bomb").read_bytes())
    width, height = (48).to_bytes(2, "little"), (32).to_bytes(2, "little")
    for number in (width, height):
        place = data.index(number, 18 if kind == "BMP" else 6)
        data[place : place + 2] = (60_000).to_bytes(2, "little")
    (tmp_path / "bomb").write_bytes(data)
    with pytest.raises(PictureError):
        images.load(tmp_path / "bomb", 32)

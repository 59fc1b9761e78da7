"""Bad pictures and bad places: each is named, with what to do, and nothing half-written stays."""

import json
import struct
import warnings
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from nst import images, paths
from nst.images import PictureError, load, save, save_gif, save_settings, to_uint8
from tests.nst.test_images import ONE_FOLDER, RED, corners, encoded, flat, noise


def complaint(path, **options):
    with pytest.raises(PictureError) as caught:
        load(path, **options)
    return str(caught.value)


def refusal(image, path, **options):
    with pytest.raises(PictureError) as caught:
        save(image, path, **options)
    return str(caught.value)


@pytest.mark.parametrize("size", [15, 0, -320, 8193, 100_000])
def test_a_size_too_small_for_the_network_or_too_large_for_a_computer_is_refused(tmp_path, size):
    corners().save(tmp_path / "picture.png")
    assert complaint(tmp_path / "picture.png", size=size) == (
        f"size={size}: the longest side must have from 16 to 8192 pixels. "
        "At 2048, a step already takes about 40 times as long as at 320."
    )


@pytest.fixture
def beside_and_images(tmp_path, monkeypatch):
    """The folder of a notebook, which is the current folder, and the course's folder of pictures."""
    beside, pictures = tmp_path / "mine", tmp_path / "images"
    for folder in (beside, pictures):
        folder.mkdir()
    monkeypatch.chdir(beside)
    monkeypatch.setattr(paths, "IMAGES", pictures)
    return beside, pictures


def test_a_missing_name_lists_the_pictures_beside_the_notebook_and_those_of_the_course(beside_and_images):
    beside, pictures = beside_and_images
    assert complaint("holiday.jpg") == f"{beside / 'holiday.jpg'}: there is no such file."
    for file in (beside / "cat.png", beside / "notes.txt", pictures / "louvre.jpg", pictures / "monet.JPG"):
        file.touch()
    courses = f"{pictures} contains louvre.jpg, monet.JPG."
    assert complaint("holiday.jpg") == (
        f"{beside / 'holiday.jpg'}: there is no such file. {beside} contains cat.png. {courses}"
    )
    assert complaint(pictures / "holiday.jpg") == (
        f"{pictures / 'holiday.jpg'}: there is no such file. {courses} {beside} contains cat.png."
    )


def test_a_long_list_of_pictures_is_cut(tmp_path):
    for number in range(25):
        (tmp_path / f"{number:02}.png").touch()
    assert complaint(tmp_path / "q.png").endswith("contains 00.png, " + ", ".join(
        f"{number:02}.png" for number in range(1, 20)
    ) + " and 5 more.")  # fmt: skip


def test_a_missing_picture_is_told_what_stands_beside_it(tmp_path):
    for name in ("louvre.jpg", "monet.jpg", "notes.txt"):
        (tmp_path / name).touch()
    assert complaint(tmp_path / "louvre.png") == (
        f"{tmp_path / 'louvre.png'}: there is no such file. {tmp_path} contains louvre.jpg, monet.jpg."
    )
    assert complaint(tmp_path / "q") == (
        f"{tmp_path / 'q'}: there is no such file. {tmp_path} contains louvre.jpg, monet.jpg."
    )


def test_a_missing_folder_is_a_missing_picture(tmp_path):
    path = tmp_path / "nowhere" / "louvre.jpg"
    assert complaint(path) == f"{path}: there is no such file."


def test_a_folder_is_no_picture(tmp_path):
    assert complaint(tmp_path) == f"{tmp_path}: this is a folder. Give the name of a picture file in it."


def test_an_empty_file_is_named(tmp_path):
    (tmp_path / "empty.jpg").touch()
    assert complaint(tmp_path / "empty.jpg") == (
        f"{tmp_path / 'empty.jpg'}: the file is empty. Save or download it again."
    )


def test_a_text_file_named_jpg_is_shown_for_what_it_is(tmp_path):
    (tmp_path / "notes.jpg").write_bytes(b"Dear diary, today I painted.")
    assert complaint(tmp_path / "notes.jpg") == (
        f"{tmp_path / 'notes.jpg'}: this is text, not a picture, despite its name. It begins with 'Dear diary, '."
    )


def test_a_truncated_jpeg_is_named(tmp_path):
    whole = encoded(Image.fromarray(to_uint8(noise())), "JPEG")
    (tmp_path / "half.jpg").write_bytes(whole[: len(whole) // 2])
    message = complaint(tmp_path / "half.jpg")
    assert message.startswith(f"{tmp_path / 'half.jpg'}: the picture is damaged or incomplete (image file is trunc")
    assert message.endswith("). Save or download it again.")


@pytest.mark.parametrize("size", [(1, 1), (15, 400), (400, 15)])
def test_a_tiny_picture_is_refused(tmp_path, size):
    flat("RGB", RED, size).save(tmp_path / "tiny.png")
    assert complaint(tmp_path / "tiny.png") == (
        f"{tmp_path / 'tiny.png'}: the picture has {size[0]} x {size[1]} pixels. Both sides must have at least 16, "
        "because the network halves a picture four times."
    )


def png_header(width, height):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [30_000, 10_000])
def test_a_decompression_bomb_is_not_decoded(tmp_path, side):
    (tmp_path / "bomb.png").write_bytes(png_header(side, side))
    assert complaint(tmp_path / "bomb.png") == (
        f"{tmp_path / 'bomb.png'}: its header announces {side} x {side} pixels, far more than its 65 bytes can hold, "
        "so it was not decoded: it could exhaust the memory. Save the picture again, scaled down."
    )


def test_a_file_that_may_not_be_read_is_not_called_damaged(tmp_path, monkeypatch):
    def forbidden(*_):
        raise PermissionError(13, "Permission denied")

    corners().save(tmp_path / "secret.png")
    monkeypatch.setattr(images.Image, "open", forbidden)
    assert complaint(tmp_path / "secret.png") == (
        f"{tmp_path / 'secret.png'}: the file cannot be read (Permission denied). Change its permissions."
    )


def test_a_file_without_permission_is_not_called_damaged_either(tmp_path, monkeypatch):
    def forbidden(self, *_, **__):
        raise PermissionError(13, "Permission denied")

    corners().save(tmp_path / "secret.png")
    monkeypatch.setattr(type(tmp_path), "open", forbidden)
    assert complaint(tmp_path / "secret.png") == (
        f"{tmp_path / 'secret.png'}: the file cannot be read (Permission denied). Change its permissions."
    )


def refusal_to_read(path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            load(path, size=32)
        except PictureError as error:
            return str(error)
    return None


SAMPLES = {
    kind: encoded(Image.fromarray(to_uint8(noise(20, 24))), kind)
    for kind in ("JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP")
}


@ONE_FOLDER
@given(data=st.data(), kind=st.sampled_from(sorted(SAMPLES)))
def test_a_damaged_picture_is_read_or_refused_but_never_crashes(tmp_path, data, kind):
    damaged = bytearray(SAMPLES[kind][: data.draw(st.integers(1, len(SAMPLES[kind])))])
    for position in data.draw(st.lists(st.integers(0, len(damaged) - 1), max_size=8)):
        damaged[position] = data.draw(st.integers(0, 255))
    (tmp_path / "damaged").write_bytes(damaged)
    message = refusal_to_read(tmp_path / "damaged")
    assert message is None or message.startswith(str(tmp_path / "damaged"))


@pytest.mark.parametrize("shape", [(2, 8, 8, 3), (8, 8), (1, 8, 8, 4), (3,)])
def test_what_has_not_the_shape_of_a_picture_is_refused(shape):
    with pytest.raises(PictureError) as caught:
        to_uint8(np.zeros(shape))
    assert str(caught.value) == f"A picture has shape (1, H, W, 3); this array has shape {shape}."


def test_a_suffix_that_names_no_format_is_refused(tmp_path):
    formats = "Use one of .bmp .gif .jpeg .jpg .png .tif .tiff .webp."
    for name in ("a.txt", "a"):
        path = tmp_path / name
        assert refusal(noise(), path) == f"{path}: the name does not end in a picture format. {formats}"


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_picture_that_diverged_does_not_replace_a_good_one(tmp_path, value):
    path = save(noise(), tmp_path / "best.png")
    good, bad = path.read_bytes(), noise()
    bad[0, 3, 4, 1] = value
    assert refusal(bad, path) == (
        "This picture has NaN or infinite pixels, so it was not written. The optimization has diverged: start "
        "again with a smaller learning rate."
    )
    assert path.read_bytes() == good


def test_an_unwritable_folder_is_named(unwritable):
    reasons = [
        f"{unwritable / 'a.png'}: could not be written ({reason}). No partial file was left. "
        "Choose another folder, or free some disk space."
        for reason in ("Read-only file system", "Permission denied")
    ]
    assert refusal(noise(), unwritable / "a.png") in reasons


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp", ".webp", ".tif", ".gif"])
def test_a_full_disk_keeps_the_old_picture_and_leaves_nothing_else(full_disk, suffix):
    path = save(noise(16, 16), full_disk / f"picture{suffix}")
    good = path.read_bytes()
    assert refusal(noise(400, 500), path) == (
        f"{path}: could not be written (No space left on device). No partial file was left. "
        "Choose another folder, or free some disk space."
    )
    assert path.read_bytes() == good
    assert list(full_disk.iterdir()) == [path]


def test_a_full_disk_keeps_the_old_settings(full_disk):
    path = save_settings({"steps": 1}, full_disk / "run.json")
    with pytest.raises(PictureError, match="No space left on device"):
        save_settings({"steps": "9" * 100_000}, path)
    assert json.loads(path.read_text(encoding="utf-8")) == {"steps": 1}
    assert list(full_disk.iterdir()) == [path]


def test_a_full_disk_leaves_no_half_gif(full_disk):
    with pytest.raises(PictureError, match="No space left on device"):
        save_gif([noise(200, 200, seed) for seed in range(6)], full_disk / "way.gif")
    assert list(full_disk.iterdir()) == []

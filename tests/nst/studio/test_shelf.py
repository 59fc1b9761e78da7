"""The pictures to choose from, and what is uploaded to them."""

import io

import numpy as np
import pytest
from PIL import Image

from nst.images import PictureError
from nst.studio.shelf import Shelf


def encode(width=40, height=30, kind="png"):
    file = io.BytesIO()
    Image.fromarray(np.full((height, width, 3), 90, np.uint8)).save(file, format=kind)
    return file.getvalue()


@pytest.fixture
def shelf(tmp_path):
    """A shelf with one picture of the course, one that was downloaded, and a text."""
    (tmp_path / "images" / "downloaded").mkdir(parents=True)
    (tmp_path / "images" / "house.png").write_bytes(encode())
    (tmp_path / "images" / "downloaded" / "great_wave.jpg").write_bytes(encode(kind="jpeg"))
    (tmp_path / "images" / "README.md").write_text("# Pictures\n", encoding="utf-8")
    return Shelf(tmp_path / "images", tmp_path / "uploads")


def test_it_lists_the_courses_and_downloaded_pictures(shelf):
    assert [(picture.key, picture.title) for picture in shelf.list_pictures()] == [
        ("images/house.png", "house"),
        ("downloads/great_wave.jpg", "great wave"),
    ]


def test_an_uploaded_picture_comes_first_and_can_be_found(shelf):
    key = shelf.add("My photo.PNG", encode(50))
    assert shelf.list_pictures()[0].key == key
    assert shelf.list_pictures()[0].title == "My photo"
    assert key.endswith("/My-photo.png")
    with Image.open(shelf.find(key)) as picture:
        assert picture.size == (50, 30)


def test_the_same_upload_is_kept_once(shelf):
    assert shelf.add("a.png", encode()) == shelf.add("a.png", encode())
    assert len(shelf.list_pictures()) == 3


def test_two_pictures_of_one_name_are_both_kept(shelf):
    assert shelf.add("a.png", encode(40)) != shelf.add("a.png", encode(50))


@pytest.mark.parametrize("name", ["../../../etc/passwd.png", "..\\..\\x.png", "/x.png", ".png", "a\0b.png", "é" * 500])
def test_no_name_leads_out_of_the_folder(shelf, name):
    path = shelf.find(shelf.add(name, encode()))
    assert path.parent.parent == shelf.uploads
    assert len(path.name) < 100


def test_a_text_named_as_a_picture_is_refused_in_words(shelf):
    with pytest.raises(PictureError) as refusal:
        shelf.add("notes.jpg", b"These are my notes.")
    assert str(refusal.value) == "notes.jpg: this is text, not a picture. It begins with 'These are my'."
    assert not shelf.uploads.exists()


def test_half_a_picture_is_refused(shelf):
    with pytest.raises(PictureError, match=r"cut\.jpg: the picture is damaged or incomplete"):
        shelf.add("cut.jpg", encode(kind="jpeg")[:300])


@pytest.mark.parametrize("key", ["images/../../secret.png", "/etc/passwd", "images/README.md", "", "uploads/x.png"])
def test_a_key_that_is_not_listed_is_refused(shelf, tmp_path, key):
    (tmp_path / "secret.png").write_bytes(encode())
    with pytest.raises(PictureError, match="this picture is not there any more"):
        shelf.find(key)


def test_a_thumbnail_is_a_small_jpeg(shelf):
    shelf.add("large.png", encode(1000, 500))
    picture = Image.open(io.BytesIO(shelf.make_thumbnail(shelf.list_pictures()[0].key)))
    assert (picture.format, picture.size) == ("JPEG", (144, 72))

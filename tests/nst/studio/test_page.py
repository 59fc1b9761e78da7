"""The page of Studio without a browser: its widgets are clicked from here."""

import io
import re

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("anywidget")

from nst.studio.browser_widgets import PictureUpload
from nst.studio.gallery import list_runs
from nst.studio.page import Page
from nst.studio.painting_request import PaintingRequest
from nst.studio.shelf import Shelf
from nst.studio.upload import LARGEST

LOUVRE, MONET, KASHI = "images/louvre.jpg", "images/monet.jpg", "images/kashi.jpg"


def encode():
    file = io.BytesIO()
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (40, 60, 3), np.uint8)).save(file, format="png")
    return file.getvalue()


def upload(widget, name, content, part=700):
    """Send a file as the page does: when it is asked for."""
    asked = []
    widget.send = lambda message, buffers=None: asked.append(message)
    widget._receive(widget, {"kind": "begin", "name": name, "size": len(content)}, [])
    while asked:
        start = asked.pop()["start"]
        widget._receive(widget, {"kind": "part"}, [memoryview(content[start : start + part])])


@pytest.fixture
def page(tmp_path):
    return Page(Shelf(uploads=tmp_path / "uploads"), tmp_path)


@pytest.fixture
def chosen(page):
    """A page with a photograph and a painting, and small settings."""
    page.settings.show_request(PaintingRequest(LOUVRE, [MONET], size=64))
    page.photographs.chosen = [LOUVRE]
    page.paintings.chosen = [MONET]
    page._preview.wait()
    return page


def paint(page):
    page.paint.click()
    page._job.wait(120)


def test_at_first_it_says_what_to_choose_and_nothing_can_be_painted(page):
    assert "Choose a photograph and one to three paintings" in page.preview.value
    assert [button.disabled for button in (page.paint, page.stop, page.resume)] == [True, True, True]
    assert "Nothing was painted yet" in page.gallery.shown.value
    assert {LOUVRE, MONET} <= {picture["key"] for picture in page.photographs.pictures}


def test_two_choices_give_a_preview(chosen):
    assert 'alt="Preview: louvre.jpg in the style of monet.jpg"' in chosen.preview.value
    assert not chosen.paint.disabled


def test_painting_shows_the_picture_over_the_photograph_and_in_the_gallery(chosen):
    paint(chosen)
    assert "louvre.jpg in the style of monet.jpg, laid over the photograph." in chosen.painted.value
    assert "J fell from" in chosen.painted.value
    assert not chosen.paint.disabled
    assert chosen.gallery.chosen.has_picture
    assert re.search(r'download="louvre_monet_\S+\.png" href="data:image/png', chosen.gallery.shown.value)


def test_the_newest_run_is_chosen_in_the_gallery(chosen):
    for _ in range(2):
        paint(chosen)
        assert chosen.gallery.chosen.path == chosen._painted[1]
    assert len(list_runs(chosen._folder)) == 2


def test_settings_of_a_past_run_can_be_used_again(chosen):
    chosen.settings.style_weight.value = 100.0
    chosen.paintings.chosen = [KASHI, MONET]
    chosen.use_regions.value = True
    chosen.drawing.regions = [[[[0, 0], [1, 0], [1, 0.5], [0, 0.5]]], []]
    request = chosen._request
    paint(chosen)
    chosen.settings.style_weight.value = 10.0
    chosen.photographs.chosen, chosen.paintings.chosen = ["images/persepolis.jpg"], [MONET]
    assert chosen._request != request
    chosen.gallery.again.click()
    assert chosen._request == request
    chosen._preview.wait()


def test_a_run_is_deleted_after_a_question(chosen):
    paint(chosen)
    chosen.gallery.delete.click()
    assert "for good" in chosen.gallery.message.value
    assert len(list_runs(chosen._folder)) == 1
    chosen.gallery.keep.click()
    assert chosen.gallery.message.value == ""
    chosen.gallery.delete.click()
    chosen.gallery.confirm.click()
    assert list_runs(chosen._folder) == []


def test_a_place_can_be_chosen_without_drawing(chosen):
    chosen.use_regions.value = True
    next(button for button in chosen.places if button.description == "Upper half").click()
    assert chosen._request.regions == ((((0.0, 0.0), (1.0, 0.0), (1.0, 0.5), (0.0, 0.5)),),)
    chosen.clear.click()
    assert chosen._request.regions == ()
    chosen._preview.wait()


def test_another_photograph_has_no_regions_yet(chosen):
    chosen.drawing.regions = [[[[0, 0], [1, 0], [1, 0.5]]]]
    chosen.photographs.chosen = ["images/persepolis.jpg"]
    assert chosen.drawing.regions == []
    chosen._preview.wait()


def test_an_uploaded_photograph_is_chosen(page):
    upload(page.photograph_upload, "mine.png", encode())
    assert page.photograph_upload.message == "mine.png is uploaded and chosen."
    assert not page.photograph_upload.refused
    [key] = page.photographs.chosen
    assert key.endswith("/mine.png")
    assert key in {picture["key"] for picture in page.paintings.pictures}


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("notes.jpg", b"These are my notes.", "notes.jpg: this is not a picture that Pillow can read."),
        ("large.jpg", bytes(LARGEST + 1), "large.jpg: the file has 31 MB, and at most 30 MB can be uploaded."),
        ("empty.jpg", b"", "empty.jpg: the file is empty."),
    ],
)
def test_what_cannot_be_used_is_refused_in_words(page, name, content, words):
    upload(page.photograph_upload, name, content, part=10_000_000)
    assert page.photograph_upload.message.startswith(words)
    assert page.photograph_upload.refused
    assert page.photographs.chosen == []


def test_of_a_large_file_nothing_is_asked_for():
    widget, asked = PictureUpload("Upload", lambda *file: "taken"), []
    widget.send = asked.append
    widget._receive(widget, {"kind": "begin", "name": "large.tif", "size": 200_000_000}, [])
    assert asked == []
    assert widget.message.startswith("large.tif: the file has 200 MB")

"""The page of Studio without a browser: its widgets are clicked from here."""

import io
import re
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("anywidget")

import nst.studio.page
from nst.studio.browser_widgets import PictureUpload
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


@pytest.fixture(autouse=True)
def preview(monkeypatch):
    """A preview that needs no network: tests/nst/studio/test_painting.py has the real one."""
    result = SimpleNamespace(picture=np.zeros((1, 6, 8, 3), np.float32), title="louvre.jpg in the style of monet.jpg")
    monkeypatch.setattr(nst.studio.page, "paint_preview", lambda request, shelf: result)


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


def test_at_first_it_says_what_to_choose_and_nothing_can_be_painted(page):
    assert "Choose a photograph and one to three paintings" in page.preview.value
    assert [button.disabled for button in (page.paint, page.stop, page.resume)] == [True, True, True]
    assert "Nothing was painted yet" in page.gallery.shown.value
    assert {LOUVRE, MONET} <= {picture["key"] for picture in page.photographs.pictures}


def test_photographs_come_before_paintings_where_a_photograph_is_chosen(page):
    keys = [[picture["key"] for picture in choice.pictures] for choice in (page.photographs, page.paintings)]
    assert [key.index(LOUVRE) < key.index(MONET) for key in keys] == [True, False]


def test_two_choices_give_a_preview(chosen):
    assert 'alt="Preview: louvre.jpg in the style of monet.jpg"' in chosen.preview.value
    assert not chosen.paint.disabled


def test_a_setting_that_the_preview_does_not_depend_on_paints_no_new_one(chosen):
    chosen.preview.value = "the same"
    chosen.settings.size.value = 512
    chosen._preview.wait()
    assert chosen.preview.value == "the same"
    chosen.settings.preserve_color.value = "luminance"
    chosen._preview.wait()
    assert "Preview: " in chosen.preview.value


def test_a_painting_is_shown_over_the_photograph_and_in_the_gallery_and_its_settings_can_be_used_again(chosen):
    chosen.settings.style_weight.value = 100.0
    chosen.paintings.chosen = [KASHI, MONET]
    chosen.use_regions.value = True
    chosen.drawing.regions = [[[[0, 0], [1, 0], [1, 0.5], [0, 0.5]]], []]
    request = chosen._request
    chosen.paint.click()
    chosen._job.wait(120)
    assert "louvre.jpg in the style of kashi.jpg and monet.jpg, laid over the photograph." in chosen.painted.value
    assert "J fell from" in chosen.painted.value
    assert not chosen.paint.disabled
    assert chosen.gallery.chosen.path == chosen._painted[1]
    assert re.search(r'download="louvre_kashi_\S+\.png" href="data:image/png', chosen.gallery.shown.value)
    chosen.settings.style_weight.value = 10.0
    chosen.photographs.chosen, chosen.paintings.chosen = ["images/persepolis.jpg"], [MONET]
    chosen.use_regions.value = False
    assert chosen._request != request
    chosen.gallery.again.click()
    assert chosen._request == request
    chosen._preview.wait()


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
        ("notes.jpg", b"These are my notes.", "notes.jpg: this is text, not a picture."),
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

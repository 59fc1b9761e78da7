"""What a visitor has chosen becomes the engine's settings, a part of a record, and a request again."""

import json

import pytest

from nst.engine.settings import Settings, SettingsError
from nst.images import PictureError
from nst.studio.painting_request import RECORD_KEY, PaintingRequest, read_request
from nst.studio.regions import PLACES
from nst.studio.shelf import Shelf

CHOSEN = {"content": "images/louvre.jpg", "styles": ["images/monet.jpg", "images/kashi.jpg"]}


@pytest.fixture
def shelf(tmp_path):
    return Shelf(uploads=tmp_path)


def test_its_values_become_the_engines_settings():
    request = PaintingRequest(**CHOSEN, size=320, budget=20, style_weight=90, preserve_color="luminance", seed=3)
    assert request.settings == Settings(size=320, budget=20, style_weight=90, preserve_color="luminance", seed=3)


def test_a_request_survives_its_record(shelf):
    regions = [[PLACES["Upper half"]], []]
    request = PaintingRequest(**CHOSEN, size=320, budget=20.0, init="noise", seed=7, regions=regions)
    record = json.loads(json.dumps({RECORD_KEY: request.to_record()}))
    assert read_request(record, shelf) == request


def test_a_run_of_the_command_is_read_by_the_names_of_its_files(shelf):
    files = {"content": "louvre.jpg", "style": ["monet.jpg"]}
    request = read_request({"settings": {"size": 128, "style_weight": 9.0, "files": files, "networks": {}}}, shelf)
    assert request == PaintingRequest("images/louvre.jpg", ["images/monet.jpg"], size=128, style_weight=9.0)


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"settings": 5},
        {"settings": {"files": {"content": "elsewhere.jpg", "style": ["monet.jpg"]}}},
        {"settings": {"files": {"content": "array", "style": "monet.jpg"}}},
        {"settings": {"files": {"content": "louvre.jpg", "style": ["monet.jpg"], "content_masks": ["sky.png"]}}},
    ],
    ids=["empty", "no settings", "another folder", "array", "masks"],
)
def test_a_run_whose_pictures_are_not_known_gives_no_request(shelf, record):
    assert read_request(record, shelf) is None


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"size": 5}, "size"),
        ({"budget": -1}, "budget"),
        ({"seed": -1}, "seed"),
        ({"style_weight": "much"}, "style_weight"),
        ({"preserve_color": "all"}, "preserve_color"),
        ({"content": ""}, "content"),
        ({"content": None}, "content"),
        ({"styles": []}, "styles"),
        ({"styles": "monet"}, "styles"),
        ({"styles": ["a", "b", "c", "d"]}, "styles"),
        ({"styles": ["a", "a"]}, "styles"),
        ({"regions": 5}, "regions"),
    ],
)
def test_a_value_out_of_range_is_named(change, name):
    with pytest.raises(SettingsError, match=f"^{name}: got "):
        PaintingRequest(**{**CHOSEN, **change})


def test_a_record_with_an_unknown_setting_is_refused(shelf):
    with pytest.raises(SettingsError, match="studio: got "):
        read_request({RECORD_KEY: {**CHOSEN, "weights": "/etc/passwd"}}, shelf)


def test_a_record_that_names_a_file_elsewhere_is_refused(shelf):
    with pytest.raises(PictureError, match="this picture is not there any more"):
        read_request({RECORD_KEY: {**CHOSEN, "content": "/etc/passwd"}}, shelf)

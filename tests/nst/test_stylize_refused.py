"""What stylize cannot use is named, with what was expected, before the work."""

import inspect

import pytest

from nst.engine import memory
from nst.engine.memory import MemoryShort
from nst.engine.settings import Settings, SettingsError
from nst.engine.stylize import stylize
from nst.images import PictureError
from nst.network.vgg import LayerError
from nst.network.weights import WeightsError
from nst.paths import IMAGES

CONTENT, STYLE = IMAGES / "louvre.jpg", IMAGES / "starry_night.jpg"


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ({"steps": 0}, "steps: got 0, expected a whole number of at least 1."),
        ({"steps": 2.5}, "steps: got 2.5, expected a whole number of at least 1."),
        ({"budget": 0}, "budget: got 0, expected seconds, more than 0."),
        ({"budget": 9, "optimiser": "adam"}, "expected steps instead, since Adam's rate falls"),
        ({"content_weight": -1}, "content_weight: got -1, expected a number of at least 0."),
        ({"tv_weight": float("nan")}, "tv_weight: got nan, expected a number of at least 0."),
        ({"content_weight": 0, "style_weight": 0}, "expected a style or a content weight above 0."),
        ({"init": "grey"}, "init: got 'grey', expected content or noise."),
        ({"preserve_color": "mine"}, "preserve_color: got 'mine', expected None or luminance or statistics."),
        ({"pooling": "median"}, "pooling: got 'median', expected max or average."),
        ({"optimiser": "sgd"}, "optimiser: got 'sgd', expected lbfgs or adam."),
        ({"precision": "half"}, "precision: got 'half', expected auto or float32 or bfloat16."),
        ({"seed": -1}, "seed: got -1, expected a whole number of at least 0."),
        ({"style_layers": {}}, "style_layers: got (), expected at least one layer and its weight."),
        ({"style_layers": {"block1_conv1": 0}}, "expected weights above 0."),
        ({"style": []}, "style: got [], expected at least one picture."),
        ({"style": {STYLE: 0}}, "style: got [0], expected shares above 0."),
        ({"style": {STYLE: "2"}}, "style: got ['2'], expected shares above 0."),
        ({"style": {STYLE: float("inf")}}, "style: got [inf], expected shares above 0."),
    ],
)
def test_a_setting_out_of_range_is_named(setting, told):
    with pytest.raises(SettingsError) as caught:
        stylize(CONTENT, **{"style": STYLE, "weights": "pocket", **setting})
    assert told in str(caught.value)


@pytest.mark.parametrize(("misspelt", "meant"), [("style_wieght", "style_weight"), ("chekpoint", "checkpoint")])
def test_a_misspelt_setting_is_told_the_nearest(misspelt, meant):
    with pytest.raises(SettingsError) as caught:
        stylize(CONTENT, STYLE, **{misspelt: 1})
    assert f"{misspelt}: stylize has no such setting. The nearest is {meant};" in str(caught.value)


def test_help_shows_every_setting_with_its_default():
    shown = inspect.signature(stylize).parameters
    assert list(shown)[:3] == ["content", "style", "weights"]
    assert shown["size"].default == Settings.size
    assert {name for name, each in shown.items() if each.kind is each.KEYWORD_ONLY} > set(Settings.__annotations__)
    assert "settings" not in shown


def test_bad_pictures_layers_and_weights_are_named_by_whoever_reads_them(tmp_path):
    with pytest.raises(PictureError, match=r"nothing\.jpg: there is no such file"):
        stylize(tmp_path / "nothing.jpg", STYLE)
    with pytest.raises(WeightsError):
        stylize(CONTENT, STYLE, weights=tmp_path / "nothing.h5")
    with pytest.raises(LayerError, match="block3_conv9: pocket_vgg19 has no such layer"):
        stylize(CONTENT, STYLE, weights="pocket", content_layer="block3_conv9")


def test_a_size_for_which_the_memory_is_short_is_refused_before_the_work(monkeypatch):
    monkeypatch.setattr(memory, "available", lambda: 1.2e9)
    with pytest.raises(MemoryShort, match=r"2048 x 1536 pixels need about .* GB are free: size=\d+ would do"):
        stylize(CONTENT, STYLE, weights="pocket", precision="float32", size=2048)

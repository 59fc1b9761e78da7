"""What stylize cannot use is named, with what was expected, before the work."""

import inspect
import re
from dataclasses import fields

import pytest

from nst.engine import memory
from nst.engine.available_memory import NotEnoughMemoryError
from nst.engine.settings import Settings, SettingsError
from nst.engine.stylize import stylize, stylize_until_saved
from nst.images import PictureError
from nst.network.layers import LayerError
from nst.network.weights import WeightsError
from nst.paths import IMAGES
from nst.quiet_tensorflow import tensorflow as tf

CONTENT, STYLE = IMAGES / "louvre.jpg", IMAGES / "starry_night.jpg"


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ({"steps": 0}, "steps: got 0, expected a whole number of at least 1."),
        ({"steps": 2.5}, "steps: got 2.5, expected a whole number of at least 1."),
        ({"budget": 0}, "budget: got 0, expected a number of seconds above 0."),
        (
            {"budget": 9, "optimizer": "adam"},
            "expected steps instead: Adam's learning rate depends on the number of steps.",
        ),
        ({"content_weight": -1}, "content_weight: got -1, expected a number of at least 0."),
        ({"tv_weight": float("nan")}, "tv_weight: got nan, expected a number of at least 0."),
        ({"content_weight": 0, "style_weight": 0}, "expected a style or a content weight above 0."),
        ({"init": "gray"}, "init: got 'gray', expected content or fast or noise."),
        ({"preserve_color": "mine"}, "preserve_color: got 'mine', expected None or luminance or statistics."),
        ({"pooling": "median"}, "pooling: got 'median', expected max or average."),
        ({"optimizer": "sgd"}, "optimizer: got 'sgd', expected lbfgs or adam."),
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


def test_a_misspelled_setting_is_refused():
    with pytest.raises(TypeError, match="unexpected keyword argument 'style_wieght'"):
        stylize(CONTENT, STYLE, style_wieght=1)


def test_the_signature_has_every_setting_with_its_default():
    parameters = inspect.signature(stylize).parameters
    assert list(parameters)[:2] == ["content", "style"]
    assert {field.name: parameters[field.name].default for field in fields(Settings)} == {
        field.name: field.default for field in fields(Settings)
    }


def test_both_entries_of_the_engine_have_the_same_defaults():
    whole, until_saved = (inspect.signature(function).parameters for function in (stylize, stylize_until_saved))
    shared = {*whole} & {*until_saved}
    assert {*whole} == shared | {field.name for field in fields(Settings)}
    assert all(whole[name].default == until_saved[name].default for name in shared)


def test_the_docstring_explains_every_argument():
    explained = re.findall(r"^    ([a-z_]+): ", stylize.__doc__, re.MULTILINE)
    assert explained == [name for name in inspect.signature(stylize).parameters if name != "checkpoint_seconds"]


def test_bad_pictures_layers_and_weights_are_named_by_whoever_reads_them(tmp_path):
    with pytest.raises(PictureError, match=r"nothing\.jpg: there is no such file"):
        stylize(tmp_path / "nothing.jpg", STYLE)
    with pytest.raises(WeightsError):
        stylize(CONTENT, STYLE, weights=tmp_path / "nothing.h5")
    with pytest.raises(LayerError, match="block3_conv9: pocket_vgg19 has no such layer"):
        stylize(CONTENT, STYLE, weights="pocket", content_layer="block3_conv9")


def test_a_size_for_which_the_memory_is_short_is_refused_before_the_work(monkeypatch):
    monkeypatch.setattr(memory, "available_bytes", lambda: 1.2e9)
    with pytest.raises(NotEnoughMemoryError, match=r"2048 x 1536 pixels need about .* GB are free: size=\d+ would fit"):
        stylize(CONTENT, STYLE, weights="pocket", precision="float32", size=2048)


@pytest.mark.parametrize("error", [MemoryError(), tf.errors.ResourceExhaustedError(None, None, "OOM when allocating")])
def test_memory_that_ends_in_the_middle_is_refused_in_words_and_the_work_is_kept(tmp_path, monkeypatch, error):
    def exhaust(progress):
        if progress.evaluation == 5:
            raise error

    file = tmp_path / "run.npz"
    with pytest.raises(NotEnoughMemoryError, match=r"size=64: the memory was exhausted during the run\. Use a smaller"):
        stylize(CONTENT, STYLE, weights="pocket", size=64, steps=8, checkpoint=file, on_progress=exhaust)
    assert file.exists()


def test_memory_that_ends_while_pictures_are_read_is_refused_in_words(monkeypatch):
    def exhaust(*_):
        raise MemoryError

    monkeypatch.setattr("nst.engine.stylize.read_inputs", exhaust)
    with pytest.raises(NotEnoughMemoryError, match="size=512: the memory was exhausted during the run"):
        stylize(CONTENT, STYLE)

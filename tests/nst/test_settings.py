"""What decides a picture is checked before the work, and kept as plain numbers."""

import json
from dataclasses import asdict

import numpy as np
import pytest

from nst.engine.networks import Networks
from nst.engine.settings import STYLE_LAYERS, Settings, SettingsError, is_number
from nst.network.layers import LayerError

SIZE = "expected a whole number from 16 to 8192, the pixels on the longest side."


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ({"size": 15}, f"size: got 15, {SIZE}"),
        ({"size": 8193}, f"size: got 8193, {SIZE}"),
        ({"size": 10**400}, SIZE),
        ({"size": -512}, f"size: got -512, {SIZE}"),
        ({"size": 512.0}, f"size: got 512.0, {SIZE}"),
        ({"size": "512"}, f"size: got '512', {SIZE}"),
        ({"size": True}, f"size: got True, {SIZE}"),
        ({"steps": True}, "steps: got True, expected a whole number of at least 1."),
        ({"seed": None}, "seed: got None, expected a whole number of at least 0."),
        ({"style_weight": "25"}, "style_weight: got '25', expected a number of at least 0."),
        ({"tv_weight": 1e39}, "tv_weight: got 1e+39, expected a number of at least 0."),
        ({"content_weight": 10**400}, "expected a number of at least 0."),
        ({"content_weight": True}, "content_weight: got True, expected a number of at least 0."),
        ({"budget": "30s"}, "budget: got '30s', expected a number of seconds above 0."),
    ],
)
def test_a_number_out_of_range_is_named(setting, told):
    with pytest.raises(SettingsError) as caught:
        Settings(**setting)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("layers", "told"),
    [
        ({"block1_conv1": float("nan")}, "got (('block1_conv1', nan),), expected a finite number for each layer."),
        ({"block1_conv1": float("inf")}, "got (('block1_conv1', inf),), expected a finite number for each layer."),
        ({"block1_conv1": "0.5"}, "got (('block1_conv1', '0.5'),), expected a finite number for each layer."),
        ({"block1_conv1": None}, "expected a finite number for each layer."),
        ({"block1_conv1": -1}, "expected weights above 0."),
        (["block1_conv1"], "got ['block1_conv1'], expected a weight for each layer, such as {'block1_conv1': 1.0}."),
        ("block1_conv1", "got 'block1_conv1', expected a weight for each layer"),
        (None, "got None, expected a weight for each layer"),
    ],
)
def test_style_layers_that_will_not_do_are_named(layers, told):
    with pytest.raises(SettingsError) as caught:
        Settings(style_layers=layers)
    assert str(caught.value).startswith("style_layers: got ")
    assert told in str(caught.value)


def test_numpys_numbers_do_as_well_as_pythons_and_become_those():
    numpys = {
        "size": np.int64(64),
        "steps": np.int32(4),
        "seed": np.uint8(3),
        "content_weight": np.float32(1),
        "budget": np.float32(2),
        "style_layers": {"block1_conv1": np.float32(0.5)},
    }
    kept = asdict(Settings(**numpys))
    assert {name: type(kept[name]) for name in list(numpys)[:-1]} == {
        "size": int,
        "steps": int,
        "seed": int,
        "content_weight": float,
        "budget": float,
    }
    assert json.loads(json.dumps(kept))["style_layers"] == [["block1_conv1", 0.5]]


def test_a_dict_and_pairs_of_layers_mean_the_same():
    assert Settings(style_layers=dict(STYLE_LAYERS)).style_layers == STYLE_LAYERS
    assert Settings(style_layers=[list(pair) for pair in STYLE_LAYERS]).style_layers == STYLE_LAYERS


@pytest.mark.parametrize(
    ("value", "is_one"),
    [
        (1, True),
        (np.float32(0.5), True),
        (np.int64(-4), True),
        (float("inf"), False),
        (float("nan"), False),
        (np.float32("inf"), False),
        (True, False),
        (np.True_, False),
        ("1", False),
        (None, False),
        (1j, False),
    ],
)
def test_what_counts_as_a_number(value, is_one):
    assert is_number(value) == is_one


@pytest.mark.parametrize("setting", [{"content_layer": "block1_pool"}, {"style_layers": {"block1_pool": 1.0}}])
def test_a_layer_that_is_no_convolution_is_named_with_those_that_are(setting):
    with pytest.raises(LayerError) as caught:
        Networks("pocket", Settings(precision="float32", **setting))
    assert "block1_pool: this layer of pocket_vgg19 is not a convolution" in str(caught.value)
    assert "block1_conv1, block1_conv2, block2_conv1" in str(caught.value)

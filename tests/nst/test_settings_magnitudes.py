"""Weights whose squares leave float32 are refused, since nothing would be painted; what paints nothing says so."""

import numpy as np
import pytest

from nst import images
from nst.engine.settings import Settings, SettingsError
from nst.engine.stylize import stylize
from nst.paths import IMAGES
from tests.support.parameters import mostly_slow

CONTENT, STYLE = IMAGES / "louvre.jpg", IMAGES / "monet.jpg"


def painted(**options):
    return stylize(CONTENT, STYLE, **{"size": 64, "steps": 5, "weights": "pocket", "precision": "float32", **options})


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ({"style_weight": 1e38}, "style_weight: got 1e+38, expected at most 1e+12"),
        ({"content_weight": 1e13}, "content_weight: got 1e+13, expected at most 1e+12"),
        ({"tv_weight": 1e20}, "tv_weight: got 1e+20, expected at most 1e+12"),
        (
            {"style_weight": 25, "style_layers": {"block1_conv1": 1e30}},
            "style_weight * block1_conv1: got 2.5e+31, expected at most 1e+12",
        ),
        (
            {"style_weight": 1e-30, "content_weight": 1e-30},
            "content_weight and style_weight: got 1e-30 at most, expected one of at least 1e-06",
        ),
        (
            {"style_weight": 25, "style_layers": {"block1_conv1": 1e-38}, "content_weight": 0},
            "content_weight and style_weight: got 2.5e-37 at most, expected one of at least 1e-06",
        ),
    ],
)
def test_weights_that_float32_cannot_square_are_refused_by_name(setting, told):
    with pytest.raises(SettingsError) as caught:
        Settings(**setting)
    advice = "only the ratios of the weights count, so divide or multiply all of them by the same number."
    assert str(caught.value) == f"{told}; {advice}"


@pytest.mark.parametrize("optimizer", mostly_slow(["lbfgs", "adam"]))
@pytest.mark.parametrize("factor", mostly_slow([1e-6 / 2.5, 1e10]))
def test_all_weights_that_are_allowed_paint_the_same_as_their_ratios(optimizer, factor):
    usual = painted(optimizer=optimizer)
    scaled = painted(optimizer=optimizer, content_weight=factor, style_weight=25 * factor, tv_weight=15 * factor)
    assert np.abs(usual.picture - images.load(CONTENT, 64)).mean() > 0.02
    assert np.abs(scaled.picture - usual.picture).mean() < 0.06  # Adam adds an epsilon to the gradients
    assert scaled.notes == []


@pytest.mark.slow
def test_a_run_that_painted_nothing_says_so():
    result = painted(style_weight=1e-6, content_weight=1e12, tv_weight=0)
    np.testing.assert_allclose(result.picture, images.load(CONTENT, 64), atol=1 / 510)
    assert result.notes == [
        f"The picture is still the content picture: J did not fall in {len(result.curves)} evaluations. A larger "
        "style_weight, or a smaller content_weight, gives the style more say."
    ]
    assert painted(style_weight=0, tv_weight=0).notes == []  # as it was asked for

"""nst.paint_fast: the interface of nst.stylize, in one pass."""

import inspect
import shutil
from dataclasses import fields

import numpy as np
import pytest

import nst
from nst.engine.settings import SettingsError
from nst.fast.decoder import DECODER_FILE, DECODER_SHA256
from nst.fast.settings import FastSettings
from nst.network.weights import WeightsError
from nst.paths import IMAGES
from tests.support.small_decoder import save_weights, small_weights

LOUVRE, MONET, KASHI, NIGHT = (IMAGES / f"{name}.jpg" for name in ("louvre", "monet", "kashi", "starry_night"))
QUICK = {"size": 64, "precision": "float32"}


def paint(content=LOUVRE, style=MONET, **options):
    return nst.paint_fast(content, style, **{**QUICK, **options})


def test_a_photograph_and_a_painting_make_a_picture():
    result = paint()
    assert result.picture.shape == (1, 48, 64, 3)
    assert result.picture.dtype == np.float32
    assert 0 <= result.picture.min() <= result.picture.max() <= 1
    assert result.settings["files"] == {"content": "louvre.jpg", "style": ["monet.jpg"]}
    assert result.settings["networks"].keys() == {"pocket_vgg19", "fast_decoder"}
    assert (result.curves, result.scores, result.notes) == ([], {}, [])
    assert repr(result).startswith("<Result: louvre.jpg in the style of monet.jpg, 64 x 48 pixels, ")
    assert "evaluations" not in repr(result)


def test_a_cell_shows_the_result():
    html = paint()._repr_mimebundle_()["text/html"]
    assert "fast_decoder" in html
    assert "evaluations" not in html


def test_the_same_arguments_give_the_same_picture():
    assert np.array_equal(paint().picture, paint().picture)


def test_the_style_changes_the_picture():
    assert np.abs(paint().picture - paint(style=NIGHT).picture).mean() > 0.01


@pytest.mark.parametrize("size", [16, 17, 31, 50, 97])
def test_any_size_is_painted(size):
    assert max(paint(size=size).picture.shape) == size


def test_a_content_of_16_pixels_is_painted():
    content = np.random.default_rng(0).random((16, 16, 3)).astype(np.float32)
    assert paint(content, size=16).picture.shape == (1, 16, 16, 3)


def test_equal_styles_are_as_one():
    assert np.allclose(paint(style=[MONET, MONET]).picture, paint().picture, atol=1e-3)


def test_the_order_of_styles_does_not_matter():
    one, other = paint(style={MONET: 2, KASHI: 1}), paint(style={KASHI: 1, MONET: 2})
    assert np.allclose(one.picture, other.picture, atol=1e-3)
    assert np.abs(one.picture - paint(style={MONET: 1, KASHI: 2}).picture).mean() > 1e-3


def test_nothing_changes_where_no_mask_is_white():
    mask = np.zeros((48, 64), np.float32)
    mask[:, :32] = 1
    content = nst.images.load(LOUVRE, 64)
    picture = paint(content_masks=mask).picture
    assert np.array_equal(picture[:, :, 32:], content[:, :, 32:])
    assert np.abs(picture[:, :, :32] - content[:, :, :32]).mean() > 0.02


def test_each_region_gets_its_own_style():
    left = np.zeros((120, 160), np.float32)
    left[:, :80] = 1
    one, other = (
        paint(style=[MONET, style], content_masks=[left, 1 - left], size=160).picture for style in (NIGHT, KASHI)
    )
    changes = np.abs(one - other).mean((0, 1, 3))
    assert changes[112:].mean() > 1.5 * changes[:48].mean()  # near the border, each region sees the other


def test_a_style_mask_selects_the_part_that_gives_the_style():
    mask = np.zeros((48, 64), np.float32)
    mask[:16] = 1
    style = nst.images.load(MONET, 64)[:, :48]
    mask = mask[: style.shape[1]]
    assert np.abs(paint(style=style, style_masks=mask).picture - paint(style=style).picture).mean() > 1e-3


def test_luminance_keeps_the_colors_of_the_content():
    content = nst.images.load(LOUVRE, 64)
    picture = paint(preserve_color="luminance").picture
    shift = picture - content
    inside = ((picture > 0) & (picture < 1)).all(-1)
    assert np.ptp(shift, axis=-1)[inside].max() < 1e-5


def test_a_style_of_one_color_is_painted_and_said():
    flat = np.full((40, 40, 3), 0.25, np.float32)
    result = paint(style=flat)
    assert np.isfinite(result.picture).all()
    assert result.notes == ["array has only one color, so there is nothing of a style in it but that color."]


@pytest.mark.parametrize("alpha", [-0.1, 1.5, float("nan"), "1", True, None])
def test_an_alpha_outside_0_to_1_is_refused(alpha):
    with pytest.raises(SettingsError, match=r"alpha: got .*, expected a number from 0"):
        paint(alpha=alpha)


def test_a_mask_that_selects_nothing_is_refused():
    with pytest.raises(SettingsError, match="the mask is black, so it selects nothing"):
        paint(content_masks=np.zeros((48, 64), np.float32))


def test_wrong_settings_are_refused_in_the_same_words_as_for_stylize():
    with pytest.raises(SettingsError, match="size: got 8, expected a whole number from 16 to 8192"):
        paint(size=8)
    with pytest.raises(SettingsError, match="preserve_color: got 'hue', expected None or luminance or statistics"):
        paint(preserve_color="hue")


def test_the_defaults_are_those_of_the_settings_and_the_arguments_are_those_of_stylize():
    signature = inspect.signature(nst.paint_fast).parameters
    assert {f.name: f.default for f in fields(FastSettings)} == {
        name: signature[name].default for name in ("size", "alpha", "preserve_color", "precision", "decoder")
    }
    assert signature.keys() - inspect.signature(nst.stylize).parameters.keys() == {"alpha", "decoder"}


def test_another_decoder_paints_and_is_recorded(tmp_path):
    copy = shutil.copy(DECODER_FILE, tmp_path / "mine.npz")
    result = paint(decoder=copy)
    np.testing.assert_allclose(result.picture, paint().picture, atol=1e-5)
    assert result.settings["decoder"] == str(copy)
    assert result.settings["networks"]["fast_decoder"] == DECODER_SHA256


def test_a_decoder_for_another_network_is_refused(tmp_path):
    path = save_weights(tmp_path / "small.npz", small_weights())
    with pytest.raises(WeightsError, match=r"made for layers of \(2, 3, 4, 5, 6\) channels, .* have \(32, 64"):
        paint(decoder=path)


def test_a_decoder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(WeightsError, match="there is no such weight file"):
        paint(decoder=tmp_path / "none.npz")
    with pytest.raises(SettingsError, match="decoder: got 3, expected None, or the path"):
        paint(decoder=3)

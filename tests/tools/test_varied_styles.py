"""The styles that the decoder learns beside the paintings of a folder."""

import numpy as np
import pytest

from tools.fast.styles import change_colors, lay_mosaic, vary


@pytest.fixture
def rng():
    return np.random.default_rng(4)


def test_about_half_of_the_styles_are_changed_and_all_stay_pictures(rng):
    styles = rng.random((64, 16, 16, 3)).astype(np.float32)
    varied = vary(rng, styles)
    assert varied.shape == styles.shape
    assert varied.dtype == np.float32
    assert varied.min() >= 0
    assert varied.max() <= 1
    changed = np.any(varied != styles, axis=(1, 2, 3)).mean()
    assert 0.3 < changed < 0.7


def test_the_same_seed_gives_the_same_styles():
    styles = np.random.default_rng(0).random((4, 16, 16, 3))
    one, same = (vary(np.random.default_rng(7), styles) for _ in range(2))
    np.testing.assert_array_equal(one, same)


def test_changed_colors_keep_the_picture(rng):
    ramp = np.broadcast_to(np.linspace(0.4, 0.6, 16)[:, None], (16, 16))
    style = np.stack([ramp, ramp, ramp], -1)
    changed = change_colors(rng, style)
    assert all(np.corrcoef(changed[..., i].ravel(), ramp.ravel())[0, 1] > 0.99 for i in range(3))
    assert np.abs(changed - style).max() > 0.01


def test_a_mosaic_has_few_colors_and_keeps_those_of_the_picture(rng):
    style = np.full((64, 64, 3), (0.2, 0.4, 0.6))
    mosaic = lay_mosaic(rng, style)
    colors = np.unique(mosaic.reshape(-1, 3).round(6), axis=0)
    assert len(colors) == 2  # tiles and joints
    assert np.any(np.all(np.isclose(mosaic, (0.2, 0.4, 0.6)), axis=-1))

"""The content picture's colors are kept, in both of the paper's ways."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nst.engine.color import LUMINANCE, keep_content_colors, match_colors


def picture(seed, size=(8, 9), low=0.3, high=0.7):
    return np.random.default_rng(seed).uniform(low, high, (1, *size, 3)).astype(np.float32)


@given(st.integers(0, 1000))
def test_the_luminance_is_the_generated_pictures_and_the_differences_of_channels_the_contents(seed):
    content, generated = picture(seed), picture(seed + 1)
    kept = keep_content_colors(generated, content)
    np.testing.assert_allclose(kept @ LUMINANCE, generated @ LUMINANCE, atol=1e-5)
    np.testing.assert_allclose(kept[..., 0] - kept[..., 2], content[..., 0] - content[..., 2], atol=1e-5)


def test_a_picture_with_its_own_colors_stays_as_it_is():
    np.testing.assert_allclose(keep_content_colors(picture(1), picture(1)), picture(1), atol=1e-6)
    np.testing.assert_allclose(match_colors(picture(1), picture(1)), picture(1), atol=1e-5)


@given(st.integers(0, 1000))
def test_mean_and_covariance_become_those_of_the_content(seed):
    style, content = picture(seed, (10, 12), 0.0, 1.0), picture(seed + 1, (6, 7), 0.4, 0.6)
    colors = match_colors(style, content).reshape(-1, 3)
    wanted = content.reshape(-1, 3)
    np.testing.assert_allclose(colors.mean(0), wanted.mean(0), atol=1e-4)
    np.testing.assert_allclose(np.cov(colors.T), np.cov(wanted.T), atol=2e-4)


@pytest.mark.parametrize("change", [match_colors, keep_content_colors])
def test_pictures_without_any_color_are_no_trouble(change):
    gray, colors = np.full((1, 8, 9, 3), 0.5, np.float32), picture(1)
    for first, second in ((gray, colors), (colors, gray), (gray, gray)):
        changed = change(first, second)
        assert np.isfinite(changed).all()
        assert changed.dtype == np.float32
        assert 0 <= changed.min() <= changed.max() <= 1

"""A picture seen in tiles gives the J and the gradient that it gives when seen at once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nst.engine.losses import Objective, Style
from nst.engine.networks import REPEAT_EDGES
from nst.engine.tiles import TiledObjective, cut_axis, margin
from nst.network.vgg import layer_outputs
from tests.nst.test_vgg import small_network
from tests.support.parameters import mostly_slow

LAYERS = ["block1_conv1", "block2_conv1", "block3_conv1", "block3_conv4"]
DEEP = ["block1_conv1", "block4_conv1", "block5_conv1", "block3_conv4"]


def picture(seed, size):
    return np.random.default_rng(seed).uniform(size=(1, *size, 3)).astype(np.float32)


def both(layers, side, style, size):
    """The Objective that sees all at once and the one that sees tiles, aimed alike."""
    outputs = layer_outputs(small_network(repeat_edges=REPEAT_EDGES), layers)
    terms = [1e-3, 2e-3, 3e-3], 0.5, 7.0
    whole, tiled = Objective(outputs, *terms), TiledObjective(outputs, *terms, side=side)
    for objective in (whole, tiled):
        objective.set_targets(picture(1, size), style)
    return whole, tiled


@pytest.mark.parametrize(
    ("layers", "side", "size"),
    mostly_slow([(LAYERS, 96, (130, 171)), (LAYERS, 96, (64, 300)), (LAYERS, 1000, (50, 61)), (DEEP, 240, (259, 300))]),
)
def test_tiles_are_exact(layers, side, size):
    whole, tiled = both(layers, side, [Style(picture(2, (150, 140)))], size)
    image = picture(3, size)
    for got, expected in zip(tiled(image), whole(image), strict=True):
        np.testing.assert_allclose(got, expected, rtol=2e-4, atol=1e-3 * np.abs(expected).max())


@pytest.mark.slow
def test_tiles_are_exact_with_regions():
    size = (130, 171)
    left = np.zeros(size, np.float32)
    left[:, :77] = 1
    styles = [Style(picture(2, size), 0.3, left), Style(picture(4, size), 0.7, 1 - left, left)]
    whole, tiled = both(LAYERS, 96, styles, size)
    image = picture(3, size)
    for got, expected in zip(tiled(image), whole(image), strict=True):
        np.testing.assert_allclose(got, expected, rtol=2e-4, atol=1e-3 * np.abs(expected).max())
    assert tiled.measure_distances(image, picture(1, size)) == pytest.approx(
        whole.measure_distances(image, picture(1, size)), rel=1e-3
    )


@pytest.mark.slow
def test_a_region_that_a_deep_layer_holds_nothing_of_stays_finite():
    size = (140, 171)
    edge = np.zeros(size, np.float32)
    edge[-8:] = 1  # of 140 rows block 5 sees 128
    styles = [Style(picture(2, size), 0.3, edge, edge), Style(picture(4, size), 0.7, 1 - edge)]
    whole, tiled = both(DEEP, 240, styles, size)
    image = picture(3, size)
    for got, expected in zip(tiled(image), whole(image), strict=True):
        assert np.isfinite(got).all()
        np.testing.assert_allclose(got, expected, rtol=2e-4, atol=1e-3 * np.abs(expected).max())


@pytest.mark.parametrize("layers", [["block1_conv1"], ["block1_conv2"], LAYERS, DEEP, ["block5_conv4"]])
def test_the_margin_reaches_as_far_as_the_deepest_layer_sees(layers):
    deepest = layer_outputs(small_network(channels=2), [max(layers)])
    reach, side = margin(layers), 2 * margin(layers) + 64
    image = picture(5, (16, side))
    changed = image.copy()
    changed[:, :, 0] = 1 - changed[:, :, 0]
    columns = np.abs(deepest(image)[0] - deepest(changed)[0]).sum((0, 1, 3))
    stride = side // len(columns)
    assert columns[:1].sum() > 0
    assert columns[reach // stride + 1 :].sum() == 0


@given(st.integers(16, 3000), st.integers(64, 900), st.sampled_from([16, 32, 96]))
def test_spans_cover_an_axis_once_and_see_no_more_than_they_may(length, side, margin):
    cut = cut_axis(length, side, margin, 16)
    assert [span.first for span in cut] == [0, *(span.last for span in cut[:-1])]
    assert cut[-1].last == length
    for span in cut:
        assert span.first % 16 == 0
        assert 0 <= span.start <= span.first < span.last <= span.stop <= length
        assert span.stop - span.start <= max(side, 16 + 2 * margin)
        assert span.start in (0, span.first - margin)
        assert span.stop in (length, span.last + margin)

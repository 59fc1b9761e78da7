"""Chapter 2's own code beyond a straight run: costs, two optimizers, the pyramid, a thinner network."""

import io
from contextlib import redirect_stderr

import numpy as np
import pytest

from nst import images
from nst.engine.losses import Objective, Style
from nst.paths import ROOT
from tests.support.chapter_names import define_names

SOURCE = ROOT / "notebooks" / "src" / "02_better_and_faster.py"
SHAPE = (1, 36, 48, 3)


@pytest.fixture(scope="module")
def defined():
    return define_names(SOURCE)


@pytest.fixture
def course(defined, tmp_path, monkeypatch):
    """The chapter's names, on a pair of 48 pixels, writing to a temporary folder."""
    monkeypatch.setitem(defined, "OUTPUT", tmp_path)
    content_image, style_image = defined["load_pair"]("persepolis.jpg", "starry_night.jpg", 48)
    monkeypatch.setitem(defined, "content_image", content_image)
    monkeypatch.setitem(defined, "style_image", style_image)
    return defined


@pytest.fixture
def cost(course):
    return course["cost_of"](course["aim"](course["content_image"], course["style_image"]))


@pytest.fixture
def start(course):
    return course["noisy"](course["content_image"])


@pytest.mark.slow
def test_the_cost_with_total_variation_is_the_engines(course, cost, start):
    layers = course["STYLE_LAYERS"].values()
    engine = Objective(course["see"], [course["BETA"] * weight for weight in layers], course["ALPHA"], course["TV"])
    engine.set_targets(course["content_image"], [Style(course["style_image"])])
    J, gradient, _ = engine(start)
    ours, slope = course["value_and_gradient"](start.ravel().astype(np.float64), cost, start.shape)
    assert ours == pytest.approx(J, rel=1e-3)
    np.testing.assert_allclose(slope.reshape(start.shape), gradient, atol=1e-3 * np.abs(gradient).max())


@pytest.mark.parametrize("way", ["adam", "lbfgs", "descend"])
def test_every_way_down_stays_within_bounds_and_lowers_the_cost(course, cost, start, way):
    with redirect_stderr(io.StringIO()):
        picture, curve = course[way](cost, start, 5)
    assert (picture.shape, picture.dtype) == (SHAPE, np.float32)
    assert 0 <= picture.min() <= picture.max() <= 1
    assert float(cost(picture)) < curve[0]


@pytest.mark.parametrize(("way", "more"), [("adam", 0), ("lbfgs", 20), ("descend", 9)])
def test_a_way_down_ends_with_its_evaluations_and_the_line_search_begun(course, cost, start, way, more):
    with redirect_stderr(io.StringIO()):
        _, curve = course[way](cost, start, 6)
    assert 6 <= len(curve) <= 6 + more


def test_evaluations_to_counts_from_one_and_knows_what_was_never_reached(course):
    assert course["evaluations_to"](2, [5, 3, 2, 1]) == 3
    assert course["evaluations_to"](5, [5, 3]) == 1
    assert course["evaluations_to"](0, [5, 3]) == np.inf


def test_the_pyramid_paints_each_size_from_the_one_before_and_keeps_it(course, tmp_path):
    stages = [(32, 2), (48, 2)]
    cost_at = course["towards"](course["style_image"])
    picture, curves = course["pyramid"](course["content_image"], cost_at, stages, "trial")
    folder = tmp_path / "02_better_and_faster"
    assert [images.load(path).shape[2] for path in sorted(folder.iterdir())] == [32, 48]
    assert picture.shape == SHAPE
    assert len(curves) == 2


def test_a_picture_is_painted_twice_the_same(course, cost, start):
    np.testing.assert_allclose(course["descend"](cost, start, 4)[0], course["descend"](cost, start, 4)[0], atol=1e-4)


def test_halving_keeps_the_channels_that_answer_most(course):
    weights = course["read_weights"](course["find_weights"]("pocket").path)
    thin = course["halved"](weights, [course["content_image"]])
    assert [kernel.shape[-1] for kernel, _ in thin.values()] == [len(bias) // 2 for _, bias in weights.values()]
    assert course["build_vgg19"](thin, "half").output.shape[-1] == len(weights["block5_conv4"][1]) // 2

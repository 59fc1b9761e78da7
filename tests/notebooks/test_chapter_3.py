"""Chapter 3's own code beyond a straight run: its cost, the pyramid, colors, regions, mixtures, layers."""

import io
from contextlib import redirect_stderr

import numpy as np
import pytest

from nst import images
from nst.engine import color
from nst.engine.losses import Objective, Style
from nst.paths import ROOT
from tests.support.chapter_names import define_names

SOURCE = ROOT / "notebooks" / "src" / "03_colors_and_places.py"
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


def test_the_cost_is_the_engines(course, cost, start):
    layers = course["STYLE_LAYERS"].values()
    engine = Objective(course["see"], [course["BETA"] * weight for weight in layers], course["ALPHA"], course["TV"])
    engine.set_targets(course["content_image"], [Style(course["style_image"])])
    expected, slope, _ = engine(start)
    J, gradient = cost.value_and_gradient(start)
    assert pytest.approx(expected, rel=1e-3) == J
    np.testing.assert_allclose(gradient, slope, atol=1e-3 * np.abs(slope).max())


def test_the_pyramid_paints_each_size_from_the_one_before_and_keeps_the_last(course, tmp_path, monkeypatch):
    monkeypatch.setitem(course, "STAGES", [(32, 2), (48, 2)])
    picture = course["pyramid"](course["content_image"], course["towards"](course["style_image"]), "trial")
    [kept] = (tmp_path / "03_colors_and_places").iterdir()
    assert images.load(kept).shape == picture.shape == SHAPE


def test_a_descent_stays_within_bounds_and_lowers_the_cost(course, cost, start):
    picture = course["descend"](cost, start, 5)
    assert (picture.shape, picture.dtype) == (SHAPE, np.float32)
    assert 0 <= picture.min() <= picture.max() <= 1
    assert float(cost(picture)) < float(cost(start))


def test_one_region_that_is_all_is_the_plain_cost(course, cost, start):
    whole = np.ones(SHAPE[1:3], np.float32)
    within = course["cost_within"](course["aim_within"](course["content_image"], [(whole, course["style_image"])]))
    assert float(within(start)) == pytest.approx(float(cost(start)), rel=1e-3)


@pytest.mark.slow
def test_the_cost_of_two_regions_is_the_engines(course, start):
    left = np.zeros(SHAPE[1:3], np.float32)
    left[:, :16] = 1
    masks, styles = (left, 1 - left), (course["style_image"], course["content_image"])
    engine = Objective(
        course["see"],
        [course["BETA"] * weight for weight in course["STYLE_LAYERS"].values()],
        course["ALPHA"],
        course["TV"],
    )
    engine.set_targets(
        course["content_image"], [Style(style, 0.5, mask) for style, mask in zip(styles, masks, strict=True)]
    )
    ours = course["cost_within"](course["aim_within"](course["content_image"], list(zip(masks, styles, strict=True))))
    assert float(ours(start)) == pytest.approx(engine(start)[0], rel=1e-3)


def test_at_its_ends_a_mixture_is_one_of_the_two(course):
    one = course["aim"](course["content_image"], course["style_image"])
    other = course["aim"](course["content_image"], course["content_image"])
    for t, end in ((0, one), (1, other)):
        for got, wanted in zip(course["mixed"](one, other, t)["grams"], end["grams"], strict=True):
            np.testing.assert_allclose(got, wanted, rtol=1e-5)


def test_matched_by_choleskys_root_and_clipped_a_style_has_the_engines_colors(course):
    pair = course["style_image"], course["content_image"]
    ours = course["match_colors"](*pair, np.linalg.cholesky)
    np.testing.assert_allclose(np.clip(ours, 0, 1), color.match_colors(*pair), atol=0.02)


def test_the_symmetric_root_of_a_flat_cloud_of_colors_is_finite(course):
    gray = np.cov(np.tile(np.linspace(0, 1, 9), (3, 1)))
    root = course["symmetric_root"](gray)
    np.testing.assert_allclose(root @ root, gray, atol=1e-7)


def test_what_no_one_chose_has_no_part_in_the_grid(course):
    small = course["motif"]
    with redirect_stderr(io.StringIO()):
        deep = course["tried"]("block5_conv1", 1, alpha=0, evaluations=3)
        shallow = course["tried"]("block1_conv2", 1, alpha=0, evaluations=3)
    assert deep.shape == small.shape
    np.testing.assert_allclose(deep, shallow, atol=1e-4)

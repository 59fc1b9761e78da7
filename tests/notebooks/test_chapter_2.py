"""Chapter 2's own code beyond a straight run: costs, two ways down them, the pyramid, regions, a thinner network."""

import ast
import io
import linecache
from contextlib import redirect_stderr, redirect_stdout, suppress

import numpy as np
import pytest

from nst import images
from nst.engine import color
from nst.engine.losses import Objective, Style
from nst.paths import ROOT
from tools import chapter

SOURCE = ROOT / "notebooks" / "src" / "02_better_and_faster.py"
PAINTS = "nbval-ignore-output"  # the tag of cells that take their time
KEPT = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.Assign)
SHAPE = (1, 36, 48, 3)


def definitions():
    """What the chapter imports, defines and sets; what reads a painting is left out, since nothing is painted."""
    names = {"__name__": "__main__"}
    for cell in chapter.make_solved(SOURCE).cells:
        if cell.cell_type != "code" or PAINTS in cell.metadata.get("tags", []):
            continue
        place = f"{SOURCE.name}, cell {cell.id}"
        linecache.cache[place] = len(cell.source), None, cell.source.splitlines(keepends=True), place
        for statement in ast.parse(cell.source).body:
            if isinstance(statement, KEPT):
                run(ast.Module([statement], []), place, names)
    return names


def run(statement, place, names):
    with suppress(NameError, KeyError):
        exec(compile(statement, place, "exec"), names)


@pytest.fixture(scope="module")
def defined():
    with redirect_stdout(io.StringIO()):
        return definitions()


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


def test_the_cost_with_total_variation_is_the_engines(course, cost, start):
    layers = course["STYLE_LAYERS"].values()
    engine = Objective(course["see"], [course["BETA"] * weight for weight in layers], course["ALPHA"], course["TV"])
    engine.set_targets(course["content_image"], [Style(course["style_image"])])
    J, gradient, _ = engine(start)
    ours, slope = course["value_and_gradient"](start.ravel().astype(np.float64), cost, start.shape)
    assert ours == pytest.approx(J, rel=1e-3)
    np.testing.assert_allclose(slope.reshape(start.shape), gradient, atol=1e-3 * np.abs(gradient).max())


def test_inside_another_graph_a_cost_is_part_of_it_with_its_gradient(course, cost, start):
    tf = course["tf"]

    @tf.function
    def gradient(picture):
        with tf.GradientTape() as tape:
            tape.watch(picture)
            J = cost(picture)
        return J, tape.gradient(J, picture)

    J, slope = gradient(tf.constant(start))
    ours, flat = course["value_and_gradient"](start.ravel().astype(np.float64), cost, start.shape)
    assert float(J) == pytest.approx(ours, rel=1e-5)
    np.testing.assert_allclose(slope.numpy().ravel(), flat, atol=1e-5 * np.abs(flat).max())


def test_two_costs_of_one_J_keep_their_own_targets(course, cost, start):
    before = float(cost(start))
    other = course["cost_of"](course["aim"](course["style_image"], course["content_image"]))
    assert float(other(start)) != pytest.approx(before, rel=0.01)
    assert float(cost(start)) == pytest.approx(before)


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


def test_one_region_that_is_all_is_the_plain_cost(course, cost, start):
    whole = np.ones(SHAPE[1:3], np.float32)
    within = course["cost_within"](course["aim_within"](course["content_image"], [(whole, course["style_image"])]))
    assert float(within(start)) == pytest.approx(float(cost(start)), rel=1e-3)


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


def test_halving_keeps_the_channels_that_answer_most(course):
    weights = course["read_weights"](course["find_weights"]("pocket").path)
    thin = course["halved"](weights, [course["content_image"]])
    assert [kernel.shape[-1] for kernel, _ in thin.values()] == [len(bias) // 2 for _, bias in weights.values()]
    assert course["build_vgg19"](thin, "half").output.shape[-1] == len(weights["block5_conv4"][1]) // 2


def test_what_no_one_chose_has_no_part_in_the_grid(course):
    small = course["motif"]
    with redirect_stderr(io.StringIO()):
        deep = course["tried"]("block5_conv1", 1, alpha=0, evaluations=3)
        shallow = course["tried"]("block1_conv2", 1, alpha=0, evaluations=3)
    assert deep.shape == small.shape
    np.testing.assert_allclose(deep, shallow, atol=1e-4)

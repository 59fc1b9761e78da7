"""The engine, from pictures to a picture, on the bundled network at sizes that take a moment."""

import json

import numpy as np
import pytest
from PIL import Image

import nst
from nst import images
from nst.engine import memory
from nst.engine.color import LUMINANCE
from nst.engine.losses import Objective, Style
from nst.engine.networks import Networks
from nst.engine.pyramid import Stage
from nst.engine.run import RECOVERED, SMALL_CONTENT_FACTOR
from nst.engine.settings import Settings, SettingsError
from nst.engine.stylize import stylize
from nst.engine.tiles import TiledObjective
from nst.images import PictureError
from nst.network.layers import LAYERS
from nst.network.vgg import BorderSafeConv2D
from nst.paths import IMAGES
from tests.nst.test_weights import arrays_of, npz
from tests.support.parameters import mostly_slow

CONTENT, STYLE, OTHER = IMAGES / "louvre.jpg", IMAGES / "starry_night.jpg", IMAGES / "kashi.jpg"


def painted(content=CONTENT, style=STYLE, **settings):
    return stylize(content, style, **{"weights": "pocket", "size": 64, "steps": 6, "precision": "float32", **settings})


def half(side):
    """A mask (48, 64) that is white on one side."""
    mask = np.zeros((48, 64), np.float32)
    mask[:, slice(0, 32) if side == "left" else slice(32, 64)] = 1
    return mask


def speckled(color):
    """A picture (1, 48, 64, 3) of grains between black and a color."""
    grains = np.random.default_rng(0).uniform(size=(1, 48, 64, 1))
    return (grains * {"red": (1, 0.2, 0.2), "blue": (0.2, 0.2, 1), "gray": (1, 1, 1)}[color]).astype(np.float32)


def redness(picture, side):
    red, _, blue = picture[0][half(side) > 0].mean(0)
    return red - blue


@pytest.fixture(scope="module")
def result():
    return painted(size=160, steps=5)


def test_it_is_there_by_its_short_name():
    assert nst.stylize is stylize
    with pytest.raises(AttributeError, match="has no attribute 'stylise'"):
        _ = nst.stylise


def test_the_picture_has_the_size_asked_for_and_holds_pixels(result):
    assert result.picture.shape == (1, 120, 160, 3)
    assert result.picture.dtype == np.float32
    assert 0 <= result.picture.min() <= result.picture.max() <= 1


def test_J_falls_at_every_size(result):
    for height in {curve["height"] for curve in result.curves}:
        J = [
            curve["content"] + curve["variation"] + sum(curve["style"])
            for curve in result.curves
            if curve["height"] == height
        ]
        assert min(J) < 0.9 * J[0]


def test_the_record_says_what_was_done_as_json_can_hold_it(result):
    record = json.loads(json.dumps(result.record))
    assert record["settings"]["size"] == 160
    assert list(record["settings"]["networks"]) == ["pocket_vgg19"]
    assert record["settings"]["precision"] == "float32"
    assert sum(stage["evaluations"] for stage in record["timings"]["stages"]) == len(result.curves)
    assert [(stage["height"], stage["width"]) for stage in record["timings"]["stages"]] == [(120, 160)]
    assert record["timings"]["seconds"] >= sum(stage["seconds"] for stage in record["timings"]["stages"])


def test_the_curves_have_a_term_for_each_style_layer(result):
    assert {len(curve["style"]) for curve in result.curves} == {5}


def test_the_scores_say_how_near_the_picture_is_to_both(result):
    assert 0 < result.scores["style"] < 0.5
    assert 0 < result.scores["content"] < 2
    kept = painted(style_weight=0.001, content_weight=100, tv_weight=0)
    assert kept.scores["content"] < 0.5 * result.scores["content"]
    assert kept.scores["style"] > result.scores["style"]


@pytest.mark.parametrize("init", mostly_slow(["content", "noise"]))
def test_the_same_arguments_give_the_same_picture(init):
    np.testing.assert_array_equal(painted(init=init).picture, painted(init=init).picture)


@pytest.mark.slow
def test_from_noise_another_seed_gives_another_picture():
    assert np.abs(painted(init="noise").picture - painted(init="noise", seed=1).picture).max() > 0


@pytest.mark.slow
def test_a_larger_size_starts_with_the_content_detail_that_the_smaller_could_not_hold():
    seen = []
    painted(size=256, steps=2, style_weight=0.0, tv_weight=0.0, on_progress=seen.append)
    first = next(progress for progress in seen if progress.size[1] == 256)
    np.testing.assert_allclose(first.image, images.load(CONTENT, 256), atol=1e-3)


@pytest.mark.slow
def test_from_noise_a_larger_size_starts_with_the_smaller_picture_and_nothing_else():
    seen = []
    painted(size=256, steps=2, init="noise", on_progress=seen.append)
    first = next(progress.image for progress in seen if progress.size[1] == 256)
    smaller = [progress.image for progress in seen if progress.size[1] == 128]
    assert any(np.array_equal(images.resize(image, *first.shape[1:3]), first) for image in smaller)


def test_targets_are_computed_once_for_a_size_and_content_counts_more_at_the_smaller(monkeypatch):
    counted, real = [], Objective.set_targets
    monkeypatch.setattr(
        Objective,
        "set_targets",
        lambda self, content, styles, counts=1.0: (
            counted.append((content.shape[2], counts)) or real(self, content, styles, counts)
        ),
    )
    painted(size=256, steps=1)
    assert counted == [(128, SMALL_CONTENT_FACTOR), (256, 1.0)]


def test_the_record_names_the_files(tmp_path):
    images.save(np.ones((1, 48, 64, 3)), tmp_path / "all.png")
    result = painted(
        style={STYLE: 2, OTHER: 1},
        content_masks=[tmp_path / "all.png", half("left")],
        style_masks=[None, tmp_path / "all.png"],
        steps=1,
    )
    assert result.settings["files"] == {
        "content": "louvre.jpg",
        "style": ["starry_night.jpg", "kashi.jpg"],
        "content_masks": ["all.png", "array"],
        "style_masks": [None, "all.png"],
    }
    assert painted(steps=1).settings["files"] == {"content": "louvre.jpg", "style": ["starry_night.jpg"]}


@pytest.mark.slow
def test_a_mask_painted_on_a_transparent_layer_marks_what_is_painted(tmp_path):
    layer = np.zeros((240, 320, 4), np.uint8)
    layer[:, :160] = 255  # white where it is opaque
    Image.fromarray(layer).save(tmp_path / "layer.png")
    np.testing.assert_array_equal(
        painted(content_masks=tmp_path / "layer.png").picture, painted(content_masks=half("left")).picture
    )


def test_a_mask_of_a_very_wide_picture_fits_it_and_says_nothing_of_its_size(tmp_path, capsys):
    wide = np.full((1, 48, 2400, 3), 0.5, np.float32)
    for name in ("wide.png", "mask.png"):
        images.save(wide, tmp_path / name)
    capsys.readouterr()
    assert painted(content=tmp_path / "wide.png", content_masks=tmp_path / "mask.png", steps=1).picture.shape == (
        1,
        16,
        64,
        3,
    )
    assert "would take" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("pixels", "told"),
    [
        (
            np.full((48, 64, 3), 255.0),
            "got an array with values from 255 to 255, expected values from 0 to 1; divide ",
        ),
        (np.full((48, 64, 3), np.nan), "got an array with values from nan to nan"),
        (np.full((48, 64, 3), -1.0), "got an array with values from -1 to -1"),
    ],
)
def test_an_array_of_other_numbers_is_named(pixels, told):
    for role in ("content", "style"):
        with pytest.raises(SettingsError, match=f"{role}: {told}"):
            painted(**{role: pixels})


@pytest.mark.slow
def test_a_style_far_larger_than_the_content_is_seen_in_tiles_for_its_size(monkeypatch):
    content, style = np.full((1, 32, 256, 3), 0.5, np.float32), np.full((1, 256, 256, 3), 0.4, np.float32)
    seen, real = [], memory.tile_side
    monkeypatch.setattr(memory, "tile_side", lambda pixels, *rest: seen.append(pixels) or real(pixels, *rest))
    painted(content, style, size=256, steps=1)
    assert seen == [memory.FORWARD_ONLY * 128 * 128, memory.FORWARD_ONLY * 256 * 256]
    seen.clear()
    painted(content, content, size=256, steps=1)
    assert seen == [16 * 128, 32 * 256]


@pytest.mark.slow
def test_where_J_was_not_finite_it_is_said_once(monkeypatch):
    calls, real = [], Objective.__call__

    def sometimes_nan(self, image):
        calls.append(image.shape)
        J, gradient, terms = real(self, image)
        return (np.nan if calls.count(image.shape) == 3 else J), gradient, terms  # at each of the two sizes

    monkeypatch.setattr(Objective, "__call__", sometimes_nan)
    result = painted(size=256, steps=5)
    assert result.notes == [RECOVERED]
    assert np.isfinite(result.picture).all()


@pytest.mark.slow
def test_what_is_seen_in_tiles_is_the_same_picture(monkeypatch):
    shallow = {"style_layers": {"block1_conv1": 1.0}, "content_layer": "block2_conv1"}
    whole = painted(**shallow)
    made, real = [], TiledObjective.__init__
    monkeypatch.setattr(
        TiledObjective, "__init__", lambda self, *terms, side: made.append(side) or real(self, *terms, side=side)
    )
    monkeypatch.setattr(memory, "tile_side", lambda *_: 40)
    tiled = painted(**shallow)
    assert made == [40]
    np.testing.assert_allclose(tiled.picture, whole.picture, atol=1e-3)
    assert tiled.scores == pytest.approx(whole.scores, abs=1e-3)


def test_progress_rises_to_the_whole_and_shows_the_picture():
    seen = []
    painted(size=300, steps=3, on_progress=seen.append)
    done = [progress.done for progress in seen]
    assert done == sorted(done)
    assert 0 < done[0] < done[-1] == pytest.approx(1, abs=1e-6)
    assert [progress.evaluation for progress in seen] == list(range(1, len(seen) + 1))
    assert seen[-1].image.shape == (1, *seen[-1].size, 3)


def test_an_array_does_as_well_as_a_file():
    loaded = images.load(CONTENT, 64)
    np.testing.assert_allclose(painted(content=loaded).picture, painted().picture, atol=0.02)


@pytest.mark.slow
def test_several_styles_are_between_the_styles():
    one, other = painted(style=STYLE).picture, painted(style=OTHER).picture
    both = painted(style={STYLE: 1, OTHER: 1}).picture
    alike = painted(style=[STYLE, OTHER]).picture
    np.testing.assert_array_equal(both, alike)
    assert np.abs(both - one).mean() > 0.01
    assert np.abs(both - other).mean() > 0.01
    nearly_one = painted(style={STYLE: 999, OTHER: 1}).picture
    assert np.abs(nearly_one - one).mean() < np.abs(both - one).mean()


# --- regions ---------------------------------------------------------------------------------------------------


def test_each_style_paints_where_its_mask_is_white():
    for red, blue in (("left", "right"), ("right", "left")):
        picture = painted(
            content=speckled("gray"),
            style=[speckled("red"), speckled("blue")],
            steps=20,
            content_masks=[half(red), half(blue)],
            style_layers={"block1_conv1": 1},
        ).picture
        assert redness(picture, red) > redness(picture, blue) + 0.2


def test_what_no_mask_covers_stays_as_it_is():
    content = images.load(CONTENT, 64)
    picture = painted(content_masks=half("left")).picture
    right = half("right")[None] > 0
    np.testing.assert_array_equal(picture[right], content[right])
    assert np.abs(picture - content)[half("left")[None] > 0].mean() > 0.02


@pytest.mark.slow
def test_a_style_can_be_taken_from_a_region_of_its_picture():
    two = np.where(half("left")[None, ..., None] > 0, speckled("red"), speckled("blue")).astype(np.float32)
    red, blue = (
        painted(
            content=speckled("gray"), style=two, style_masks=half(side), steps=20, style_layers={"block1_conv1": 1}
        ).picture
        for side in ("left", "right")
    )
    for side in ("left", "right"):
        assert redness(red, side) > redness(blue, side) + 0.2


@pytest.mark.parametrize(
    ("masks", "told"),
    [
        (
            {"content_masks": [half("left"), half("right")]},
            "content_masks: got 2 masks for 1 styles, expected a mask for",
        ),
        ({"content_masks": np.zeros((48, 64), np.float32)}, "content_masks: the mask is black, so it selects nothing."),
        (
            {"content_masks": np.ones((64, 48), np.float32)},
            "content_masks: its aspect ratio is 48 to 64, that of its picture",
        ),
        (
            {"content_masks": np.full((48, 64), 255.0)},
            "content_masks: got values from 255 to 255, expected values",
        ),
        (
            {"content_masks": np.full((48, 64), np.nan)},
            "content_masks: got values from nan to nan, expected values from 0",
        ),
        ({"content_masks": np.ones((48, 64, 2))}, "content_masks: got shape (48, 64, 2), expected (H, W)"),
        ({"style_masks": ["nothing.png"]}, "nothing.png: there is no such file"),
        ({"style": [STYLE, OTHER], "content_masks": [half("left"), None]}, "expected a mask for each style"),
    ],
)
def test_a_mask_that_will_not_do_is_named(masks, told):
    with pytest.raises((SettingsError, PictureError)) as caught:
        painted(**masks)
    assert told in str(caught.value)


# --- colors, starts, networks -----------------------------------------------------------------------------------


def test_the_contents_colors_can_be_kept():
    content = images.load(CONTENT, 64)
    kept = painted(preserve_color="luminance").picture
    inside = (kept > 0.01).all(-1) & (kept < 0.99).all(-1)
    np.testing.assert_allclose(
        (kept - kept @ LUMINANCE[:, None])[inside], (content - content @ LUMINANCE[:, None])[inside], atol=1e-4
    )
    matched, plain = painted(preserve_color="statistics").picture, painted().picture
    assert (
        np.abs(matched.mean((1, 2)) - content.mean((1, 2))).max()
        < np.abs(plain.mean((1, 2)) - content.mean((1, 2))).max()
    )


def test_without_style_weight_the_content_stays():
    kept = painted(style_weight=0, tv_weight=0, steps=40)
    assert np.abs(kept.picture - images.load(CONTENT, 64)).mean() < 0.05
    assert kept.scores["style"] is None


@pytest.mark.parametrize(
    "other",
    mostly_slow(
        [
            {"init": "noise"},
            {"pooling": "average"},
            {"optimizer": "adam"},
            {"content_layer": "block2_conv1"},
            {"style_layers": {"block1_conv1": 1.0}},
        ]
    ),
)
def test_every_choice_makes_another_picture(other):
    assert np.abs(painted(**other).picture - painted().picture).mean() > 0.002


@pytest.mark.slow
def test_bfloat16_makes_nearly_the_same_picture():
    assert np.abs(painted(precision="bfloat16").picture - painted().picture).mean() < 0.03


def test_against_a_frame_blocks_3_and_4_repeat_their_edges_down_to_the_content_layer():
    networks = Networks("pocket", Settings())
    picture = np.zeros((1, 64, 64, 3), np.float32)
    objective = networks.get_objective(Stage(64, 64, 1, "pocket_vgg19", 0.0), picture, [Style(picture)])
    repeating = [layer.name for layer in objective.network.network.layers if isinstance(layer, BorderSafeConv2D)]
    block_3 = ["block3_conv1", "block3_conv2", "block3_conv3", "block3_conv4"]
    assert repeating == ["block1_conv1", *block_3, "block4_conv1", "block4_conv2"]


@pytest.mark.slow
def test_the_bundled_network_paints_before_another_takes_over(tmp_path, capsys):
    other = tmp_path / "other.npz"
    other.write_bytes(npz(arrays_of(LAYERS, channels=8)))
    stages = painted(weights=other, size=256, steps=2).timings["stages"]
    assert "Network for the smaller sizes: Pocket VGG-19, bundled.\n" in capsys.readouterr().out
    assert [stage["network"] for stage in stages] == ["pocket_vgg19", "vgg19_from_file"]
    small = painted(weights=other, size=64, steps=2).timings["stages"]
    assert [stage["network"] for stage in small] == ["pocket_vgg19", "vgg19_from_file"]
    alone = painted(weights=other, size=256, steps=2, warm_start=False).timings["stages"]
    assert [stage["network"] for stage in alone] == ["vgg19_from_file"] * 2


# --- a budget ------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_with_a_budget_all_sizes_get_their_part():
    stages = painted(size=256, budget=4.0).timings["stages"]
    assert [stage["width"] for stage in stages] == [128, 256]
    assert all(stage["evaluations"] >= 3 for stage in stages)


@pytest.mark.parametrize(
    "masks", mostly_slow([{}, {"content_masks": [half("left")]}]), ids=["everywhere", "on the left"]
)
def test_it_can_start_from_what_paint_fast_paints(masks):
    pictures = []
    painted(init="fast", steps=1, on_progress=lambda progress: pictures.append(progress.image), **masks)
    assert np.abs(pictures[0] - nst.paint_fast(CONTENT, STYLE, size=64, **masks).picture).max() < 0.02
    assert np.abs(pictures[0] - images.load(CONTENT, 64)).max() > 0.1

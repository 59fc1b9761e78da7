"""The engine, from pictures to a picture, on the bundled network at sizes that take a moment."""

import numpy as np
import pytest

from nst import images
from nst.colour import LUMINANCE
from nst.images import PictureError
from nst.paths import IMAGES
from nst.stylize import SettingsError, plan, stylize
from nst.weights import WeightsError

CONTENT, STYLE, OTHER = IMAGES / "louvre.jpg", IMAGES / "starry_night.jpg", IMAGES / "kashi.jpg"


def painted(content=CONTENT, style=STYLE, **settings):
    return stylize(content, style, **{"weights": "pocket", "size": 64, "steps": 6, **settings})


@pytest.fixture(scope="module")
def result():
    return painted(size=160, steps=5)


def test_the_picture_has_the_size_asked_for_and_holds_pixels(result):
    assert result.image.shape == (1, 120, 160, 3)
    assert result.image.dtype == np.float32
    assert 0 <= result.image.min() <= result.image.max() <= 1


def test_J_falls_at_every_size(result):
    for height in {curve["height"] for curve in result.curves}:
        J = [curve["content"] + curve["style"] + curve["variation"] for curve in result.curves
             if curve["height"] == height]
        assert min(J) < 0.9 * J[0]


def test_the_record_says_what_was_done(result):
    assert result.record["size"] == 160
    assert result.record["evaluations"] == len(result.curves)
    assert [(scale["height"], scale["width"]) for scale in result.record["scales"]] == [(120, 160)]
    assert result.record["seconds"] >= sum(scale["seconds"] for scale in result.record["scales"])


def test_the_same_arguments_give_the_same_picture_and_another_seed_another():
    np.testing.assert_array_equal(painted().image, painted().image)
    assert np.abs(painted().image - painted(seed=1).image).max() > 0


@pytest.mark.parametrize(("size", "scales"), [
    ((384, 512), [(96, 128, 100), (192, 256, 50), (384, 512, 25)]),
    ((100, 64), [(100, 64, 25)]),
    ((20, 600), [(16, 150, 100), (16, 300, 50), (20, 600, 25)]),
])
def test_sizes_go_from_about_128_to_the_full_one_by_halves(size, scales):
    assert list(plan(size, 25)) == scales


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
    np.testing.assert_allclose(painted(content=loaded).image, painted().image, atol=0.02)


def test_several_styles_are_between_the_styles():
    one, other = painted(style=STYLE).image, painted(style=OTHER).image
    both = painted(style={STYLE: 1, OTHER: 1}).image
    alike = painted(style=[STYLE, OTHER]).image
    np.testing.assert_array_equal(both, alike)
    assert np.abs(both - one).mean() > 0.01
    assert np.abs(both - other).mean() > 0.01
    nearly_one = painted(style={STYLE: 999, OTHER: 1}).image
    assert np.abs(nearly_one - one).mean() < np.abs(both - one).mean()


def test_the_contents_colours_can_be_kept():
    content = images.load(CONTENT, 64)
    kept = painted(colours="luminance").image
    inside = (kept > 0.01).all(-1) & (kept < 0.99).all(-1)
    np.testing.assert_allclose((kept - kept @ LUMINANCE[:, None])[inside],
                               (content - content @ LUMINANCE[:, None])[inside], atol=1e-4)
    matched, plain = painted(colours="statistics").image, painted().image
    assert np.abs(matched.mean((1, 2)) - content.mean((1, 2))).max() < np.abs(
        plain.mean((1, 2)) - content.mean((1, 2))).max()


def test_without_style_weight_the_content_stays():
    kept = painted(style_weight=0, tv_weight=0, steps=40).image
    assert np.abs(kept - images.load(CONTENT, 64)).mean() < 0.05


def test_noise_is_another_place_to_start_from():
    assert np.abs(painted(init="noise").image - painted().image).mean() > 0.02


@pytest.mark.parametrize(("setting", "told"), [
    ({"steps": 0}, "steps: got 0, expected at least 1."),
    ({"content_weight": -1}, "content_weight: got -1, expected a number of at least 0."),
    ({"content_weight": 0, "style_weight": 0}, "expected a style or a content weight above 0."),
    ({"init": "grey"}, "init: got 'grey', expected content or noise."),
    ({"colours": "mine"}, "colours: got 'mine', expected style or luminance or statistics."),
    ({"style": []}, "style: got [], expected at least one picture."),
    ({"style": {STYLE: 0}}, "style: got [0], expected shares above 0."),
])
def test_a_setting_out_of_range_is_named(setting, told):
    with pytest.raises(SettingsError) as caught:
        painted(**setting)
    assert told in str(caught.value)


def test_bad_pictures_and_weights_are_named_by_whoever_reads_them(tmp_path):
    with pytest.raises(PictureError, match=r"nothing\.jpg: there is no such file"):
        painted(content=tmp_path / "nothing.jpg")
    with pytest.raises(PictureError, match="size=4"):
        painted(size=4)
    with pytest.raises(WeightsError):
        painted(weights=tmp_path / "nothing.h5")

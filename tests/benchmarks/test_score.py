"""The scorer: 0 is the content picture, 1 the reference picture, and better pictures get better scores."""

import json

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import gaussian_filter

from benchmarks import score
from benchmarks import scorer as scorer_module
from benchmarks.scorer import Metric, ScoreError, Scorer, style_gain
from nst.network.layers import LAYERS
from tests.nst.test_weights import arrays_of, npz

DISTANCES = ("style_in", "style_held_out", "style_wasserstein")


def blobs(seed, height=64, width=80):
    """Soft blobs of color, without a pixel at either end of the range; uint8."""
    coarse = np.random.default_rng(seed).integers(30, 226, (6, 8, 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(coarse).resize((width, height), Image.Resampling.BILINEAR))


def stripes(seed, height=64, width=80):
    """Stripes in two colors with a little noise; uint8."""
    rng = np.random.default_rng(seed)
    wave = np.sin((np.arange(width) + 2 * np.arange(height)[:, None]) / 2)[..., None]
    return np.clip(128 + 60 * wave * [1, -0.5, 0.2] + rng.normal(0, 5, (height, width, 3)), 1, 254).astype(np.uint8)


@pytest.fixture(scope="module", autouse=True)
def short_reference():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scorer_module, "REFERENCE_EVALUATIONS", 12)
        yield


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    path = tmp_path_factory.mktemp("weights") / "three_blocks.npz"
    path.write_bytes(npz(arrays_of(LAYERS[:8])))
    return path


@pytest.fixture(scope="module")
def scorer(weights):
    return Scorer(weights, blobs(1), stripes(2))


def test_the_content_picture_is_0(scorer):
    figures = scorer.score(scorer.content)
    assert {figure.place for figure in figures.values()} <= {0.0, None}
    assert figures["style_held_out"].place == 0
    assert figures["content_error"].value == 0
    assert figures["content_ssim"].value == pytest.approx(1)


def test_the_reference_is_1(scorer):
    figures = scorer.score(scorer.reference)
    assert {figure.place for figure in figures.values()} <= {1.0, None}
    assert figures["style_held_out"].place == 1


def test_the_style_picture_has_its_own_style(scorer):
    figures = scorer.score(scorer.style)
    assert [figures[name].value for name in DISTANCES] == [0, 0, 0]
    assert all(figures[name].place > 0 for name in DISTANCES)
    assert figures["high_frequency"].value == pytest.approx(1)


def test_the_reference_run_came_nearer_to_the_style(scorer):
    figures = scorer.score(scorer.content)
    assert all(figures[name].reference < figures[name].content for name in DISTANCES)


def test_where_content_and_reference_agree_there_is_no_place(scorer):
    assert Metric(0.2, 0.1, 0.1).place is None


def test_the_same_picture_gets_the_same_score_from_another_scorer(scorer, weights):
    assert Scorer(weights, blobs(1), stripes(2)).score(stripes(3)) == scorer.score(stripes(3))


def test_blur_takes_style_away_from_the_style_picture(scorer):
    soft, softer = (gaussian_filter(scorer.style, (sigma, sigma, 0)) for sigma in (0.7, 2))
    for name in DISTANCES:
        assert 0 < scorer.score(soft)[name].value < scorer.score(softer)[name].value, name


def test_noise_takes_content_away_from_the_content_picture(scorer):
    noise = np.random.default_rng(4).normal(0, 1, scorer.content.shape)
    little, much = (scorer.score(np.clip(scorer.content + sigma * noise, 0, 255).astype(np.uint8)) for sigma in (5, 30))
    assert 0 < little["content_error"].value < much["content_error"].value
    assert 1 > little["content_ssim"].value > much["content_ssim"].value
    assert little["high_frequency"].value < much["high_frequency"].value


def test_a_file_of_five_blocks_adds_its_layers_to_style_in_only(weights, tmp_path):
    (tmp_path / "five.npz").write_bytes(npz(arrays_of()))  # its first three blocks are those of the other file
    three, five = (Scorer(path, blobs(1), stripes(2)).measure(blobs(5)) for path in (weights, tmp_path / "five.npz"))
    assert {name for name in three if three[name] != pytest.approx(five[name])} == {"style_in"}


def test_a_file_of_five_blocks_adds_the_deep_figures(weights, tmp_path):
    (tmp_path / "five.npz").write_bytes(npz(arrays_of()))
    three, five = (Scorer(path, blobs(1), stripes(2)) for path in (weights, tmp_path / "five.npz"))
    assert set(five.metrics) - set(three.metrics) == {"style_deep", "content_deep"}
    content, style = (five.measure(picture, ["style_deep", "content_deep"]) for picture in (five.content, five.style))
    assert content["content_deep"] == style["style_deep"] == 0
    assert content["style_deep"] > 0 < style["content_deep"]
    assert style_gain({"values": style, "content": content}, "style_deep") == 1


def test_a_frame_is_seen_in_its_color_and_in_its_roughness(scorer):
    assert scorer.measure(scorer.content, ["frame"])["frame"] <= 1
    colorful, rough = scorer.content.copy(), scorer.content.copy()
    for edge in (np.s_[:3], np.s_[-3:], np.s_[:, :3], np.s_[:, -3:]):
        colorful[edge] = (250, 10, 10)
        rough[edge] = np.random.default_rng(6).integers(0, 256, (*rough[edge].shape[:2], 1))
    for framed in (colorful, rough):
        assert scorer.measure(framed, ["frame"])["frame"] > 1.5


@pytest.mark.slow
def test_the_command_prints_a_table_and_json(weights, tmp_path, capsys):
    for name, pixels in (("result", blobs(6)), ("content", blobs(1, 90, 120)), ("style", stripes(2, 200, 90))):
        Image.fromarray(pixels).save(tmp_path / f"{name}.png")
    command = [
        str(tmp_path / "result.png"),
        "--content",
        str(tmp_path / "content.png"),
        "--style",
        str(tmp_path / "style.png"),
        "--weights",
        str(weights),
    ]
    score.main(command)
    table = capsys.readouterr().out.splitlines()
    score.main([*command, "--json"])
    figures = json.loads(capsys.readouterr().out)
    assert table[0].split() == ["metric", "value", "content", "reference", "place"]
    assert [line.split()[0] for line in table[1:]] == list(figures)
    assert [float(line.split()[1]) for line in table[1:]] == pytest.approx(
        [figure["value"] for figure in figures.values()], abs=6e-4
    )


def test_a_picture_of_another_size_is_refused(scorer, tmp_path):
    path = tmp_path / "small.png"
    Image.fromarray(blobs(1, 64, 64)).save(path)
    with pytest.raises(ScoreError) as caught:
        scorer.score(path)
    assert str(caught.value) == (
        f"{path} is 64 x 64 pixels, expected 80 x 64 as the content picture has. Scale the content picture first."
    )


def test_a_picture_too_small_for_a_quarter_is_refused(weights):
    with pytest.raises(ScoreError, match=r"the picture is 40 x 64 pixels\. Both sides must have at least 64"):
        Scorer(weights, blobs(1, 64, 40), stripes(2))


def test_pixels_that_are_not_8_bits_are_refused(scorer):
    with pytest.raises(ScoreError, match=r"expected a file or uint8 pixels of shape \(H, W, 3\), got float32"):
        scorer.score(scorer.content.astype(np.float32))


def test_weights_that_end_too_early_are_refused(tmp_path):
    (tmp_path / "two.npz").write_bytes(npz(arrays_of(LAYERS[:4])))
    with pytest.raises(ScoreError, match="these weights end at block2_conv2; the scorer needs block3_conv4"):
        Scorer(tmp_path / "two.npz", blobs(1), stripes(2))


def test_a_file_that_cannot_be_used_stops_the_command_with_its_name(weights, tmp_path):
    missing = str(tmp_path / "missing.png")
    with pytest.raises(SystemExit, match="there is no such file"):
        score.main([missing, "--content", missing, "--style", missing, "--weights", str(weights)])

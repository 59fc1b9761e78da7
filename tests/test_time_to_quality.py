"""The races: every recipe descends one J, is judged alike, and the tables say what the judgements say."""

import json

import numpy as np
import pytest
from test_weights import arrays_of, npz

from benchmarks import peers, time_to_quality
from benchmarks.quality_report import as_markdown, plot, ratios, seconds_to, summary
from nst import images
from nst.weights import LAYERS

RECIPES = {**time_to_quality.SIX_PAIRS, **time_to_quality.TWO_PAIRS}


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    path = tmp_path_factory.mktemp("weights") / "vgg.npz"
    path.write_bytes(npz(arrays_of(LAYERS[:8], 4)))
    return path


@pytest.fixture
def scene(weights):
    rng = np.random.default_rng(0)
    return peers.Scene(*(rng.random((1, 48, 64, 3), np.float32) for _ in range(2)), weights)


def first(recipe, scene, number):
    generator = recipe(scene)
    pictures = [next(generator) for _ in range(number)]
    generator.close()
    return pictures


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_goes_down_the_one_J_in_pictures(name, scene):
    pictures = first(RECIPES[name], scene, 12)
    objective = scene.objective()
    scene.aimed(objective, *scene.size)
    costs = [objective(np.asarray(picture, np.float32))[0] for picture in pictures]
    assert min(costs) < costs[0]  # not each is below the one before: some search no line
    for picture in pictures:
        assert picture.shape == scene.content.shape
        assert 0 <= picture.min() <= picture.max() <= 1


def test_the_objective_is_relative_to_both_targets(scene):
    objective = scene.objective()
    content = scene.aimed(objective, *scene.size)
    _, _, terms = objective(content)
    assert terms[0] == 0
    assert objective(scene.style)[2][2:] == pytest.approx(0, abs=1e-6)


def test_starts_are_the_recipes_own(scene):
    content = scene.content
    assert np.abs(first(peers.scipy_lbfgs, scene, 1)[0] - content).max() == 0
    assert 0.05 < np.abs(first(peers.course, scene, 1)[0] - content).mean() < 0.25
    assert np.abs(first(peers.jcjohnson, scene, 1)[0] - 0.45).mean() < 0.05


def test_keras_moves_the_mean_pixel_as_far_as_it_is_told_to(scene):
    moved = np.abs(first(peers.keras_example, scene, 1)[0] - scene.content).mean() * 255
    assert moved == pytest.approx(0.07, rel=0.05)


def test_crowsonkb_goes_from_small_to_large(weights, monkeypatch):
    rng = np.random.default_rng(0)
    scene = peers.Scene(*(rng.random((1, 120, 200, 3), np.float32) for _ in range(2)), weights)
    sizes = []
    monkeypatch.setattr(peers, "range", lambda number: range(min(number, 20)), raising=False)
    for picture in peers.crowsonkb(scene):
        if picture.shape[1:3] not in sizes:
            sizes.append(picture.shape[1:3])
    assert sizes == [(77, 128), (109, 181), (120, 200)]


@pytest.mark.parametrize("name", time_to_quality.OURS)
def test_our_recipes_race_with_the_engine(name, scene, monkeypatch):
    pictures = list(time_to_quality.ours(
        scene, weights="pocket" if "alone" in name and "Pocket" in name else scene.weights, steps=3))
    assert len(pictures) >= 4
    assert pictures[-1].shape == scene.content.shape


@pytest.fixture
def race(tmp_path, weights, monkeypatch):
    """Two pairs of small pictures, two contestants of a few steps, results in tmp_path."""
    rng = np.random.default_rng(1)
    for kind in ("content", "style"):
        for number in range(2):
            (tmp_path / kind).mkdir(exist_ok=True)
            images.save(rng.random((1, 64, 80, 3), np.float32), tmp_path / kind / f"{kind}{number}.png")

    def steps(number):
        def recipe(scene):
            for n in range(number):
                yield scene.content + (scene.style - scene.content) * np.float32((n + 1) / number)
        return recipe

    monkeypatch.setattr(time_to_quality, "SIZE", 80)
    monkeypatch.setattr(time_to_quality, "RESULTS", tmp_path / "results.json")
    monkeypatch.setattr(time_to_quality, "PLOT", tmp_path / "plot.png")
    monkeypatch.setattr(time_to_quality, "OURS", {"ours: quick": steps(3)})
    monkeypatch.setattr(time_to_quality, "SIX_PAIRS", {"slow": steps(20)})
    monkeypatch.setattr(time_to_quality, "TWO_PAIRS", {})
    return ["--pictures", str(tmp_path), "--weights", str(weights)]


def test_a_race_is_judged_told_and_kept(race, tmp_path, capsys):
    time_to_quality.main(race)
    results = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert set(results["races"]) == {"content0, style0", "content1, style1"}
    for judgements in results["races"]["content0, style0"].values():
        assert judgements[-1]["style"] == pytest.approx(1, abs=0.01)
        assert [one["seconds"] for one in judgements] == sorted(one["seconds"] for one in judgements)
    assert images.load(tmp_path / "plot.png").shape[-1] == 3
    assert "| slow | ours: quick | 2 |" in capsys.readouterr().out


def test_a_pair_that_is_judged_is_not_raced_again(race, tmp_path, monkeypatch):
    time_to_quality.main([*race, "--pairs", "1"])
    raced = []
    real = time_to_quality.race
    monkeypatch.setattr(time_to_quality, "race", lambda pair, *rest: raced.append(pair) or real(pair, *rest))
    time_to_quality.main(race)
    assert raced == ["content1, style1"]


def test_a_race_ends_after_its_seconds(race, tmp_path, monkeypatch):
    def endless(scene):
        while True:
            yield scene.content

    monkeypatch.setattr(time_to_quality, "LONGEST_RACE", 0.2)
    monkeypatch.setattr(time_to_quality, "TURN", 0.05)
    monkeypatch.setattr(time_to_quality, "SIX_PAIRS", {"endless": endless})
    time_to_quality.main([*race, "--pairs", "1"])
    races = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))["races"]
    assert 0.1 < races["content0, style0"]["endless"][-1]["seconds"] < 1


def test_a_folder_without_pictures_is_named(tmp_path, weights):
    with pytest.raises(SystemExit, match="expected pictures in its folders"):
        time_to_quality.main(["--pictures", str(tmp_path), "--weights", str(weights)])


# --- what the judgements say -------------------------------------------------------------------------------------


def judged(*rows):
    return [dict(zip(("seconds", "style", "content"), row, strict=True)) for row in rows]


PEER = judged((10, 0.3, 0.2), (50, 0.65, 0.5), (100, 0.7, 0.6))
FAST = judged((1, 0.5, 0.4), (2, 0.66, 0.45), (4, 0.71, 0.58))
LOOSE = judged((1, 0.9, 0.9))


def test_style_counts_only_at_a_content_error_no_larger():
    assert seconds_to(FAST, 0.65, 0.5) == 2
    assert seconds_to(LOOSE, 0.65, 0.5) is None


def test_ratios_are_the_peers_seconds_by_ours():
    races = {"pair": {"ours": FAST, "peer": PEER}, "other": {"ours": LOOSE, "peer": PEER}, "third": {"ours": FAST}}
    assert ratios(races, "peer", "ours", 1.0) == {"pair": 25.0, "other": None}
    assert ratios(races, "peer", "ours", 0.9) == {"pair": 25.0, "other": None}


def test_the_table_has_median_and_worst():
    races = {name: {"ours": FAST, "peer": PEER} for name in "abc"}
    assert "| peer | ours | 3 | 25.0 (25.0) | 25.0 (25.0) |" in as_markdown(summary(races))
    races["d"] = {"ours": LOOSE, "peer": PEER}
    assert "| peer | ours | 4 | 25.0 (not reached in 1) |" in as_markdown(summary(races))
    only = {"d": races["d"]}
    assert "| peer | ours | 1 | not reached in 1 of 1 |" in as_markdown(summary(only))


def test_the_frontier_is_drawn_for_any_number_of_pairs(tmp_path):
    for number in (1, 4):
        plot({str(n): {"ours": FAST, "peer": PEER} for n in range(number)}, tmp_path / "plot.png")
        assert images.load(tmp_path / "plot.png").shape[2] > 300

"""The races: every recipe descends one J, is judged alike, and the tables say what the judgements say."""

import json
import time

import numpy as np
import pytest

from benchmarks import peers, time_to_quality
from benchmarks.quality_report import as_markdown, plot, reached, seconds_to, summary
from nst import images
from nst.network.weights import LAYERS
from tests.nst.test_weights import arrays_of, npz

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
    mean_colour = np.array([123.68, 116.779, 103.939]) / 255
    assert np.abs(first(peers.jcjohnson, scene, 1)[0] - mean_colour).max() < 5e-4


def test_jcjohnson_knows_no_bounds_and_saves_within_them(scene, monkeypatch):
    asked = []
    real = peers.Scene.objective

    def watched(self, own=None):
        objective = real(self, own)
        aim, call = objective.aim, objective

        class Watched:
            def aim(self, *arguments):
                aim(*arguments)

            def __call__(self, image):
                asked.append(image)
                return call(image)

        return Watched()

    monkeypatch.setattr(peers.Scene, "objective", watched)
    pictures = first(peers.jcjohnson, scene, 25)
    assert min(image.min() for image in asked) < 0 or max(image.max() for image in asked) > 1
    assert all(0 <= picture.min() <= picture.max() <= 1 for picture in pictures)
    asked.clear()
    first(peers.pytorch_tutorial, scene, 25)
    assert all(0 <= image.min() <= image.max() <= 1 for image in asked)


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
    assert sizes == [(85, 141), (120, 200)]  # 200 / sqrt(2), and none below 128


@pytest.mark.parametrize(
    ("name", "painter", "warm_start"),
    [
        ("ours: Pocket alone", "pocket", True),
        ("ours: Pocket, then VGG-19", "its", True),
        ("ours: VGG-19 alone", "its", False),
    ],
)
def test_our_recipes_race_with_the_engine(name, painter, warm_start, scene, monkeypatch):
    asked = {}
    real = time_to_quality.stylize

    def stylize(*pictures, **settings):
        asked.update(settings)
        return real(*pictures, **settings, steps=3)

    monkeypatch.setattr(time_to_quality, "stylize", stylize)
    pictures = list(time_to_quality.OURS[name](scene))
    assert len(pictures) >= 4
    assert pictures[-1].shape == scene.content.shape
    assert asked["weights"] == {"its": scene.weights}.get(painter, painter)
    assert asked.get("warm_start", True) is warm_start
    assert asked["content_weight"] == 1.35


def test_the_sizes_of_crowsonkb_fall_from_the_full_one():
    assert peers._falling_by_root_two(512) == [128, 181, 256, 362, 512]
    assert peers._falling_by_root_two(400) == [141, 200, 283, 400]
    assert peers._falling_by_root_two(100) == [100]


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
    for raced in results["races"]["content0, style0"]["contestants"].values():
        assert raced["ended"] == "its steps"
        assert raced["judged"][-1]["style"] == pytest.approx(1, abs=0.01)
        seconds = [one["seconds"] for one in raced["judged"]]
        assert seconds == sorted(seconds)
    assert images.load(tmp_path / "plot.png").shape[-1] == 3
    told = capsys.readouterr().out
    assert "| slow | its steps | ours: quick | 2 |" in told
    assert told.startswith(saved(tmp_path)["content0, style0"]["machine"])


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
    endless = saved(tmp_path)["content0, style0"]["contestants"]["endless"]
    assert endless["ended"] == "300 s"
    assert endless["judged"][-1]["seconds"] > 0.1


def saved(folder):
    return json.loads((folder / "results.json").read_text(encoding="utf-8"))["races"]


def test_whoever_paints_no_numbers_any_more_is_out_and_keeps_what_it_had(race, tmp_path, monkeypatch):
    def lost(scene):
        yield scene.content
        time.sleep(0.02)
        yield scene.content * np.float32("nan")
        raise AssertionError("it was asked again")

    monkeypatch.setattr(time_to_quality, "FIRST_JUDGED", 1e-9)
    monkeypatch.setattr(time_to_quality, "TURN", 0.001)
    monkeypatch.setattr(time_to_quality, "SIX_PAIRS", {"lost": lost})
    time_to_quality.main([*race, "--pairs", "1"])
    result = saved(tmp_path)["content0, style0"]["contestants"]["lost"]
    assert result["ended"] == "a picture that is no longer finite"
    assert [one["evaluations"] for one in result["judged"]] == [1]


def test_races_of_other_settings_are_not_mixed_with_these(race, monkeypatch):
    time_to_quality.main([*race, "--pairs", "1"])
    monkeypatch.setattr(time_to_quality, "CONTENT_COUNTS", 2.0)
    with pytest.raises(SystemExit, match="holds races of other content counts than these"):
        time_to_quality.main([*race, "--pairs", "1"])


def test_a_pair_that_lacks_somebody_is_raced_anew_on_another_machine_and_kept_where_it_is_complete(
    race, tmp_path, monkeypatch
):
    time_to_quality.main([*race, "--pairs", "2"])
    raced = []
    real = time_to_quality.race
    monkeypatch.setattr(time_to_quality, "machine", lambda: "another machine")
    monkeypatch.setattr(
        time_to_quality,
        "race",
        lambda pair, recipes, *rest: raced.append((pair, *recipes)) or real(pair, recipes, *rest),
    )
    monkeypatch.setattr(time_to_quality, "TWO_PAIRS", {"new": time_to_quality.SIX_PAIRS["slow"]})
    before = saved(tmp_path)["content0, style0"]
    monkeypatch.setattr(time_to_quality, "SIX_PAIRS", {})
    time_to_quality.main([*race, "--pairs", "1"])
    assert raced == [("content0, style0", "ours: quick", "new")]
    assert saved(tmp_path)["content0, style0"]["machine"] != before["machine"]


def test_a_pair_is_raced_anew_with_all_whom_it_had_though_only_one_is_asked_for(race, tmp_path, monkeypatch):
    time_to_quality.main([*race, "--pairs", "1"])
    monkeypatch.setattr(time_to_quality, "machine", lambda: "another machine")
    monkeypatch.setattr(time_to_quality, "TWO_PAIRS", {"new": time_to_quality.SIX_PAIRS["slow"]})
    time_to_quality.main([*race, "--pairs", "1", "--only", "new"])
    pair = saved(tmp_path)["content0, style0"]
    assert pair["machine"].startswith("another machine")
    assert set(pair["contestants"]) == {"ours: quick", "slow", "new"}


def test_ctrl_c_says_how_it_goes_on(race, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(time_to_quality, "race", interrupted)
    with pytest.raises(SystemExit, match=r"stopped\. The same command goes on with the pair that was under way"):
        time_to_quality.main(race)


def test_a_folder_without_pictures_is_named(tmp_path, weights):
    with pytest.raises(SystemExit, match="expected pictures in its folders"):
        time_to_quality.main(["--pictures", str(tmp_path), "--weights", str(weights)])


# --- what the judgements say -------------------------------------------------------------------------------------


def judged(*rows):
    return [dict(zip(("seconds", "style", "content"), row, strict=True)) for row in rows]


def ended(judgements, how="its steps"):
    return {"ended": how, "judged": judgements}


PEER = ended(judged((10, 0.3, 0.2), (50, 0.65, 0.5), (100, 0.7, 0.6)), "300 s")
FAST = ended(judged((1, 0.5, 0.4), (2, 0.66, 0.45), (4, 0.71, 0.58)))
LOOSE = ended(judged((1, 0.9, 0.9)))
AWAY = ended(judged((1, 0.0, 0.0), (2, -0.4, 0.9)))


def test_style_counts_only_at_a_content_error_no_larger():
    assert seconds_to(FAST["judged"], 0.65, 0.5) == 2
    assert seconds_to(LOOSE["judged"], 0.65, 0.5) is None


def test_both_are_timed_to_the_peers_style():
    races = {"pair": {"ours": FAST, "peer": PEER}, "other": {"ours": LOOSE, "peer": PEER}, "third": {"ours": FAST}}
    assert reached(races, "peer", "ours", 1.0) == {"pair": (100, 4), "other": (100, None)}
    assert reached(races, "peer", "ours", 0.9) == {"pair": (50, 2), "other": (50, None)}


def test_a_peer_that_moves_away_from_the_style_sets_no_goal():
    assert reached({"pair": {"ours": FAST, "peer": AWAY}}, "peer", "ours", 0.9) == {}
    assert "| peer | its steps | ours | 0 |  | no gain to reach |" in as_markdown(
        summary({"pair": {"ours": FAST, "peer": AWAY}})
    )


def test_whoever_was_lost_before_the_first_judgement_sets_no_goal_and_is_not_drawn(tmp_path):
    races = {"pair": {"ours": FAST, "peer": ended([], "a picture that is no longer finite")}}
    assert reached(races, "peer", "ours", 1.0) == {}
    plot(races, tmp_path / "plot.png")
    assert images.load(tmp_path / "plot.png").shape[2] > 300


def test_the_table_has_seconds_median_and_worst():
    races = {name: {"ours": FAST, "peer": PEER} for name in "abc"}
    row = "| peer | 300 s | ours | 3 | 100 / 4.0 | 25.0 (25.0) | 50 / 2.0 | 25.0 (25.0) |"
    assert row in as_markdown(summary(races))
    races["d"] = {"ours": LOOSE, "peer": PEER}
    assert "| ours | 4 | 100 / 4.0 | 25.0 (not reached in 1) |" in as_markdown(summary(races))
    half = {name: races[name] for name in "ad"}
    assert "| ours | 2 | 100 / not reached | not reached in 1 of 2 |" in as_markdown(summary(half))
    only = {"d": races["d"]}
    assert "| ours | 1 | 100 / not reached | not reached in 1 of 1 |" in as_markdown(summary(only))


def test_the_frontier_is_drawn_for_any_number_of_pairs(tmp_path):
    for number in (1, 4):
        plot({str(n): {"ours": FAST, "peer": PEER} for n in range(number)}, tmp_path / "plot.png")
        assert images.load(tmp_path / "plot.png").shape[2] > 300

"""Time to quality: every method minimizes its own J and is scored alike; the tables show what the scores say."""

import time

import numpy as np
import pytest

from benchmarks import published_losses, published_methods, results, time_to_quality
from nst import images
from nst.network.layers import LAYERS
from tests.nst.test_weights import arrays_of, npz

METHODS = {**time_to_quality.SIX_PAIRS, **time_to_quality.TWO_PAIRS}


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    path = tmp_path_factory.mktemp("weights") / "vgg.npz"
    path.write_bytes(npz(arrays_of(channels=4)))
    return path


@pytest.fixture
def task(weights):
    rng = np.random.default_rng(0)
    return published_methods.Task(*(rng.random((1, 48, 64, 3), np.float32) for _ in range(2)), weights)


def first_pictures(method, task, number):
    generator = method(task)
    pictures = [next(generator) for _ in range(number)]
    generator.close()
    return pictures


@pytest.mark.slow
@pytest.mark.parametrize("name", METHODS)
def test_every_method_lowers_its_own_J(name, task):
    pictures = first_pictures(METHODS[name], task, 12)
    objective = task.objective(getattr(published_losses, METHODS[name].__name__, None))
    task.set_targets(objective, *task.size)
    costs = [objective(np.asarray(picture, np.float32))[0] for picture in pictures]
    assert min(costs) < costs[0]  # not every picture is better than the one before: some methods have no line search
    for picture in pictures:
        assert picture.shape == task.content.shape
        assert 0 <= picture.min() <= picture.max() <= 1


def test_the_objective_is_relative_to_both_targets(task):
    objective = task.objective()
    content = task.set_targets(objective, *task.size)
    _, _, terms = objective(content)
    assert terms[0] == 0
    assert objective(task.style)[2][2:] == pytest.approx(0, abs=1e-6)


@pytest.mark.slow
def test_every_method_has_its_own_start(task):
    content = task.content
    assert np.abs(first_pictures(published_methods.scipy_lbfgs, task, 1)[0] - content).max() == 0
    assert 0.05 < np.abs(first_pictures(published_methods.course, task, 1)[0] - content).mean() < 0.25
    mean_color = np.array([123.68, 116.779, 103.939]) / 255
    assert np.abs(first_pictures(published_methods.jcjohnson, task, 1)[0] - mean_color).max() < 1e-3


@pytest.mark.slow
def test_jcjohnson_computes_without_bounds_and_saves_within_them(task, monkeypatch):
    asked = []
    real = published_methods.Task.objective

    def watched(self, loss=None):
        objective = real(self, loss)
        set_targets, call = objective.set_targets, objective

        class Watched:
            def set_targets(self, *arguments):
                set_targets(*arguments)

            def __call__(self, image):
                asked.append(image)
                return call(image)

        return Watched()

    monkeypatch.setattr(published_methods.Task, "objective", watched)
    pictures = first_pictures(published_methods.jcjohnson, task, 25)
    assert min(image.min() for image in asked) < 0 or max(image.max() for image in asked) > 1
    assert all(0 <= picture.min() <= picture.max() <= 1 for picture in pictures)
    asked.clear()
    first_pictures(published_methods.pytorch_tutorial, task, 25)
    assert all(0 <= image.min() <= image.max() <= 1 for image in asked)


@pytest.mark.slow
def test_crowsonkb_goes_from_small_to_large(weights, monkeypatch):
    rng = np.random.default_rng(0)
    task = published_methods.Task(*(rng.random((1, 120, 200, 3), np.float32) for _ in range(2)), weights)
    sizes = []
    monkeypatch.setattr(published_methods, "range", lambda number: range(min(number, 20)), raising=False)
    for picture in published_methods.crowsonkb(task):
        if picture.shape[1:3] not in sizes:
            sizes.append(picture.shape[1:3])
    assert sizes == [(85, 141), (120, 200)]  # 200 / sqrt(2), and none below 128


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "painter", "warm_start", "content_weight"),
    [
        ("ours: Pocket alone", "pocket", True, 1),
        ("ours: Pocket, then VGG-19", "its", True, 1),
        ("ours: VGG-19 alone", "its", False, 1),
        ("ours: Pocket alone, content weight 2", "pocket", True, 2),
        ("ours: Pocket, then VGG-19, content weight 3", "its", True, 3),
        ("ours: VGG-19 alone, content weight 4", "its", False, 4),
    ],
)
def test_our_methods_use_the_engine(name, painter, warm_start, content_weight, task, monkeypatch):
    asked = {}
    real = time_to_quality.stylize

    def stylize(*pictures, **settings):
        asked.update(settings)
        return real(*pictures, **settings, steps=3)

    monkeypatch.setattr(time_to_quality, "stylize", stylize)
    pictures = list(time_to_quality.OURS[name](task))
    assert len(pictures) >= 4
    assert pictures[-1].shape == task.content.shape
    assert asked["weights"] == {"its": task.weights}.get(painter, painter)
    assert asked.get("warm_start", True) is warm_start
    assert asked.get("content_weight", 1) == content_weight
    assert set(asked) <= {"size", "weights", "warm_start", "content_weight", "on_progress"}


def test_one_pass_gives_one_picture(task):
    (picture,) = time_to_quality.OURS["one pass"](task)
    assert picture.shape == task.content.shape
    assert np.isfinite(picture).all()


def test_the_sizes_of_crowsonkb_end_with_the_full_one():
    assert published_methods._sizes_by_root_two(512) == [128, 181, 256, 362, 512]
    assert published_methods._sizes_by_root_two(400) == [141, 200, 283, 400]
    assert published_methods._sizes_by_root_two(100) == [100]


@pytest.fixture
def command(tmp_path, weights, monkeypatch):
    """Two pairs of small pictures, two methods of a few steps, results in tmp_path."""
    rng = np.random.default_rng(1)
    for kind in ("content", "style"):
        for number in range(2):
            (tmp_path / kind).mkdir(exist_ok=True)
            images.save(rng.random((1, 64, 80, 3), np.float32), tmp_path / kind / f"{kind}{number}.png")

    def steps(number):
        def method(task):
            for n in range(number):
                yield task.content + (task.style - task.content) * np.float32((n + 1) / number)

        return method

    monkeypatch.setattr(time_to_quality, "SIZE", 80)
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    monkeypatch.setattr(time_to_quality, "OURS", {"ours: quick": steps(3)})
    monkeypatch.setattr(time_to_quality, "SIX_PAIRS", {"slow": steps(20)})
    monkeypatch.setattr(time_to_quality, "TWO_PAIRS", {})
    return ["--pictures", str(tmp_path), "--weights", str(weights)]


@pytest.mark.slow
def test_a_run_is_scored_printed_and_written(command, tmp_path, capsys):
    time_to_quality.main(command)
    pairs = written_pairs()
    assert set(pairs) == {"content0, style0", "content1, style1"}
    for name, run in pairs["content0, style0"]["runs"].items():
        assert (run["ended"], run["evaluations"]) == ("its steps", {"ours: quick": 3, "slow": 20}[name])
        for depth in ("deep", "shallow"):
            assert run[depth]["style_gain"][-1] == pytest.approx(1, abs=0.01)
            assert len(run[depth]["content_error"]) == len(run["seconds"])
        assert run["seconds"] == sorted(run["seconds"])
    assert images.load(tmp_path / "time_to_quality.png").shape[-1] == 3
    printed = capsys.readouterr().out
    assert "| ours: quick |" in printed
    assert printed.count("| slow | its steps | 2 |") == 4
    for depth in ("deep", "shallow"):
        for share in ("1.0", "0.9"):
            assert f"{depth} layers, to {share} of a method's final style gain" in printed
    assert printed.startswith(pairs["content0, style0"]["machine"])


def test_a_finished_pair_is_not_run_again(command, monkeypatch):
    time_to_quality.main([*command, "--pairs", "1"])
    started = []
    real = time_to_quality.run_pair
    monkeypatch.setattr(time_to_quality, "run_pair", lambda pair, *rest: started.append(pair) or real(pair, *rest))
    time_to_quality.main(command)
    assert started == ["content1, style1"]


def test_a_run_ends_at_the_time_limit(command, monkeypatch):
    def endless(task):
        while True:
            yield task.content

    monkeypatch.setattr(time_to_quality, "TIME_LIMIT", 0.2)
    monkeypatch.setattr(time_to_quality, "TURN", 0.05)
    monkeypatch.setattr(time_to_quality, "SIX_PAIRS", {"endless": endless})
    time_to_quality.main([*command, "--pairs", "1"])
    run = written_pairs()["content0, style0"]["runs"]["endless"]
    assert run["ended"] == "300 s"
    assert run["seconds"][-1] > 0.1


def written_pairs():
    return results.read_results("time_to_quality")["pairs"]


@pytest.mark.slow
def test_a_run_whose_picture_is_not_finite_ends_and_keeps_its_earlier_scores(command, monkeypatch):
    def diverging(task):
        yield task.content
        time.sleep(0.02)
        yield task.content * np.float32("nan")
        raise AssertionError("it was asked again")

    monkeypatch.setattr(time_to_quality, "FIRST_SCORED", 1e-9)
    monkeypatch.setattr(time_to_quality, "TURN", 0.001)
    monkeypatch.setattr(time_to_quality, "SIX_PAIRS", {"diverging": diverging})
    time_to_quality.main([*command, "--pairs", "1"])
    run = written_pairs()["content0, style0"]["runs"]["diverging"]
    assert run["ended"] == "a picture that is no longer finite"
    assert (len(run["seconds"]), run["evaluations"]) == (1, 2)


def test_runs_with_other_settings_are_not_mixed(command, monkeypatch):
    time_to_quality.main([*command, "--pairs", "1"])
    monkeypatch.setattr(time_to_quality, "SIZE", 72)
    with pytest.raises(SystemExit, match="has runs with other values of: size"):
        time_to_quality.main([*command, "--pairs", "1"])


@pytest.mark.slow
def test_on_another_machine_a_pair_that_lacks_a_method_is_run_again_and_a_complete_one_is_kept(command, monkeypatch):
    time_to_quality.main([*command, "--pairs", "2"])
    started = []
    real = time_to_quality.run_pair
    monkeypatch.setattr(time_to_quality, "describe_machine", lambda: "another machine")
    monkeypatch.setattr(
        time_to_quality,
        "run_pair",
        lambda pair, methods, *rest: started.append((pair, *methods)) or real(pair, methods, *rest),
    )
    monkeypatch.setattr(time_to_quality, "TWO_PAIRS", {"new": time_to_quality.SIX_PAIRS["slow"]})
    before = written_pairs()["content0, style0"]
    monkeypatch.setattr(time_to_quality, "SIX_PAIRS", {})
    time_to_quality.main([*command, "--pairs", "1"])
    assert started == [("content0, style0", "ours: quick", "new")]
    assert written_pairs()["content0, style0"]["machine"] != before["machine"]


@pytest.mark.slow
def test_a_pair_is_run_again_with_all_its_methods_even_if_only_one_is_chosen(command, monkeypatch):
    time_to_quality.main([*command, "--pairs", "1"])
    monkeypatch.setattr(time_to_quality, "describe_machine", lambda: "another machine")
    monkeypatch.setattr(time_to_quality, "TWO_PAIRS", {"new": time_to_quality.SIX_PAIRS["slow"]})
    time_to_quality.main([*command, "--pairs", "1", "--only", "new"])
    pair = written_pairs()["content0, style0"]
    assert pair["machine"].startswith("another machine")
    assert set(pair["runs"]) == {"ours: quick", "slow", "new"}


def test_ctrl_c_says_how_to_continue(command, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(time_to_quality, "run_pair", interrupted)
    with pytest.raises(SystemExit, match=r"stopped\. The same command continues with the pair that was not finished"):
        time_to_quality.main(command)


def test_weights_without_the_deep_blocks_are_refused(command, tmp_path):
    (tmp_path / "three.npz").write_bytes(npz(arrays_of(LAYERS[:8])))
    with pytest.raises(SystemExit, match=r"three\.npz: this benchmark scores deep layers; give a file of all five"):
        time_to_quality.main([*command[:2], "--weights", str(tmp_path / "three.npz")])


def test_a_folder_without_pictures_is_named(tmp_path, weights):
    with pytest.raises(SystemExit, match="expected pictures in its folders"):
        time_to_quality.main(["--pictures", str(tmp_path), "--weights", str(weights)])

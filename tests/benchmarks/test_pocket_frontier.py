"""The frontier: every network scored once per pair, ratios to the baseline, a table and a plot."""

import pytest

from benchmarks import picture_pairs, results
from benchmarks import pocket_frontier as frontier
from nst.network.layers import LAYERS
from tests.nst.test_weights import arrays_of, npz


@pytest.fixture
def small(tmp_path, monkeypatch):
    """The benchmark at the size of a test: one pair, two steps, a bundled Pocket of three channels."""
    for name, value in (
        ("SIZE", 80),
        ("STEPS", 2),
        ("TIMED_ROUNDS", 1),
        ("POCKET_FILE", tmp_path / "bundled.npz"),
    ):
        monkeypatch.setattr(frontier, name, value)
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    monkeypatch.setattr(frontier, "choose_pairs", lambda folder: picture_pairs.choose_pairs(folder, 1))
    (tmp_path / "bundled.npz").write_bytes(npz(arrays_of(channels=3)))
    (tmp_path / "teacher.npz").write_bytes(npz(arrays_of(channels=5)))
    (tmp_path / "narrow.npz").write_bytes(npz(arrays_of(channels=2)))
    return tmp_path


def record(network, pair, gain, error):
    return {
        "pair": pair,
        "method": network,
        "version": "",
        "values": {"style_deep": 0.4 * (1 - gain), "content_deep": error, "frame": 1.0},
        "content": {"style_deep": 0.4},
    }


def test_the_pairs_are_the_first_styles_with_the_contents_in_turn(pictures, monkeypatch):
    pairs = [(content.stem, style.stem) for content, style in picture_pairs.choose_pairs(pictures)]
    assert pairs == [("a", "x"), ("b", "y"), ("a", "z")]


def test_a_folder_without_pictures_is_named(tmp_path):
    with pytest.raises(picture_pairs.PairsError) as caught:
        picture_pairs.choose_pairs(tmp_path)
    assert str(caught.value) == (f"{tmp_path}: expected pictures in its folders content/ and style/, found 0 and 0.")


def test_the_name_of_a_pocket_is_its_widths(small):
    assert frontier.name_widths(small / "narrow.npz") == "2/2/2/2/2"


def test_the_summary_compares_with_the_baseline_pair_by_pair():
    records = [
        record(frontier.BASELINE, "one", 0.8, 0.5),
        record(frontier.BUNDLED, "one", 0.6, 0.6),
        record(frontier.BASELINE, "two", 0.5, 0.2),
        record(frontier.BUNDLED, "two", 0.5, 0.4),
    ]
    baseline, bundled = frontier.summarize(records, {frontier.BASELINE: (9, 2.0), frontier.BUNDLED: (1, 0.5)})
    assert (baseline["style"], baseline["content"]) == (1, 1)
    assert bundled["style"] == pytest.approx(0.875)
    assert bundled["style_worst"] == pytest.approx(0.75)
    assert bundled["content"] == pytest.approx((1.2 + 2) / 2)
    assert bundled["content_worst"] == pytest.approx(2)
    assert (bundled["bytes"], bundled["seconds"]) == (1, 0.5)


@pytest.mark.slow
def test_the_command_scores_every_network_once_and_continues_where_it_stopped(small, pictures, capsys, monkeypatch):
    command = [
        "--pictures",
        str(pictures),
        "--weights",
        str(small / "teacher.npz"),
        "--pockets",
        str(small / "narrow.npz"),
    ]
    frontier.main(command)
    first, written = capsys.readouterr().out, results.read_results("pocket_frontier")
    assert len(written["scores"]) == 3
    assert [line.split("|")[1].strip() for line in first.splitlines()[2:5]] == [
        frontier.BASELINE,
        frontier.BUNDLED,
        "2/2/2/2/2",
    ]
    assert (small / "pocket_frontier.png").stat().st_size > 0
    results.write_results("pocket_frontier", {"scores": written["scores"][:-1]})
    painted = []
    monkeypatch.setattr(frontier, "paint", lambda path, content, style: painted.append(path.name) or content)
    frontier.main(command)
    assert painted == ["narrow.npz"]


def test_a_network_without_deep_layers_cannot_judge(small, pictures):
    (small / "three_blocks.npz").write_bytes(npz(arrays_of(LAYERS[:8])))
    with pytest.raises(SystemExit, match=r"three_blocks\.npz: .*give a file of all five blocks"):
        frontier.main(["--pictures", str(pictures), "--weights", str(small / "three_blocks.npz")])


def test_a_missing_weight_file_stops_the_command_with_its_name(small, pictures):
    with pytest.raises(SystemExit, match=r"missing\.npz: there is no such weight file"):
        frontier.main(["--pictures", str(pictures), "--weights", str(small / "missing.npz")])

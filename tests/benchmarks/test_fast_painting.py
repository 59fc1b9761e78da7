"""The benchmark of paint_fast: every method scored once, shares of the engine's gain, Johnson's layers counted."""

import numpy as np
import pytest

from benchmarks import fast_painting, picture_pairs, results
from tests.nst.test_weights import arrays_of, npz


@pytest.fixture
def small(tmp_path, monkeypatch):
    """The benchmark at the size of a test: one pair, tiny pictures, short runs."""
    for name, value in (("SIZE", 80), ("SIZES", (64,)), ("STEPS", 4), ("ROUNDS", 1), ("BUDGETS", (1,))):
        monkeypatch.setattr(fast_painting, name, value)
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    monkeypatch.setattr(fast_painting, "choose_pairs", lambda folder: picture_pairs.choose_pairs(folder, 1))
    (tmp_path / "judge.npz").write_bytes(npz(arrays_of(channels=3)))
    return tmp_path


def record(method, pair, gain, error):
    values = {"style_deep": 0.4 * (1 - gain), "content_deep": error, "frame": 1.0}
    return {"pair": pair, "method": method, "version": "", "values": values, "content": {"style_deep": 0.4}}


@pytest.mark.slow  # three paintings, and a process that imports TensorFlow
def test_the_command_scores_each_method_once(small, pictures, capsys, monkeypatch):
    command = ["--pictures", str(pictures), "--weights", str(small / "judge.npz")]
    fast_painting.main(command)
    first, written = capsys.readouterr().out, results.read_results("fast_painting")
    assert [row["method"] for row in written["quality"]] == [
        "paint_fast",
        "engine, 1 s",
        "engine, 1 s, from paint_fast",
    ]
    assert [*written["speed"]["64"]][-1] == "peak memory, MB"
    assert "| paint_fast |" in first
    painted = []
    monkeypatch.setattr(fast_painting.nst, "paint_fast", lambda *words, **more: painted.append(words))
    monkeypatch.setattr(fast_painting, "measure_speed", lambda size: written["speed"][str(size)])
    monkeypatch.setattr(fast_painting, "count_evaluations", lambda pairs: written["start"])
    fast_painting.main(command)
    assert painted == []


def test_shares_are_those_of_the_engine_with_the_longest_budget():
    engine = fast_painting.name_engine(15, "content")
    records = [
        record("paint_fast", "one", 0.3, 0.6),
        record(engine, "one", 0.6, 0.5),
        record("paint_fast", "two", 0.4, 0.9),
        record(engine, "two", 0.5, 0.9),
    ]
    fast, other = fast_painting.summarize(records)
    assert (fast["share"], fast["share_worst"]) == (pytest.approx(0.65), pytest.approx(0.5))
    assert (fast["content_multiple"], fast["content_multiple_worst"]) == (pytest.approx(1.1), pytest.approx(1.2))
    assert (other["share"], other["content_multiple"]) == (1, 1)


def test_multiplications_are_counted_by_hand():
    counts = fast_painting.count_multiplications()
    johnson = 81 * 96 + 9 * 2048 / 4 + 9 * 8192 / 16 + 10 * 9 * 16384 / 16 + 9 * 8192 / 4 + 9 * 2048 + 81 * 96
    assert counts["Johnson et al., one style"] == round(johnson)
    assert 100_000 < counts["encoder and decoder"] < 200_000


def test_johnsons_network_keeps_the_size():
    assert fast_painting.make_johnson("float32")(np.zeros((1, 32, 48, 3), np.float32)).shape == (1, 32, 48, 3)


def test_a_folder_without_pictures_stops_the_command(small, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(SystemExit, match=r"fast_painting: .*expected pictures in its folders"):
        fast_painting.main(["--pictures", str(tmp_path / "empty"), "--weights", str(small / "judge.npz")])

"""The comparison of blocks 4 and 5: four networks that paint once each, their scores, and a table."""

import pytest

from benchmarks import picture_pairs, results
from benchmarks import pocket_deep_blocks as deep
from nst.network.layers import LAYERS
from nst.network.weights import read_weights
from tests.nst.test_weights import arrays_of, npz
from tools.distil import recognition


@pytest.fixture
def command(tmp_path, monkeypatch, pictures):
    """The benchmark at the size of a test: two steps of everything, a bundled Pocket of eight channels."""
    for name, value in (
        ("STEPS", 2),
        ("TRAINING_STEPS", 2),
        ("RECOGNITION_BATCHES", 1),
        ("SIZE", 80),
        ("POCKET_FILE", tmp_path / "bundled.npz"),
    ):
        monkeypatch.setattr(deep, name, value)
    monkeypatch.setattr(recognition, "CROP", 32)
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    monkeypatch.setattr(deep, "choose_pairs", lambda folder: picture_pairs.choose_pairs(folder, 1))
    (tmp_path / "bundled.npz").write_bytes(npz(arrays_of(channels=8)))
    (tmp_path / "teacher.npz").write_bytes(npz(arrays_of(LAYERS[:8], channels=5)))
    return [
        "--pictures",
        str(pictures),
        "--weights",
        str(tmp_path / "teacher.npz"),
        "--photos",
        str(pictures / "style"),
        "--out",
        str(tmp_path / "out"),
    ]


def record(network, gain, error, wasserstein):
    return {
        "network": network,
        "values": {"style_held_out": 1 - gain, "content_error": error, "style_wasserstein": wasserstein},
        "content": {"style_held_out": 1.0, "style_wasserstein": 0.5},
    }


def test_the_command_paints_with_four_networks_once_each(command, tmp_path, capsys, monkeypatch):
    deep.main(command)
    first = capsys.readouterr().out
    assert [line.split("|")[1].strip() for line in first.splitlines()[2:]] == [
        "none",
        "random",
        "which photograph",
        "block 3, smaller",
    ]
    assert len(results.read_results("pocket_deep_blocks")["scores"]) == 4
    assert len(list((tmp_path / "out").glob("*.png"))) == 4
    monkeypatch.setattr(deep, "minimize_with_adam", None)
    monkeypatch.setattr(deep, "Recognition", None)
    deep.main(command)
    assert capsys.readouterr().out == first


def test_only_blocks_4_and_5_differ_between_the_networks(command, tmp_path):
    files = deep.make_networks(tmp_path, deep.read_photographs(tmp_path / "pictures" / "style"), "float32")
    shapes = [[kernel.shape for kernel, _ in read_weights(path).values()] for path in files.values()]
    assert all(shape == shapes[0] for shape in shapes)
    bundled, random = (read_weights(files[name]) for name in (deep.SMALLER, deep.RANDOM))
    for name in LAYERS:
        ours, theirs = (weights[name][0].ravel() for weights in (bundled, random))
        same = abs(ours @ theirs) > 0.999 * (ours @ ours * (theirs @ theirs)) ** 0.5
        assert same == (name < "block4"), name


def test_the_summary_gives_the_median_and_the_worst_pair():
    records = [record("random", gain, error, left) for gain, error, left in ((0.5, 0.3, 0.1), (0.7, 0.5, 0.2))]
    assert deep.summarize(records, {"random": 0.25}) == [
        {
            "network": "random",
            "gain": pytest.approx(0.6),
            "gain_worst": pytest.approx(0.5),
            "error": pytest.approx(0.4),
            "error_worst": 0.5,
            "wasserstein": pytest.approx(0.3),
            "recognized": 0.25,
        }
    ]


def test_a_network_without_deep_blocks_recognizes_none():
    table = deep.as_markdown(deep.summarize([record("none", 0.5, 0.3, 0.1)], {}))
    assert table.splitlines()[-1] == "| none | 0.50 (0.50) | 0.20 | 0.30 (0.30) | none |"


def test_a_missing_folder_of_photographs_is_named(command, tmp_path):
    at = command.index("--photos") + 1
    command[at] = str(tmp_path / "missing")
    with pytest.raises(SystemExit, match=r"missing: there is no such folder"):
        deep.main(command)

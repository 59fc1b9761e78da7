"""The benchmark of one evaluation: its lower bound is the network's convolutions, its tables show what it measured."""

import json
import os
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks import machine, results, speed_and_memory
from nst.engine.optimizers import LBFGS
from nst.network.layers import LAYERS, block_of
from nst.network.weights import read_weights
from nst.paths import ROOT
from tests.nst.test_weights import arrays_of, npz


@pytest.fixture(autouse=True)
def small(tmp_path, monkeypatch):
    monkeypatch.setattr(speed_and_memory, "ROUNDS", 2)
    monkeypatch.setattr(results, "FOLDER", tmp_path)


@pytest.fixture
def weights(tmp_path):
    path = tmp_path / "vgg.npz"
    path.write_bytes(npz(arrays_of(LAYERS[:9], 4)))
    return path


def test_the_operations_are_those_of_the_convolutions_forward_and_back(weights):
    arrays = {name: pair for name, pair in read_weights(weights).items() if block_of(name) <= 3}
    per_pixel = 9 * (3 * 4 + 4 * 4 + 2 * 16 / 4 + 4 * 16 / 16)
    assert speed_and_memory.count_operations(arrays, 48, 64) == 4 * per_pixel * 48 * 64


def test_the_share_is_that_of_the_convolutions_in_an_evaluation(weights, monkeypatch):
    monkeypatch.setattr(speed_and_memory, "median_seconds", lambda functions, rounds: [2.0, 0.5])
    monkeypatch.setattr(speed_and_memory, "count_operations", lambda *_: 3.26e9)
    assert speed_and_memory.compare_with_bound(weights, 64, ["float32"]) == {
        "GFLOP": 3.3,
        "float32": {"seconds": 2.0, "lower bound": 0.5, "share": 0.25},
    }


def test_the_lower_bound_computes_every_convolution_with_its_own_shape(weights, monkeypatch):
    seen = []
    real = speed_and_memory.tf.nn.conv2d
    monkeypatch.setattr(
        speed_and_memory.tf.nn,
        "conv2d",
        lambda image, kernel, *rest: (
            seen.append((tuple(image.shape), tuple(kernel.shape))) or real(image, kernel, *rest)
        ),
    )
    speed_and_memory.make_convolutions(read_weights(weights), 48, 64, "float32")()
    assert ((1, 48, 64, 3), (3, 3, 3, 4)) in seen
    assert ((1, 12, 16, 4), (3, 3, 4, 4)) in seen


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows lacks the module that reads the peak memory")
def test_the_command_prints_and_writes_what_it_measured(weights, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(speed_and_memory, "STEPS", 2)
    speed_and_memory.main(["--weights", str(weights), "--size", "64", "--sizes", "48"])
    figures = json.loads((tmp_path / "speed_and_memory.json").read_text(encoding="utf-8"))
    measured = figures["by size"]["Pocket"]["48"]
    assert measured["peak memory, MB"] > 100
    assert measured["seconds a million pixels"] == pytest.approx(
        measured["seconds an evaluation"] / (36 * 48) * 1e6, rel=0.1
    )
    assert "VGG-19" not in figures["by size"], "three blocks cannot paint by the default layers"
    printed = capsys.readouterr().out
    assert "| network | GFLOP | precision | seconds | convolutions alone | share |" in printed
    assert "| peak memory, MB | seconds an evaluation | seconds a million pixels |" in printed
    assert f"| Pocket | 48 | {' | '.join(str(number) for number in measured.values())} |" in printed
    assert np.isfinite(figures["evaluation"]["Pocket, blocks 1-3"]["float32"]["share"])


def test_weights_that_reach_block_5_paint_too(tmp_path, monkeypatch):
    path = tmp_path / "whole.npz"
    path.write_bytes(npz(arrays_of(LAYERS, 4)))
    asked = []
    monkeypatch.setattr(speed_and_memory, "compare_with_bound", lambda *_: {})
    monkeypatch.setattr(
        speed_and_memory,
        "measure_painting",
        lambda *words: (
            asked.append(words)
            or dict.fromkeys([speed_and_memory.PEAK, speed_and_memory.SECONDS, speed_and_memory.PER_MILLION], 1)
        ),
    )
    speed_and_memory.main(["--weights", str(path), "--size", "64", "--sizes", "48", "64"])
    assert asked == [("pocket", 48), ("pocket", 64), (path, 48), (path, 64)]


def test_a_painting_is_long_enough_to_fill_the_optimizers_memory():
    assert speed_and_memory.STEPS > LBFGS.MEMORY + 1


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows lacks the module that reads the peak memory")
def test_the_peak_of_a_process_is_its_own_and_not_its_parents():
    held = np.ones(10**9, np.uint8)
    words = "from benchmarks.machine import peak_memory; print(peak_memory())"
    child = subprocess.run([sys.executable, "-c", words], cwd=ROOT, capture_output=True, text=True, check=True)
    assert 5e6 < int(child.stdout) < held.nbytes
    grown = machine.peak_memory()
    assert grown > held.nbytes


def test_the_first_evaluation_at_the_full_size_is_not_timed(monkeypatch, capsys):
    now = iter([0.0, 1.0, 100.0, 101.0, 103.0, 105.0])  # two of a smaller size, then four that end at these seconds
    stages = [{"evaluations": 2, "height": 48, "width": 64}, {"evaluations": 4, "height": 500, "width": 1000}]

    def painting(*_, on_progress, **__):
        for _ in range(6):
            on_progress(None)
        return SimpleNamespace(timings={"stages": stages})

    monkeypatch.setattr(speed_and_memory, "stylize", painting)
    monkeypatch.setattr(speed_and_memory.time, "perf_counter", lambda: next(now))
    monkeypatch.setattr(speed_and_memory, "peak_memory", lambda: 691_500_000)
    speed_and_memory.paint("content.jpg", "style.jpg", "pocket", "1000", "4")
    assert json.loads(capsys.readouterr().out) == {
        "peak memory, MB": 692,
        "seconds an evaluation": 2.0,
        "seconds a million pixels": 4.0,
    }


def test_the_error_of_a_failed_painting_is_shown(monkeypatch, capfd):
    monkeypatch.setattr(speed_and_memory, "PAINT", "import sys; sys.exit(f'no weights in {sys.argv[3]}')")
    with pytest.raises(subprocess.CalledProcessError):
        speed_and_memory.measure_painting("nothing.h5", 48)
    assert "no weights in nothing.h5" in capfd.readouterr().err

"""The benchmark of one evaluation: its ceiling is the network's own convolutions, its tables say what it measured."""

import json
import os
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks import pocket_speed, step
from nst.engine.optimizers import LBFGS
from nst.network.weights import LAYERS, block_of, read_weights
from nst.paths import ROOT
from tests.nst.test_weights import arrays_of, npz


@pytest.fixture(autouse=True)
def small(tmp_path, monkeypatch):
    monkeypatch.setattr(pocket_speed, "ROUNDS", 2)
    monkeypatch.setattr(step, "__file__", str(tmp_path / "step.py"))


@pytest.fixture
def weights(tmp_path):
    path = tmp_path / "vgg.npz"
    path.write_bytes(npz(arrays_of(LAYERS[:9], 4)))
    return path


def test_the_operations_are_those_of_the_convolutions_forward_and_back(weights):
    arrays = {name: pair for name, pair in read_weights(weights).items() if block_of(name) <= 3}
    per_pixel = 9 * (3 * 4 + 4 * 4 + 2 * 16 / 4 + 4 * 16 / 16)
    assert step.operations(arrays, 48, 64) == 4 * per_pixel * 48 * 64


def test_the_share_is_what_the_convolutions_alone_take_of_an_evaluation(weights, monkeypatch):
    monkeypatch.setattr(step, "in_turns", lambda functions: [2.0, 0.5])
    monkeypatch.setattr(step, "operations", lambda *_: 3.26e9)
    assert step.against_ceiling(weights, 64, ["float32"]) == {
        "GFLOP": 3.3,
        "float32": {"seconds": 2.0, "ceiling": 0.5, "share": 0.25},
    }


def test_the_ceiling_computes_every_convolution_on_its_own_shape(weights, monkeypatch):
    seen = []
    real = step.tf.nn.conv2d
    monkeypatch.setattr(
        step.tf.nn,
        "conv2d",
        lambda image, kernel, *rest: (
            seen.append((tuple(image.shape), tuple(kernel.shape))) or real(image, kernel, *rest)
        ),
    )
    step.convolutions(read_weights(weights), 48, 64, "float32")()
    assert ((1, 48, 64, 3), (3, 3, 3, 4)) in seen
    assert ((1, 12, 16, 4), (3, 3, 4, 4)) in seen


@pytest.mark.skipif(os.name == "nt", reason="the peak of a process's memory is read with a module that Windows lacks")
def test_the_command_prints_and_keeps_what_it_measured(weights, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(step, "STEPS", 2)
    step.main(["--weights", str(weights), "--size", "64", "--sizes", "48"])
    figures = json.loads((tmp_path / "step.json").read_text(encoding="utf-8"))
    measured = figures["by size"]["Pocket"]["48"]
    assert measured["peak memory, MB"] > 100
    assert measured["seconds a million pixels"] == pytest.approx(
        measured["seconds an evaluation"] / (36 * 48) * 1e6, rel=0.1
    )
    assert "VGG-19" not in figures["by size"], "three blocks cannot paint by the default layers"
    told = capsys.readouterr().out
    assert "| network | GFLOP | precision | seconds | convolutions alone | share |" in told
    assert "| peak memory, MB | seconds an evaluation | seconds a million pixels |" in told
    assert f"| Pocket | 48 | {' | '.join(str(number) for number in measured.values())} |" in told
    assert np.isfinite(figures["evaluation"]["Pocket, blocks 1-3"]["float32"]["share"])


def test_weights_that_reach_block_5_are_painted_with_too(tmp_path, monkeypatch):
    path = tmp_path / "whole.npz"
    path.write_bytes(npz(arrays_of(LAYERS, 4)))
    asked = []
    monkeypatch.setattr(
        step,
        "painted",
        lambda *words: asked.append(words) or dict.fromkeys([step.PEAK, step.SECONDS, step.PER_MILLION], 1),
    )
    step.main(["--weights", str(path), "--size", "64", "--sizes", "48", "64"])
    assert asked == [("pocket", 48), ("pocket", 64), (path, 48), (path, 64)]


def test_a_painting_is_long_enough_for_all_that_the_optimiser_keeps():
    assert step.STEPS > LBFGS.MEMORY + 1


@pytest.mark.skipif(os.name == "nt", reason="the peak of a process's memory is read with a module that Windows lacks")
def test_the_peak_of_a_process_is_its_own_and_not_that_of_the_one_that_started_it():
    held = np.ones(10**9, np.uint8)
    words = "from benchmarks.step import peak_memory; print(peak_memory())"
    child = subprocess.run([sys.executable, "-c", words], cwd=ROOT, capture_output=True, text=True, check=True)
    assert 1e8 < int(child.stdout) < held.nbytes
    grown = step.peak_memory()
    assert grown > held.nbytes


def test_the_first_evaluation_of_the_full_size_which_traces_is_not_timed(monkeypatch, capsys):
    now = iter([0.0, 1.0, 100.0, 101.0, 103.0, 105.0])  # two of a smaller size, then four that end at these seconds
    stages = [{"evaluations": 2, "height": 48, "width": 64}, {"evaluations": 4, "height": 500, "width": 1000}]

    def painting(*_, on_progress, **__):
        for _ in range(6):
            on_progress(None)
        return SimpleNamespace(timings={"stages": stages})

    monkeypatch.setattr(step, "stylize", painting)
    monkeypatch.setattr(step.time, "perf_counter", lambda: next(now))
    monkeypatch.setattr(step, "peak_memory", lambda: 691_500_000)
    step.paint("content.jpg", "style.jpg", "pocket", "1000", "4")
    assert json.loads(capsys.readouterr().out) == {
        "peak memory, MB": 692,
        "seconds an evaluation": 2.0,
        "seconds a million pixels": 4.0,
    }


def test_why_a_painting_failed_is_seen(capfd):
    with pytest.raises(subprocess.CalledProcessError):
        step.painted("nothing.h5", 48)
    assert "nothing.h5: there is no such weight file." in capfd.readouterr().err

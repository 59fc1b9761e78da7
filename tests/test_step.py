"""The benchmark of one evaluation: its ceiling is the network's own convolutions, its tables say what it measured."""

import json
import os

import numpy as np
import pytest
from test_weights import arrays_of, npz

from benchmarks import pocket_speed, step
from nst.weights import LAYERS, read_weights


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
    figures = step.against_ceiling(weights, 64, ["float32"])
    per_pixel = 9 * (3 * 4 + 4 * 4 + 2 * 16 / 4 + 4 * 16 / 16)
    assert figures["GFLOP"] == round(4 * per_pixel * 48 * 64 / 1e9, 1)
    assert figures["float32"]["share"] == pytest.approx(
        figures["float32"]["ceiling"] / figures["float32"]["seconds"], rel=0.2)


def test_the_ceiling_computes_every_convolution_on_its_own_shape(weights, monkeypatch):
    seen = []
    real = step.tf.nn.conv2d
    monkeypatch.setattr(step.tf.nn, "conv2d", lambda image, kernel, *rest: seen.append(
        (tuple(image.shape), tuple(kernel.shape))) or real(image, kernel, *rest))
    step.convolutions(read_weights(weights), 48, 64, "float32")()
    assert ((1, 48, 64, 3), (3, 3, 3, 4)) in seen
    assert ((1, 12, 16, 4), (3, 3, 4, 4)) in seen


@pytest.mark.skipif(os.name == "nt", reason="the peak of a process's memory is read with a module that Windows lacks")
def test_the_command_prints_and_keeps_what_it_measured(weights, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(step, "STEPS", 2)
    step.main(["--weights", str(weights), "--size", "64", "--sizes", "48"])
    figures = json.loads((tmp_path / "step.json").read_text(encoding="utf-8"))
    assert figures["by size"]["Pocket"]["48"]["megabytes"] > 100
    assert "VGG-19" not in figures["by size"], "three blocks cannot paint by the default layers"
    told = capsys.readouterr().out
    assert "| network | GFLOP | precision | seconds | convolutions alone | share |" in told
    assert f"| Pocket | 48 | {figures['by size']['Pocket']['48']['megabytes']} |" in told
    assert np.isfinite(figures["evaluation"]["Pocket, blocks 1-3"]["float32"]["share"])


def test_weights_that_reach_block_5_are_painted_with_too(tmp_path, monkeypatch):
    path = tmp_path / "whole.npz"
    path.write_bytes(npz(arrays_of(LAYERS, 4)))
    asked = []
    monkeypatch.setattr(step, "painted", lambda *words: asked.append(words) or {"megabytes": 1,
                                                                                "seconds an evaluation": 1})
    step.main(["--weights", str(path), "--size", "64", "--sizes", "48", "64"])
    assert asked == [("pocket", 48), ("pocket", 64), (path, 48), (path, 64)]

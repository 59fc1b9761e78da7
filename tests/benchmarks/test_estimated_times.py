"""Estimated times: published steps times measured seconds, and the measured time of our command."""

import json
import subprocess

import pytest

from benchmarks import estimated_times, published_losses, results
from benchmarks.estimated_times import METHODS, Method
from benchmarks.published_losses import PublishedObjective
from tests.nst.test_weights import arrays_of, npz


@pytest.fixture(autouse=True)
def small(tmp_path, monkeypatch):
    monkeypatch.setattr(estimated_times, "ROUNDS", 1)
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    monkeypatch.setattr(
        estimated_times,
        "METHODS",
        {
            "one size": Method(published_losses.course, (((32, 32), 1000),)),
            "two sizes": Method(published_losses.crowsonkb, (((32, 32), 10), ((48, 64), 10))),
        },
    )


def network():
    arrays = arrays_of()
    return {
        name: (arrays[f"{name}/kernel"], arrays[f"{name}/bias"])
        for name in dict.fromkeys(key.partition("/")[0] for key in arrays)
    }


def test_an_estimate_is_the_seconds_of_a_step_times_the_published_steps(monkeypatch):
    monkeypatch.setattr(estimated_times, "median_seconds", lambda functions, rounds: [0.5, 0.25, 2.0])
    assert estimated_times.estimate_seconds(network()) == {"one size": 500.0, "two sizes": 22.5}


@pytest.mark.slow
def test_every_evaluation_can_be_timed():
    assert all(seconds > 0 for seconds in estimated_times.estimate_seconds(network()).values())


@pytest.mark.slow
def test_a_method_with_three_pictures_per_step_computes_its_targets_each_step(monkeypatch):
    aimed = []
    real = PublishedObjective.set_targets
    monkeypatch.setattr(PublishedObjective, "set_targets", lambda self, *rest: aimed.append(1) or real(self, *rest))
    for pictures, times in ((1, 1), (3, 3)):
        aimed.clear()
        evaluate = estimated_times.make_evaluation(
            network(), Method(published_losses.keras_example, (), pictures), (32, 32)
        )
        evaluate()
        evaluate()
        assert len(aimed) == times


def test_sizes_and_steps_are_the_published_ones():
    assert METHODS["the course's assignment"].stages == (((400, 400), 2501),)
    assert sum(steps for _, steps in METHODS["crowsonkb"].stages) == 3000


@pytest.mark.slow
def test_the_error_of_a_failed_painting_is_shown(capfd):
    with pytest.raises(subprocess.CalledProcessError):
        estimated_times.measure_ours("nothing.h5")
    assert "nothing.h5: there is no such weight file." in capfd.readouterr().err


@pytest.mark.slow
def test_the_command_prints_each_time_and_ours(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(estimated_times, "measure_ours", lambda weights: 30.0 if weights == "pocket" else 60.0)
    (tmp_path / "vgg.npz").write_bytes(npz(arrays_of()))
    estimated_times.main(["--weights", str(tmp_path / "vgg.npz")])
    printed = capsys.readouterr().out
    assert "| ours, Pocket alone | 30 s | 0.5 |" in printed
    assert "| ours, Pocket and then VGG-19 | 60 s | 1.0 |" in printed
    assert json.loads((tmp_path / "estimated_times.json").read_text(encoding="utf-8"))["seconds"]["one size"] > 0

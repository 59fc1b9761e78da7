"""The benchmark of waits: published steps times measured seconds, and what a student types."""

import json
import subprocess

import pytest

from benchmarks import own_objectives, pocket_speed, waits
from benchmarks.own_objectives import OwnObjective
from benchmarks.waits import RECIPES, Wait
from tests.nst.test_weights import arrays_of, npz


@pytest.fixture(autouse=True)
def small(tmp_path, monkeypatch):
    monkeypatch.setattr(pocket_speed, "ROUNDS", 1)
    monkeypatch.setattr(waits, "__file__", str(tmp_path / "waits.py"))
    monkeypatch.setattr(
        waits,
        "RECIPES",
        {
            "one size": Wait(own_objectives.course, (((32, 32), 1000),)),
            "two sizes": Wait(own_objectives.crowsonkb, (((32, 32), 10), ((48, 64), 10))),
        },
    )


def network():
    arrays = arrays_of()
    return {
        name: (arrays[f"{name}/kernel"], arrays[f"{name}/bias"])
        for name in dict.fromkeys(key.partition("/")[0] for key in arrays)
    }


def test_a_wait_is_the_seconds_of_a_step_times_the_published_steps(monkeypatch):
    monkeypatch.setattr(waits, "medians", lambda functions: [0.5, 0.25, 2.0])
    assert waits.waits(network()) == {"one size": 500.0, "two sizes": 22.5}


def test_every_evaluation_can_be_timed():
    assert all(seconds > 0 for seconds in waits.waits(network()).values())


def test_who_sees_all_three_pictures_each_step_does_so(monkeypatch):
    aimed = []
    real = OwnObjective.aim
    monkeypatch.setattr(OwnObjective, "aim", lambda self, *rest: aimed.append(1) or real(self, *rest))
    for pictures, times in ((1, 1), (3, 3)):
        aimed.clear()
        once = waits.evaluation(network(), Wait(own_objectives.keras_example, (), pictures), (32, 32))
        once()
        once()
        assert len(aimed) == times


def test_published_sizes_and_steps_are_those_of_the_recipes():
    assert RECIPES["the course's assignment"].scales == (((400, 400), 2501),)
    assert sum(steps for _, steps in RECIPES["crowsonkb"].scales) == 3000


def test_why_a_painting_of_ours_failed_is_seen(capfd):
    with pytest.raises(subprocess.CalledProcessError):
        waits.ours("nothing.h5")
    assert "nothing.h5: there is no such weight file." in capfd.readouterr().err


def test_the_command_tells_each_wait_beside_ours(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(waits, "ours", lambda weights: 30.0 if weights == "pocket" else 60.0)
    (tmp_path / "vgg.npz").write_bytes(npz(arrays_of()))
    waits.main(["--weights", str(tmp_path / "vgg.npz")])
    told = capsys.readouterr().out
    assert "| ours, Pocket alone | 30 s | 0.5 |" in told
    assert "| ours, Pocket and then VGG-19 | 60 s | 1.0 |" in told
    assert json.loads((tmp_path / "waits.json").read_text(encoding="utf-8"))["seconds"]["one size"] > 0

"""The speed benchmark: what it evaluates and what it prints."""

import numpy as np
import pytest

from benchmarks import pocket_speed
from nst.network.layers import LAYERS
from nst.network.vgg import build_vgg19
from tests.nst.test_weights import arrays_of, npz


@pytest.fixture(autouse=True)
def small(monkeypatch):
    for name, value in (("ROUNDS", 2), ("HEIGHT", 32), ("WIDTH", 48)):
        monkeypatch.setattr(pocket_speed, name, value)


def test_an_evaluation_is_the_gradient_for_every_pixel():
    arrays = arrays_of()
    network = build_vgg19({name: (arrays[f"{name}/kernel"], arrays[f"{name}/bias"]) for name in LAYERS})
    gradient = pocket_speed.make_evaluation(network)()
    assert gradient.shape == (1, 32, 48, 3)
    assert np.abs(gradient).max() > 0


def test_the_command_prints_both_times_and_their_ratio(tmp_path, capsys):
    (tmp_path / "full.npz").write_bytes(npz(arrays_of()))
    pocket_speed.main(["--weights", str(tmp_path / "full.npz")])
    loading, _, ratio = capsys.readouterr().out.splitlines()
    assert loading.startswith("loading the Pocket, with TensorFlow imported already: ")
    assert ratio.startswith("  Pocket ")
    assert ratio.endswith(" times as fast")


def test_a_file_that_ends_too_early_stops_the_command(tmp_path):
    (tmp_path / "short.npz").write_bytes(npz(arrays_of(LAYERS[:8])))
    with pytest.raises(SystemExit, match="these weights end at block3_conv4"):
        pocket_speed.main(["--weights", str(tmp_path / "short.npz")])

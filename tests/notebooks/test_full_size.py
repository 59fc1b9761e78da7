"""The course with a network of VGG-19's full size; its weights are random, since the published ones are a download.

The pictures are small: what takes its time is the network.
"""

import io
from contextlib import redirect_stdout

import numpy as np
import pytest

from nst import images
from nst.engine.stylize import stylize
from nst.images import load as load_picture
from nst.network.layers import LAYERS, block_of
from nst.paths import IMAGES, ROOT
from tests.nst.test_weights import h5
from tools import chapter

SOURCE = ROOT / "notebooks" / "src" / "01_neural_style_transfer.py"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]  # minutes on two busy cores
CHANNELS = (64, 128, 256, 512, 512)
PARAMETERS = 20_024_384  # of VGG-19 without its dense layers (Simonyan and Zisserman 2015)


@pytest.fixture(scope="module")
def vgg19_file(tmp_path_factory):
    """A file in the published layout, 80 MB, with kernels that keep activations in bounds (He et al. 2015)."""
    rng, arrays, before = np.random.default_rng(19), {}, 3
    for layer in LAYERS:
        channels = CHANNELS[block_of(layer) - 1]
        kernel = rng.standard_normal((3, 3, before, channels), np.float32)
        arrays[f"{layer}/kernel"] = kernel * np.float32(np.sqrt(2 / (9 * before)))
        arrays[f"{layer}/bias"] = np.zeros(channels, np.float32)
        before = channels
    path = tmp_path_factory.mktemp("weights") / "vgg19.h5"
    path.write_bytes(h5(arrays))
    return path


def test_chapter_1_paints_with_it(vgg19_file, tmp_path, monkeypatch):
    monkeypatch.setenv("NST_WEIGHTS", str(vgg19_file))
    monkeypatch.setattr(images, "load", lambda picture, size=160: load_picture(picture, min(size, 160)))
    with redirect_stdout(io.StringIO()) as printed:
        course = chapter.run_until(SOURCE, "def paint(")
    assert "VGG-19 with unpublished weights from vgg19.h5" in printed.getvalue()
    assert course["vgg"].count_params() == PARAMETERS
    course["OUTPUT"] = tmp_path
    pictures, history = course["paint"]("trial", steps=2, every=1)
    costs = history[:, 1:].sum(axis=1)
    assert costs[-1] < costs[0]
    assert np.abs(pictures[-1] - pictures[0]).max() > 0.01


def test_the_engine_paints_with_it_after_the_bundled_network(vgg19_file):
    result = stylize(IMAGES / "louvre.jpg", IMAGES / "monet.jpg", weights=vgg19_file, size=128, steps=3)
    first, last = result.timings["stages"][0], result.timings["stages"][-1]
    assert (first["network"], last["network"] == first["network"]) == ("pocket_vgg19", False)
    J = [curve["content"] + curve["variation"] + sum(curve["style"]) for curve in result.curves]
    assert J[-1] < J[-last["evaluations"]]
    assert np.isfinite(result.picture).all()

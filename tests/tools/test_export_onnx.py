"""The exported networks paint what TensorFlow paints, at any size, from small files."""

import numpy as np
import onnx
import onnxruntime
import pytest

from nst import images
from nst.fast import paint_fast
from nst.paths import IMAGES
from tools import export_onnx

pytestmark = pytest.mark.slow  # the conversion takes a quarter of a minute


@pytest.fixture(scope="module")
def models():
    return {"style": export_onnx.convert_style(), "paint": export_onnx.convert_painter()}


@pytest.fixture
def converted(models, monkeypatch):
    monkeypatch.setattr(export_onnx, "convert_style", lambda: models["style"])
    monkeypatch.setattr(export_onnx, "convert_painter", lambda: models["paint"])


@pytest.fixture
def run(models):
    def run(name, **inputs):
        session = onnxruntime.InferenceSession(models[name].SerializeToString(), providers=["CPUExecutionProvider"])
        return session.run(None, {key: np.asarray(value, np.float32) for key, value in inputs.items()})[0]

    return run


def test_twenty_pictures_are_tensorflows(converted, tmp_path, capsys):
    export_onnx.main([str(tmp_path / "site")])
    sizes = [path.stat().st_size for path in sorted((tmp_path / "site").iterdir())]
    assert [path.name for path in sorted((tmp_path / "site").iterdir())] == ["paint.onnx", "style.onnx"]
    assert sum(sizes) < 6_500_000
    assert f"{sizes[0]} bytes" in capsys.readouterr().out


def test_a_network_that_paints_something_else_is_not_written(converted, tmp_path, monkeypatch):
    other = onnx.ModelProto()
    other.CopyFrom(export_onnx.convert_painter())
    (scale,) = (tensor for tensor in other.graph.initializer if tensor.name.endswith("scale") and tensor.dims == [3])
    scale.CopyFrom(onnx.numpy_helper.from_array(2 * onnx.numpy_helper.to_array(scale), scale.name))
    monkeypatch.setattr(export_onnx, "convert_painter", lambda: other)
    with pytest.raises(SystemExit, match="export_onnx: pictures differ from TensorFlow's by"):
        export_onnx.main([str(tmp_path / "site")])
    assert not (tmp_path / "site").exists()


def test_it_paints_as_the_course_does(run):
    content, style = (images.load(IMAGES / f"{name}.jpg", 96)[:, :64, :96] for name in ("louvre", "monet"))
    statistics = run("style", style=style)
    assert statistics.shape == (2, 32 + 64 + 128 + 160 + 256)
    picture = run("paint", content=content, statistics=statistics, alpha=1)
    assert np.abs(picture - paint_fast(content, style, size=96, precision="float32").picture).max() < 1e-3


def test_statistics_of_two_styles_can_be_mixed(run):
    content, *styles = (images.load(IMAGES / f"{name}.jpg", 64)[:, :32, :64] for name in ("louvre", "monet", "kashi"))
    mixed = np.mean([run("style", style=style) for style in styles], 0)
    picture = run("paint", content=content, statistics=mixed, alpha=1)
    expected = paint_fast(content, styles, size=64, precision="float32").picture
    assert np.abs(picture - expected).max() < 1e-3

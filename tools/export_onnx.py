"""Export the networks of nst.fast for ONNX runtimes, such as the one of a browser: two files, any size of picture.

    python -m tools.export_onnx FOLDER

    style.onnx   style (1, H, W, 3) -> statistics (2, C): the means and the standard deviations of the encoder's five
                 layers, one after the other. Several styles are mixed by the weighted mean of their statistics.
    paint.onnx   content (1, H, W, 3), statistics (2, C), alpha () -> picture (1, H, W, 3)

Pictures are RGB in [0, 1], float32; H and W are multiples of 16, 32 or more. The kernels are stored in 8 bits, as in
the bundled files. The command compares 20 pictures with those of TensorFlow before it writes anything.
"""

import argparse
import logging
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import tensorflow as tf
import tf2onnx

from foundation.atomic_write import write_atomically
from nst import images
from nst.fast.decoder import Decoder
from nst.fast.painter import STEP, load_painter
from nst.fast.settling import mix_targets
from nst.fast.statistics import Statistics, measure_statistics
from nst.paths import IMAGES

OPSET = 17
PICTURES = 20
TOLERANCE = 1e-3
PICTURE = tf.TensorSpec((1, None, None, 3), tf.float32)
logging.getLogger("tf2onnx").setLevel(logging.WARNING)  # it tells each of its steps


class ExportError(RuntimeError):
    """An exported network whose pictures differ from TensorFlow's."""


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="folder to write style.onnx and paint.onnx into")
    options = parser.parse_args(arguments)
    try:
        for path, size in export(options.folder).items():
            print(f"{path}: {size} bytes")
    except (ExportError, OSError) as error:
        sys.exit(f"export_onnx: {error}")


def export(folder):
    """Write the two files; returns {path: bytes}. Raises ExportError if their pictures are not TensorFlow's."""
    models = {"style.onnx": convert_style(), "paint.onnx": convert_painter()}
    difference = compare(*(model.SerializeToString() for model in models.values()))
    if difference > TOLERANCE:
        raise ExportError(f"pictures differ from TensorFlow's by {difference:.1e}, expected {TOLERANCE} at most.")
    folder.mkdir(parents=True, exist_ok=True)
    sizes = {}
    for name, model in models.items():
        content = model.SerializeToString()
        with write_atomically(folder / name) as partial:
            partial.write_bytes(content)
        sizes[folder / name] = len(content)
    return sizes


def convert_style():
    """Return the ONNX model from a style picture to its statistics."""
    encoder = load_painter("float32").encoder

    def measure(style):
        return {"statistics": flatten_statistics([measure_statistics(layer) for layer in encoder(style)])}

    return _convert(measure, style=PICTURE)


def convert_painter():
    """Return the ONNX model from a content picture, statistics and alpha to a picture."""
    painter = load_painter("float32")
    weights = {name: tuple(array.numpy() for array in layer) for name, layer in painter.decoder.weights.items()}
    channels = painter.decoder.channels

    def paint(content, statistics, alpha):
        features = painter.encoder(content)
        own = [measure_statistics(layer) for layer in features]
        targets = mix_targets(split_statistics(statistics, channels), own, alpha)
        picture = Decoder(weights)(features[2:], targets, own=own[2:])
        return {"picture": tf.clip_by_value(picture, 0, 1)}

    return _convert(
        paint,
        content=PICTURE,
        statistics=tf.TensorSpec((2, sum(channels)), tf.float32),
        alpha=tf.TensorSpec((), tf.float32),
    )


def flatten_statistics(statistics):
    """Return five Statistics of one region as (2, C)."""
    return tf.stack([tf.concat([part[0] for part in parts], 0) for parts in zip(*statistics, strict=True)])


def split_statistics(flat, channels):
    """Return five Statistics of one region from (2, C)."""
    means, deviations = (tf.split(row[None], channels, 1) for row in tf.unstack(flat))
    return [Statistics(*pair) for pair in zip(means, deviations, strict=True)]


def compare(style_model, paint_model):
    """Return the greatest difference between ONNX and TensorFlow over 20 pictures of several sizes and alphas."""
    style_session, paint_session = (
        onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"]) for model in (style_model, paint_model)
    )
    painter, rng, greatest = load_painter("float32"), np.random.default_rng(20), 0.0
    courses = [images.load(path) for path in sorted(IMAGES.glob("*.jpg"))]
    for i in range(PICTURES):
        content, style = (_crop(rng, courses[rng.integers(len(courses))]) for _ in range(2))
        alpha = np.float32(1 - i / PICTURES)
        (statistics,) = style_session.run(None, {"style": style})
        inputs = {"content": content, "statistics": statistics, "alpha": np.asarray(alpha)}
        (picture,) = paint_session.run(None, inputs)
        expected, _ = painter.paint(content, painter.measure_style(style), alpha)
        greatest = max(greatest, float(np.abs(picture - expected).max()))
    return greatest


def _crop(rng, picture):
    """A part of a picture whose sides are multiples of 16."""
    height, width = (STEP * int(rng.integers(2, 1 + min(side, 160) // STEP)) for side in picture.shape[1:3])
    top, left = (
        int(rng.integers(1 + whole - side)) for whole, side in zip(picture.shape[1:3], (height, width), strict=True)
    )
    return np.ascontiguousarray(picture[:, top : top + height, left : left + width])


def _convert(function, **inputs):
    """Trace a function of the named inputs, which returns {output: tensor}, and convert it."""
    signature = [tf.TensorSpec(spec.shape, spec.dtype, name) for name, spec in inputs.items()]
    traced = tf.function(function, input_signature=signature, autograph=False)
    model, _ = tf2onnx.convert.from_function(traced, input_signature=signature, opset=OPSET)
    store_in_8_bits(model.graph)
    onnx.checker.check_model(model)
    return model


def store_in_8_bits(graph):
    """Replace each kernel of an ONNX graph by 8-bit whole numbers and a scale for each output channel.

    The bundled files hold such kernels already, so the numbers are the same but for float32's rounding.
    """
    constants = {tensor.name: tensor for tensor in graph.initializer}
    for name in {node.input[1] for node in graph.node if node.op_type == "Conv"}:
        kernel = onnx.numpy_helper.to_array(constants[name])  # (channels out, channels in, 3, 3)
        scale = (np.abs(kernel).max((1, 2, 3)) / 127).astype(np.float32)
        scale = np.maximum(scale, np.finfo(np.float32).tiny)
        whole = np.round(kernel / scale[:, None, None, None]).astype(np.int8)
        graph.initializer.remove(constants[name])
        graph.initializer.append(onnx.numpy_helper.from_array(whole, f"{name}/whole"))
        graph.initializer.append(onnx.numpy_helper.from_array(scale, f"{name}/scale"))
        restore = onnx.helper.make_node(
            "DequantizeLinear", [f"{name}/whole", f"{name}/scale"], [name], f"{name}/restore", axis=0
        )
        graph.node.insert(0, restore)


if __name__ == "__main__":
    main()

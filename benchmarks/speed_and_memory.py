"""The seconds of one evaluation of J and its gradient, next to those of its convolutions alone, and memory by size.

    python -m benchmarks.speed_and_memory --weights VGG19.npz [--size 400] [--sizes 128 256 512 1024 2048]

The lower bound is measured in the same run: each 3 x 3 convolution of the network alone, with its own shape, forward
and backward to its input, without padding copies, activations or anything else. With this library no evaluation can be
faster than their sum. Evaluation and bound are timed in turns, in float32 and, where the processor supports it, in
bfloat16.

Memory and seconds by size are measured in separate processes (Linux and macOS). Each paints with the bundled network,
and with the given weights if they reach block 5, from small to large. Seconds are the median time from one evaluation
at the full size to the next, L-BFGS included; the first one, which traces, is left out. Memory is the peak of the
process, in MB of 10^6 bytes.

Prints tables and writes benchmarks/results/speed_and_memory.json.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks import results
from benchmarks.interleaved import median_seconds
from benchmarks.machine import describe_machine, peak_memory
from nst.engine.losses import Objective, Style
from nst.engine.precision import fastest_precision
from nst.engine.pyramid import multiplications_per_pixel
from nst.engine.stylize import stylize
from nst.network.layers import block_of, stride_of
from nst.network.vgg import build_vgg19, layer_outputs
from nst.network.weights import POCKET_FILE, read_weights
from nst.paths import IMAGES, ROOT
from nst.quiet_tensorflow import tensorflow as tf

ROUNDS = 15
STEPS = 16  # enough for L-BFGS to store its full number of pairs, even where a line search takes two evaluations
SIZES = (128, 256, 512, 1024, 2048)
LAST = "block5_conv1"  # without it, a file cannot paint as `nst.stylize` does by default
LAYERS = ("block1_conv1", "block2_conv1", "block3_conv1", "block3_conv4")
PAINT = "import sys; from benchmarks.speed_and_memory import paint; paint(*sys.argv[1:])"
PEAK, SECONDS, PER_MILLION = "peak memory, MB", "seconds an evaluation", "seconds a million pixels"


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--weights", type=Path, required=True, help="VGG-19's weights, blocks 1-3 at least")
    parser.add_argument("--size", type=int, default=400, help="longest side of the evaluation (default %(default)s)")
    parser.add_argument(
        "--sizes", type=int, nargs="*", default=SIZES, help="sizes at which memory and seconds are measured"
    )
    options = parser.parse_args(arguments)
    precisions = list(dict.fromkeys(["float32", fastest_precision()]))
    figures = {"machine": describe_machine(), "size": options.size, "evaluation": {}, "by size": {}}
    for name, weights in (("VGG-19, blocks 1-3", options.weights), ("Pocket, blocks 1-3", POCKET_FILE)):
        figures["evaluation"][name] = compare_with_bound(weights, options.size, precisions)
    networks = {"Pocket": "pocket", "VGG-19": options.weights if LAST in read_weights(options.weights) else None}
    for name, weights in networks.items():
        if weights is not None:
            figures["by size"][name] = {str(size): measure_painting(weights, size) for size in options.sizes}
    results.write_results("speed_and_memory", figures)
    print(as_markdown(figures))


def compare_with_bound(weights, size, precisions):
    """One evaluation: {"GFLOP": ..., precision: {"seconds", "lower bound", "share"}}, medians of interleaved rounds."""
    arrays = {name: pair for name, pair in read_weights(weights).items() if block_of(name) <= block_of(LAYERS[-1])}
    height, width = size * 3 // 4, size
    rng = np.random.default_rng(0)
    image, content, style = (rng.uniform(size=(1, height, width, 3)).astype(np.float32) for _ in range(3))
    runs = {}
    for precision in precisions:
        objective = Objective(layer_outputs(build_vgg19(arrays, precision=precision), LAYERS), [1.0] * 3, 1.0, 1.0)
        objective.set_targets(content, [Style(style)])
        runs[precision, "seconds"] = lambda objective=objective: objective(image)
        runs[precision, "lower bound"] = make_convolutions(arrays, height, width, precision)
    medians = dict(zip(runs, median_seconds(list(runs.values()), ROUNDS), strict=True))
    return {"GFLOP": round(count_operations(arrays, height, width) / 1e9, 1)} | {
        precision: {
            "seconds": round(medians[precision, "seconds"], 4),
            "lower bound": round(medians[precision, "lower bound"], 4),
            "share": round(medians[precision, "lower bound"] / medians[precision, "seconds"], 3),
        }
        for precision in precisions
    }


def count_operations(arrays, height, width):
    """Multiplications and additions of a network's convolutions, forward and backward to their inputs."""
    channels = {name: kernel.shape[-1] for name, (kernel, _) in arrays.items()}
    return 2 * 2 * multiplications_per_pixel(channels) * height * width


def make_convolutions(arrays, height, width, precision):
    """A function that computes each convolution of a network alone, forward and backward to its input."""
    shapes = {}
    for name, (kernel, _) in arrays.items():
        stride = stride_of(block_of(name))
        shapes[name] = (1, height // stride, width // stride, kernel.shape[2])
    inputs = {name: tf.ones(shape, precision) for name, shape in shapes.items()}
    kernels = {name: tf.cast(kernel, precision) for name, (kernel, _) in arrays.items()}

    @tf.function
    def convolve(image, kernel):
        output = tf.nn.conv2d(image, kernel, 1, "SAME")
        return tf.raw_ops.Conv2DBackpropInput(
            input_sizes=tf.shape(image), filter=kernel, out_backprop=output, strides=[1, 1, 1, 1], padding="SAME"
        )

    def run():
        for name, image in inputs.items():
            convolve(image, kernels[name])[0, 0, 0, 0].numpy()

    return run


def measure_painting(weights, size):
    """{PEAK, SECONDS, PER_MILLION} of a short run at that size, in a process of its own."""
    words = [IMAGES / "louvre.jpg", IMAGES / "monet.jpg", weights, str(size), str(STEPS)]
    finished = subprocess.run(
        [sys.executable, "-c", PAINT, *words], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(finished.stdout.splitlines()[-1])


def paint(content, style, weights, size, steps):
    """What the process of `measure_painting` runs: paint, and print the figures as JSON."""
    ends = []
    result = stylize(
        content,
        style,
        weights=weights,
        size=int(size),
        steps=int(steps),
        on_progress=lambda _: ends.append(time.perf_counter()),
    )
    last = result.timings["stages"][-1]
    seconds = statistics.median(np.diff(ends[-last["evaluations"] :]))
    print(
        json.dumps(
            {
                PEAK: round(peak_memory() / 1e6),
                SECONDS: round(seconds, 3),
                PER_MILLION: round(seconds / (last["height"] * last["width"]) * 1e6, 3),
            }
        )
    )


def as_markdown(figures):
    lines = [
        f"{figures['machine']}, {figures['size']} pixels",
        "",
        "| network | GFLOP | precision | seconds | convolutions alone | share |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for network, measured in figures["evaluation"].items():
        lines += [
            f"| {network} | {measured['GFLOP']} | {precision} | {one['seconds']} | {one['lower bound']} | "
            f"{one['share']:.0%} |"
            for precision, one in measured.items()
            if precision != "GFLOP"
        ]
    lines += [
        "",
        f"| network | pixels on the longest side | {PEAK} | {SECONDS} | {PER_MILLION} |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| {network} | {size} | {one[PEAK]} | {one[SECONDS]} | {one[PER_MILLION]} |"
        for network, sizes in figures["by size"].items()
        for size, one in sizes.items()
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()

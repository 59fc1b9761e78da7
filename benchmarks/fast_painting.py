"""How fast nst.paint_fast is, what its pictures lose beside the engine's, and what they save as the engine's start.

    python -m benchmarks.fast_painting --pictures FOLDER --weights VGG19.npz

FOLDER holds content/ and style/. Six pairs are made of them: the first six styles, with the contents in turn.

Speed: seconds for a picture of 256, 512 and 1024 pixels, with the style's statistics measured before, in turns with a
network of the layers of Johnson, Alahi, Fei-Fei (2016), which can paint one style only; it has random weights, since
they do not change its time. Memory: the peak of a process that paints one such picture (Linux and macOS).
Quality: deep style gain and deep content error of benchmarks/score.py, at 512 pixels, of paint_fast and of the engine
with 5 and with 15 seconds, which start from the content picture or from paint_fast's (init="fast").
Start: evaluations of J at the full size until J is as low as after 40 evaluations that start from the content picture.

Prints tables and writes benchmarks/results/fast_painting.json. It can be stopped at any time: the same command
continues after the last picture that was scored.
"""

import argparse
import contextlib
import json
import statistics
import subprocess
import sys
from pathlib import Path

import numpy as np

import nst
from benchmarks import results
from benchmarks.interleaved import median_seconds
from benchmarks.machine import describe_machine, peak_memory
from benchmarks.picture_pairs import PairsError, choose_pairs, load_pair, name_pair
from benchmarks.scored_paintings import deep_content_error, deep_style_gain, score_paintings
from benchmarks.scorer import ScoreError
from nst import images
from nst.engine.precision import fastest_precision
from nst.engine.pyramid import multiplications_per_pixel
from nst.fast.decoder import DECODER_FILE, DECODER_SHA256, read_decoder
from nst.fast.painter import load_painter
from nst.network.weights import POCKET_FILE, POCKET_SHA256, WeightsError, find_weights, read_weights
from nst.paths import IMAGES, ROOT
from nst.quiet_tensorflow import tensorflow as tf

NAME = "fast_painting"
SIZE = 512
SIZES = (256, 512, 1024)
ROUNDS = 7
STEPS = 40
BUDGETS = (5, 15)
FAST = "paint_fast"
LAST = "block5_conv1"
MEASURES = (deep_style_gain, deep_content_error)
# Johnson, Alahi, Fei-Fei (2016), supplementary material: kernel, channels in and out, size of the output's pixels.
JOHNSON_LAYERS = (
    (9, 3, 32, 1),
    (3, 32, 64, 2),
    (3, 64, 128, 4),
    *((3, 128, 128, 4),) * 10,
    (3, 128, 64, 2),
    (3, 64, 32, 1),
    (9, 32, 3, 1),
)
PAINT = "import sys; from benchmarks.fast_painting import paint_once; paint_once(int(sys.argv[1]))"


def main(arguments=None):
    options = _parser().parse_args(arguments)
    try:
        pairs, weights = choose_pairs(options.pictures), find_weights(options.weights).path
        scores = score_paintings(NAME, pairs, list_methods(), weights, SIZE)
    except (PairsError, ScoreError, WeightsError, images.PictureError) as error:
        sys.exit(f"fast_painting: {error}")
    except KeyboardInterrupt:
        sys.exit("fast_painting: stopped. The same command continues after the last picture that was scored.")
    figures = {
        "machine": describe_machine(),
        "multiplications a pixel": count_multiplications(),
        "speed": {str(size): measure_speed(size) for size in SIZES},
        "start": count_evaluations(pairs),
        "quality": summarize(scores),
        "scores": scores,
    }
    results.write_results(NAME, figures)
    print(as_markdown(figures))


def list_methods():
    """For score_paintings: {name: (version, function)} of paint_fast and of the engine with its budgets and starts."""
    version = f"{POCKET_SHA256[:6]} {DECODER_SHA256[:6]}"

    def engine(budget, init):
        def paint(content, style):
            with contextlib.redirect_stdout(sys.stderr):
                return nst.stylize(content, style, size=SIZE, weights="pocket", budget=budget, init=init).picture

        return paint

    methods = {FAST: (version, lambda content, style: nst.paint_fast(content, style, size=SIZE).picture)}
    for budget in BUDGETS:
        for init in ("content", "fast"):
            methods[name_engine(budget, init)] = (version, engine(budget, init))
    return methods


def name_engine(budget, init):
    """The engine as the tables name it."""
    return f"engine, {budget} s" + (", from paint_fast" if init == "fast" else "")


def measure_speed(size):
    """{"seconds", "frames a second", "style seconds", "Johnson seconds", "peak memory, MB"} for a picture of a size."""
    content, style = (images.load(IMAGES / f"{name}.jpg", size) for name in ("louvre", "monet"))
    painter, johnson = load_painter(fastest_precision()), make_johnson(fastest_precision())
    measured = painter.measure_style(style)
    runs = (
        lambda: painter.paint(content, measured),
        lambda: painter.measure_style(style)[-1].mean.numpy(),
        lambda: johnson(content).numpy(),
    )
    seconds = [round(each, 4) for each in median_seconds(runs, ROUNDS)]
    finished = subprocess.run(
        [sys.executable, "-c", PAINT, str(size)], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    return {
        "seconds": seconds[0],
        "frames a second": round(1 / seconds[0], 1),
        "style seconds": seconds[1],
        "Johnson seconds": seconds[2],
        "peak memory, MB": json.loads(finished.stdout.splitlines()[-1]),
    }


def paint_once(size):
    """What the process of `measure_speed` runs: paint, and print its peak memory in MB."""
    nst.paint_fast(IMAGES / "louvre.jpg", IMAGES / "monet.jpg", size=size)
    print(round(peak_memory() / 1e6))


def make_johnson(precision):
    """A compiled network with the layers of Johnson et al. (2016), random weights: (1, H, W, 3) -> (1, H, W, 3)."""
    rng = np.random.default_rng(0)
    layers = [
        (tf.constant(rng.normal(0, 0.02, (kernel, kernel, before, after)), precision), stride)
        for kernel, before, after, stride in JOHNSON_LAYERS
    ]

    @tf.function(reduce_retracing=True)
    def paint(image):
        x, at = tf.cast(image, precision), 1
        for kernel, stride in layers:
            if stride < at:
                x = tf.repeat(tf.repeat(x, 2, 1), 2, 2)
            reach = kernel.shape[0] // 2
            padded = tf.pad(x, [[0, 0], [reach, reach], [reach, reach], [0, 0]], "REFLECT")
            y = tf.nn.conv2d(padded, kernel, max(1, stride // at), "VALID")
            mean, variance = tf.nn.moments(y, (1, 2), keepdims=True)
            y = tf.nn.relu((y - mean) * tf.math.rsqrt(variance + tf.cast(1e-5, precision)))
            x, at = (x + y if y.shape[-1] == x.shape[-1] else y), stride
        return x

    return paint


def count_multiplications():
    """{network: multiplications for a pixel of the picture}; the style's statistics, measured once, do not count."""
    kernels = read_weights(POCKET_FILE)
    encoder = {name: kernel.shape[-1] for name, (kernel, _) in kernels.items()}
    encoder = {name: encoder[name] for name in list(encoder)[: list(encoder).index(LAST) + 1]}
    decoder = sum(kernel.size / 4 ** (int(name[4]) - 1) for name, (kernel, _) in read_decoder(DECODER_FILE).items())
    johnson = sum(kernel**2 * before * after / stride**2 for kernel, before, after, stride in JOHNSON_LAYERS)
    return {
        "encoder and decoder": round(multiplications_per_pixel(encoder) + decoder),
        "Johnson et al., one style": round(johnson),
    }


def count_evaluations(pairs):
    """{pair: evaluations at the full size that init="fast" needs for the J of STEPS from the content picture}."""
    counts = {}
    for pair in pairs:
        content, style = load_pair(*pair, SIZE)
        from_content, from_fast = (trace_J(content, style, init) for init in ("content", "fast"))
        low_enough = np.flatnonzero(np.minimum.accumulate(from_fast) <= from_content.min())
        counts[name_pair(*pair)] = int(low_enough[0]) + 1 if len(low_enough) else None
    return counts


def trace_J(content, style, init):
    """J of each evaluation at the full size."""
    with contextlib.redirect_stdout(sys.stderr):
        result = nst.stylize(content, style, size=SIZE, weights="pocket", steps=STEPS, init=init)
    evaluations = result.timings["stages"][-1]["evaluations"]
    last = result.curves[-evaluations:]
    return np.array([curve["content"] + curve["variation"] + sum(curve["style"]) for curve in last])


def summarize(records):
    """One row for each method: medians over the pairs of deep gain and content error, and shares of the engine's.

    share: the deep gain divided by that of the engine with the longest budget on the same pair, the median and the
    worst of the pairs; content: the same of the content error.
    """
    by_method = {(record["method"], record["pair"]): record for record in records}
    pairs, reference = sorted({pair for _, pair in by_method}), name_engine(max(BUDGETS), "content")
    rows = []
    for method in dict.fromkeys(name for name, _ in by_method):
        gains, errors = ([measure(by_method[method, pair]) for pair in pairs] for measure in MEASURES)
        shares, multiples = (
            [value / measure(by_method[reference, pair]) for value, pair in zip(values, pairs, strict=True)]
            for values, measure in zip((gains, errors), MEASURES, strict=True)
        )
        rows.append(
            {
                "method": method,
                "gain": round(statistics.median(gains), 4),
                "content": round(statistics.median(errors), 4),
                "share": round(statistics.median(shares), 4),
                "share_worst": round(min(shares), 4),
                "content_multiple": round(statistics.median(multiples), 4),
                "content_multiple_worst": round(max(multiples), 4),
            }
        )
    return rows


def as_markdown(figures):
    """The tables."""
    multiplications = figures["multiplications a pixel"].items()
    lines = [
        figures["machine"],
        "",
        ", ".join(f"{name}: {count:,} multiplications a pixel" for name, count in multiplications),
        "",
        "| pixels | seconds | frames a second | style, once | Johnson et al., one style | peak memory, MB |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| {size} | {' | '.join(str(value) for value in row.values())} |" for size, row in figures["speed"].items()
    ]
    lines += [
        "",
        "| method | deep style gain | share of the engine's | content error | as a multiple |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| {row['method']} | {row['gain']:.2f} | {row['share']:.2f} ({row['share_worst']:.2f}) | "
        f"{row['content']:.2f} | {row['content_multiple']:.2f} ({row['content_multiple_worst']:.2f}) |"
        for row in figures["quality"]
    ]
    lines += ["", f"Evaluations from paint_fast for the J of {STEPS} from the content picture:", ""]
    lines += [f"- {pair}: {'not reached' if count is None else count}" for pair, count in figures["start"].items()]
    return "\n".join(lines)


def _parser():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--pictures", type=Path, required=True, help="folder with content/ and style/")
    parser.add_argument(
        "--weights", type=Path, required=True, help="a full-size network of all five blocks, which scores"
    )
    return parser


if __name__ == "__main__":
    main()

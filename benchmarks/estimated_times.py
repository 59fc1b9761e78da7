"""How long each published method takes for a picture on this machine, and how long ours takes.

    python -m benchmarks.estimated_times --weights VGG19.h5

The times of published methods are estimates: one evaluation of the method's own loss (benchmarks/published_losses.py)
and its gradient, at its own sizes, timed in turns with the others, times the published number of steps. The
optimizer's own computing is left out, in favor of the others. Ours is measured: `python -m nst` at 512 pixels,
TensorFlow's import and writing the file included, with the bundled network and with the given weights. Any weights in
the published format serve; their values do not change the times.

Prints a table and writes benchmarks/results/estimated_times.json.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks import published_losses, results
from benchmarks.interleaved import median_seconds
from benchmarks.machine import describe_machine
from benchmarks.published_losses import PublishedLoss, PublishedObjective
from nst.engine.losses import Style
from nst.network.weights import read_weights
from nst.paths import IMAGES, ROOT

ROUNDS = 15
OURS_WITH_VGG19 = "ours, Pocket and then VGG-19"
CROWSONKB_SIZES = (128, 181, 256, 362, 512)


@dataclass(frozen=True)
class Method:
    """loss: its PublishedLoss. stages: ((height, width), steps) each. pictures: how many it passes through per step."""

    loss: PublishedLoss
    stages: tuple
    pictures: int = 1


METHODS = {
    "the course's assignment": Method(published_losses.course, (((400, 400), 2501),)),
    "TensorFlow's tutorial": Method(published_losses.tensorflow_tutorial, (((384, 512), 1000),)),
    "keras.io": Method(published_losses.keras_example, (((400, 533), 4000),), pictures=3),
    "PyTorch's tutorial, on a CPU": Method(published_losses.pytorch_tutorial, (((128, 128), 300),)),
    "crowsonkb": Method(
        published_losses.crowsonkb,
        tuple(((side * 3 // 4, side), 1000 if side == CROWSONKB_SIZES[0] else 500) for side in CROWSONKB_SIZES),
    ),
    "jcjohnson": Method(published_losses.jcjohnson, (((384, 512), 1000),)),
}


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--weights", type=Path, required=True, help="a file with all layers of VGG-19 (.h5, .npz)")
    options = parser.parse_args(arguments)
    seconds = estimate_seconds(read_weights(options.weights))
    for name, weights in (("ours, Pocket alone", "pocket"), (OURS_WITH_VGG19, options.weights)):
        seconds[name] = measure_ours(weights)
    figures = {"machine": describe_machine(), "seconds": {name: round(value, 1) for name, value in seconds.items()}}
    results.write_results("estimated_times", figures)
    print(as_markdown(figures))


def estimate_seconds(arrays):
    """{method: seconds of all its published steps}, from one evaluation at each of its sizes."""
    evaluations = {
        (name, stage): make_evaluation(arrays, method, stage[0])
        for name, method in METHODS.items()
        for stage in method.stages
    }
    seconds = dict(zip(evaluations, median_seconds(list(evaluations.values()), ROUNDS), strict=True))
    return {name: sum(seconds[name, stage] * stage[1] for stage in method.stages) for name, method in METHODS.items()}


def make_evaluation(arrays, method, size):
    """A function that computes a method's loss and gradient once, and its targets where it repeats them each step."""
    rng = np.random.default_rng(0)
    image, content, style = (rng.uniform(size=(1, *size, 3)).astype(np.float32) for _ in range(3))
    objective = PublishedObjective(method.loss, arrays)
    objective.set_targets(content, [Style(style)])

    def evaluate():
        if method.pictures == 3:
            objective.set_targets(content, [Style(style)])
        objective(image)

    return evaluate


def measure_ours(weights):
    """Seconds from the command to the finished file."""
    pair = IMAGES / "louvre.jpg", IMAGES / "monet.jpg"
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "nst", *pair, "--weights", weights, "-o", Path(folder, "out.png")],
            cwd=ROOT,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        return time.perf_counter() - began


def as_markdown(figures):
    ours = figures["seconds"][OURS_WITH_VGG19]
    lines = [figures["machine"], "", "| method | time | times ours with VGG-19 |", "| --- | --- | --- |"]
    lines += [
        f"| {name} | {_as_time(seconds)} | {seconds / ours:.1f} |" for name, seconds in figures["seconds"].items()
    ]
    return "\n".join(lines)


def _as_time(seconds):
    return f"{seconds / 60:.0f} min" if seconds >= 120 else f"{seconds:.0f} s"


if __name__ == "__main__":
    main()

"""How long each recipe, as it was published, lets a student wait for a picture on this machine, and how long ours does.

    python -m benchmarks.waits --weights VGG19.h5

For each recipe: one evaluation of its own cost (benchmarks/own_objectives.py) and gradient, at its own sizes, timed in
turns with the others and multiplied by its published steps. What optimisers compute besides is left out, in favour of
the others.
Ours is what a student types: `python -m nst` at 512 pixels, TensorFlow's import and the file's writing included, with
the bundled network and with the weights given. A file in the published format will do; its numbers do not matter here.

Prints a table and writes benchmarks/waits.json.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks import own_objectives
from benchmarks.machine import machine
from benchmarks.own_objectives import OwnObjective, Published
from benchmarks.pocket_speed import medians
from foundation.atomic_write import write_atomically
from nst.engine.losses import Style
from nst.network.weights import read_weights
from nst.paths import IMAGES, ROOT

CROWSONKB = (128, 181, 256, 362, 512)


@dataclass(frozen=True)
class Wait:
    """own: a recipe's cost. scales: ((height, width), steps) each. pictures: seen in a step."""

    own: Published
    scales: tuple
    pictures: int = 1


RECIPES = {
    "the course's assignment": Wait(own_objectives.course, (((400, 400), 2501),)),
    "TensorFlow's tutorial": Wait(own_objectives.tensorflow_tutorial, (((384, 512), 1000),)),
    "keras.io": Wait(own_objectives.keras_example, (((400, 533), 4000),), pictures=3),
    "PyTorch's tutorial, on a CPU": Wait(own_objectives.pytorch_tutorial, (((128, 128), 300),)),
    "crowsonkb": Wait(
        own_objectives.crowsonkb,
        tuple(((side * 3 // 4, side), 1000 if side == CROWSONKB[0] else 500) for side in CROWSONKB),
    ),
    "jcjohnson": Wait(own_objectives.jcjohnson, (((384, 512), 1000),)),
}


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--weights", type=Path, required=True, help="a file of VGG-19's whole size")
    options = parser.parse_args(arguments)
    figures = {"machine": machine(), "seconds": waits(read_weights(options.weights))}
    for name, weights in (("ours, Pocket alone", "pocket"), ("ours, Pocket and then VGG-19", options.weights)):
        figures["seconds"][name] = round(ours(weights), 1)
    with write_atomically(Path(__file__).with_suffix(".json")) as partial:
        partial.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print(as_markdown(figures))


def waits(arrays):
    """{recipe: seconds of all its published steps}, from one evaluation at each of its sizes."""
    timed = {
        (name, scale): evaluation(arrays, recipe, scale[0])
        for name, recipe in RECIPES.items()
        for scale in recipe.scales
    }
    seconds = dict(zip(timed, medians(list(timed.values())), strict=True))
    return {
        name: round(sum(seconds[name, scale] * scale[1] for scale in recipe.scales), 1)
        for name, recipe in RECIPES.items()
    }


def evaluation(arrays, recipe, size):
    """A function that computes a recipe's cost and gradient once; what it sees again each step, it sees again."""
    rng = np.random.default_rng(0)
    image, content, style = (rng.uniform(size=(1, *size, 3)).astype(np.float32) for _ in range(3))
    objective = OwnObjective(recipe.own, arrays)
    objective.aim(content, [Style(style)])

    def once():
        if recipe.pictures == 3:
            objective.aim(content, [Style(style)])
        objective(image)

    return once


def ours(weights):
    """Seconds from the command to the file."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        subprocess.run(
            [
                sys.executable,
                "-m",
                "nst",
                IMAGES / "louvre.jpg",
                IMAGES / "monet.jpg",
                "--weights",
                weights,
                "-o",
                Path(folder, "out.png"),
            ],
            cwd=ROOT,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        return time.perf_counter() - began


def as_markdown(figures):
    mine = figures["seconds"]["ours, Pocket and then VGG-19"]
    lines = [figures["machine"], "", "| recipe | wait | against ours with VGG-19 |", "| --- | --- | --- |"]
    lines += [f"| {name} | {_told(seconds)} | {seconds / mine:.1f} |" for name, seconds in figures["seconds"].items()]
    return "\n".join(lines)


def _told(seconds):
    return f"{seconds / 60:.0f} min" if seconds >= 120 else f"{seconds:.0f} s"


if __name__ == "__main__":
    main()

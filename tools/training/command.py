"""What the commands that train a network have in common: options, VGG-16 as a judge, the log."""

import argparse
import hashlib
import time
from pathlib import Path

from nst.network.weights import WeightsError, find_weights, read_weights
from tools.distil.network import VGG16_LAYERS
from tools.training.resumable import CHECKPOINT_EVERY


def add_run_options(add, steps, batch, crop, smallest_crop, learning_rates):
    """Add the options of every run to a parser, by its add_argument.

    batch: (default, help). learning_rates: (without, with) a network to start from.
    """
    add("--steps", type=int, default=steps, help="a resumed run may change this number")
    add("--batch", type=int, default=batch[0], help=batch[1])
    add(
        "--crop",
        type=lambda text: _read_crop(text, smallest_crop),
        default=crop,
        help="pixels a side of a crop, a multiple of 16 (default: %(default)s)",
    )
    without, with_start = learning_rates
    add(
        "--learning-rate",
        type=float,
        default=0.0,
        metavar="RATE",
        help=f"the highest (default: {without:g}, or {with_start:g} with --start)",
    )
    add("--seed", type=int, default=19)
    add(
        "--precision",
        choices=("float32", "bfloat16"),
        default="float32",
        help="of the convolutions; bfloat16 is faster where the processor has it",
    )
    add(
        "--checkpoint-every",
        type=int,
        default=CHECKPOINT_EVERY,
        metavar="STEPS",
        help="steps from one checkpoint, and one line of the log, to the next",
    )


def read_vgg16(file, role):
    """Return VGG-16's thirteen layers, a list of (kernel, bias), and the SHA-256 of the file; nothing for None.

    role: "a teacher", for the message. Raises WeightsError.
    """
    if not file:
        return [], ""
    path = find_weights(file).path
    weights = list(read_weights(path, VGG16_LAYERS).values())
    if len(weights) < len(VGG16_LAYERS):
        raise WeightsError(
            f"{path}: {role} needs VGG-16's {len(VGG16_LAYERS)} convolutions, this file holds {len(weights)}. Give a "
            f"complete VGG-16 file."
        )
    return weights, hash_file(path)


def hash_file(path):
    """Return the SHA-256 of a file, or "" for None."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest() if path else ""


def put_beside(path, ending):
    """Return the path of a file beside OUT: OUT with an ending."""
    return path.with_name(path.name + ending)


def append_log(path, step, objective, figures):
    """Append one line: time, step, the objective since the last line, held-out figures."""
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')}  step {step}  objective {objective:.4f}  {figures}\n")


def _read_crop(text, smallest):
    size = int(text)
    if size < smallest or size % 16:
        raise argparse.ArgumentTypeError(f"expected a multiple of 16, {smallest} or more, got {size}")
    return size

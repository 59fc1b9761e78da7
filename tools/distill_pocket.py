"""Distill VGG-19 into the Pocket VGG-19, the small network that the course carries.

    python -m tools.distill_pocket --teacher VGG19.h5 --photos FOLDER --paintings FOLDER --out pocket.npz

A teacher's file that ends before block 5 can be completed by VGG-16 (--deep-teacher). Ctrl-C and SIGTERM save a
checkpoint beside OUT, and the same command continues from it. Held-out errors go to OUT's .log at each checkpoint.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
from tqdm import tqdm

from foundation.atomic_write import require_writable
from nst.network.layers import LAYERS, block_of
from nst.network.weights import WeightsError, find_weights, read_weights
from tools.distil.artifact import write_weights
from tools.distil.evaluation import HeldOut
from tools.distil.network import calibrate, for_gray_levels
from tools.distil.start import WidthError
from tools.distil.training import LEARNING_RATE, LEARNING_RATE_OF_A_SECOND_PASS, Plan, Training
from tools.training.command import add_run_options, append_log, hash_file, put_beside, read_vgg16
from tools.training.photographs import PhotographsError, read_folders, split
from tools.training.resumable import CheckpointError

WIDTHS = (32, 64, 128, 96, 96)


def main(arguments=None):
    options = _parser().parse_args(arguments)
    try:
        distill(options)
    except (CheckpointError, PhotographsError, WeightsError, WidthError, OSError) as error:
        sys.exit(f"distill_pocket: {error}")
    except KeyboardInterrupt:
        sys.exit("distill_pocket: stopped. The same command continues from the checkpoint.")


def distill(options):
    teacher = list(read_weights(find_weights(options.teacher).path).values())
    deep_teacher, deep_digest = read_vgg16(options.deep_teacher, "a deep teacher")
    start, start_digest = _start(options)
    photographs, paintings = read_folders(options.photos), read_folders(options.paintings)
    require_writable(options.out.parent)
    _announce(teacher, deep_teacher)
    training_photographs, held_out = split(photographs)
    training_paintings, held_out_paintings = split(paintings) if paintings else ([], [])
    plan = Plan(
        _channels(options.widths, start),
        options.steps,
        options.batch,
        options.seed,
        options.precision,
        options.crop,
        options.learning_rate,
        sum(block_of(name) <= options.freeze_blocks for name in LAYERS),
        start_digest,
        deep_digest,
    )
    training = Training(
        plan,
        teacher,
        training_photographs,
        put_beside(options.out, ".checkpoint.npz"),
        start,
        paintings=training_paintings,
        deep_teacher=deep_teacher,
    )
    measure = HeldOut(teacher, held_out + held_out_paintings, options.crop, options.seed, deep_teacher)
    log = put_beside(options.out, ".log")
    student = training.run(
        lambda training, error: append_log(log, training.step, error, _describe(measure.errors(training.weights()))),
        options.checkpoint_every,
    )
    _report(measure.errors(student))
    batches = tqdm([photo[None] / np.float32(255) for photo in photographs], desc="calibrating", unit="photo")
    digest = write_weights(options.out, for_gray_levels(calibrate(student, batches)))
    print(f"{options.out}: {options.out.stat().st_size} bytes, SHA-256 {digest}")


def _start(options):
    """The layers of the student to start from and the SHA-256 of its file, or nothing."""
    if not options.start:
        return [], ""
    path = find_weights(options.start).path
    weights = list(read_weights(path).values())
    if len(weights) < len(LAYERS):
        raise WeightsError(
            f"{path}: a student to start from needs {len(LAYERS)} layers, this file holds "
            f"{len(weights)}. Give a Pocket's file, or leave --start out."
        )
    return weights, hash_file(path)


def _channels(widths, start):
    """The student's channels, layer by layer."""
    if start and not widths:
        return tuple(kernel.shape[-1] for kernel, _ in start)
    return tuple((widths or WIDTHS)[int(name[len("block")]) - 1] for name in LAYERS)


def _announce(teacher, deep_teacher):
    print(f"Teacher: {LAYERS[0]} ... {LAYERS[len(teacher) - 1]}.")
    if len(teacher) == len(LAYERS):
        return
    missing = f"{LAYERS[len(teacher)]} ... {LAYERS[-1]}"
    if deep_teacher:
        print(f"Deep teacher: VGG-16, for {missing}.")
    else:
        print(
            f"{missing} have no teacher in this file: they imitate the last block that has, seen on smaller copies "
            f"of the pictures. A full VGG-19 file, or VGG-16 as --deep-teacher, teaches them too."
        )


def _describe(errors):
    return "  ".join(f"{name} {linear:.3f}/{kernel:.3f}" for name, (linear, kernel) in zip(LAYERS, errors, strict=True))


def _report(errors):
    print("Held-out error (share of variance unexplained, kernel mismatch):")
    for name, (linear, kernel) in zip(LAYERS, errors, strict=True):
        print(f"  {name}  {linear:.3f}  {kernel:.3f}")


def _parser():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--teacher", required=True, help="VGG-19's weights: the published .h5, or a .npz")
    parser.add_argument("--deep-teacher", help="VGG-16's weights, for the layers that --teacher does not hold")
    parser.add_argument(
        "--photos", type=Path, required=True, nargs="+", metavar="FOLDER", help="folders of photographs to learn from"
    )
    parser.add_argument(
        "--paintings",
        type=Path,
        default=[],
        nargs="+",
        metavar="FOLDER",
        help="folders of paintings, the styles of unfinished pictures (default: the photographs)",
    )
    parser.add_argument("--out", type=Path, required=True, help="weight file to write (.npz)")
    parser.add_argument(
        "--widths",
        type=int,
        nargs=5,
        metavar="CHANNELS",
        help="channels of the five blocks (default: those of --start, or 32 64 128 96 96)",
    )
    parser.add_argument(
        "--start",
        help="train this student further (.npz), instead of one pruned from the teacher; "
        "with other --widths, its changed layers are pruned",
    )
    parser.add_argument(
        "--freeze-blocks",
        type=int,
        default=0,
        choices=range(4),
        help="train only the blocks after these, in about half the time a step (default: 0, train all)",
    )
    add_run_options(
        parser.add_argument,
        8000,
        (2, "content, style and state crops each in a step"),
        160,
        16,
        (LEARNING_RATE, LEARNING_RATE_OF_A_SECOND_PASS),
    )
    return parser


if __name__ == "__main__":
    main()

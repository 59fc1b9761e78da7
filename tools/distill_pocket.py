"""Distil VGG-19 into the Pocket VGG-19, the small network that the course carries.

    python -m tools.distill_pocket --teacher VGG19.h5 --photos FOLDER --out pretrained-model/pocket_vgg19.npz

Every layer that the teacher's file holds is distilled; for the others the command says what they learn instead. It
can be stopped at any time (Ctrl-C): the same command goes on from the checkpoint beside OUT.
"""

import argparse
import hashlib
import sys
from pathlib import Path

import numpy as np
from tqdm import tqdm

from nst.network.weights import LAYERS, WeightsError, find_weights, read_weights
from tools.distil.artefact import write_weights
from tools.distil.network import calibrate, for_grey_levels
from tools.distil.photographs import PhotographsError, read_photographs, split
from tools.distil.start import WidthError
from tools.distil.training import CheckpointError, Plan, Training, held_out_errors


def main(arguments=None):
    options = _parser().parse_args(arguments)
    try:
        distil(options)
    except (CheckpointError, PhotographsError, WeightsError, WidthError) as error:
        sys.exit(f"distill_pocket: {error}")
    except KeyboardInterrupt:
        sys.exit("distill_pocket: stopped. The same command goes on from the checkpoint.")


def distil(options):
    teacher = list(read_weights(find_weights(options.teacher).path).values())
    photographs = read_photographs(options.photos)
    training_photographs, held_out = split(photographs)
    start, channels, digest = _begun(options)
    plan = Plan(channels, options.steps, options.batch, options.seed, options.precision, digest)
    _announce(teacher)
    checkpoint = options.out.with_name(options.out.name + ".checkpoint.npz")
    student = Training(plan, teacher, training_photographs, checkpoint, start).run()
    _report(held_out_errors(teacher, student, held_out, options.seed))
    batches = tqdm([photo[None] / np.float32(255) for photo in photographs], desc="calibrating", unit="photo")
    digest = write_weights(options.out, for_grey_levels(calibrate(student, batches)))
    print(f"{options.out}: {options.out.stat().st_size} bytes, SHA-256 {digest}")


def _begun(options):
    """The student to train on, or None; its channels layer by layer; the SHA-256 of its file, or nothing."""
    if not options.start:
        return None, tuple(options.widths[int(name[len("block")]) - 1] for name in LAYERS), ""
    path = find_weights(options.start).path
    start = list(read_weights(path).values())
    return start, tuple(kernel.shape[-1] for kernel, _ in start), hashlib.sha256(path.read_bytes()).hexdigest()


def _announce(teacher):
    print(f"Teacher: {LAYERS[0]} ... {LAYERS[len(teacher) - 1]}.")
    if len(teacher) < len(LAYERS):
        print(
            f"{LAYERS[len(teacher)]} ... {LAYERS[-1]} have no teacher in this file: they imitate the last block "
            f"that has, seen on smaller copies of the pictures. A full VGG-19 file distils them too."
        )


def _report(errors):
    print("Held-out error (share of variance unexplained, kernel mismatch):")
    for name, (linear, kernel) in zip(LAYERS, errors, strict=True):
        print(f"  {name}  {linear:.3f}  {kernel:.3f}")


def _parser():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--teacher", required=True, help="VGG-19's weights: the published .h5, or a .npz")
    parser.add_argument("--photos", type=Path, required=True, help="folder of photographs to learn from")
    parser.add_argument("--out", type=Path, required=True, help="weight file to write (.npz)")
    parser.add_argument(
        "--widths", type=int, nargs=5, default=[32, 64, 128, 96, 96], help="channels of the five blocks"
    )
    parser.add_argument("--start", help="train this student on (.npz), instead of one pruned from the teacher")
    parser.add_argument("--steps", type=int, default=8000, help="0 writes the student as it starts")
    parser.add_argument("--batch", type=int, default=2, help="content, style and state crops each in a step")
    parser.add_argument("--seed", type=int, default=19)
    parser.add_argument(
        "--precision",
        choices=("float32", "bfloat16"),
        default="float32",
        help="of the convolutions; bfloat16 is twice as fast where the processor has it",
    )
    return parser


if __name__ == "__main__":
    main()

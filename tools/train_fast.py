"""Train the decoder of nst.fast, which paints any photograph in any painting's style in one pass.

    python -m tools.train_fast --photos FOLDER --paintings FOLDER --out decoder.npz
    python -m tools.export_fast_decoder decoder.npz

    python -m tools.train_fast --photos FOLDER --style wave.jpg --out wave.npz
    nst fast PHOTO wave.jpg --decoder wave.npz

With --style, the decoder learns one painting only, as the networks of Johnson, Alahi, Fei-Fei (2016) do. It starts
from the bundled decoder.

The bundled Pocket is the encoder, and judges the pictures; VGG-16 judges them too if it is given (--teacher). Ctrl-C
and SIGTERM save a checkpoint beside OUT, and the same command continues from it. Held-out costs go to OUT's .log at
each checkpoint.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

from foundation.atomic_write import require_writable, write_atomically
from nst import images
from nst.fast.decoder import DECODER_FILE, ENCODER_LAYERS, read_decoder
from nst.fast.settings import STYLE_SIZE
from nst.network.weights import POCKET_FILE, WeightsError, read_weights
from tools.distil.network import for_units
from tools.fast.training import (
    HELD_OUT_PAIRS,
    LEARNING_RATE,
    LEARNING_RATE_OF_A_SECOND_PASS,
    DecoderTraining,
    Plan,
)
from tools.training.command import add_run_options, append_log, hash_file, put_beside, read_vgg16
from tools.training.photographs import Crops, PhotographsError, read_folders, split
from tools.training.resumable import CheckpointError


def main(arguments=None):
    options = _parser().parse_args(arguments)
    try:
        train(options)
    except (CheckpointError, PhotographsError, WeightsError, images.PictureError, OSError) as error:
        sys.exit(f"train_fast: {error}")
    except KeyboardInterrupt:
        sys.exit("train_fast: stopped. The same command continues from the checkpoint.")


def train(options):
    """Train with the options of the command, and write the decoder."""
    teacher, teacher_digest = read_vgg16(options.teacher, "a teacher")
    start = options.start or (DECODER_FILE if options.style else None)
    photographs, held_out = split(read_folders(options.photos))
    paintings, held_out_paintings = _read_styles(options)
    require_writable(options.out.parent)
    plan = Plan(
        options.steps,
        options.batch,
        options.seed,
        options.precision,
        options.crop,
        options.learning_rate,
        options.content_weight,
        options.style_weight,
        options.tv_weight,
        hash_file(start),
        teacher_digest,
        hash_file(options.style),
    )
    pocket = for_units(list(read_weights(POCKET_FILE).values()))
    training = DecoderTraining(
        plan,
        pocket,
        photographs,
        paintings,
        put_beside(options.out, ".checkpoint.npz"),
        read_decoder(start) if start else None,
        for_units(teacher) if teacher else [],
    )
    rng = np.random.default_rng(plan.seed)
    pairs = [Crops(pictures, plan.crop).draw(rng, HELD_OUT_PAIRS) for pictures in (held_out, held_out_paintings)]
    log = put_beside(options.out, ".log")
    training.run(
        lambda training, cost: append_log(log, training.step, cost, _describe(training.measure(*pairs))),
        options.checkpoint_every,
    )
    print(_describe(training.measure(*pairs)))
    write_decoder(options.out, training.averaged())
    use = (
        f"nst fast PHOTO {options.style} --decoder {options.out} paints with it."
        if options.style
        else f"python -m tools.export_fast_decoder {options.out} makes it the bundled one."
    )
    print(f"{options.out}: written. {use}")


def write_decoder(path, weights):
    """Write {name: (kernel, bias)} as a float32 .npz file."""
    kinds = ("kernel", "bias")
    arrays = {
        f"{name}/{kind}": array for name, layer in weights.items() for kind, array in zip(kinds, layer, strict=True)
    }
    with write_atomically(path) as partial:
        np.savez_compressed(partial, **arrays)


def _read_styles(options):
    """Return (training, held out): the paintings of the folders, or the one picture for both."""
    if not options.style:
        return split(read_folders(options.paintings))
    pixels = images.to_uint8(images.load(options.style, STYLE_SIZE))
    if min(pixels.shape[:2]) < options.crop:
        raise PhotographsError(
            f"{options.style}: at {STYLE_SIZE} pixels on its longest side it is {pixels.shape[1]} x "
            f"{pixels.shape[0]}, smaller than a crop of {options.crop}. Give a smaller --crop."
        )
    return [pixels], [pixels]


def _describe(costs):
    content, *styles = costs
    layers = "  ".join(f"{name} {style:.3f}" for name, style in zip(ENCODER_LAYERS, styles, strict=True))
    return f"held out: content {content:.3f}  {layers}"


def _parser():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    folders = {"type": Path, "nargs": "+", "metavar": "FOLDER"}
    parser.add_argument("--photos", **folders, required=True, help="folders of photographs, the contents")
    styles = parser.add_mutually_exclusive_group(required=True)
    styles.add_argument("--paintings", **folders, help="folders of paintings, the styles")
    styles.add_argument("--style", type=Path, metavar="PICTURE", help="learn the style of one picture only")
    parser.add_argument("--out", type=Path, required=True, help="weight file to write (.npz, float32)")
    parser.add_argument(
        "--start",
        type=Path,
        metavar="DECODER.npz",
        help="train this decoder further (default with --style: the bundled one)",
    )
    parser.add_argument(
        "--teacher", metavar="VGG16.npz", help="VGG-16's weights: it judges half of the pictures' costs"
    )
    parser.add_argument("--content-weight", type=float, default=Plan.content_weight, metavar="WEIGHT")
    parser.add_argument("--style-weight", type=float, default=Plan.style_weight, metavar="WEIGHT")
    parser.add_argument("--tv-weight", type=float, default=Plan.tv_weight, metavar="WEIGHT", help="total variation")
    add_run_options(
        parser.add_argument,
        20000,
        (2, "pairs of a photograph and a painting in a step"),
        224,
        32,
        (LEARNING_RATE, LEARNING_RATE_OF_A_SECOND_PASS),
    )
    return parser


if __name__ == "__main__":
    main()

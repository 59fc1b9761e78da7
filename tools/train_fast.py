"""Train the decoder of nst.fast, which paints any photograph in any painting's style in one pass.

    python -m tools.train_fast --photos FOLDER --paintings FOLDER --out decoder.npz
    python -m tools.export_fast_decoder decoder.npz

    python -m tools.train_fast --photos FOLDER --style wave.jpg --out wave.npz
    nst fast PHOTO wave.jpg --decoder wave.npz

With --style, the decoder learns one painting only, as the networks of Johnson, Alahi, Fei-Fei (2016) do, and comes
nearer to it than the bundled decoder, which it starts from.

The bundled Pocket is the encoder, and judges the pictures; VGG-16 judges them too if it is given (--teacher). Ctrl-C
and SIGTERM save a checkpoint beside OUT, and the same command continues from it. Held-out costs go to OUT's .log at
each checkpoint.
"""

import argparse
import hashlib
import sys
import time
from pathlib import Path

import numpy as np

from foundation.atomic_write import require_writable, write_atomically
from nst import images
from nst.fast.decoder import DECODER_FILE, ENCODER_LAYERS, read_decoder
from nst.fast.settings import STYLE_SIZE
from nst.network.weights import POCKET_FILE, WeightsError, find_weights, read_weights
from tools.distil.network import VGG16_LAYERS, for_units
from tools.fast.training import HELD_OUT_PAIRS, DecoderTraining, Plan
from tools.training.photographs import Crops, PhotographsError, read_folders, split
from tools.training.resumable import CHECKPOINT_EVERY, CheckpointError


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
    teacher = _read_teacher(options.teacher)
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
        _sha256(start),
        _sha256(options.teacher),
        _sha256(options.style),
    )
    pocket = for_units(list(read_weights(POCKET_FILE).values()))
    training = DecoderTraining(
        plan,
        pocket,
        photographs,
        paintings,
        _beside(options.out, ".checkpoint.npz"),
        read_decoder(start) if start else None,
        teacher,
    )
    rng = np.random.default_rng(plan.seed)
    pairs = [Crops(pictures, plan.crop).draw(rng, HELD_OUT_PAIRS) for pictures in (held_out, held_out_paintings)]
    training.run(
        lambda training, cost: _log(_beside(options.out, ".log"), training, cost, pairs), options.checkpoint_every
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


def _read_teacher(path):
    if not path:
        return []
    weights = list(read_weights(find_weights(path).path, VGG16_LAYERS).values())
    if len(weights) < len(VGG16_LAYERS):
        raise WeightsError(
            f"{path}: a teacher needs VGG-16's {len(VGG16_LAYERS)} convolutions, this file holds {len(weights)}. "
            f"Give a complete VGG-16 file."
        )
    return for_units(weights)


def _log(path, training, cost, pairs):
    """Append one line: time, step, the objective since the last line, the held-out costs."""
    with path.open("a", encoding="utf-8") as file:
        file.write(
            f"{time.strftime('%Y-%m-%d %H:%M:%S')}  step {training.step}  objective {cost:.4f}  "
            f"{_describe(training.measure(*pairs))}\n"
        )


def _describe(costs):
    content, *styles = costs
    layers = "  ".join(f"{name} {style:.3f}" for name, style in zip(ENCODER_LAYERS, styles, strict=True))
    return f"held out: content {content:.3f}  {layers}"


def _beside(path, ending):
    return path.with_name(path.name + ending)


def _sha256(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest() if path else ""


def _crop(text):
    size = int(text)
    if size < 32 or size % 16:
        raise argparse.ArgumentTypeError(f"expected a multiple of 16, 32 or more, got {size}")
    return size


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
    parser.add_argument("--steps", type=int, default=20000, help="a resumed run may change this number")
    parser.add_argument("--batch", type=int, default=2, help="pairs of a photograph and a painting in a step")
    parser.add_argument("--crop", type=_crop, default=224, help="pixels a side of a crop, a multiple of 16")
    parser.add_argument("--content-weight", type=float, default=Plan.content_weight, metavar="WEIGHT")
    parser.add_argument("--style-weight", type=float, default=Plan.style_weight, metavar="WEIGHT")
    parser.add_argument("--tv-weight", type=float, default=Plan.tv_weight, metavar="WEIGHT", help="total variation")
    parser.add_argument(
        "--learning-rate",
        type=float,
        default=0.0,
        metavar="RATE",
        help="the highest (default: 1e-3, or 4e-4 with --start)",
    )
    parser.add_argument("--seed", type=int, default=19)
    parser.add_argument(
        "--precision",
        choices=("float32", "bfloat16"),
        default="float32",
        help="of the convolutions; bfloat16 is faster where the processor has it",
    )
    parser.add_argument(
        "--checkpoint-every",
        type=int,
        default=CHECKPOINT_EVERY,
        metavar="STEPS",
        help="steps from one checkpoint, and one line of the log, to the next",
    )
    return parser


if __name__ == "__main__":
    main()

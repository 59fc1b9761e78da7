"""nst CONTENT STYLE: paint one picture, with a progress bar; Ctrl-C saves the last good picture."""

import argparse
import json
import sys
from contextlib import contextmanager, redirect_stdout
from dataclasses import fields
from pathlib import Path

from foundation.signals import hold_signals
from nst.cli.failures import run_reporting
from nst.cli.output_files import (
    checkpoint_path,
    fit_name,
    require_other_file,
    require_output,
    save_elsewhere,
    save_files,
)
from nst.cli.painting_bar import PaintingBar
from nst.cli.shared_options import add_color_and_masks, add_precision
from nst.cli.styles import parse_styles, strip_share
from nst.engine.available_memory import NotEnoughMemoryError
from nst.engine.optimizers import DivergedError
from nst.engine.settings import (
    INITS,
    OPTIMIZERS,
    POOLINGS,
    STYLE_LAYERS,
    Settings,
    SettingsError,
)
from nst.images import PictureError
from nst.network.layers import LayerError
from nst.network.weights import WeightsError
from nst.paths import OUTPUT

DEFAULTS = {field.name: field.default for field in fields(Settings)}
INPUT_ERRORS = (PictureError, SettingsError, WeightsError, LayerError, NotEnoughMemoryError, DivergedError)
UNITS = {"s": 1, "m": 60, "h": 3600}
USAGE = """nst CONTENT STYLE [STYLE ...] [options]
       nst fast CONTENT STYLE [STYLE ...] [options]
       nst batch JOBS.csv --out DIR [--workers N] [--scheduler tcp://HOST:PORT]
       nst fetch [NAME ...] [--all]"""
DESCRIPTION = """Paint the content picture in the style of one or more other pictures.

other commands, each with --help:
  nst fast              paint in about a second, in one pass through a network; also GIF, WebP and MP4
  nst batch             paint many pictures: one for each row of a table
  nst fetch             download works of art, photographs and VGG-19, and verify them
(python -m nst is the same command. For a picture file named fast, fetch or batch, write ./fetch.)"""
EXAMPLES = """examples:
  nst house.jpg painting.jpg                        to output/house_painting.png
  nst house.jpg painting.jpg -o mine.png --size 768
  nst house.jpg painting.jpg --budget 30s           the best picture that takes 30 seconds
  nst house.jpg painting.jpg --preserve-color luminance
  nst house.jpg monet.jpg:2 wave.jpg:1              two styles; the first counts twice as much
  nst house.jpg monet.jpg --content-masks sky.png   the style in the sky only, which is white in sky.png
  nst house.jpg painting.jpg --resume               continue after an interruption

OUT.run.json, beside OUT, has the settings, timings and scores. During the run, OUT.checkpoint.npz has its state. For
mine.png these are mine.run.json and mine.checkpoint.npz; for mine.jpg, mine.jpg.run.json and mine.jpg.checkpoint.npz.
The checkpoint stays if the run is interrupted or its picture cannot be saved: --resume continues the run. Without
--resume the command is refused until the checkpoint is deleted.
Exit code: 0 done; 2 a picture, an option, the weights, the memory or OUT cannot be used; 130 interrupted: the last good
picture is saved, and --resume continues. SIGTERM and SIGHUP, as at the end of a cluster's job, act as Ctrl-C."""


def run_stylize(words):
    """Run one command line (a list of words); return the exit code."""
    options = make_parser().parse_args(words)
    stems = [Path(word).stem for word in (options.content, strip_share(options.style[0]))]
    out = options.out or OUTPUT / f"{fit_name('_'.join(stems))}.png"
    return run_reporting(lambda: _paint(options, out), INPUT_ERRORS)


def _paint(options, out):
    require_output(out, options.size)
    require_other_file(
        out,
        options.content,
        *map(strip_share, options.style),
        *(options.content_masks or ()),
        *(options.style_masks or ()),
    )
    with hold_signals():
        from nst.engine.stylize import Interrupted  # TensorFlow takes seconds to import

    result = None
    try:
        with redirect_stdout(sys.stderr if options.json else sys.stdout), _stylize(options, out) as result:
            save_files(result.picture, result.record, out)
    except Interrupted as interruption:
        try:
            return _report_interruption(interruption, out)
        except PictureError as error:
            return _report_unsaved(error, out, interruption.result)
    except (PictureError, KeyboardInterrupt) as error:
        if result is None:  # there is no picture yet
            raise
        return _report_unsaved(error, out, result)
    if options.json:
        print(json.dumps({"picture": str(out), **result.record}))
        return 0
    for note in result.notes:
        print(note)
    height, width = result.picture.shape[1:3]
    print(f"{out}: {width} x {height} pixels, {len(result.curves)} evaluations, {result.timings['seconds']:.0f} s")
    return 0


@contextmanager
def _stylize(options, out):
    """The Result of a command line, for a block that saves it."""
    from nst.engine.stylize import stylize_until_saved

    checkpoint = checkpoint_path(out)
    if options.resume and not checkpoint.exists():
        print(f"{checkpoint}: there is no such checkpoint, so the run starts from the beginning.")
    with (
        PaintingBar() as bar,
        stylize_until_saved(
            options.content,
            parse_styles(options.style),
            Settings(**{name: getattr(options, name) for name in DEFAULTS}),
            content_masks=options.content_masks,
            style_masks=options.style_masks,
            weights=options.weights,
            on_progress=bar.show_progress,
            checkpoint=checkpoint,
            resume=options.resume,
        ) as result,
    ):
        bar.close()
        yield result


def _report_interruption(interruption, out):
    result = interruption.result
    save_files(result.picture, {**result.record, "done": round(interruption.done, 3)}, out)
    for note in result.notes:
        print(note, file=sys.stderr)
    advice = (
        "To continue, run the same command with --resume."
        if interruption.resumable
        else "There is no checkpoint to resume."
    )
    print(f"Interrupted at {interruption.done:.0%}. {out} has the last good picture. {advice}", file=sys.stderr)
    return 130


def _report_unsaved(error, out, result):
    interrupted = isinstance(error, KeyboardInterrupt)
    print("Interrupted while the picture was being saved." if interrupted else error, file=sys.stderr)
    checkpoint = checkpoint_path(out)
    if checkpoint.exists():
        print(f"{checkpoint} has the finished work. To continue, run the same command with --resume.", file=sys.stderr)
    elif not interrupted:
        print(save_elsewhere(result, out), file=sys.stderr)
    return 130 if interrupted else 2


def _parse_seconds(word):
    """30, 30s, 2m or 1h in seconds."""
    number, unit = (word[:-1], word[-1]) if word[-1:] in UNITS else (word, "s")
    try:
        return float(number) * UNITS[unit]
    except ValueError:
        raise argparse.ArgumentTypeError(f"{word!r} is not a time; expected for example 30s, 2m or 1h") from None


def _parse_layers(word):
    """block1_conv1:0.5,block2_conv1 as {layer: weight}; the weight is 1 where none is given."""
    pairs = [part.partition(":")[::2] for part in word.split(",")]
    try:
        return {name: float(weight or 1) for name, weight in pairs}
    except ValueError:
        raise argparse.ArgumentTypeError(f"{word!r}: expected LAYER:WEIGHT,LAYER:WEIGHT ...") from None


def make_parser():
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog="nst",
        usage=USAGE,
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("content", metavar="CONTENT", help="the picture to paint")
    add("style", nargs="+", metavar="STYLE", help="a picture in whose style to paint; FILE:2 gives it a share of 2")
    add("-o", "--out", type=Path, metavar="OUT", help="the file to write (default: output/CONTENT_STYLE.png)")
    add("--json", action="store_true", help="print the contents of OUT.run.json; all messages go to stderr")
    add("--resume", action="store_true", help="continue an interrupted run from OUT.checkpoint.npz")

    add = parser.add_argument_group("size and time").add_argument
    add("--size", type=int, metavar="PIXELS", help="longest side of the result in pixels (default: %(default)s)")
    add("--steps", type=int, metavar="N", help="evaluations of J at each size (default: %(default)s)")
    add(
        "--budget",
        type=_parse_seconds,
        metavar="TIME",
        help="time for the run instead of --steps, in seconds (30 or 30s), minutes (2m) or hours (1h), without the "
        "time to import TensorFlow and to write files (default: none)",
    )

    add = parser.add_argument_group("content and style").add_argument
    add("--content-weight", type=float, metavar="ALPHA", help="weight of the content in J (default: %(default)g)")
    add("--style-weight", type=float, metavar="BETA", help="weight of the style in J (default: %(default)g)")
    add(
        "--tv-weight",
        type=float,
        metavar="W",
        help="weight of the total variation in J; more is smoother (default: %(default)g)",
    )
    add_color_and_masks(add)

    add = parser.add_argument_group("network and optimizer").add_argument
    add(
        "--weights",
        metavar="auto|pocket|vgg19|FILE",
        help="the network: pocket is bundled, vgg19 is downloaded by nst fetch vgg19, auto is vgg19 if it is there "
        "(default: the environment variable NST_WEIGHTS, or auto)",
    )
    add("--content-layer", metavar="LAYER", help="layer that compares the content (default: %(default)s)")
    add(
        "--style-layers",
        type=_parse_layers,
        metavar="LAYER:WEIGHT,...",
        help="layers that compare the style, with their weights "
        f"(default: {', '.join(f'{name}:{weight:g}' for name, weight in STYLE_LAYERS)})",
    )
    add("--pooling", choices=POOLINGS, help="pooling between the blocks of layers (default: %(default)s)")
    add("--init", choices=INITS, help="the first picture (default: %(default)s)")
    add("--seed", type=int, metavar="N", help="number that selects the noise of --init noise (default: %(default)s)")
    add("--optimizer", choices=OPTIMIZERS, help="lbfgs is faster; adam is the one of chapter 1 (default: %(default)s)")
    add("--optimiser", dest="optimizer", choices=OPTIMIZERS, help=argparse.SUPPRESS)
    add_precision(add)
    add(
        "--no-warm-start",
        dest="warm_start",
        action="store_false",
        help="let VGG-19 paint the smaller sizes, too (default: the bundled network paints them, which is faster)",
    )
    parser.set_defaults(**DEFAULTS)
    return parser

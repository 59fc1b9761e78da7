"""python -m nst CONTENT STYLE: one picture from the command line, with progress; Ctrl-C saves what there is."""

import argparse
import json
import sys
from contextlib import contextmanager, redirect_stdout
from dataclasses import fields
from pathlib import Path

from tqdm import tqdm

from nst import images
from nst.cli.style_weights import file_of, shares
from nst.engine.memory import MemoryShort
from nst.engine.optimizers import DivergedError
from nst.engine.settings import COLOURS, OPTIMISERS, POOLINGS, PRECISIONS, STARTS, Settings, SettingsError
from nst.engine.stylize import Interrupted, stylized
from nst.images import PictureError
from nst.network.vgg import LayerError
from nst.network.weights import WeightsError
from nst.paths import OUTPUT

DEFAULTS = {field.name: field.default for field in fields(Settings)}
REFUSALS = (PictureError, SettingsError, WeightsError, LayerError, MemoryShort, DivergedError)
UNITS = {"s": 1, "m": 60, "h": 3600}
EXAMPLES = """examples:
  python -m nst house.jpg painting.jpg                        to output/house_painting.png
  python -m nst house.jpg painting.jpg -o mine.png --size 768
  python -m nst house.jpg painting.jpg --budget 30s           what 30 seconds can do
  python -m nst house.jpg painting.jpg --preserve-color luminance
  python -m nst house.jpg monet.jpg:2 wave.jpg:1              two styles, the first twice as strong
  python -m nst house.jpg monet.jpg --content-masks sky.png   the style in the sky alone, white in sky.png
  python -m nst house.jpg painting.jpg --resume               goes on after an interruption

Beside OUT.png there is OUT.run.json: settings, timings, scores. While it works, OUT.checkpoint.npz holds the run. It
stays if the run is interrupted or its picture cannot be saved: --resume goes on with it, and without --resume the
command is refused until it is deleted.
Exit code: 0 done; 2 a picture, a setting, the weights, the memory or OUT will not do; 130 interrupted: the last good
picture is saved, and --resume goes on."""


def paint(words):
    """Run one command line (a list of words); return the exit code."""
    options = _parser().parse_args(words)
    out = options.out or OUTPUT / f"{Path(options.content).stem}_{Path(file_of(options.style[0])).stem}.png"
    try:
        return _painted(options, out)
    except REFUSALS as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Interrupted; no picture was written.", file=sys.stderr)
        return 130


def _painted(options, out):
    images.require_picture_name(out)  # before the work, not after it
    _require_no_source(options, out)
    result = None
    try:
        with redirect_stdout(sys.stderr if options.json else sys.stdout), _stylized(options, out) as result:
            _save(result.picture, result.record, out)
    except Interrupted as stopped:
        try:
            return _interrupted(stopped, out)
        except PictureError as error:
            return _unsaved(error, out)
    except (PictureError, KeyboardInterrupt) as error:
        if result is None:  # it was not painted yet
            raise
        return _unsaved(error, out)
    if options.json:
        print(json.dumps({"picture": str(out), **result.record}))
        return 0
    for note in result.notes:
        print(note)
    print(f"{out}: {_by(result.picture)} pixels, {len(result.curves)} evaluations, {result.timings['seconds']:.0f} s")
    return 0


def _require_no_source(options, out):
    """Raise PictureError where the result would take the place of a picture that it is made from."""
    sources = [
        options.content,
        *map(file_of, options.style),
        *(options.content_masks or ()),
        *(options.style_masks or ()),
    ]
    for source in map(Path, sources):
        if out.exists() and source.exists() and out.samefile(source):
            raise PictureError(
                f"{out}: the result would take the place of {source}, which it is made from. "
                f"Give it another name with --out."
            )


@contextmanager
def _stylized(options, out):
    """The Result of a command line, for a block that saves it."""
    checkpoint = _checkpoint(out)
    if options.resume and not checkpoint.exists():
        print(f"{checkpoint}: no such checkpoint, so this starts from the beginning.")
    with tqdm(total=1, bar_format="{percentage:3.0f}% |{bar}| {elapsed}, {remaining} to go", delay=1) as bar:

        def seen(progress):
            if options.resume and bar.n == 0:  # what was done before took none of the time that is counted
                bar.initial = bar.n = bar.last_print_n = progress.done
            bar.update(progress.done - bar.n)

        with stylized(
            options.content,
            shares(options.style),
            weights=options.weights,
            content_masks=options.content_masks,
            style_masks=options.style_masks,
            on_progress=seen,
            checkpoint=checkpoint,
            resume=options.resume,
            **{name: getattr(options, name) for name in DEFAULTS},
        ) as result:
            bar.close()
            yield result


def _checkpoint(out):
    return out.with_suffix(".checkpoint.npz")


def _save(picture, record, out):
    images.save(picture, out, settings=record)
    images.save_settings(record, out.with_suffix(".run.json"))


def _interrupted(stopped, out):
    _save(stopped.result.picture, {**stopped.result.record, "done": round(stopped.done, 3)}, out)
    for note in stopped.result.notes:
        print(note, file=sys.stderr)
    goes_on = "the same command with --resume goes on." if stopped.resumable else "there is no checkpoint to resume."
    print(f"Interrupted at {stopped.done:.0%}. {out} holds the last good picture; {goes_on}", file=sys.stderr)
    return 130


def _unsaved(error, out):
    interrupted = isinstance(error, KeyboardInterrupt)
    print("Interrupted while the picture was saved." if interrupted else error, file=sys.stderr)
    if _checkpoint(out).exists():
        print(f"{_checkpoint(out)} holds what was painted; the same command with --resume goes on.", file=sys.stderr)
    return 130 if interrupted else 2


def _seconds(word):
    """30, 30s, 2m or 1h as seconds."""
    number, unit = (word[:-1], word[-1]) if word[-1:] in UNITS else (word, "s")
    try:
        return float(number) * UNITS[unit]
    except ValueError:
        raise argparse.ArgumentTypeError(f"{word!r} is no time; expected 30s, 2m or 1h") from None


def _layers(word):
    """block1_conv1:0.5,block2_conv1 as {layer: weight}; without a weight it is 1."""
    pairs = [part.partition(":")[::2] for part in word.split(",")]
    try:
        return {name: float(weight or 1) for name, weight in pairs}
    except ValueError:
        raise argparse.ArgumentTypeError(f"{word!r}: expected LAYER:WEIGHT,LAYER:WEIGHT ...") from None


def _by(image):
    return f"{image.shape[2]} x {image.shape[1]}"


def _parser():
    parser = argparse.ArgumentParser(
        prog="python -m nst",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Paint the content picture in the style of others, from small to large.",
    )
    add = parser.add_argument
    add("content", metavar="CONTENT", help="the picture to paint")
    add("style", nargs="+", metavar="STYLE", help="a picture in whose style, or several, each with its share: FILE:2")
    add("-o", "--out", type=Path, metavar="OUT", help="the file to write (default: in output/, named after the two)")
    add("--size", type=int, metavar="PIXELS", help="longest side of the result (default %(default)s)")
    add("--steps", type=int, metavar="N", help="evaluations of J at each size (%(default)s)")
    add(
        "--budget",
        type=_seconds,
        metavar="TIME",
        help="how long it may take, TensorFlow's import and the files apart, in place of --steps: 30s, 2m",
    )
    add("--content-weight", type=float, metavar="ALPHA", help="how much the content counts (%(default)g)")
    add("--style-weight", type=float, metavar="BETA", help="how much the style counts (%(default)g)")
    add("--tv-weight", type=float, metavar="W", help="how much smoothness counts (%(default)g)")
    add("--content-masks", nargs="+", metavar="MASK", help="for each style a picture that is white where it paints")
    add("--style-masks", nargs="+", metavar="MASK", help="for each style a picture that is white where it is from")
    add(
        "--preserve-color",
        choices=COLOURS,
        help="keep the content's colours: take the luminance of the style alone, "
        "or give the style the statistics of the content's colours first",
    )
    add("--content-layer", metavar="LAYER", help="(%(default)s)")
    add("--style-layers", type=_layers, metavar="LAYER:WEIGHT,...", help="(block1_conv1 to block5_conv1)")
    add("--pooling", choices=POOLINGS, help="(%(default)s)")
    add("--init", choices=STARTS, help="where to start from (%(default)s)")
    add("--optimiser", choices=OPTIMISERS, help="(%(default)s; adam is chapter 1's)")
    add("--precision", choices=PRECISIONS, help="of the convolutions (%(default)s: the faster here)")
    add("--no-warm-start", dest="warm_start", action="store_false", help="let VGG-19 paint the small sizes, too")
    add("--seed", type=int, help="of the noise, with --init noise (%(default)s)")
    add("--weights", metavar="auto|pocket|vgg19|FILE", help="the network (default: NST_WEIGHTS, or auto)")
    add("--resume", action="store_true", help="go on where OUT.checkpoint.npz stands")
    add("--json", action="store_true", help="print the record of the run as JSON; all else goes to stderr")
    parser.set_defaults(**DEFAULTS)
    return parser

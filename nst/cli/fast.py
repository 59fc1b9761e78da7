"""nst fast CONTENT STYLE: paint in one pass through a network, a picture or the frames of an animation."""

import argparse
import json
import sys
from contextlib import redirect_stdout
from dataclasses import fields
from pathlib import Path

from foundation.signals import hold_signals
from nst.cli.failures import run_reporting
from nst.cli.output_files import fit_name, require_other_file, require_output, save_files
from nst.cli.styles import parse_styles, strip_share
from nst.engine.available_memory import NotEnoughMemoryError
from nst.engine.settings import COLOR_MODES, PRECISIONS, SettingsError
from nst.fast.settings import FastSettings
from nst.images import PictureError
from nst.network.weights import WeightsError
from nst.paths import OUTPUT

DEFAULTS = {field.name: field.default for field in fields(FastSettings)}
INPUT_ERRORS = (PictureError, SettingsError, WeightsError, NotEnoughMemoryError)
EXAMPLES = """examples:
  nst fast house.jpg painting.jpg                     to output/house_painting_fast.png
  nst fast house.jpg painting.jpg -o mine.png --size 1024 --alpha 0.7
  nst fast house.jpg monet.jpg:2 wave.jpg:1           a mixture of two styles; the first counts twice as much
  nst fast house.jpg monet.jpg --content-masks sky.png

OUT.run.json, beside OUT, has the settings and the time: mine.run.json for mine.png, mine.jpg.run.json for mine.jpg.
Exit code: 0 done; 2 a picture, an option, the memory or OUT cannot be used; 130 interrupted: nothing was written."""


def run_fast(words):
    """Run one command line (a list of words); return the exit code."""
    options = make_parser().parse_args(words)
    return run_reporting(lambda: _paint(options), INPUT_ERRORS)


def _paint(options):
    settings = FastSettings(**{name: getattr(options, name) for name in DEFAULTS})
    styles = parse_styles(options.style)
    out = options.out or _name_output(options)
    require_output(out, settings.size)
    require_other_file(out, options.content, *styles, *(options.content_masks or ()), *(options.style_masks or ()))
    with hold_signals():
        from nst.fast.paint import paint_fast  # TensorFlow takes seconds to import

    with redirect_stdout(sys.stderr if options.json else sys.stdout):
        result = paint_fast(
            options.content,
            styles,
            **{name: getattr(settings, name) for name in DEFAULTS},
            content_masks=options.content_masks,
            style_masks=options.style_masks,
        )
        save_files(result.picture, result.record, out)
    if options.json:
        print(json.dumps({"picture": str(out), **result.record}))
        return 0
    for note in result.notes:
        print(note)
    height, width = result.picture.shape[1:3]
    print(f"{out}: {width} x {height} pixels, {result.timings['seconds']:.1f} s")
    return 0


def _name_output(options):
    stems = [Path(word).stem for word in (options.content, strip_share(options.style[0]))]
    return OUTPUT / f"{fit_name('_'.join([*stems, 'fast']))}.png"


def make_parser():
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog="nst fast",
        description="Paint the content picture in the style of one or more other pictures in one pass through a "
        "network, in about a second. nst CONTENT STYLE takes longer and comes nearer to the style.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("content", metavar="CONTENT", help="the picture to paint")
    add("style", nargs="+", metavar="STYLE", help="a picture in whose style to paint; FILE:2 gives it a share of 2")
    add("-o", "--out", type=Path, metavar="OUT", help="the file to write (default: output/CONTENT_STYLE_fast.png)")
    add("--json", action="store_true", help="print the contents of OUT.run.json; all messages go to stderr")
    add("--size", type=int, metavar="PIXELS", help="longest side of the result in pixels (default: %(default)s)")
    add("--alpha", type=float, metavar="A", help="how much of the style, from 0 to 1 (default: %(default)g)")
    add(
        "--preserve-color",
        choices=COLOR_MODES,
        help="keep the content's colors: luminance takes only light and dark from the style; statistics first gives "
        "the style picture the mean and covariance of the content's colors (default: the style's colors)",
    )
    add(
        "--content-masks",
        nargs="+",
        metavar="MASK",
        help="for each style a picture that is white where the style paints (default: everywhere)",
    )
    add(
        "--style-masks",
        nargs="+",
        metavar="MASK",
        help="for each style a picture that is white where the style is taken from (default: everywhere)",
    )
    add(
        "--precision",
        choices=PRECISIONS,
        help="number format of the convolutions; auto is the faster one on this processor (default: %(default)s)",
    )
    parser.set_defaults(**DEFAULTS)
    return parser

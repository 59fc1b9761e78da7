"""python -m nst CONTENT STYLE: one picture from the command line, with progress; Ctrl-C saves what there is."""

import argparse
import json
import sys
from dataclasses import fields
from pathlib import Path

from tqdm import tqdm

from nst import images
from nst.images import PictureError
from nst.paths import OUTPUT
from nst.stylize import COLOURS, STARTS, Settings, SettingsError, stylize
from nst.weights import WeightsError

DEFAULTS = {field.name: field.default for field in fields(Settings)}
EXAMPLES = """examples:
  python -m nst house.jpg painting.jpg                        to output/house_painting.png
  python -m nst house.jpg painting.jpg -o mine.png --size 768
  python -m nst house.jpg painting.jpg --colours luminance    keeps the colours of the house
  python -m nst house.jpg monet.jpg:2 wave.jpg:1              two styles, the first twice as strong

A PNG carries its settings. Exit code: 0 done, 2 a picture, a setting or the weights cannot be used, 130 interrupted:
the picture is saved as it was."""


def paint(words):
    """Run one command line (a list of words); return the exit code."""
    options = _parser().parse_args(words)
    out = options.out or OUTPUT / f"{Path(options.content).stem}_{Path(_file(options.style[0])).stem}.png"
    settings = {name: getattr(options, name) for name in DEFAULTS}
    try:
        return _painted(options, out, settings)
    except (PictureError, SettingsError, WeightsError) as error:
        print(error, file=sys.stderr)
        return 2


def _painted(options, out, settings):
    images.require_format(out)  # before the work, not after it
    latest = []
    with tqdm(total=1, bar_format="{percentage:3.0f}% |{bar}| {elapsed}, {remaining} to go", delay=1) as bar:
        def note(progress):
            latest[:] = [progress]
            bar.update(progress.done - bar.n)

        try:
            result = stylize(options.content, _styles(options.style), weights=options.weights, on_progress=note,
                             **settings)
        except KeyboardInterrupt:
            return _interrupted(latest, out, settings)
    images.save(result.image, out, settings=result.record)
    print(json.dumps({"picture": str(out), **result.record}) if options.json else
          f"{out}: {_by(result.image)} pixels, {result.record['evaluations']} evaluations, "
          f"{result.record['seconds']:.0f} s")
    return 0


def _interrupted(latest, out, settings):
    if not latest:
        print("Interrupted before there was a picture.", file=sys.stderr)
        return 130
    images.save(latest[0].image, out, settings={**settings, "done": round(latest[0].done, 3)})
    print(f"Interrupted at {latest[0].done:.0%}. {out} holds the picture as it was, {_by(latest[0].image)} pixels.",
          file=sys.stderr)
    return 130


def _styles(words):
    """{file: share} of words such as monet.jpg or monet.jpg:2."""
    styles = {}
    for word in words:
        file = _file(word)
        if file in styles:
            raise SettingsError(f"style: {file} is named twice. Give it a larger share instead: {file}:2.")
        styles[file] = float(word[len(file) + 1:] or 1)
    return styles


def _file(word):
    """The word without its share; a colon that no number follows belongs to the file's name."""
    file, colon, share = word.rpartition(":")
    try:
        return file if colon and file and float(share) >= 0 else word
    except ValueError:
        return word


def _by(image):
    return f"{image.shape[2]} x {image.shape[1]}"


def _parser():
    parser = argparse.ArgumentParser(
        prog="python -m nst", epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Paint the content picture in the style of others, from small to large.")
    add = parser.add_argument
    add("content", metavar="CONTENT", help="the picture to paint")
    add("style", nargs="+", metavar="STYLE", help="a picture in whose style, or several, each with its share: FILE:2")
    add("-o", "--out", type=Path, metavar="OUT", help="the file to write (default: in output/, named after the two)")
    add("--size", type=int, metavar="PIXELS", help="longest side of the result (default %(default)s)")
    add("--steps", type=int, metavar="N", help="evaluations of J at full size; small sizes get more (%(default)s)")
    add("--content-weight", type=float, metavar="ALPHA", help="how much the content counts (%(default)g)")
    add("--style-weight", type=float, metavar="BETA", help="how much the style counts (%(default)g)")
    add("--tv-weight", type=float, metavar="W", help="how much smoothness counts (%(default)g)")
    add("--init", choices=STARTS, help="where to start from (%(default)s)")
    add("--colours", choices=COLOURS, help="the style's; the content's, with the luminance of the style; or a style "
        "with the statistics of the content's (%(default)s)")
    add("--seed", type=int, help="of the noise at the start (%(default)s)")
    add("--weights", metavar="auto|pocket|vgg19|FILE", help="the network (default: NST_WEIGHTS, or auto)")
    add("--json", action="store_true", help="print the record of the run as JSON")
    parser.set_defaults(**DEFAULTS)
    return parser

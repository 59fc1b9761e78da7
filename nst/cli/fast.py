"""nst fast CONTENT STYLE: paint in one pass through a network, a picture or the frames of an animation."""

import argparse
import json
import sys
import time
from contextlib import redirect_stdout
from dataclasses import fields
from pathlib import Path

from foundation.signals import hold_signals
from nst import images
from nst.cli.failures import run_reporting
from nst.cli.output_files import fit_name, require_other_file, require_output, save_files, settings_path
from nst.cli.painting_bar import PaintingBar
from nst.cli.shared_options import add_color_and_masks, add_precision
from nst.cli.styles import parse_styles, strip_share
from nst.engine.available_memory import NotEnoughMemoryError
from nst.engine.settings import SettingsError
from nst.fast.movie_files import SUFFIXES, require_movie_writer
from nst.fast.movies import open_movie
from nst.fast.settings import FastSettings
from nst.images import PictureError
from nst.network.weights import WeightsError
from nst.paths import OUTPUT
from nst.remaining_time import RemainingTime

DEFAULTS = {field.name: field.default for field in fields(FastSettings)}
INPUT_ERRORS = (PictureError, SettingsError, WeightsError, NotEnoughMemoryError)
EXAMPLES = """examples:
  nst fast house.jpg painting.jpg                     to output/house_painting_fast.png
  nst fast house.jpg painting.jpg -o mine.png --size 1024 --alpha 0.7
  nst fast house.jpg monet.jpg:2 wave.jpg:1           a mixture of two styles; the first counts twice as much
  nst fast house.jpg monet.jpg --content-masks sky.png
  nst fast clip.gif monet.jpg                         every frame, to output/clip_monet_fast.gif
  nst fast clip.mp4 monet.jpg -o clip.webp            a video, with the package imageio-ffmpeg

An animated GIF, WebP or PNG and a video, of up to 5,000 frames, become a GIF, WebP or MP4, by the suffix of OUT. With
the name of a picture, the first frame of an animation is painted. The statistics of the frames are mixed over time, so
that the result does not flicker: the last line says how much it changes where nothing moves in the original.

OUT.run.json, beside OUT, has the settings and the time: mine.run.json for mine.png, mine.jpg.run.json for mine.jpg.
Exit code: 0 done; 2 a picture, an option, the memory or OUT cannot be used; 130 interrupted: nothing was written."""


def run_fast(words):
    """Run one command line (a list of words); return the exit code."""
    options = make_parser().parse_args(words)
    return run_reporting(lambda: _paint(options), INPUT_ERRORS)


def _paint(options):
    settings = FastSettings(**{name: getattr(options, name) for name in DEFAULTS})
    styles = parse_styles(options.style)
    movie = open_movie(options.content)
    out = options.out or _name_output(options, ".png" if movie is None else movie.suffix)
    moves = movie is not None and _require_movie_name(movie, out)
    require_output(out, settings.size, require_movie_writer if moves else images.require_picture_name)
    require_other_file(out, options.content, *styles, *(options.content_masks or ()), *(options.style_masks or ()))
    masks = {"content_masks": options.content_masks, "style_masks": options.style_masks}
    with redirect_stdout(sys.stderr if options.json else sys.stdout):
        if moves:
            record = _paint_frames(movie, styles, out, settings, masks)
            images.save_settings(record, settings_path(out))
        else:
            record = _paint_picture(options.content, styles, out, settings, masks)
    if options.json:
        print(json.dumps({"picture": str(out), **record}))
        return 0
    for note in record["notes"]:
        print(note)
    print(f"{out}: {_describe(record)}")
    return 0


def _paint_picture(content, styles, out, settings, masks):
    with hold_signals():
        from nst.fast.paint import paint_fast  # TensorFlow takes seconds to import

    result = paint_fast(content, styles, **{name: getattr(settings, name) for name in DEFAULTS}, **masks)
    height, width = result.picture.shape[1:3]
    record = {**result.record, "size": [width, height]}
    save_files(result.picture, record, out)
    return record


def _paint_frames(movie, styles, out, settings, masks):
    with hold_signals():
        from nst.fast.animation import paint_animation

    left = RemainingTime([1.0], time.monotonic())
    with PaintingBar() as bar:

        def show_frame(number):
            left.add(0, number / movie.count, time.monotonic())
            bar.show(number / movie.count, left.estimate())

        return paint_animation(movie, styles, out, settings, on_frame=show_frame, **masks)


def _require_movie_name(movie, out):
    """Whether OUT is an animation, too. From a GIF or WebP, a picture gets the first frame; a video has no such use."""
    moves = out.suffix.lower() in SUFFIXES
    if not moves and movie.suffix == ".mp4":
        raise PictureError(f"{out}: {movie.path.name} is a video. Give the result a name with {' or '.join(SUFFIXES)}.")
    return moves


def _describe(record):
    width, height = record["size"]
    frames, flicker = record["timings"].get("frames"), record["scores"].get("flicker")
    parts = [f"{width} x {height} pixels"]
    if frames is not None:
        parts.append(f"{frames} frames")
    if flicker is not None:
        parts.append(f"flicker {flicker:.1f} of 255 where nothing moves")
    return ", ".join([*parts, f"{record['timings']['seconds']:.1f} s"])


def _name_output(options, suffix):
    stems = [Path(word).stem for word in (options.content, strip_share(options.style[0]))]
    return OUTPUT / f"{fit_name('_'.join([*stems, 'fast']))}{suffix}"


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
    add("content", metavar="CONTENT", help="the picture, animation or video to paint")
    add("style", nargs="+", metavar="STYLE", help="a picture in whose style to paint; FILE:2 gives it a share of 2")
    add("-o", "--out", type=Path, metavar="OUT", help="the file to write (default: output/CONTENT_STYLE_fast.png)")
    add("--json", action="store_true", help="print the contents of OUT.run.json; all messages go to stderr")
    add("--size", type=int, metavar="PIXELS", help="longest side of the result in pixels (default: %(default)s)")
    add("--alpha", type=float, metavar="A", help="how much of the style, from 0 to 1 (default: %(default)g)")
    add_color_and_masks(add)
    add_precision(add)
    add(
        "--decoder",
        metavar="DECODER.npz",
        help="a network that python -m tools.train_fast has trained, for example for one style (default: the one that "
        "comes with the course, for any style)",
    )
    parser.set_defaults(**DEFAULTS)
    return parser

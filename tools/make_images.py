"""Render the bundled pictures into images/, or check that the committed files are what the code renders.

python -m tools.make_images                 render all eight
python -m tools.make_images louvre monet    render only these
python -m tools.make_images --check         compare and write nothing; the exit code is 1 if a picture differs
python -m tools.make_images --out DIR       write to another folder
"""

import argparse
import io
import sys
from importlib import import_module
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

from foundation.atomic_write import write_atomically
from nst.paths import IMAGES

NAMES = ("louvre", "monet", "persepolis", "starry_night", "pasargadae", "kashi", "turbulence", "abstract_blue")
MAXIMUM_BYTES = 400_000
TOLERANCE = 2.0
QUALITIES = (92, 90, 88, 86, 84, 82, 80, 76, 72, 68)


def main(arguments=None):
    """The command; returns its exit code."""
    options = _parse(arguments)
    names = options.names or NAMES
    if options.check:
        return _report({name: check(name, options.out) for name in _with_progress(names)})
    for name in _with_progress(names):
        with write_atomically(options.out / f"{name}.jpg") as partial:
            partial.write_bytes(encode(render(name)))
    return 0


def render(name):
    """The picture called `name`, (H, W, 3) uint8, as tools/painting/NAME.py renders it."""
    with tqdm(desc=f"  {name}", unit=" step", leave=False) as steps:
        picture = import_module(f"tools.painting.{name}").render(steps.update)
    return np.round(picture * 255).astype(np.uint8)


def encode(picture):
    """The JPEG file of a picture (H, W, 3) uint8, at the best quality that stays under MAXIMUM_BYTES."""
    for quality in QUALITIES:
        file = io.BytesIO()
        Image.fromarray(picture).save(file, "JPEG", quality=quality, optimize=True, subsampling=0)
        if file.tell() < MAXIMUM_BYTES:
            break
    return file.getvalue()


def check(name, folder=IMAGES):
    """What is wrong with folder/NAME.jpg; an empty string if it is what the code renders, to within JPEG rounding."""
    path = folder / f"{name}.jpg"
    if not path.is_file():
        return f"{path} is missing"
    committed, rendered = _read_pixels(path), _read_pixels(io.BytesIO(encode(render(name))))
    if committed.shape != rendered.shape:
        return f"{path} is {_size(committed)}, the code renders {_size(rendered)}"
    difference = np.abs(committed - rendered).mean()
    if difference > TOLERANCE:
        return f"{path} differs by {difference:.1f} of 255 on average, the maximum is {TOLERANCE:.0f}"
    return ""


def _read_pixels(file):
    with Image.open(file) as picture:
        return np.asarray(picture.convert("RGB")).astype(float)


def _size(picture):
    return f"{picture.shape[1]} x {picture.shape[0]}"


def _with_progress(names):
    return tqdm(names, desc="pictures", unit="picture")


def _report(problems):
    for name, problem in problems.items():
        if problem:
            print(f"{problem}; to render it again: python -m tools.make_images {name}", file=sys.stderr)
    return 1 if any(problems.values()) else 0


def _parse(arguments):
    parser = argparse.ArgumentParser(description="Render the bundled pictures, or check them.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of {', '.join(NAMES)}; default: all")
    parser.add_argument("--check", action="store_true", help="compare with the pictures there; write nothing")
    parser.add_argument("--out", type=Path, default=IMAGES, metavar="DIR", help="folder of the pictures")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.names if name not in NAMES]
    if unknown:
        parser.error(f"no picture is called {unknown[0]!r}; there are {', '.join(NAMES)}")
    return options


if __name__ == "__main__":
    sys.exit(main())

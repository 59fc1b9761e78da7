"""Write the decoder that the course carries, pretrained-model/fast_decoder.npz, from the float32 file of its training.

    python -m tools.export_fast_decoder DECODER.npz

The kernels are stored in 8 bits, with a scale for each output channel. The command also writes the file's SHA-256 into
nst/fast/decoder.py, which verifies it, and prints how far the rounded decoder's pictures are from the others.
"""

import argparse
import re
import sys
from pathlib import Path

import numpy as np

from foundation.atomic_write import open_atomically
from nst import images
from nst.fast import decoder
from nst.fast.painter import Painter
from nst.network.weights import WeightsError
from nst.paths import IMAGES
from tools.distil.artifact import write_weights

PAIRS = (("louvre", "monet"), ("louvre", "starry_night"))
CONSTANT = re.compile(r'(?<=^DECODER_SHA256 = ")[0-9a-f]{64}(?="$)', re.MULTILINE)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("trained", type=Path, metavar="DECODER.npz", help="the float32 file of the training")
    parser.add_argument("--out", type=Path, default=decoder.DECODER_FILE, help="file to write (default: %(default)s)")
    options = parser.parse_args(arguments)
    try:
        digest = export(options.trained, options.out)
    except (WeightsError, OSError) as error:
        sys.exit(f"export_fast_decoder: {error}")
    print(f"{options.out}: {options.out.stat().st_size} bytes, SHA-256 {digest}")
    print(f"Pictures differ by {compare(options.trained, options.out):.2f} of 255 on average.")
    if options.out.resolve() == decoder.DECODER_FILE.resolve():
        write_checksum(Path(decoder.__file__), digest)


def export(trained, out):
    """Write `out` from the float32 file `trained`; return its SHA-256."""
    weights = decoder.read_decoder(trained)
    return write_weights(out, list(weights.values()), list(weights))


def write_checksum(module, digest):
    """Replace the SHA-256 in the source of nst/fast/decoder.py."""
    source = module.read_text(encoding="utf-8")
    with open_atomically(module) as file:
        file.write(CONSTANT.sub(digest, source))


def compare(*files):
    """Return the mean absolute difference of the pictures of two decoders, in 255ths."""
    pictures = []
    for file in files:
        painter = Painter("float32", decoder.load_decoder(file))
        for names in PAIRS:
            content, style = (images.load(IMAGES / f"{name}.jpg", 320) for name in names)
            pictures.append(painter.paint(content, painter.measure_style(style))[0])
    half = len(PAIRS)
    return 255 * float(np.mean([np.abs(a - b).mean() for a, b in zip(pictures[:half], pictures[half:], strict=True)]))


if __name__ == "__main__":
    main()

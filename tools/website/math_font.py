"""The font of the formulas: a part of STIX Two Math, from the package ziamath, since not every system has such a font.

The font has the SIL Open Font License.
"""

import logging
from importlib.resources import as_file, files

CHARACTERS = (
    *range(0x20, 0x180),  # Latin
    *range(0x391, 0x3FA),  # Greek
    *range(0x2010, 0x2050),  # dashes, primes
    *range(0x2061, 0x2065),  # invisible operators
    *range(0x2100, 0x2300),  # letters, arrows, operators
    *range(0x2308, 0x230C),
    *range(0x27E6, 0x27EC),
    *range(0x1D434, 0x1D468),  # italic letters
    *range(0x1D6A8, 0x1D71C),  # bold and italic Greek
)


def write_math_font(path):
    """Write the part of the font that formulas need to `path`, a WOFF file."""
    from fontTools import subset

    logging.getLogger("fontTools").setLevel(logging.WARNING)
    options = subset.Options(flavor="woff", layout_features=["ssty", "ccmp"], notdef_outline=True)
    with as_file(files("ziamath.fonts") / "STIXTwoMath-Regular.ttf") as source:
        font = subset.load_font(source, options)
        part = subset.Subsetter(options)
        part.populate(unicodes=CHARACTERS)
        part.subset(font)
        subset.save_font(font, path, options)

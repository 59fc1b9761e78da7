"""Regions that a visitor draws on the photograph, and the masks that they become: one for each painting."""

from numbers import Real

import numpy as np
from PIL import Image, ImageDraw

from nst import images
from nst.engine.settings import require

MASK_SIZE = 1024  # pixels on the longest side of a mask
FINER = 4  # a mask is drawn so many times as large, and averaged: its edges are smooth
MOST_OUTLINES, MOST_POINTS = 50, 2000  # of a region, of an outline
# For those who do not draw: an outline of each of these places.
PLACES = {
    "Upper half": ((0.0, 0.0), (1.0, 0.0), (1.0, 0.5), (0.0, 0.5)),
    "Lower half": ((0.0, 0.5), (1.0, 0.5), (1.0, 1.0), (0.0, 1.0)),
    "Left half": ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)),
    "Right half": ((0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0)),
}


def check_regions(regions, count):
    """Return regions as tuples of numbers: for each painting its outlines, each at least three points (x, y) in [0, 1].

    count: of the paintings. Outlines with fewer points are left out: a click is not a region. A list with no outline at
    all is the same as no regions, (). Raises SettingsError.

    >>> check_regions([[[[0, 0], [1, 0], [1, 1]], [[0, 0]]]], 1)
    ((((0.0, 0.0), (1.0, 0.0), (1.0, 1.0)),),)
    """
    try:
        checked = tuple(
            tuple(
                tuple((_check_number(x), _check_number(y)) for x, y in outline)
                for outline in region
                if len(outline) > 2
            )
            for region in regions
        )
    except (TypeError, ValueError):
        require(False, "regions", "something else", "for each painting a list of outlines, each a list of (x, y)")
    largest = max((len(outline) for region in checked for outline in region), default=0)
    require(largest <= MOST_POINTS, "regions", f"an outline of {largest} points", f"at most {MOST_POINTS}")
    most = max(map(len, checked), default=0)
    require(most <= MOST_OUTLINES, "regions", f"{most} outlines for a painting", f"at most {MOST_OUTLINES}")
    if not most:
        return ()
    require(len(checked) == count, "regions", f"{len(checked)} lists of outlines", f"{count}, one for each painting")
    return checked


def make_masks(regions, height, width):
    """Return a mask for each painting, float32 (H, W) in [0, 1] with 1024 pixels on its longest side; None without any.

    regions: see check_regions. height, width: of the photograph. A painting without an outline gets all that is outside
    of the others' regions.
    """
    if not regions:
        return None
    shape = images.resized_shape(height, width, MASK_SIZE)
    drawn = [_draw(region, *shape) if region else None for region in regions]
    rest = np.clip(1 - sum(mask for mask in drawn if mask is not None), 0, 1).astype(np.float32)
    return [rest if mask is None else mask for mask in drawn]


def _draw(outlines, height, width):
    fine = Image.new("L", (FINER * width, FINER * height))
    for outline in outlines:
        ImageDraw.Draw(fine).polygon([(x * fine.width, y * fine.height) for x, y in outline], fill=255)
    return np.asarray(fine.reduce(FINER), np.float32) / np.float32(255)


def _check_number(value):
    if not isinstance(value, Real) or not -1 <= value <= 2:  # a pen may leave the picture; NaN is refused
        raise ValueError
    return min(1.0, max(0.0, float(value)))

"""What a picture means as a mask: white is inside, black outside, gray between. What is not plainly a mask is refused.

Masks come in other forms, too: 0 and 1 as numbers, one dark color on black, a shape cut out of a photograph. These are
rescaled, and a note says so.
"""

import numpy as np
from PIL import Image

from nst.pictures.arrays import is_array, to_fractions, to_numpy
from nst.pictures.decoding import decode, put_on
from nst.pictures.errors import PictureError
from nst.pictures.sources import find_source

LARGEST = 8192  # pixels on the longest side of a mask that is above 89 million pixels
WHITE, MIDDLE = 250, 128
COLORED = 32  # difference between the channels of a pixel that is not gray
SHARE = 0.01  # of the pixels: a level or a color with fewer is the noise of a JPEG
FEW = 16
PAINT = "Paint the region of the style white, and everything else black."
ONE_EACH = "Make one mask for each region."
SHAPE = "its opaque part was taken as white, and its transparent part as black."
TWO = "it has two levels, {low} and {high} of 255: the lighter one was taken as white, and the darker one as black."
PALE = "its lightest value is {high} of 255, so the style is used only partly there. White is 255."
LEVELS = "it has {count} levels of gray: gray counts as partly inside."
NOT_A_MASK = "{name}: this is not plainly a mask: {found}. {advice}"


def read_mask(mask, role):
    """Return a mask as float32 (H, W) in [0, 1] at its own size, its name for messages, and a list of notes.

    mask: a picture (a file, bytes, PIL image ...), or an array (H, W), also with one or three equal channels, of floats
    in [0, 1], booleans or 8-bit integers. role: what an array is called in messages. Raises PictureError.
    """
    if is_array(mask):
        return _read_array(mask, role)
    source = find_source(mask, role)
    decoded = decode(source, LARGEST, convert_colors=False)
    name = f"{role} {source.name}"
    gray, notes = _interpret(decoded.picture, name)
    return gray, name, [*decoded.notes, *(f"{source.short_name}: {note}" for note in notes)]


def _read_array(mask, role):
    values = to_numpy(mask, role)
    if values.ndim == 4 and len(values) == 1:
        values = values[0]
    if values.ndim == 3 and 1 in (values.shape[0], values.shape[-1]):
        values = values[0] if values.shape[0] == 1 else values[..., 0]
    if values.ndim == 3 and values.shape[-1] == 3 and (values == values[..., :1]).all():
        values = values[..., 0]
    if values.ndim != 2 or not values.size:
        raise PictureError(f"{role}: got shape {np.shape(mask)}, expected (H, W).")
    low, high = values.min(), values.max()
    plain = low >= 0 and high <= 1 + 1e-6  # false for NaN
    if plain or values.dtype.kind not in "iu" or low < 0 or high > 255:
        if not plain:
            raise PictureError(f"{role}: got values from {low:g} to {high:g}, expected values from 0 to 1.")
        return to_fractions(values, role)[0], role, []
    gray, notes = _interpret(Image.fromarray(values.astype(np.uint8)).convert("RGB"), role)
    return gray, role, [f"{role}: {note}" for note in notes]


def _interpret(picture, name):
    """(float32 (H, W) in [0, 1], notes) of a picture in RGB or RGBA."""
    if picture.mode == "RGBA":
        alpha = np.asarray(picture.getchannel("A"))
        if _is_shape(np.asarray(picture), alpha):
            return alpha.astype(np.float32) / np.float32(255), [SHAPE]
        picture = put_on(picture, "black")
    levels = np.asarray(picture.convert("L"))
    high, distinct = int(levels.max()), np.unique(levels)
    if len(distinct) == 1:
        if 0 < high < MIDDLE:
            found = f"every pixel has the same gray, {high} of 255"
            raise PictureError(NOT_A_MASK.format(name=name, found=found, advice=PAINT))
        return levels.astype(np.float32) / np.float32(255), _describe(levels, high)
    colors = _count_colors(np.asarray(picture))
    if colors > 2:
        found = f"it has {colors} different colors, as a photograph or a map of labels"
        raise PictureError(NOT_A_MASK.format(name=name, found=found, advice=f"{ONE_EACH} {PAINT}"))
    if colors or high < MIDDLE:
        return _stretch_two_levels(levels, distinct, name)
    return levels.astype(np.float32) / np.float32(255), _describe(levels, high)


def _is_shape(pixels, alpha):
    """Whether the transparency of a picture is the mask: its opaque part is dark, colored or a photograph."""
    opaque = alpha >= MIDDLE
    if opaque.all() or not opaque.any():
        return False
    inside = pixels[opaque][:, :3].astype(np.int16)
    brightness = inside.mean(-1)
    colored = (inside.max(-1) - inside.min(-1) > COLORED).mean()
    between = ((brightness > COLORED) & (brightness < 255 - COLORED)).mean()
    return brightness.max() < MIDDLE or colored > 0.1 or between > 0.5


def _count_colors(pixels):
    """The number of different colors, if there are others than grays; else 0. Noise along edges does not count."""
    spread = pixels.max(-1).astype(np.int16) - pixels.min(-1)
    if (spread > COLORED).mean() < SHARE:
        return 0
    flat = pixels.reshape(-1, 3)
    coarse = (flat // 64).astype(np.int32) @ (16, 4, 1)
    common = np.argsort(np.bincount(coarse, minlength=64))[::-1]
    centers = [np.median(flat[coarse == color], axis=0) for color in common[:2] if (coarse == color).any()]
    near = np.min([np.abs(flat - center).max(-1) for center in centers], axis=0) <= 48
    if near.mean() > 1 - 3 * SHARE:
        return len(centers)
    return max(3, int((np.bincount(coarse) >= SHARE * coarse.size).sum()))


def _stretch_two_levels(levels, distinct, name):
    if len(distinct) > 2:  # perhaps two with the noise of a JPEG
        often = np.bincount(levels.ravel() // FEW, minlength=FEW) >= SHARE * levels.size
        starts = np.flatnonzero(np.diff(often.astype(int), prepend=0) == 1)
        ends = np.flatnonzero(np.diff(often.astype(int), append=0) == -1)
        if len(starts) != 2:
            shown = ", ".join(map(str, distinct[:6])) + (" ..." if len(distinct) > 6 else "")
            found = f"its values are {shown} of 255, as of a dark picture or a map of labels"
            raise PictureError(NOT_A_MASK.format(name=name, found=found, advice=f"{ONE_EACH} {PAINT}"))
        groups = levels // FEW
        distinct = [
            int(np.median(levels[(groups >= start) & (groups <= end)])) for start, end in zip(starts, ends, strict=True)
        ]
    low, high = int(distinct[0]), int(distinct[-1])
    stretched = np.clip((levels.astype(np.float32) - low) / np.float32(high - low), 0, 1)
    return stretched, [TWO.format(low=low, high=high)]


def _describe(levels, high):
    if 0 < high < WHITE:
        return [PALE.format(high=high)]
    counts = np.bincount(levels.ravel(), minlength=256)
    often = counts[counts >= SHARE * levels.size]
    if 2 < len(often) <= FEW and often.sum() > 0.9 * levels.size:
        return [LEVELS.format(count=len(often))]
    return []

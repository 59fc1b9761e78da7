"""Pixels of more than 8 bits become 8 bits: by the range that the file states, or else by a guess, which is said.

A file of 16 bits often holds 10, 12 or 14 of them, and one of floats holds 0..1, 0..255, or anything.
"""

from dataclasses import dataclass

import numpy as np

from nst.pictures.errors import PictureError

GUESSES = (8, 10, 12)  # bits that are guessed from the largest value in a file of 16 or 32
DARK = 14  # bits: guessed only if the largest value is near to their end, as a dark picture may end anywhere
NEAR_END = 0.75
FAR = "a guess from the values, since the file does not say. If it looks wrong, save the picture with 8 bits."
DARKNESS = "its largest value is {largest} of {end}, so it is dark. If it should not be, save it with 8 bits."
HIGHLIGHTS = "values above 1, which are {part:.2g} % of all, were cut off (highlights of a picture with floats)."
SHARE_OF_HIGHLIGHTS = 0.05  # of all pixels, at most
INTEGER_ENDS = (255, 65535)
FAINT = 1 / 32  # floats that end below this would be nearly black


@dataclass(frozen=True)
class Stated:
    """What a file says of its values.

    bits: of the container, without that of the sign. used: significant bits, or None. end: the largest value that is
    stated, or None. inverted: whether 0 is white.
    """

    bits: int = 16
    used: int | None = None
    end: float | None = None
    inverted: bool = False


def to_8_bits(values, stated, name):
    """Return values as uint8, and a list of notes.

    values: an array of any shape, integers or floats; no alpha channel. stated: a Stated. name: for messages.
    Raises PictureError for values that are not finite.
    """
    values = np.asarray(values)
    if not values.size:
        return values.astype(np.uint8), []
    if not np.isfinite(values).all():
        part = 100 * (1 - np.isfinite(values).mean())
        raise PictureError(
            f"{name}: {part:.2g} % of its values are NaN or infinite: it is not a picture. Replace them, and save it "
            "with 8 bits."
        )
    if values.dtype.kind == "f":
        low, high, notes = _float_range(values, stated)
    else:
        low, high, notes = _integer_range(values, stated)
    scaled = np.clip((values.astype(np.float64) - low) * (255 / max(high - low, 1e-30)), 0, 255)
    pixels = np.rint(scaled).astype(np.uint8)
    return (255 - pixels if stated.inverted else pixels), notes


def _integer_range(values, stated):
    low, high = int(values.min()), int(values.max())
    if stated.end is not None and low >= 0 and 1 < high <= stated.end:
        return 0, stated.end, []
    if stated.used is not None and low >= 0 and high < 2**stated.used:
        return 0, 2**stated.used - 1, []
    if low < 0:
        half = 2**stated.bits
        if high - low >= half:
            return -half, half - 1, []
        return low, high, [f"it has negative values, {low} to {high}: they were stretched to black and white, {FAR}"]
    return _guess_integer_end(high, stated.bits)


def _guess_integer_end(high, bits):
    """(0, the value that is white, notes) by the largest value, in a container of so many bits."""
    end = 2**bits - 1
    if high == 0 or bits <= 8:
        return 0, end, []
    for guess in GUESSES:
        if high < 2**guess:
            return _say_bits(guess, high)
    if NEAR_END * 2**DARK <= high < 2**DARK:
        return _say_bits(DARK, high)
    if bits > 16:
        for guess in (16, 24):
            if high < 2**guess:
                return _say_bits(guess, high)
        return 0, end, []
    return 0, end, [DARKNESS.format(largest=high, end=end)] if high < 2**DARK else []


def _say_bits(guess, high):
    return 0, 2**guess - 1, [f"its values end at {high}, so they were read as {guess} bits: {FAR}"]


def _float_range(values, stated):
    low, high = float(values.min()), float(values.max())
    if stated.end is not None and low >= 0 and high <= stated.end:
        return 0.0, float(stated.end), []
    slack = 0.02 * (high - low)  # overshoot of a resized picture
    if low >= -slack and not 0 < high < FAINT:
        above = float((values > 1.001).mean())
        if above == 0:
            return 0.0, 1.0, []
        fractions = float(((values > 0) & (values < 1)).mean())  # few pixels of a picture from 0 to 255 are there
        if high <= 2 or (above <= SHARE_OF_HIGHLIGHTS and fractions >= 0.5):
            return 0.0, 1.0, [HIGHLIGHTS.format(part=100 * above)]
        for end in INTEGER_ENDS:
            if high <= end * 1.02:
                return 0.0, float(end), [f"its float values end at {high:g}, so they were read as 0 to {end}: {FAR}"]
    return low, high, [f"its float values go from {low:g} to {high:g}: they were stretched to black and white, {FAR}"]

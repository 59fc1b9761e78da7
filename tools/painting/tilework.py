"""The ornament of Persian tiles: rosettes, curling leaves, winding stems and eight-pointed stars.

Every motif is a polygon with a dark outline, as in a mosaic of cut tiles. Coordinates are pixels of the finished
picture, x to the right and y downwards; angles are in radians from +x toward +y.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from tools.painting.color import shrink

OUTLINE = "#0c1c55"
FINER = 3


class Drawing:
    """A drawing in progress; later shapes cover earlier ones."""

    def __init__(self, width, height, ground):
        self._image = Image.new("RGB", (width * FINER, height * FINER), ground)
        self._draw = ImageDraw.Draw(self._image)

    def fill(self, corners, color, line=2.2):
        """Fill the polygon through the corners (n, 2), and draw its outline `line` pixels wide around it."""
        places = [tuple(corner) for corner in np.asarray(corners, float) * FINER]
        if line:
            self._draw.line([*places, *places[:2]], fill=OUTLINE, width=round(2 * line * FINER), joint="curve")
        self._draw.polygon(places, fill=color)

    def picture(self):
        """The drawing so far, (H, W, 3) in [0, 1]."""
        return shrink(np.asarray(self._image) / 255, FINER)


@dataclass(frozen=True)
class Ring:
    """One ring of a rosette's petals: from `inner` to `outer` radii, a color, and the color of the petals' hearts."""

    outer: float
    inner: float
    color: str
    heart: str


def bend(start, angle, turn, length, count=40):
    """The path (count, 2) of that length that leaves `start` at `angle` and turns evenly by `turn`."""
    angles = angle + turn * np.linspace(0, 1, count)
    steps = np.stack([np.cos(angles), np.sin(angles)], axis=1)[:-1] * length / (count - 1)
    return np.asarray(start) + np.concatenate([[[0, 0]], np.cumsum(steps, axis=0)])


def wind(center, radii, angles):
    """The path (n, 2) about `center` through the points with these radii and angles, (n,) each."""
    return np.asarray(center) + np.stack([radii * np.cos(angles), radii * np.sin(angles)], axis=1)


def ribbon(path, widths):
    """The corners of a band along the path (n, 2), as wide as `widths` (n,) tell."""
    along = headings(path)
    across = np.stack([-np.sin(along), np.cos(along)], axis=1) * widths[:, None] / 2
    return np.concatenate([path + across, (path - across)[::-1]])


def headings(path):
    """The angles (n,) at which the path (n, 2) runs."""
    steps = np.gradient(path, axis=0)
    return np.arctan2(steps[:, 1], steps[:, 0])


def star(center, radius):
    """The corners of an eight-pointed star, two squares laid over each other (the khatam)."""
    number = np.arange(16)
    return wind(center, radius * np.where(number % 2, np.cos(np.pi / 4) / np.cos(np.pi / 8), 1), np.pi / 8 * number)


def disc(center, radius):
    """The corners of a circle."""
    return wind(center, np.full(64, radius), np.linspace(0, 2 * np.pi, 64, endpoint=False))


def draw_leaf(drawing, base, angle, side, length, width, color, heart):
    """A broad leaf that grows at `angle` and curls back to one side (1 or -1), with a collar at its base."""
    along = np.linspace(0, 1, 40)
    path = bend(base, angle, 2.5 * side, length)
    drawing.fill(ribbon(path, width * np.sin(np.pi * along**0.62) ** 0.85 * (1 - 0.25 * along) + 0.8), color)
    middle = slice(4, -10)
    drawing.fill(ribbon(path[middle], 0.30 * width * np.sin(np.pi * along[middle] ** 0.7)), heart, line=0)
    drawing.fill(disc(base, 0.20 * width), color, line=1.6)


def draw_rosette(drawing, center, radius, petals, rings, eye, line=2.4):
    """A flower seen from above: rings of petals from the outside in, each turned by half a petal; eye: two colors."""
    for number, ring in enumerate(rings):
        for petal in range(petals):
            _draw_petal(drawing, center, radius, petals, petal + number / 2, ring, line)
    drawing.fill(disc(center, 0.24 * radius), eye[0], line)
    drawing.fill(disc(center, 0.13 * radius), eye[1], 0.6 * line)


def _draw_petal(drawing, center, radius, petals, position, ring, line):
    angle, share = 2 * np.pi * position / petals, np.linspace(0, 1, 30)
    low, long = ring.inner * radius, (ring.outer - ring.inner) * radius
    widest = min(1.06 * np.pi / petals * (low + 0.62 * long), 0.6 * long)
    halves = widest * np.sin(np.pi * share**1.35) ** 0.65
    heading = np.array([np.cos(angle), np.sin(angle)])
    whole, heart = (
        np.asarray(center) + (low + long * part)[:, None] * heading for part in (share, 0.12 + 0.62 * share)
    )
    drawing.fill(ribbon(whole, 2 * halves), ring.color, line)
    drawing.fill(ribbon(heart, 0.9 * halves), ring.heart, line=0)

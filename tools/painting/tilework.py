"""The ornament of Persian tiles: spirals with leaves and blossoms, sunflower medallions, straps of stars.

Every motif is a distance: negative inside a shape, in pixels of the finished picture, so that one pen draws
fill and dark outline of all. Spirals and sunflowers are drawn once in a square cell and wrapped by the complex
logarithm, which turns rows of cells into rings or spiral arms without bending a leaf out of shape.
"""

import numpy as np

from tools.painting.color import mix, rgb, smoothstep

OUTLINE = rgb("#0b1028")


class Ink:
    """A drawing in progress: color (H, W, 3) and the relief of its raised outlines (H, W)."""

    def __init__(self, shape, color):
        self.color = np.broadcast_to(color, (*shape, 3)).copy()
        self.relief = np.zeros(shape)

    def fill(self, distance, color, where=True, line=1.15):
        """Fill a shape where `where` holds, and draw its outline `line` pixels wide."""
        inside = smoothstep(0.45, -0.45, distance) * where
        self.color = mix(self.color, rgb(color), inside)
        pen = smoothstep(line + 0.4, line - 0.4, np.abs(distance) * 2) * where
        self.color = mix(self.color, OUTLINE, 0.88 * pen)
        self.relief = np.maximum(self.relief * (1 - inside), 0.25 * pen)

    def fill_flat(self, where, color):
        """One flat color where `where` holds."""
        self.color = np.where(where[..., None], rgb(color), self.color)


def spirals(ink, x, y, size, where, ground, stem, leaf, flower, seed):
    """Spirals of leaves and blossoms that turn in opposite directions from square to square of side `size`."""
    ink.fill_flat(where, ground)
    column, row = np.floor(x / size + 0.5), np.floor(y / size + 0.5)
    u, v = x - column * size, y - row * size
    u = np.where((column + row) % 2 == 0, u, -u)
    r = np.hypot(u, v)
    a, b, scale = log_polar_cells(u, v, size * 0.52, 1, 6)
    inside = where & (r > 0.035 * size)
    _vine(ink, a, b, scale, inside, stem, leaf, flower, seed)
    blossom(ink, u, v, 0.075 * size, 8, flower, where=where)
    du, dv = np.abs(np.abs(u) - size / 2), np.abs(np.abs(v) - size / 2)
    blossom(ink, du, dv, 0.15 * size, 8, leaf, where=where)
    blossom(ink, du, dv, 0.09 * size, 8, flower, where=where)
    ink.fill(np.hypot(du, dv) - 0.03 * size, ground, where)


def log_polar_cells(u, v, size, arms, turns):
    """Cell coordinates (a, b) wound about the origin, and the pixels per cell (Lenstra and de Smit 2003)."""
    r, angle = np.maximum(np.hypot(u, v), 1e-6), np.arctan2(v, u)
    depth = np.log(r / size)
    a = (turns * depth + arms * angle) / (2 * np.pi)
    b = (turns * angle - arms * depth) / (2 * np.pi)
    return a, b, 2 * np.pi * r / np.hypot(arms, turns)


def _vine(ink, a, b, scale, where, stem, leaf, flower, seed):
    p, q = a - np.floor(a) - 0.5, b - np.floor(b) - 0.5
    wave = q - 0.10 * np.sin(2 * np.pi * p)
    ink.fill((np.abs(wave) - 0.045) * scale, stem, where)
    for px, py, lean, long in (
        (-0.24, 0.24, 0.75, 0.24),
        (0.24, -0.24, 0.75, 0.24),
        (0.28, 0.25, -0.6, 0.17),
        (-0.28, -0.25, -0.6, 0.17),
    ):
        ink.fill(_leaf(p - px, q - py, lean, long) * scale, leaf, where)
        ink.fill(_leaf(p - px, q - py, lean, long * 0.45) * scale, stem, where, line=0.5)
    odd = (np.floor(a) + np.floor(b) + seed) % 2 == 0
    blossom(ink, p * scale, q * scale, 0.20 * scale, 6, flower, where=where & odd)


def _leaf(p, q, lean, long):
    """Distance to a pointed leaf: the overlap of two circles, `long` half as long as the leaf."""
    c, s = np.cos(lean), np.sin(lean)
    along, across = c * p + s * q, np.abs(c * q - s * p)
    wide = 0.42 * long
    radius = (long**2 + wide**2) / (2 * wide)
    return np.hypot(along, across + radius - wide) - radius


def blossom(ink, u, v, radius, petals, color, where=True):
    """A flower of round petals with a dark eye; u, v and radius in pixels."""
    r, angle = np.hypot(u, v), np.arctan2(v, u)
    rim = radius * (0.78 + 0.22 * np.abs(np.cos(angle * petals / 2)) ** 0.7)
    ink.fill(r - rim, color, where)
    vein = smoothstep(0.25, 0.05, np.abs(np.sin(angle * petals / 2))) * (r < rim * 0.8) * (r > rim * 0.3) * where
    ink.color = mix(ink.color, OUTLINE, 0.45 * vein)
    ink.fill(r - 0.30 * radius, "#8c2f3a", where)
    ink.fill(r - 0.13 * radius, "#f3ead2", where, line=0.5)


def sunflower(ink, x, y, size, petals=16):
    """A round medallion of rings of pointed petals that grow outwards."""
    r = np.hypot(x, y)
    scallop = size * (1 + 0.035 * np.abs(np.cos(np.arctan2(y, x) * petals)))
    for wide, color in ((1.10, "#f3ead2"), (1.075, "#e9a52c"), (1.03, "#0e1f5e")):
        ink.fill(r - scallop * wide, color)
    where = r < size
    a, b, scale = log_polar_cells(x, y, size * np.exp(-np.pi / petals), 0, petals)
    tones = (("#1c9aa6", "#f3ead2"), ("#f3ead2", "#17378f"), ("#17378f", "#e9a52c"), ("#e9a52c", "#8c2f3a"))
    for half in (0.0, 0.5):
        ring = np.floor(a + half)
        p, q = a + half - ring - 0.5, (b + half) - np.floor(b + half) - 0.5
        for number, (outer, inner) in enumerate(tones):
            mine = where & (ring < 2 * half) & ((ring * 2 + (half > 0)) % 4 == number) & (r > 0.13 * size)
            ink.fill(_petal(p, q, 0.62) * scale, outer, mine)
            ink.fill(_petal(p + 0.02, q, 0.34) * scale, inner, mine, line=0.6)
    blossom(ink, x, y, 0.20 * size, 12, "#e9a52c")


def _petal(p, q, size):
    return np.hypot(np.maximum(np.abs(p) - 0.1 * size, 0) * 0.8, q * 1.15) - 0.58 * size * (1 - 0.45 * (p / size + 0.3))


def star_straps(ink, x, y, size, where):
    """Straps that weave eight-pointed stars on squares of side `size` (the khatam)."""
    ink.fill_flat(where, "#123078")
    u, v = np.mod(x, size) - size / 2, np.mod(y, size) - size / 2
    star = np.minimum(np.maximum(np.abs(u), np.abs(v)), (np.abs(u) + np.abs(v)) / np.sqrt(2)) - 0.30 * size
    cross = np.minimum(np.abs(np.abs(u) - np.abs(v)) / np.sqrt(2), np.minimum(np.abs(u), np.abs(v)))
    ink.fill(np.maximum(cross - 0.045 * size, -star), "#f3ead2", where)
    ink.fill(star, "#1c9aa6", where)
    ink.fill(star + 0.07 * size, "#f3ead2", where)
    ink.fill(star + 0.12 * size, "#123078", where)
    blossom(ink, u, v, 0.15 * size, 8, "#e9a52c", where=where)


def border_distance(x, y, width, height):
    """Distance inwards from the edge of a centered rectangle."""
    return np.minimum(width / 2 - np.abs(x), height / 2 - np.abs(y))

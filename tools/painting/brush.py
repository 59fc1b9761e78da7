"""A brush: a picture repainted with curved strokes of several sizes.

The order of work is Hertzmann's (1998, "Painterly rendering with curved brush strokes of multiple sizes"):
large brush first; each smaller brush only where the canvas still differs from the reference; strokes start at
the worst pixel of a grid cell and run along the edges of the picture, or along a given flow. Bristles, dry
ends and the light on thick paint follow his "Fast paint texture" (2002).

Decisions are made on colors rounded to 8 bits, so that the last bit of a float hardly ever moves a stroke; and
what is random about a stroke is drawn from where it starts, so that a moved stroke changes none of the others.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.ndimage import gaussian_filter
from scipy.special import ndtri

from tools.painting.color import mix
from tools.painting.noise import hash01

GAP = 0.85  # pixels between the places where a stroke touches the canvas


@dataclass(frozen=True)
class Brush:
    """One size of brush. Lengths are in radii, colors in [0, 1]."""

    radius: float  # pixels
    threshold: float = 0.05  # mean difference in a cell from which a stroke is worth it; 0: paint everywhere
    spacing: float = 1.0  # side of a grid cell
    shortest: int = 3
    longest: int = 10
    curvature: float = 0.7  # 1: follow the flow at once, 0: never turn
    jitter: float = 0.04  # lightness and hue, standard deviation
    opacity: float = 0.9
    dryness: float = 0.35  # share of the stroke's end where bristles leave gaps
    blur: float = 0.6  # of the reference, in radii
    body: float = 1.0  # thickness of the paint


@dataclass
class Canvas:
    """Paint so far: color (H, W, 3) in [0, 1] and thickness (H, W)."""

    color: np.ndarray
    height: np.ndarray

    @classmethod
    def of_one_color(cls, shape, color):
        """A canvas of (H, W) in one color, without relief."""
        return cls(np.broadcast_to(color, (*shape, 3)).copy(), np.zeros(shape))


@dataclass(frozen=True)
class Strokes:
    """n strokes: center lines (n, k, 2) as rows and columns, points in use (n,), colors (n, 3)."""

    points: np.ndarray
    counts: np.ndarray
    colors: np.ndarray


def paint(reference, brushes, flow=None, ground=None, seed=0, progress=lambda: None):
    """A Canvas on which `reference` (H, W, 3) in [0, 1] is painted with the brushes, in the order given.

    flow: (H, W, 2) unit vectors as (row, column), or None to follow the picture's own edges; ground: the
    canvas's first color (3,), or None for the picture's mean; progress() is called after every brush.
    """
    canvas = Canvas.of_one_color(reference.shape[:2], reference.mean(axis=(0, 1)) if ground is None else ground)
    for number, brush in enumerate(brushes):
        paint_layer(canvas, reference, brush, seed + number, flow)
        progress()
    return canvas


def paint_layer(canvas, reference, brush, seed, flow=None):
    """Paint one layer of strokes onto the canvas, where it differs from the reference."""
    soft = gaussian_filter(reference, (brush.blur * brush.radius, brush.blur * brush.radius, 0), truncate=3)
    directions = edge_flow(soft, 2 * brush.radius) if flow is None else flow
    draw(canvas, trace(soft, canvas.color, directions, brush, seed), brush, seed)


def edge_flow(picture, sigma):
    """Unit vectors (H, W, 2) along the edges of a picture: the structure tensor's lesser direction.

    The tensor is averaged over sigma pixels, so that flat places take the direction of the nearest edge.
    """
    gray = picture @ np.array([0.3, 0.59, 0.11])
    gy, gx = np.gradient(gray)
    xx, yy, xy = (gaussian_filter(a, sigma, truncate=3) for a in (gx * gx, gy * gy, gx * gy))
    angle = 0.5 * np.arctan2(2 * xy, xx - yy) + np.pi / 2
    return np.stack([np.sin(angle), np.cos(angle)], axis=-1)


def trace(reference, color, flow, brush, seed):
    """The strokes of one layer (Hertzmann 1998, procedures paintLayer and makeSplineStroke), in painting order."""
    reference, color = _eight_bits(reference), _eight_bits(color)
    difference = np.abs(reference - color).sum(axis=2)
    rows, columns = _starts(difference, brush)
    order = np.argsort(hash01(rows, columns, seed), kind="stable")
    rows, columns = rows[order], columns[order]
    own = reference[rows, columns]
    points, counts = _follow(reference, difference, own, flow, np.stack([rows, columns], 1).astype(float), brush)
    return Strokes(points, counts, _jittered(own / 255, brush.jitter, rows, columns, seed))


def draw(canvas, strokes, brush, seed):
    """Lay the strokes on the canvas, later ones over earlier ones."""
    row, column = np.rint(strokes.points[:, 0]).astype(int).T
    shade, offset = hash01(row, column, seed, 1), (4096 * hash01(row, column, seed, 2)).astype(int)
    width = max(3, int(np.ceil(2 * brush.radius / GAP)))
    batch = max(1, int(400_000 / (width * strokes.points.shape[1] * brush.radius)))
    for start in range(0, len(strokes.counts), batch):
        part = slice(start, start + batch)
        _lay(
            canvas,
            strokes.points[part],
            strokes.counts[part],
            strokes.colors[part],
            shade[part],
            offset[part],
            width,
            brush,
        )


def light_canvas(canvas, relief=1.0, gloss=0.12, direction=(-0.62, -0.55, 0.56)):
    """The canvas (H, W, 3) in raking light from the upper left: every ridge of paint has a lit and a dark side."""
    height = gaussian_filter(canvas.height, 0.8) + 0.1 * _weave(canvas.height.shape)
    gy, gx = np.gradient(height * relief)
    scale = 1 / np.sqrt(1 + gx**2 + gy**2)
    ly, lx, lz = np.array(direction) / np.linalg.norm(direction)
    facing = (-gy * ly - gx * lx + lz) * scale
    shading = 1 + 0.75 * (facing - lz)
    shine = gloss * np.clip(facing - lz, 0, 1) ** 2
    return np.clip(canvas.color * shading[..., None] + shine[..., None], 0, 1)


def _eight_bits(picture):
    return np.round(np.clip(picture, 0, 1) * 255).astype(np.int32)


def _starts(difference, brush):
    size = max(1, round(brush.spacing * brush.radius))
    height, width = (n // size * size for n in difference.shape)
    blocks = difference[:height, :width].reshape(height // size, size, width // size, size).swapaxes(1, 2)
    blocks = blocks.reshape(height // size, width // size, size * size)
    row, column = np.nonzero(blocks.mean(axis=2) >= brush.threshold * 3 * 255)
    worst = blocks[row, column].argmax(axis=1)
    return row * size + worst // size, column * size + worst % size


def _follow(reference, difference, own, flow, start, brush):
    limit = np.array(difference.shape) - 1
    points = np.repeat(start[:, None], brush.longest + 1, axis=1)
    counts = np.ones(len(start), int)
    alive = np.ones(len(start), bool)
    previous = np.zeros_like(start)
    for step in range(1, brush.longest + 1):
        here = points[:, step - 1]
        row, column = np.round(here).astype(int).T
        direction = flow[row, column]
        turn = np.where((direction * previous).sum(axis=1) < 0, -1.0, 1.0)
        direction = brush.curvature * direction * turn[:, None] + (1 - brush.curvature) * previous
        direction /= np.maximum(np.linalg.norm(direction, axis=1), 1e-9)[:, None]
        ahead = here + brush.radius * direction
        alive &= ((ahead >= 0) & (ahead <= limit)).all(axis=1)
        row, column = np.round(np.clip(ahead, 0, limit)).astype(int).T
        worse = np.abs(reference[row, column] - own).sum(axis=1) > difference[row, column]
        if step > brush.shortest:
            alive &= ~worse
        points[:, step:] = np.where(alive[:, None, None], ahead[:, None], points[:, step:])
        counts += alive
        previous = direction
    return points, counts


def _jittered(colors, amount, rows, columns, seed):
    normal = ndtri(np.stack([hash01(rows, columns, seed, number) for number in (3, 4, 5, 6)], axis=1) * 0.998 + 0.001)
    lightness, tint = amount * normal[:, :1], 0.6 * amount * normal[:, 1:]
    return np.clip(colors * (1 + 1.5 * lightness) + lightness * 0.4 + tint, 0, 1)


@cache
def _bristles():
    rough = np.random.default_rng(1998).random((96, 512))
    fine = gaussian_filter(rough, (0.9, 14), mode="wrap")
    return (fine - fine.min()) / (fine.max() - fine.min())


def _lay(canvas, points, counts, colors, shade, offset, width, brush):
    stroke, along, run, line, tangent = _center_lines(points, counts)
    across = np.linspace(-1, 1, width)
    half = brush.radius * np.minimum(1, np.minimum((along + 0.04) / 0.16, (1.05 - along) / 0.3)) ** 0.5
    row = np.rint(line[:, :1] + half[:, None] * across * tangent[:, 1:]).astype(int)
    column = np.rint(line[:, 1:] - half[:, None] * across * tangent[:, :1]).astype(int)
    lane = (across * 20 + 48 + 60 * shade[stroke, None]).astype(int) % 96
    hair = _bristles()[lane, (run + offset[stroke])[:, None] % 512]
    end = np.clip((along - 1 + brush.dryness) / max(brush.dryness, 1e-9), 0, 1)
    wet = hair > 0.18 + 0.5 * end[:, None] + 0.25 * across**4
    wet &= (row >= 0) & (column >= 0) & (row < canvas.height.shape[0]) & (column < canvas.height.shape[1])
    place, lane_number = np.nonzero(wet)
    row, column, hair = row[wet], column[wet], hair[wet]
    streaked = colors[stroke[place]] * (0.88 + 0.24 * hair[:, None])
    canvas.color[row, column] = mix(canvas.color[row, column], streaked, np.full(len(row), brush.opacity))
    profile = 1 - across[lane_number] ** 2 * 0.6
    thick = brush.body * np.sqrt(brush.radius) * profile * (0.35 + 1.3 * hair)
    canvas.height[row, column] = 0.35 * canvas.height[row, column] + thick


def _center_lines(points, counts):
    """Places GAP pixels apart on all center lines: stroke, share of its length, pixels run, place, direction."""
    soft = points.copy()
    soft[:, 1:-1] = (points[:, :-2] + 2 * points[:, 1:-1] + points[:, 2:]) / 4
    last = np.arange(len(points)), counts - 1
    soft[last] = points[last]
    pieces = np.linalg.norm(np.diff(soft, axis=1), axis=2) * (np.arange(points.shape[1] - 1) < counts[:, None] - 1)
    samples = np.ceil(pieces.sum(axis=1) / GAP).astype(int) + 2
    stroke = np.repeat(np.arange(len(points)), samples)
    run = np.arange(len(stroke)) - np.repeat(np.cumsum(samples) - samples, samples)
    along = run / (samples[stroke] - 1)
    position = along * (counts[stroke] - 1)
    before = np.minimum(position.astype(int), np.maximum(counts[stroke] - 2, 0))
    after = np.minimum(before + 1, points.shape[1] - 1)
    tangent = soft[stroke, after] - soft[stroke, before]
    size = np.linalg.norm(tangent, axis=1, keepdims=True)
    line = soft[stroke, before] + (position - before)[:, None] * tangent
    return stroke, along, run, line, np.where(size > 1e-9, tangent / np.maximum(size, 1e-9), [0.0, 1.0])


def _weave(shape):
    rows, columns = np.indices(shape)
    return np.sin(rows * np.pi / 3.1) * np.sin(columns * np.pi / 3.3 + 0.7 * np.sin(rows / 40))

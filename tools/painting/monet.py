"""A church across a lagoon at dusk, after Monet: a composed sketch, repainted with brushes, then dab by dab."""

import numpy as np

from tools.painting.brush import Brush, Strokes, draw, edge_flow, light_canvas, paint, trace
from tools.painting.color import enlarge, mix, ramp, rgb, saturate, shrink, smoothstep
from tools.painting.flow import directions_at
from tools.painting.noise import fbm, hash01
from tools.painting.shapes import fill_polygon, grid

WIDTH, HEIGHT, FINER = 960, 720, 2
HORIZON = 0.60
SKY_TONES = ("#f9dba6", "#f0a56a", "#7f98c4", "#c58fa6", "#a9c0c0", "#f6c37a")
WATER_TONES = ("#f5b56a", "#3f5590", "#e4855a", "#7f9ab8", "#8a6fa0", "#f8d49a", "#2f4478")


def render(progress=lambda: None):
    """The finished picture (720, 960, 3) in [0, 1]."""
    x, y = grid(HEIGHT, WIDTH)
    sketch = _sketch(x, y)
    canvas = paint(enlarge(sketch, FINER), _brushes(), enlarge(_flow(x, y), FINER), rgb("#8f8aa6"), 1908, progress)
    _sky_dabs(canvas, sketch)
    _water_dabs(canvas, sketch)
    progress()
    _church(canvas, x, y)
    progress()
    _boats(canvas)
    progress()
    return saturate(shrink(light_canvas(canvas, relief=0.5), FINER), 1.05)


def _brushes():
    return [
        Brush(44, 0, spacing=0.85, longest=6, jitter=0.05, blur=0.45, body=0.7),
        Brush(28, 0.02, spacing=0.85, longest=7, jitter=0.05, blur=0.45, body=0.85),
        Brush(18, 0.03, spacing=0.85, longest=7, jitter=0.05, blur=0.45, body=1.0),
        Brush(12, 0.045, spacing=0.85, longest=7, jitter=0.05, blur=0.45, body=1.15),
    ]


def _flow(x, y):
    """Strokes drift with the clouds and lie level on the water."""
    return directions_at(np.where(y < HORIZON, -0.15 + 0.5 * fbm(x * 3, y * 4, 3, 41), 0.08 * fbm(x * 5, y * 9, 2, 42)))


def _sketch(x, y):
    picture = mix(_sky(x, y), _water(x, y), smoothstep(HORIZON - 0.004, HORIZON + 0.004, y))
    for corners, color in _SHORES:
        fill_polygon(picture, corners, rgb(color), 2)
    fill_polygon(picture, _REFLECTION, rgb("#4a5590"), 10)
    return np.clip(_broken(picture, x * 22, y * 40, 51, ("#f2b98a", "#6f7fb8", "#c98aa0")), 0, 1)


def _sky(x, y):
    down = np.clip(y / HORIZON, 0, 1)
    glow = np.exp(-(((x - 0.70) / 0.42) ** 2))
    sky = ramp(
        np.clip(down + 0.10 * (glow - 0.6), 0, 1),
        {
            0.0: "#3c5c98",
            0.2: "#5c86b4",
            0.4: "#9bb4ba",
            0.56: "#e8d3a2",
            0.72: "#f5b467",
            0.87: "#ea8148",
            1.0: "#c25f62",
        },
    )
    bands = fbm(x * 2.4 + 0.6 * y, y * 9 - x * 1.2, 4, 11)
    sky = mix(sky, rgb("#f8dda6"), 0.5 * smoothstep(0.15, 0.8, bands) * smoothstep(0.1, 0.4, down))
    return mix(sky, rgb("#7a6fa8"), 0.45 * smoothstep(0.15, 0.8, -bands))


def _water(x, y):
    near = np.clip((y - HORIZON) / (1 - HORIZON), 0, 1)
    water = ramp(near, {0.0: "#c9635c", 0.15: "#e58e58", 0.4: "#d9b48a", 0.65: "#7f96a8", 1.0: "#34508a"})
    ripples = fbm(x * 4 / (0.3 + near), y * 30 / (0.4 + near), 3, 21)
    water = mix(water, rgb("#3f5796"), 0.55 * smoothstep(0.0, 0.6, ripples))
    path = np.exp(-(((x - 0.72) / 0.30) ** 2))
    return mix(water, rgb("#f9cb80"), 0.55 * smoothstep(0.1, 0.7, -ripples) * path)


def _broken(picture, u, v, seed, tones):
    """The picture with patches of other tones laid into it: color broken into strokes."""
    for number, tone in enumerate(tones):
        patches = fbm(u + 3.7 * number, v - 2.1 * number, 2, seed + number)
        picture = mix(picture, rgb(tone), 0.29 * smoothstep(0.25, 0.75, patches))
    return picture


def _sky_dabs(canvas, sketch):
    rng = np.random.default_rng(1908)
    count = 430
    x, y = rng.random(count), (HORIZON - 0.03) * rng.random(count)
    tones = np.array([rgb(code) for code in SKY_TONES])[rng.integers(0, len(SKY_TONES), count)]
    share = 0.26 + 0.20 * smoothstep(0.1, 0.4, y)
    angles, lengths = -0.2 + rng.normal(0, 0.4, count), rng.uniform(5, 9, count)
    brush = Brush(14, opacity=0.85, dryness=0.45, body=1.2)
    _dabs(canvas, x, y, angles, lengths, mix(_at(sketch, x, y), tones, share), brush, 61)


def _water_dabs(canvas, sketch):
    rng = np.random.default_rng(1909)
    count = 2200
    near, x = np.sort(rng.uniform(0.03, 0.995, count)), rng.random(count)
    y = HORIZON + (1 - HORIZON) * near
    tones = np.array([rgb(code) for code in WATER_TONES])[rng.integers(0, len(WATER_TONES), count)]
    colors = mix(_at(sketch, x, y), tones, np.full(count, 0.55))
    angles, lengths = rng.normal(0, 0.09, count), rng.uniform(4, 9, count)
    for low, high, radius in ((0, 0.2, 5), (0.2, 0.5, 9), (0.5, 1, 14)):
        part = (near >= low) & (near < high)
        brush = Brush(radius, opacity=0.9, dryness=0.3, body=1.3)
        _dabs(canvas, x[part], y[part], angles[part], lengths[part], colors[part], brush, 62)


def _at(sketch, x, y):
    return sketch[(y * HEIGHT).astype(int), (x * WIDTH).astype(int)]


def _dabs(canvas, x, y, angles, lengths, colors, brush, seed):
    """Short strokes, slightly bent, about the places (x, y); lengths in radii of the brush."""
    share = np.linspace(-0.5, 0.5, 5)
    size = lengths[:, None] * brush.radius
    own = hash01((x * 4096).astype(int), (y * 4096).astype(int), seed)[:, None]
    along, aside = size * share, 0.25 * (own - 0.5) * size * (1 - 4 * share**2)
    cosine, sine = np.cos(angles)[:, None], np.sin(angles)[:, None]
    rows = y[:, None] * canvas.height.shape[0] + sine * along + cosine * aside
    columns = x[:, None] * canvas.height.shape[1] + cosine * along - sine * aside
    points = np.stack([rows, columns], axis=-1)
    draw(canvas, Strokes(points, np.full(len(x), len(share)), np.clip(colors, 0, 1)), brush, seed)


def _church(canvas, x, y):
    """The church and its bell tower, in upright strokes."""
    before, target = _with_shapes(canvas, _CHURCH)
    touched = np.abs(target - before).sum(axis=2) > 0.03
    target = _broken(target, x * 40, y * 22, 71, ("#8a6fa0", "#3a4f94", "#c07a8a"))
    upright = enlarge(directions_at(np.pi / 2 + 0.25 * fbm(x * 9, y * 9, 2, 72)), FINER)
    _repaint(canvas, target, touched, ((14, 0.04), (8, 0.04), (5, 0.04)), 80, upright)


def _boats(canvas):
    """Two gondolas: one near, one far."""
    shapes = [
        ([(x + size * across, y + size * down) for across, down in corners], color, soft)
        for x, y, size in ((0.70, 0.80, 1.0), (0.83, 0.685, 0.45))
        for corners, color, soft in _GONDOLA
    ]
    before, target = _with_shapes(canvas, shapes)
    touched = np.abs(target - before).sum(axis=2) > 0.02
    _repaint(canvas, target, touched, ((9, 0.03), (5, 0.03)), 90)


def _with_shapes(canvas, shapes):
    before = shrink(canvas.color, FINER)
    target = before.copy()
    for corners, color, soft in shapes:
        fill_polygon(target, corners, rgb(color), soft)
    return before, target


def _repaint(canvas, target, touched, brushes, seed, flow=None):
    """Strokes toward the target (H, W, 3) that start where `touched` (H, W) holds, along the flow or its edges."""
    target, touched = enlarge(target, FINER), enlarge(touched[..., None], FINER)
    for number, (radius, jitter) in enumerate(brushes):
        brush = Brush(
            radius, 0.015, spacing=0.7, shortest=1, longest=5, jitter=jitter, blur=0.2, opacity=0.95, body=1.3
        )
        along = edge_flow(target, 2 * radius) if flow is None else flow
        strokes = trace(np.where(touched, target, canvas.color), canvas.color, along, brush, seed + number)
        row, column = np.rint(strokes.points[:, 0]).astype(int).T
        chosen = touched[row, column, 0]
        part = Strokes(strokes.points[chosen], strokes.counts[chosen], strokes.colors[chosen])
        draw(canvas, part, brush, seed + number)


def _dome(center, bottom, across, up, first=np.pi, last=0.0):
    angles = np.linspace(first, last, 24)
    return [(center + across * np.cos(angle), bottom - up * np.sin(angle)) for angle in angles]


_SHORES = (
    ([(0, 0.606), (0, 0.56), (0.05, 0.552), (0.10, 0.56), (0.13, 0.575), (0.16, 0.606)], "#7a6ea2"),
    ([(0.62, 0.606), (0.70, 0.58), (0.80, 0.567), (0.90, 0.562), (1, 0.556), (1, 0.606)], "#8a6f9e"),
)
_REFLECTION = (
    *((0.115, 0.60), (0.14, 0.70), (0.29, 0.715), (0.34, 0.80), (0.39, 0.715)),
    *((0.44, 0.73), (0.472, 0.96), (0.502, 0.73), (0.54, 0.68), (0.555, 0.60)),
)
_DARK, _MIDDLE, _LIT = "#434a8c", "#4c5294", "#6f6cab"
_QUAY = (
    *((0.115, 0.608), (0.115, 0.545), (0.16, 0.535), (0.16, 0.505)),
    *((0.50, 0.52), (0.50, 0.545), (0.555, 0.555), (0.555, 0.608)),
)
_FRONT = (
    *((0.175, 0.59), (0.175, 0.49), (0.165, 0.49), (0.215, 0.432)),
    *((0.265, 0.49), (0.255, 0.49), (0.255, 0.59)),
)
_TOWER = (
    *((0.447, 0.59), (0.450, 0.290), (0.443, 0.282), (0.443, 0.238)),
    *((0.501, 0.238), (0.501, 0.282), (0.494, 0.290), (0.497, 0.59)),
)
_CHURCH = (  # corners, color, softness in pixels
    (_QUAY, _MIDDLE, 1.5),
    (_FRONT, _DARK, 1.5),
    ([(0.25, 0.56), (0.25, 0.475), (0.43, 0.475), (0.44, 0.56)], _MIDDLE, 1.5),
    ([(0.285, 0.50), (0.285, 0.43), (0.395, 0.43), (0.395, 0.50)], _DARK, 1.5),
    ([(0.28, 0.435), *_dome(0.34, 0.432, 0.058, 0.105), (0.40, 0.435)], _DARK, 1.5),
    ([(0.328, 0.335), (0.328, 0.30), (0.34, 0.262), (0.352, 0.30), (0.352, 0.335)], _DARK, 1.5),
    (_TOWER, _DARK, 1.5),
    ([(0.441, 0.24), (0.472, 0.115), (0.503, 0.24)], _DARK, 1.5),
    ([(0.30, 0.425), *_dome(0.34, 0.425, 0.04, 0.085, 2.98, 1.73), (0.318, 0.425)], _LIT, 4),
    ([(0.45, 0.58), (0.453, 0.295), (0.464, 0.295), (0.463, 0.58)], _LIT, 3),
    ([(0.45, 0.238), (0.472, 0.13), (0.474, 0.238)], _LIT, 3),
    ([(0.18, 0.585), (0.18, 0.49), (0.205, 0.455), (0.205, 0.585)], _LIT, 3),
)
_HULL = (
    *((-0.125, -0.030), (-0.095, -0.004), (-0.03, 0.010), (0.05, 0.010), (0.10, -0.004), (0.135, -0.048)),
    *((0.115, 0.005), (0.07, 0.026), (-0.06, 0.026), (-0.105, 0.008)),
)
_ROWER = (
    *((0.060, 0.0), (0.064, -0.050), (0.060, -0.078), (0.066, -0.088), (0.067, -0.102)),
    *((0.077, -0.102), (0.078, -0.088), (0.084, -0.078), (0.080, -0.05), (0.084, 0.0)),
)
_GONDOLA = (  # relative to the middle of the boat
    (_HULL, "#232c5a", 1.5),
    (_ROWER, "#232c5a", 1.2),
    ([(0.060, -0.070), (0.125, 0.045), (0.129, 0.043), (0.066, -0.075)], "#2c3566", 1.2),
    ([(-0.10, 0.034), (-0.07, 0.062), (0.06, 0.062), (0.10, 0.030)], "#3a4478", 6),
)

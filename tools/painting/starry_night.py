"""A night of swirling strokes over a village, after Van Gogh."""

import numpy as np

from tools.painting.brush import Brush, edge_flow, light_canvas, paint
from tools.painting.color import enlarge, mix, ramp, rgb, saturate, shrink, smoothstep
from tools.painting.flow import directions_at, smear, unit, vortex
from tools.painting.noise import fbm, gradient_noise, hash01
from tools.painting.shapes import fill_ellipse, fill_polygon, grid

WIDTH, HEIGHT, FINER = 960, 720, 2
ASPECT = WIDTH / HEIGHT
MOON = (1.19, 0.135, 0.085)
STARS = (
    (0.30, 0.085, 0.036),
    (0.045, 0.33, 0.030),
    (0.50, 0.48, 0.046),
    (0.115, 0.15, 0.026),
    (0.92, 0.105, 0.036),
    (0.66, 0.06, 0.024),
    (0.86, 0.50, 0.030),
    (0.475, 0.20, 0.022),
    (1.26, 0.44, 0.030),
    (0.04, 0.55, 0.024),
    (1.06, 0.30, 0.022),
)
WHIRLS = ((0.66, 0.29, 0.21, 0.25), (0.98, 0.415, 0.12, 0.25), (0.24, 0.33, 0.14, 0.2))


def render(progress=lambda: None):
    """The finished picture (720, 960, 3) in [0, 1]."""
    x, y = grid(HEIGHT, WIDTH)
    sketch, field = _sketch(x * ASPECT, y)
    progress()
    sketch, field = enlarge(sketch, FINER), enlarge(field, FINER)
    brushes = (
        Brush(22, 0, spacing=0.9, longest=8, jitter=0.03, curvature=1.0, body=0.5),
        Brush(12, 0, spacing=1.5, shortest=5, longest=10, jitter=0.06, curvature=1.0, body=0.8),
        Brush(7.5, 0, spacing=2.3, shortest=7, longest=12, jitter=0.095, curvature=1.0, blur=0.3, body=1.5),
        Brush(5, 0.085, spacing=1.5, shortest=3, longest=9, jitter=0.06, blur=0.3, body=1.3),
    )
    canvas = paint(sketch, brushes, field, rgb("#141d3f"), seed=1889, progress=progress)
    return saturate(shrink(light_canvas(canvas, relief=0.62), FINER), 1.12)


def _sketch(x, y):
    """The design in flat color, and the direction of its strokes."""
    field = _sky_flow(x, y)
    picture = _sky(x, y, field)
    picture, field = _hills(picture, field, x, y)
    before = picture.copy()
    _village(picture)
    built = (np.abs(picture - before).sum(axis=2) > 0.02)[..., None]
    return _cypress(picture, np.where(built, edge_flow(picture, 3), field), x, y)


def _sky_flow(x, y):
    wave = 0.45 * np.sin(5.2 * x + 1.2) + 0.5 * gradient_noise(x * 3, y * 4, 500)
    field = directions_at(wave * smoothstep(0.75, 0.3, y) - 0.25 * smoothstep(0.45, 0.7, y))
    for cx, cy, reach, inwards in WHIRLS:
        field = field + 5 * vortex(x, y, (cx, cy), reach, inwards)
    for cx, cy, r in (*STARS, MOON):
        field = field + 14 * vortex(x, y, (cx, cy), 2.0 * r)
    return unit(field)


def _sky(x, y, field):
    rough = fbm(x * 30, y * 30, 2, 510)
    streak = smear(rough, field, 30) * 2.6
    band = smear(fbm(x * 9, y * 9, 3, 511), field, 60) * 1.9
    tone = 0.36 + 0.20 * band + 0.22 * streak + 0.10 * smoothstep(0.35, 0.72, y)
    for cx, cy, reach, _ in WHIRLS:
        tone += _spiral(x - cx, y - cy, reach)
    river = y - (0.60 - 0.10 * np.sin(2.3 * x + 0.4) - 0.05 * x)
    tone += 0.50 * np.exp(-((river / 0.055) ** 2)) * (0.7 + 0.9 * streak)
    sky = ramp(
        np.clip(tone, 0, 1),
        {
            0.0: "#0a1236",
            0.2: "#152a66",
            0.4: "#2450a0",
            0.56: "#4380c0",
            0.7: "#86b6cd",
            0.84: "#cfdfc0",
            1.0: "#f4eda6",
        },
    )
    for number, (cx, cy, r) in enumerate(STARS):
        sky = _star(sky, x, y, cx, cy, r, streak, number)
    return _moon(sky, x, y, streak)


def _spiral(dx, dy, reach):
    r = np.hypot(dx, dy) / reach
    arms = np.cos(np.arctan2(dy, dx) + 4.6 * np.log(r + 0.12))
    return 0.40 * arms * np.exp(-((r / 1.05) ** 4)) * smoothstep(0.0, 0.2, r) + 0.25 * np.exp(-((r / 0.2) ** 2))


def _star(sky, x, y, cx, cy, r, streak, number):
    far = np.hypot(x - cx, y - cy) / r
    rings = 0.5 + 0.5 * np.cos(far * 6.5 + 2.5 * streak)
    halo = mix(rgb("#9cc3b0"), rgb("#f7ee9a"), np.clip(0.45 + 0.5 * rings, 0, 1))
    sky = mix(sky, halo, np.clip(np.exp(-((far / 1.75) ** 2)) * (0.55 + 0.45 * rings), 0, 1))
    warm = rgb("#fff7cf") if number % 3 else rgb("#f6b73c")
    return mix(mix(sky, rgb("#fdf3b0"), smoothstep(0.75, 0.5, far)), warm, smoothstep(0.45, 0.25, far))


def _moon(sky, x, y, streak):
    cx, cy, r = MOON
    far = np.hypot(x - cx, y - cy) / r
    rings = 0.5 + 0.5 * np.cos(far * 5.2 + 2.5 * streak)
    halo = mix(rgb("#b9cf9c"), rgb("#f9e36b"), np.clip(0.35 + 0.6 * rings, 0, 1))
    sky = mix(sky, halo, np.clip(np.exp(-((far / 1.7) ** 2.4)) * 1.15, 0, 1))
    sky = mix(sky, rgb("#f2a92b"), smoothstep(0.74, 0.66, far))
    hollow = np.hypot(x - cx + 0.35 * r, y - cy + 0.12 * r) / r
    return mix(sky, rgb("#f6e069"), smoothstep(0.60, 0.52, hollow) * smoothstep(0.74, 0.66, far))


def _hills(picture, field, x, y):
    for number, (level, swell, low, high) in enumerate(
        (
            (0.665, 0.055, "#1b3a7a", "#78a8cc"),
            (0.735, 0.045, "#12405c", "#4f9f9c"),
            (0.80, 0.025, "#123524", "#7c9450"),
        )
    ):
        ridge = swell * fbm(x * 2.2 + 3 * number, 0 * x, 3, 520 + number)
        crest = level - 0.10 * smoothstep(0.75, 1.35, x) * (1 - number / 3) - ridge
        down = y - crest
        rolling = np.arctan(np.gradient(crest, axis=1) * HEIGHT) + 0.8 * fbm(x * 5 + number, y * 8, 2, 525)
        slope = directions_at(rolling)
        inside = smoothstep(-0.002, 0.003, down)
        field = unit(mix(field, slope, inside))
        streak = smear(fbm(x * 50, y * 50, 2, 530 + number), field, 14) * 2.0
        tone = mix(rgb(low), rgb(high), np.clip(0.42 + 0.55 * streak - 2.0 * down, 0, 1))
        tone = mix(tone, rgb("#0b1730"), 0.85 * np.exp(-((down / 0.006) ** 2)))
        picture = mix(picture, tone, inside)
    return picture, field


def _village(picture):
    rng = np.random.default_rng(17)
    for number in range(30):
        a, b, c, d = hash01(np.full(4, number), np.arange(4) + 40)
        x, base = 0.33 + 0.64 * ((number + 0.7 * a) / 30), 0.845 + 0.10 * b
        _house(picture, x, base, 0.020 + 0.018 * c, 0.028 + 0.020 * d, rng)
    _church(picture, 0.60, 0.905)
    x, y = grid(HEIGHT, WIDTH)
    bushes = fbm(x * 26, y * 34, 3, 540)
    edge = 0.945 + 0.03 * fbm(x * 9, 0 * x, 3, 541)
    leaf = ramp(np.clip(0.45 + 0.5 * bushes, 0, 1), {0: "#081a20", 0.5: "#143a3c", 0.8: "#3f7160", 1: "#86a77a"})
    picture[:] = mix(picture, leaf, smoothstep(-0.01, 0.01, y - edge))


def _wall(picture, left, top, right, bottom, color):
    fill_polygon(picture, [(left, bottom), (left, top), (right, top), (right, bottom)], color)


def _house(picture, x, base, wide, tall, rng):
    walls = rgb(("#4f7ba0", "#7fa6b4", "#3d6796", "#a3b8ae")[rng.integers(4)])
    roof = rgb(("#1c2547", "#2f3154", "#54383f", "#233a5c")[rng.integers(4)])
    _wall(picture, x - wide, base - tall, x + wide, base, walls)
    _wall(picture, x + 0.2 * wide, base - tall, x + wide, base, walls * 0.6)
    fill_polygon(
        picture,
        [
            (x - 1.2 * wide, base - tall),
            (x - 0.5 * wide, base - 1.9 * tall),
            (x + 0.7 * wide, base - 1.9 * tall),
            (x + 1.2 * wide, base - tall),
        ],
        roof,
    )
    if rng.random() < 0.7:
        _wall(picture, x - 0.5 * wide, base - 0.75 * tall, x - 0.05 * wide, base - 0.25 * tall, rgb("#f7c948"))


def _church(picture, x, base):
    _wall(picture, x - 0.05, base - 0.05, x + 0.015, base, rgb("#5f88a0"))
    fill_polygon(
        picture,
        [(x - 0.058, base - 0.05), (x - 0.04, base - 0.085), (x + 0.005, base - 0.085), (x + 0.02, base - 0.05)],
        rgb("#27345e"),
    )
    _wall(picture, x + 0.012, base - 0.11, x + 0.038, base, rgb("#7fa9b4"))
    _wall(picture, x + 0.027, base - 0.11, x + 0.038, base, rgb("#37567c"))
    tip = (x + 0.0255, base - 0.285)
    fill_polygon(picture, [(x + 0.007, base - 0.11), tip, (x + 0.043, base - 0.11)], rgb("#2c4474"))
    fill_polygon(picture, [(x + 0.007, base - 0.11), tip, (x + 0.024, base - 0.11)], rgb("#6f9cb6"))
    for left in (-0.038, -0.018):
        fill_ellipse(picture, (x + left, base - 0.022), (0.005, 0.014), rgb("#ffd55e"))


def _cypress(picture, field, x, y):
    for cx, top, foot, sway in ((0.265, 0.07, 0.115, 0.016), (0.375, 0.50, 0.055, 0.012), (0.165, 0.42, 0.06, 0.012)):
        rise = np.clip((1.02 - y) / (1.02 - top), 0, 1)
        middle = cx + sway * np.sin(8 * y + cx * 30) + 0.3 * sway * np.sin(23 * y)
        wide = foot * (1 - rise) ** 0.55 * (0.72 + 0.28 * np.sin(3 + 9 * y) ** 2)
        wide = wide + 0.012 * fbm(x * 20, y * 16, 3, 550) * (1 - rise)
        inside = smoothstep(0.004, -0.004, np.abs(x - middle) - wide) * (y > top)
        angle = np.pi / 2 + 0.55 * np.sin(18 * y + 40 * (x - middle)) - 1.6 * (x - middle)
        field = unit(mix(field, directions_at(angle), inside))
        streak = smear(fbm(x * 70, y * 40, 2, 551), field, 22) * 2.4
        leaf = ramp(
            np.clip(0.42 + 0.62 * streak, 0, 1),
            {0: "#050a0c", 0.35: "#0f241f", 0.6: "#234235", 0.8: "#4b5a34", 1: "#8a6a3a"},
        )
        picture = mix(picture, leaf, inside)
    return picture, field

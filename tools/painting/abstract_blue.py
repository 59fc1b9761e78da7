"""A poured painting in blues: folded currents of paint, cells that opened in it, veins of gold."""

import numpy as np
from scipy.ndimage import gaussian_filter, zoom

from tools.painting.color import mix, ramp, rgb, saturate, shrink, smoothstep
from tools.painting.noise import cells, fbm
from tools.painting.shapes import grid

WIDTH, HEIGHT, FINER = 960, 720, 2


def render(progress=lambda: None):
    """The finished picture (720, 960, 3) in [0, 1]."""
    x, y = grid(HEIGHT * FINER, WIDTH * FINER)
    x, y = x * 4, y * 3
    coarse = _currents(*(c * scale for c, scale in zip(grid(HEIGHT // 2, WIDTH // 2), (4, 3), strict=True)))
    u, v = (zoom(c, 2 * FINER, order=1, grid_mode=True, mode="nearest") for c in coarse)
    progress()
    height = fbm(u * 1.3, v * 1.3, 6, 900, gain=0.5)
    bands = 0.5 + 0.5 * np.sin(9 * height + 2.2 * fbm(u * 0.6, v * 0.6, 3, 910) + 1.5 * u)
    color = _paint(bands, height, u, v)
    progress()
    color, height = _cells(color, height, x, y, u, v)
    progress()
    color, height = _veins(color, height, u, v)
    progress()
    return saturate(shrink(_gloss(color, height, x, y), FINER), 1.05)


def _currents(x, y):
    """Where the paint at (x, y) came from: the plane folded twice by slow noise."""
    for turn, strength in enumerate((0.62, 0.30, 0.12)):
        scale = 0.55 * 1.9**turn
        x, y = (
            x + strength * fbm(x * scale + 3 * turn, y * scale, 3, 920 + 2 * turn),
            y + strength * fbm(x * scale + 7, y * scale + 5 * turn, 3, 921 + 2 * turn + 100),
        )
    return x, y


def _paint(bands, height, u, v):
    fine = fbm(u * 9, v * 3.5, 5, 930, gain=0.65)
    threads = np.sin(60 * height + 9 * fine)
    tone = np.clip(0.04 + 0.88 * bands + 0.18 * fine + 0.10 * height + 0.07 * threads, 0, 1)
    return ramp(
        tone,
        {
            0.0: "#030a24",
            0.18: "#07215c",
            0.36: "#0d3f98",
            0.52: "#1769c2",
            0.64: "#2fa0d8",
            0.76: "#7fcde6",
            0.86: "#d6eef2",
            0.95: "#f7f5ec",
            1.0: "#fbf3dc",
        },
    )


def _cells(color, height, x, y, u, v):
    """Openings where heavier paint sank: rings of color about scattered centers, in loose colonies."""
    colony = smoothstep(-0.15, 0.35, fbm(u * 0.8 + 4, v * 0.8, 4, 940))
    drift = 0.45 * (u - x), 0.45 * (v - y)
    for scale, seed, share in ((4.0, 941, 0.62), (9.0, 942, 0.5), (21.0, 943, 0.35), (44.0, 944, 0.3)):
        wander = 0.14 * fbm(x * scale * 0.5, y * scale * 0.5, 3, seed)
        first, second, own = cells((x + drift[0]) * scale * 0.8 + wander, (y + drift[1]) * scale * 0.8 - wander, seed)
        size = 0.12 + 0.34 * own + 0.05 * np.sin(17 * own + 3 * wander)
        open_here = colony * (own > share)
        ring = np.exp(-(((first - size) / 0.055) ** 2)) * open_here
        well = smoothstep(size, size - 0.07, first) * open_here
        inner = np.clip(first / size + 0.25 * wander, 0, 1)
        deep = ramp(inner, {0.0: "#dff3f3", 0.3: "#3fb0dc", 0.65: "#0b3a8a", 1.0: "#041036"})
        other = ramp(inner, {0.0: "#061a4d", 0.5: "#0f55ad", 0.8: "#8bd3ea", 1.0: "#f3f7f2"})
        color = mix(color, np.where((own > 0.72)[..., None], deep, other), 0.9 * well)
        color = mix(color, rgb("#eef6f4"), 0.7 * ring)
        web = smoothstep(0.09, 0.0, second - first) * colony * smoothstep(-0.2, 0.3, height)
        color = mix(color, rgb("#e8f4f4"), 0.5 * web)
        height = height + (0.30 * ring - 0.24 * well + 0.06 * web) * 4 / scale
    return color, height


def _veins(color, height, u, v):
    vein = np.abs(fbm(u * 0.8 + 11, v * 0.8, 6, 950, gain=0.55))
    where = smoothstep(0.1, 0.5, fbm(u * 0.5, v * 0.5 + 3, 3, 951))
    gold = smoothstep(0.035, 0.012, vein) * where
    leaf = ramp(np.clip(0.5 + 0.5 * fbm(u * 40, v * 40, 3, 952), 0, 1), {0: "#6d4713", 0.5: "#c9952f", 1: "#fbe7a1"})
    return mix(color, leaf, gold), height + 0.12 * gold


def _gloss(color, height, x, y):
    brushed = 0.03 * fbm(x * 30, y * 60, 3, 960) + 0.03 * fbm(x * 120, y * 120, 2, 961)
    gy, gx = np.gradient(gaussian_filter(height, 1.0) + brushed)
    slope = 9.0
    facing = (-0.6 * gx * slope - 0.62 * gy * slope + 0.75) / np.sqrt((gx * slope) ** 2 + (gy * slope) ** 2 + 1)
    shade = np.clip(0.45 + 0.75 * facing, 0.2, 1.35)
    shine = np.clip((facing - 0.80) / 0.2, 0, 1) ** 3
    return np.clip(color * shade[..., None] + 0.30 * shine[..., None], 0, 1)

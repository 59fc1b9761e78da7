"""A worn panel of glazed tiles in the manner of Isfahan: spirals under an arch, a sunflower, cobalt, turquoise."""

import numpy as np
from scipy.ndimage import gaussian_filter

from tools.painting.color import mix, rgb, shrink, smoothstep
from tools.painting.noise import cells, fbm, hash01
from tools.painting.tilework import Ink, blossom, border_distance, spirals, star_straps, sunflower

WIDTH, HEIGHT, FINER = 960, 720, 2
TILE = 60.0
SPRING = 60.0  # where the arch's curve begins, below the center
CLAY, GROUT = rgb("#b08a5e"), rgb("#8d8069")


def render(progress=lambda: None):
    """The finished picture (720, 960, 3) in [0, 1]."""
    y, x = (np.mgrid[0 : HEIGHT * FINER, 0 : WIDTH * FINER] + 0.5) / FINER
    ink = Ink((HEIGHT * FINER, WIDTH * FINER), rgb("#17378f"))
    _design(ink, *_laid(x, y))
    progress()
    picture = _glazed(ink.color, ink.relief, x, y)
    progress()
    return np.clip(shrink(picture, FINER), 0, 1)


def _laid(x, y):
    """Where in the drawing each place of the wall lies: every tile was set a little askew."""
    column, row = np.floor(x / TILE), np.floor(y / TILE)
    turn = (hash01(column, row, 1) - 0.5) * 0.022
    cx, cy = (column + 0.5) * TILE, (row + 0.5) * TILE
    dx, dy = (2.4 * (hash01(column, row, number) - 0.5) for number in (2, 3))
    return x + dx - turn * (y - cy), y + dy + turn * (x - cx)


def _design(ink, x, y):
    x, y = x - WIDTH / 2, y - HEIGHT / 2
    arch = _arch(x, y)
    spirals(ink, x, y, 180.0, arch > 0, ground="#1c9aa6", stem="#f3ead2", leaf="#17378f", flower="#f0b93a", seed=1)
    spirals(
        ink, x, y - 25, 164.0, arch <= 0, ground="#152f86", stem="#3fb7bd", leaf="#f3ead2", flower="#e9a52c", seed=2
    )
    sunflower(ink, x, y - 25, 168.0)
    for radius, color in ((25, "#f3ead2"), (22, "#0e1f5e"), (8, "#e9a52c")):
        ink.fill(np.abs(arch) - radius / 2, color)
    blossom_at = np.mod(_along(x, y), 34) - 17
    blossom(ink, blossom_at, arch, 7.5, 6, "#5cc4c6", where=np.abs(arch) < 11)
    star_straps(ink, x, y, 48.0, border_distance(x, y, WIDTH, HEIGHT) < 60)
    for depth, thick, color in ((64, 6, "#f3ead2"), (71, 5, "#e9a52c"), (78, 6, "#0e1f5e"), (3, 6, "#1c9aa6")):
        ink.fill(np.abs(border_distance(x, y, WIDTH, HEIGHT) - depth) - thick / 2, color)


def _arch(x, y):
    """Distance to the outline of the pointed arch, positive outside."""
    return np.where(y < SPRING, np.hypot(np.abs(x) + 28, y - SPRING) - 323, np.abs(x) - 295)


def _along(x, y):
    return np.where(y < SPRING, np.arctan2(y - SPRING, np.abs(x) + 28) * 323, y - SPRING)


def _glazed(color, relief, x, y):
    """The drawing under glaze: tile by tile uneven, crackled, chipped, and shining in the light of a window."""
    column, row = np.floor(x / TILE), np.floor(y / TILE)
    tone, warm = hash01(column, row, 4), hash01(column, row, 5)
    pooled = fbm(x / 9, y / 9, 5, 1010)
    picture = color * (0.80 + 0.30 * tone + 0.16 * pooled)[..., None]
    picture = picture * (1 + (warm - 0.5)[..., None] * np.array([0.10, 0.02, -0.08]))
    picture = mix(picture, picture * 0.72 + 0.02, _crackle(x, y, tone))
    edge = np.minimum(np.abs(x / TILE - np.rint(x / TILE)), np.abs(y / TILE - np.rint(y / TILE))) * TILE
    worn = _worn(x, y, edge, tone)
    bulge = 1.0 * smoothstep(0, 5, edge) + 0.35 * fbm(x / 26, y / 26, 3, 1011) + 0.10 * pooled + relief
    bulge = bulge - 1.3 * worn + 0.35 * worn * fbm(x / 2.2, y / 2.2, 3, 1012)
    clay = mix(CLAY * 0.8, CLAY * 1.25, np.clip(0.5 + 0.6 * fbm(x / 4, y / 4, 4, 1013), 0, 1))
    picture = mix(picture, clay, worn)
    picture = mix(picture, GROUT * (0.8 + 0.3 * pooled)[..., None], smoothstep(1.3, 0.7, edge))
    dust = smoothstep(0.1, 0.9, fbm(x / 120, y / 120, 5, 1014) + 0.5 * smoothstep(6, 0, edge))
    picture = mix(picture, rgb("#a99a80"), 0.22 * dust)
    return _lit(picture, bulge, worn, x, y)


def _crackle(x, y, tone):
    wander = 1.5 * fbm(x / 12, y / 12, 3, 1020)
    first, second, _ = cells((x + wander) / 8.5, (y + wander) / 8.5, 1021)
    fine = smoothstep(0.055, 0.015, second - first)
    return fine * smoothstep(0.25, 0.75, tone) * (0.4 + 0.5 * smoothstep(-0.3, 0.5, fbm(x / 50, y / 50, 3, 1022)))


def _worn(x, y, edge, tone):
    rough = fbm(x / 16, y / 16, 5, 1030) + 0.5 * fbm(x / 70, y / 70, 3, 1031)
    chips = smoothstep(0.0, 0.12, rough - 0.42 - edge / 9 - 0.35 * tone)
    flakes = smoothstep(0.0, 0.10, rough - 1.12 - 0.25 * tone)
    return np.clip(chips + flakes, 0, 1)


def _lit(picture, bulge, worn, x, y):
    gy, gx = np.gradient(gaussian_filter(bulge, 0.8) * FINER)
    facing = (-0.5 * gx - 0.62 * gy + 0.85) / np.sqrt(gx**2 + gy**2 + 1)
    fall = 1.12 - 0.36 * np.hypot((x - 300) / WIDTH, (y - 200) / HEIGHT)
    shade = (0.42 + 0.70 * facing) * fall
    shine = np.clip((facing - 0.86) / 0.14, 0, 1) ** 2 * (1 - worn) * fall
    return picture * shade[..., None] + 0.26 * shine[..., None] * np.array([0.92, 0.97, 1.0])

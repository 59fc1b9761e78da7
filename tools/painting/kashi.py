"""A mosaic of cut tiles in the manner of Isfahan: winding stems with rosettes and stars on turquoise."""

import numpy as np
from scipy.ndimage import gaussian_filter

from tools.painting.noise import fbm
from tools.painting.tilework import Drawing, Ring, draw_leaf, draw_rosette, headings, ribbon, star, wind

WIDTH, HEIGHT = 960, 720
TURQUOISE, COBALT, SKY, WHITE, OCHRE, RUST, NIGHT = (
    "#19a0a8",
    "#1b3f9c",
    "#7cc6d8",
    "#f4eddb",
    "#e8a630",
    "#a8432f",
    "#0c1c55",
)
PITCH = 320  # pixels from flower to flower
STEM = 13.0
LARGE, SMALL = 97.0, 45.0  # radii of the rosettes
PALE = (Ring(1, 0.45, WHITE, OCHRE), Ring(0.76, 0.30, OCHRE, RUST), Ring(0.50, 0.16, WHITE, COBALT))
GOLDEN = (Ring(1, 0.45, OCHRE, WHITE), Ring(0.76, 0.30, COBALT, SKY), Ring(0.50, 0.16, WHITE, RUST))
STARRY = (Ring(1, 0.35, WHITE, SKY), Ring(0.64, 0.20, OCHRE, RUST))
WAVE_LEAVES = ((0.37, 1), (0.62, 1))  # (share of the path, side)
VOLUTE_LEAVES = ((0.13, 1), (0.36, 1), (0.52, -1), (0.62, 1))


def render(progress=lambda: None):
    """The finished picture (720, 960, 3) in [0, 1]."""
    drawing = Drawing(WIDTH, HEIGHT, TURQUOISE)
    for row, y in enumerate((HEIGHT / 4, 3 * HEIGHT / 4)):
        _draw_vine(drawing, y, row)
        progress()
    for y in (0, HEIGHT / 2, HEIGHT):
        for x in range(0, WIDTH + 1, PITCH):
            _draw_star(drawing, (x, y))
    progress()
    return _glaze(drawing.picture())


def _draw_vine(drawing, y, row):
    """A stem that swings above one flower and below the next; from every swing a volute winds inwards to the flower."""
    flowers = [((x, y), 1 if (number + row) % 2 else -1) for number, x in enumerate(range(-PITCH // 2, 1200, PITCH))]
    swings = [_swing(center, hand) for center, hand in flowers]
    volutes = [_volute(center, hand) for center, hand in flowers]
    for path in volutes:
        drawing.fill(ribbon(path, STEM * np.linspace(0.9, 0.6, len(path))), WHITE)
    wave = np.concatenate([swing[:-1] for swing in swings])
    drawing.fill(ribbon(wave, np.full(len(wave), STEM)), WHITE)
    for (center, hand), swing, volute in zip(flowers, swings, volutes, strict=True):
        for path, leaves, fading in ((swing, WAVE_LEAVES, 0), (volute, VOLUTE_LEAVES, 0.45)):
            _draw_leaves(drawing, path, leaves, hand, fading)
        rings = PALE if hand > 0 else GOLDEN
        draw_rosette(drawing, center, LARGE, 12, rings, (NIGHT, WHITE))


def _swing(center, hand):
    return wind(center, np.full(91, PITCH / 2), np.pi + hand * np.linspace(0, np.pi, 91))


def _volute(center, hand):
    angles = np.linspace(-0.3, 2.3 * np.pi, 220)
    share = np.clip(angles / angles[-1], 0, 1)
    return wind(center, PITCH / 2 * 0.4 ** (share**1.15), hand * angles)


def _draw_leaves(drawing, path, leaves, hand, fading):
    angles = headings(path)
    for share, side in leaves:
        place, size, side = int(share * (len(path) - 1)), 1 - fading * share, side * hand
        draw_leaf(drawing, path[place], angles[place] + 0.3 * side, side, 92 * size, 42 * size, COBALT, SKY)


def _draw_star(drawing, center):
    for radius, color in ((78, WHITE), (69, COBALT)):
        drawing.fill(star(center, radius), color)
    draw_rosette(drawing, center, SMALL, 10, STARRY, (NIGHT, WHITE), line=1.8)


def _glaze(picture):
    """The drawing under glaze: a little uneven in tone, raised between the outlines, in the light of a window."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH] + 0.5
    tone = 0.98 + 0.07 * fbm(x / 90, y / 90, 3, 1010)
    gy, gx = np.gradient(1.3 * gaussian_filter(picture @ np.array([0.3, 0.59, 0.11]), 1.4))
    shade = 1 - 0.55 * gx - 0.65 * gy + 0.03 * fbm(x / 40, y / 40, 3, 1012)
    fall = 1.08 - 0.24 * np.hypot((x - 300) / WIDTH, (y - 200) / HEIGHT)
    return np.clip(picture * (tone * shade * fall)[..., None], 0, 1)

"""Cumulus clouds, marched through: a slab of air whose density is noise, lit by the sun.

Density is smooth noise eroded by cellular noise (Schneider and Vos 2015, "The real-time volumetric cloudscapes
of Horizon"); light falls off with the water it has crossed (Beer's law), and is scattered forwards
(Henyey and Greenstein 1941), which gives clouds before the sun their bright rims.
"""

from functools import cache

import numpy as np
from scipy.ndimage import gaussian_filter, map_coordinates
from scipy.spatial import cKDTree

SIDE = 64


def render_clouds(directions, sun, base=900.0, top=2100.0, cover=0.5, scale=2600.0, shift=(0.0, 0.0), steps=36):
    """Light scattered toward the viewer and the share of the sky that shines through, each (N,).

    directions (3, N) unit vectors from the ground; sun (3,); base and top: meters; cover: 0 clear to 1 closed;
    scale: meters of one period of the noise. Scattered light is in units of the sun's own.
    """
    glow, clear = np.zeros(directions.shape[1]), np.ones(directions.shape[1])
    up = np.flatnonzero(directions[2] > 0.035)
    d = directions[:, up]
    phase = 0.75 * _henyey(sun @ d, 0.55) + 0.25 * _henyey(sun @ d, -0.2)
    stride = (top - base) / steps
    light, left = np.zeros(len(up)), np.ones(len(up))
    start = np.random.default_rng(36).random(len(up))
    for step in range(steps):
        live = np.flatnonzero(left > 0.02)
        level = base + (step + start[live]) * stride
        p = d[:, live] * (level / d[2, live])
        density = _density(p, base, top, cover, scale, shift)
        wet = np.flatnonzero(density > 0)
        thick = np.zeros(len(live))
        thick[wet] = sum(
            _density(p[:, wet] + sun[:, None] * reach, base, top, cover, scale, shift, False) * weight
            for reach, weight in ((40, 60), (110, 110), (260, 220))
        )
        roof = np.zeros(len(live))
        roof[wet] = _density(p[:, wet] + np.array([[40.0], [-60.0], [170.0]]), base, top, cover, scale, shift)
        ambient = (0.10 + 0.20 * (level - base) / (top - base)) * (1 - 0.5 * roof)
        source = phase[live] * (np.exp(-0.022 * thick) + 0.35 * np.exp(-0.006 * thick)) + ambient
        depth = np.minimum(stride / d[2, live], 260)
        passed = np.exp(-0.03 * density * depth)
        light[live] += left[live] * (1 - passed) * source
        left[live] *= passed
    haze = np.clip((d[2] - 0.035) / 0.10, 0, 1) ** 0.7
    glow[up], clear[up] = light * haze, 1 - (1 - left) * haze
    return glow, clear


def _density(p, base, top, cover, scale, shift, fine=True):
    low, billow = _volumes()
    share = (p[2] - base) / (top - base)
    where = [(p[0] / scale + shift[0]) * SIDE, (p[1] / scale + shift[1]) * SIDE, p[2] / scale * SIDE]
    profile = np.clip(share * 9, 0, 1) * np.clip((1 - share) * 1.6, 0, 1)
    body = _read(low, where) * profile - (1 - cover)
    if fine:
        body = np.where(
            body > -0.1,
            body - 0.20 * _read(billow, [3.7 * w for w in where]) - 0.09 * _read(billow, [11.3 * w for w in where]),
            body,
        )
    return np.clip(body * 5, 0, 1)


def _read(volume, where):
    return map_coordinates(volume, where, order=1, mode="grid-wrap", prefilter=False)


@cache
def _volumes():
    rng = np.random.default_rng(2015)
    smooth = sum(
        w * _normalized(gaussian_filter(rng.random((SIDE,) * 3), s, mode="wrap"))
        for s, w in ((7, 0.55), (3.5, 0.3), (1.8, 0.15))
    )
    puffs = 0.6 * _cellular(rng, 60) + 0.4 * _cellular(rng, 500)
    low = _normalized(0.62 * _normalized(smooth) + 0.38 * puffs)
    return low, 1 - _normalized(0.6 * _cellular(rng, 300) + 0.4 * _cellular(rng, 2500))


def _cellular(rng, count):
    points = rng.random((count, 3)) * SIDE
    grid = np.stack(np.meshgrid(*[np.arange(SIDE)] * 3, indexing="ij"), -1).reshape(-1, 3)
    distance, _ = cKDTree(points, boxsize=SIDE).query(grid)
    return 1 - np.clip(distance.reshape((SIDE,) * 3) / (1.6 * SIDE / count ** (1 / 3)), 0, 1)


def _normalized(volume):
    low, high = np.quantile(volume, [0.01, 0.99])
    return np.clip((volume - low) / (high - low), 0, 1)


def _henyey(cosine, g):
    return 0.5 * (1 - g * g) / (1 + g * g - 2 * g * cosine) ** 1.5

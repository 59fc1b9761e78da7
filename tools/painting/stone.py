"""Weathered stone: its color and the roughness of its surface."""

import numpy as np

from tools.painting.color import light, mix, smoothstep
from tools.painting.noise import cells, fbm, hash01


def planar(points, normal):
    """Two coordinates (N,) on the surface: the axes across the largest part of the normal; and the axis's number."""
    axis = np.abs(normal).argmax(axis=0)
    a = np.where(axis == 0, points[1], points[0])
    b = np.where(axis == 2, points[1], points[2])
    return a + 13.7 * axis, b, axis


def color_weathered(points, normal, tones, seed, grain=1.0):
    """Color (N, 3) linear and bent normals (3, N) of old limestone; tones: dark, middle, light as '#rrggbb'.

    Stains of meters, bedding, cracks, pits of centimeters; grain scales the depth of the pits.
    """
    a, b, axis = planar(points, normal)
    stain = fbm(a * 0.45, b * 0.45, 5, seed)
    bed = fbm(a * 0.3, b * 3.2, 4, seed + 11)
    pits = fbm(a * 9, b * 9, 4, seed + 21)
    color = mix(light(tones[1]), light(tones[2]), np.clip(0.5 + 0.6 * stain + 0.2 * bed, 0, 1))
    runs = np.clip(fbm(a * 1.6, b * 0.14, 4, seed + 31) + 0.1, 0, 1) * (axis != 2)
    color = mix(color, light(tones[0]), np.clip(0.75 * runs + 0.35 * np.clip(-stain - 0.1, 0, 1), 0, 0.85))
    crack = _cracks(a, b, seed)
    color = color * ((1 - 0.6 * crack) * (1 + 0.22 * pits))[:, None]
    return color, _roughen(normal, a, b, axis, seed, grain)


def masonry_joints(points, normal, length, height, wide=0.02):
    """Blocks of masonry: how deep in a joint each point lies, 0 to 1, and each block's own number in [0, 1)."""
    a, b, axis = planar(points, normal)
    row = np.floor(b / height)
    shift = a / length + 0.5 * (row % 2) + 0.23 * hash01(row, np.full(len(row), 7))
    column = np.floor(shift)
    side = np.minimum(np.abs(shift - np.rint(shift)) * length, np.abs(b / height - np.rint(b / height)) * height)
    return smoothstep(wide * 1.6, wide * 0.5, side), hash01(row, column, axis)


def _cracks(a, b, seed):
    wander = 0.35 * fbm(a * 1.7, b * 1.7, 3, seed + 41)
    first, second, _ = cells(a * 0.55 + wander, b * 0.4 + wander, seed + 42)
    return smoothstep(0.035, 0.0, second - first) * smoothstep(-0.1, 0.4, fbm(a * 0.5, b * 0.5, 3, seed + 43))


def _roughen(normal, a, b, axis, seed, grain):
    step = 0.02
    here = _relief(a, b, seed)
    da, db = (_relief(a + step, b, seed) - here) / step, (_relief(a, b + step, seed) - here) / step
    bent = normal.copy()
    rows = np.arange(len(a))
    bent[np.where(axis == 0, 1, 0), rows] -= grain * da
    bent[np.where(axis == 2, 1, 2), rows] -= grain * db
    return bent / np.sqrt((bent**2).sum(axis=0))


def _relief(a, b, seed):
    return 0.05 * fbm(a * 2.2, b * 2.2, 4, seed + 61, gain=0.62)

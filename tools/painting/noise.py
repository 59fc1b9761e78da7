"""Noise: the raw material of clouds, stone, glaze and paint.

All functions take coordinates as arrays of any equal shapes, in lattice cells, and return arrays of that shape.
"""

from functools import cache

import numpy as np

PERIOD = 256


@cache
def _gradients(seed):
    angle = 2 * np.pi * np.random.default_rng(seed).random((PERIOD, PERIOD))
    return np.cos(angle), np.sin(angle)


def gradient_noise(x, y, seed=0):
    """Smooth noise of one scale, about -1 to 1, mean 0, period 256 cells (Perlin 2002, "Improving noise")."""
    gx, gy = _gradients(seed)
    x0, y0 = np.floor(x), np.floor(y)
    fx, fy = x - x0, y - y0
    column, row = x0.astype(np.int64) % PERIOD, y0.astype(np.int64) % PERIOD
    next_column, next_row = (column + 1) % PERIOD, (row + 1) % PERIOD
    ux, uy = _fade(fx), _fade(fy)
    top = _mix(
        gx[row, column] * fx + gy[row, column] * fy, gx[row, next_column] * (fx - 1) + gy[row, next_column] * fy, ux
    )
    bottom = _mix(
        gx[next_row, column] * fx + gy[next_row, column] * (fy - 1),
        gx[next_row, next_column] * (fx - 1) + gy[next_row, next_column] * (fy - 1),
        ux,
    )
    return 1.4 * _mix(top, bottom, uy)


def fbm(x, y, octaves=5, seed=0, gain=0.5):
    """Noise of several scales, sum of gain**i * noise(2**i x), scaled back to about -1 to 1."""
    total, weight, scale = 0.0, 0.0, 1.0
    for octave in range(octaves):
        amplitude = gain**octave
        total = total + amplitude * gradient_noise(x * scale + 17.3 * octave, y * scale - 9.1 * octave, seed + octave)
        weight += amplitude**2
        scale *= 2.0
    return total / np.sqrt(weight)


def ridged(x, y, octaves=5, seed=0, gain=0.5):
    """Noise with sharp crests, 0 to 1: the sum of gain**i * (1 - |noise|)**2 (Musgrave 1998)."""
    total, weight, scale = 0.0, 0.0, 1.0
    for octave in range(octaves):
        crest = 1 - np.abs(gradient_noise(x * scale + 31.7 * octave, y * scale, seed + octave))
        total = total + gain**octave * np.clip(crest, 0, 1) ** 2
        weight += gain**octave
        scale *= 2.0
    return total / weight


def warped(x, y, strength=1.0, octaves=5, seed=0):
    """Noise read at places that noise has moved: fbm(p + strength * fbm(p)) (Quilez 2002, "Domain warping")."""
    dx = fbm(x + 5.2, y + 1.3, octaves, seed + 50)
    dy = fbm(x - 3.7, y + 8.1, octaves, seed + 70)
    return fbm(x + strength * dx, y + strength * dy, octaves, seed)


def cells(x, y, seed=0, jitter=1.0):
    """Distances to the nearest and second nearest scattered point, and the nearest point's own number in [0, 1).

    One point lies in each lattice cell, moved by at most jitter / 2 from its center (Worley 1996).
    """
    offsets = np.random.default_rng(seed).random((3, PERIOD, PERIOD))
    x0, y0 = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    first = np.full(np.shape(x), np.inf)
    second = first.copy()
    number = np.zeros(np.shape(x))
    for dy in (-1, 0, 1):
        for dx in (-1, 0, 1):
            px, py, own = offsets[:, (y0 + dy) % PERIOD, (x0 + dx) % PERIOD]
            distance = np.hypot(x0 + dx + 0.5 + jitter * (px - 0.5) - x, y0 + dy + 0.5 + jitter * (py - 0.5) - y)
            nearer = distance < first
            second = np.where(nearer, first, np.minimum(second, distance))
            first = np.where(nearer, distance, first)
            number = np.where(nearer, own, number)
    return first, second, number


def hash01(*integers):
    """A number in [0, 1) for each tuple of whole numbers (arrays): the same everywhere, unlike for its neighbors."""
    state = np.full(np.broadcast(*integers).shape or (1,), 0x9E3779B97F4A7C15, np.uint64)
    for value in integers:
        state = (state ^ np.asarray(value).astype(np.int64).astype(np.uint64)) * np.uint64(0xBF58476D1CE4E5B9)
        state = (state ^ (state >> np.uint64(31))) * np.uint64(0x94D049BB133111EB)
        state = state ^ (state >> np.uint64(29))
    return (state >> np.uint64(11)).astype(np.float64) / 2**53


def _fade(t):
    return t * t * t * (t * (6 * t - 15) + 10)


def _mix(a, b, t):
    return a + (b - a) * t

"""Styles beyond the paintings of a folder: other colors, and mosaics.

A folder of old paintings teaches the decoder their browns and their brush strokes only; beside a mosaic or a poster it
would then change little. Half of the styles are therefore changed: colors exchanged and stretched, or the picture laid
as a mosaic.
"""

import numpy as np
from scipy.spatial import cKDTree

CHANGED_COLORS = 0.35
MOSAICS = 0.15
TILES = (20, 400)
JOINTS = (0.5, 3.0)  # pixels between two tiles


def vary(rng, styles):
    """Return crops (N, S, S, 3), RGB in [0, 1], of which some have other colors and some are mosaics."""
    return np.stack([_vary_one(rng, style) for style in styles]).astype(np.float32)


def _vary_one(rng, style):
    choice = rng.random()
    if choice < CHANGED_COLORS + MOSAICS:
        style = change_colors(rng, style)
    return lay_mosaic(rng, style) if choice < MOSAICS else style


def change_colors(rng, style):
    """Exchange the channels, and stretch and move each one."""
    gain, offset = rng.uniform(0.6, 1.6, 3), rng.uniform(-0.2, 0.2, 3)
    return np.clip((style[..., rng.permutation(3)] - 0.5) * gain + 0.5 + offset, 0, 1)


def lay_mosaic(rng, style):
    """Fill cells around random points with the mean color beneath each, with joints of one color between them."""
    size = style.shape[0]
    points = rng.uniform(0, size, (rng.integers(*TILES), 2))
    places = np.stack(np.indices((size, size)), -1).reshape(-1, 2)
    distances, nearest = cKDTree(points).query(places, k=2)
    tile, colors = nearest[:, 0], style.reshape(-1, 3)
    counts = np.maximum(np.bincount(tile, minlength=len(points)), 1)
    means = np.stack([np.bincount(tile, channel, len(points)) / counts for channel in colors.T], -1)
    joint = (distances[:, 1] - distances[:, 0] < rng.uniform(*JOINTS))[:, None]
    return np.where(joint, rng.uniform(0, 1, 3), means[tile]).reshape(style.shape)

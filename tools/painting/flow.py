"""Fields of direction for strokes to follow: (H, W, 2) unit vectors as (row, column)."""

import numpy as np


def directions_at(angle):
    """The field of directions at `angle` (H, W), radians from +x (rightwards) toward +y (downwards)."""
    return np.stack([np.sin(angle), np.cos(angle)], axis=-1)


def unit(field):
    """The field with every vector brought to length 1."""
    return field / np.maximum(np.linalg.norm(field, axis=-1, keepdims=True), 1e-9)


def vortex(x, y, center, reach, inwards=0.0):
    """A vortex about `center`: tangential, with an inward share, fading like exp(-(r / reach)**2)."""
    dx, dy = x - center[0], y - center[1]
    r = np.hypot(dx, dy) + 1e-9
    strength = np.exp(-((r / reach) ** 2))
    row, column = dx / r - inwards * dy / r, -dy / r - inwards * dx / r
    return np.stack([row, column], axis=-1) * strength[..., None]


def smear(texture, field, length):
    """The texture (H, W) averaged over `length` pixels up and down the flow (Cabral and Leedom 1993).

    The picture's opposite edges are taken to meet.
    """
    height, width = texture.shape
    total = np.zeros_like(texture)
    for sign in (1.0, -1.0):
        row, column = (a.astype(float) for a in np.indices(texture.shape))
        for _ in range(length):
            r, c = np.rint(row).astype(int) % height, np.rint(column).astype(int) % width
            total += texture[r, c]
            row, column = row + sign * field[r, c, 0], column + sign * field[r, c, 1]
    return total / (2 * length)

"""Mountains and plains: a height field seen in perspective."""

import numpy as np


def intersect(camera, height, near, far, steps=500):
    """Where the camera's rays meet the ground z = height(x, y): points (3, H * W), nan where they miss it.

    Along every column of the picture the ground rises and falls in view; a pixel shows the first place whose
    elevation reaches its own. near and far: meters; steps are spaced in proportion to their distance.
    """
    across = (np.arange(camera.width) + 0.5 - camera.width / 2) / (camera.focal * camera.width)
    up = (camera.horizon * camera.height - np.arange(camera.height) - 0.5) / (camera.focal * camera.width)
    c, s = np.cos(camera.turn), np.sin(camera.turn)
    ahead = np.stack([c * across + s, c - s * across])
    reach = np.geomspace(near, far, steps)
    x, y = (camera.eye[i] + reach[:, None] * ahead[i] for i in (0, 1))
    seen = np.maximum.accumulate((height(x, y) - camera.eye[2]) / reach[:, None], axis=0)
    distance = np.stack([_first(seen[:, column], up, reach) for column in range(camera.width)], axis=1)
    points = np.stack(
        [
            camera.eye[0] + distance * ahead[0],
            camera.eye[1] + distance * ahead[1],
            camera.eye[2] + distance * up[:, None],
        ]
    )
    return points.reshape(3, -1)


def ground_normals(height, x, y, step):
    """Unit normals (3, N) of the ground at x, y, by differences over `step` meters (a number or (N,))."""
    here = height(x, y)
    normal = np.stack([(here - height(x + step, y)) / step, (here - height(x, y + step)) / step, np.ones(len(x))])
    return normal / np.sqrt((normal**2).sum(axis=0))


def sunlight_share(height, points, sun, reach, steps=7):
    """How much of the sun (N,) in [0, 1] the ground lets through to points (3, N) within `reach` meters."""
    clear = np.ones(points.shape[1])
    for far in np.geomspace(reach / 40, reach, steps):
        x, y, z = points + far * np.asarray(sun)[:, None]
        clear = np.minimum(clear, np.clip(1 - (height(x, y) - z) / (0.05 * far), 0, 1))
    return clear


def _first(seen, up, reach):
    at = np.searchsorted(seen, up)
    inside = np.clip(at, 1, len(seen) - 1)
    low, high = seen[inside - 1], seen[inside]
    share = np.clip((up - low) / np.maximum(high - low, 1e-12), 0, 1)
    distance = reach[inside - 1] + share * (reach[inside] - reach[inside - 1])
    return np.where(at == len(seen), np.nan, np.where(at == 0, reach[0], distance))

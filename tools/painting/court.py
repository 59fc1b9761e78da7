"""The solids of the Louvre's court: wings with pavilions and dormers, trees behind, visitors."""

import numpy as np

from tools.painting import facade
from tools.painting.color import light
from tools.painting.noise import fbm, hash01
from tools.painting.rays import Ellipsoid, box, frustum

WALL = 60.0  # meters from the axis to either wing
BASE, APEX, FRONT = 17.7, 21.6, 41.0  # the pyramid: half its side, its height, its distance
CLOTH_AND_STONE = {
    "dark": "#2a2a2c",
    "coat": "#5b4a44",
    "shirt": "#b9c4d0",
    "skin": "#b98d74",
    "red": "#a3362c",
    "navy": "#2b3a55",
    "stone": "#b7a684",
}
# A visitor in six ellipsoids: meters to the right, share of the height, radii, cloth (None: the coat).
FIGURE = (
    (0, 0.66, (0.20, 0.15, 0.40), None),
    (-0.25, 0.66, (0.06, 0.08, 0.36), None),
    (0.25, 0.66, (0.06, 0.08, 0.36), None),
    (-0.11, 0.25, (0.09, 0.1, 0.45), "dark"),
    (0.12, 0.25, (0.09, 0.12, 0.45), "navy"),
    (0, 0.93, (0.10, 0.11, 0.14), "skin"),
)


def solids():
    """Everything but the glass: [(body, what it is made of)], meters, the viewer at the origin."""
    parts = []
    for side in (-1, 1):
        near, far = (WALL, WALL + 16) if side > 0 else (-WALL - 16, -WALL)
        parts.append((box((near, 20, 0), (far, 150, facade.TOP)), "front"))
        parts.append((frustum((near + 1, 20, facade.TOP), (far - 1, 150, facade.TOP + 6.5), (4.5, 4.5)), "slate"))
        for y in (58.0, 104.0, 146.0):
            reach = 5.0 if y < 140 else 9.0
            low, high = sorted((side * (WALL - reach), side * (WALL + 14)))
            parts.append((box((low, y, 0), (high, y + 20, facade.TOP + 4)), "front"))
            parts.append(
                (
                    frustum((low - 0.5, y - 0.5, facade.TOP + 4), (high + 0.5, y + 20.5, facade.TOP + 17), (5, 6)),
                    "slate",
                )
            )
        for y in range(24, 146, 11):
            parts += _dormer(side, y + 0.6)
        for y in (36, 51, 88, 97, 131, 140):
            low, high = sorted((side * (WALL + 5), side * (WALL + 7.5)))
            parts.append((box((low, y, facade.TOP), (high, y + 1.6, facade.TOP + 9)), "stone"))
    for number in range(9):
        shift, more = hash01(np.full(2, number), np.array([3, 4]))
        x, tall = -150 + 36 * number + 8 * shift, 9 + 6 * more
        parts.append((Ellipsoid(np.array([x, 330.0, tall * 0.4]), np.array([26.0, 8.0, tall])), "leaves"))
    for x, y in ((-13.5, 19.5), (3.5, 24.0), (13.0, 18.0), (-24.0, 27.0), (24.5, 28.0)):
        parts.append((box((x - 0.3, y - 0.3, 0), (x + 0.3, y + 0.3, 0.6)), "dark"))
    return parts + _people()


def _dormer(side, y):
    low, high = sorted((side * (WALL + 1.3), side * (WALL + 5)))
    top = facade.TOP
    return [
        (box((low, y, top), (high, y + 2.4, top + 3.0)), "dormer"),
        (frustum((low - 0.2, y - 0.25, top + 3.0), (high + 0.2, y + 2.65, top + 4.2), (0, 1.45)), "stone"),
    ]


def _people():
    parts = []
    for number in range(26):
        a, b, c, d = hash01(np.full(4, number), np.array([11, 12, 13, 14]))
        x, y, tall = -34 + 70 * a, 24 + 50 * b**1.5, 1.55 + 0.3 * c
        if (abs(x) < BASE + 1 and y > FRONT - 1.5) or (-28 < x < -18 and y > 40):
            continue
        for step in (0.0, 0.75) if d > 0.6 else (0.0,):
            coat = ("coat", "shirt", "red", "navy")[int(4 * (d + step) % 4)]
            parts += [
                (Ellipsoid(np.array([x + step + across, y, tall * up]), np.array(radii)), kind or coat)
                for across, up, radii, kind in FIGURE
            ]
    return parts


def albedo(name, points, normal):
    """Colors (N, 3), linear, of the material called `name` at points (3, N) with unit normals (3, N)."""
    if name == "slate":
        tone = hash01(np.floor(points[2] * 3), np.floor((points[0] + points[1]) * 2)) * 0.3 + 0.85
        return light("#4d5764") * tone[:, None] * (1 + 0.3 * fbm(points[0] + points[1], points[2], 3, 220))[:, None]
    if name == "leaves":
        return light("#3f5530") * (1 + 0.8 * fbm(points[0] * 0.5, points[2] * 0.8, 4, 221))[:, None]
    if name == "dormer":
        above = points[2] - facade.TOP
        pane = (np.abs(np.mod(points[1] - 0.6 - 24, 11) - 1.2) < 0.62) & (above > 0.5) & (above < 2.6)
        return np.where((pane & (np.abs(normal[0]) > 0.5))[:, None], light("#1b2229"), light("#c2b190"))
    return light(CLOTH_AND_STONE[name]) * np.ones((points.shape[1], 1))

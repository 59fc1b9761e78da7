"""Persepolis in hard light: fluted columns and the gate of a ruined palace below a bare mountain."""

import numpy as np

from tools.painting import outdoors, sky, stone
from tools.painting.color import light, mix, shrink, smoothstep
from tools.painting.noise import cells, fbm, gradient_noise, hash01, ridged
from tools.painting.rays import Camera, Column, Ellipsoid, box, frustum

WIDTH, HEIGHT, FINER = 960, 720, 2
SUN = np.array([0.74, -0.42, 0.60]) / np.linalg.norm([0.74, -0.42, 0.60])
TONES = ("#6a5a48", "#a8957a", "#d9c9a8")


def render(progress=lambda: None):
    """The finished picture (720, 960, 3) in [0, 1]."""
    camera = Camera((0.0, 0.0, 1.7), WIDTH * FINER, HEIGHT * FINER, focal=0.74, horizon=0.74, turn=0.05)
    plate = sky.render_sky(
        camera,
        SUN,
        zenith=(0.05, 0.15, 0.42),
        rim=(0.50, 0.62, 0.78),
        gain=3.0,
        cover=0.40,
        scale=5200.0,
        shift=(0.3, 0.62),
        base=1500.0,
        top=2300.0,
    )
    progress()
    place = outdoors.Scene(camera, _parts(), _surface, _floor, _mountain, _rock, plate, SUN, near=260.0)
    return outdoors.develop(shrink(place.photograph(progress), FINER), exposure=0.62)


def _parts():
    parts = _gate(-8.6, 27.0) + _gate(-8.9, 43.0)
    for x, y in (
        (6.6, 31),
        (7.0, 39),
        (7.4, 48),
        (7.8, 58),
        (17.5, 34),
        (18.6, 55),
        (0.6, 63),
        (27, 42),
        (29, 60),
        (14.5, 4.5),
        (27, 10),
    ):
        parts += _column(x, y, 16.5, whole=True)
    for x, y, tall in ((13.6, 24, 5.6), (18.5, 44, 3.1), (-1.0, 40, 2.4)):
        parts += _column(x, y, tall, whole=False)
    parts += [(box((3.0, 66, 0), (40, 74, 2.6)), "wall"), (box((-40, 70, 0), (-6, 78, 3.2)), "wall")]
    for x in (6.0, 14.0, 22.0, 30.0):
        parts += _doorway(x, 69)
    return parts + _rubble()


def _column(x, y, tall, whole):
    parts = [
        (box((x - 1.35, y - 1.35, 0), (x + 1.35, y + 1.35, 0.42)), "block"),
        (Column((x, y, 0.42), 1.05, 1.28, 0.98), "bell"),
        (Column((x, y, 1.47), 0.22, 1.02, 1.02), "bell"),
        (Column((x, y, 1.69), tall - 1.69, 0.80, 0.80 - 0.010 * tall), "shaft"),
    ]
    if whole:
        top = tall
        parts += [
            (Column((x, y, top), 0.9, 0.66, 0.95), "bell"),
            (Column((x, y, top + 0.9), 0.7, 0.72, 0.80), "shaft"),
            (box((x - 0.62, y - 0.62, top + 1.6), (x + 0.62, y + 0.62, top + 2.5)), "block"),
        ]
        for side in (-1, 1):
            parts += [
                (Ellipsoid(np.array([x + side * 1.0, y, top + 2.75]), np.array([0.85, 0.5, 0.55])), "block"),
                (Ellipsoid(np.array([x + side * 1.75, y, top + 3.05]), np.array([0.36, 0.34, 0.5])), "block"),
            ]
    return parts


def _gate(x, y):
    """Two piers with bulls at their feet, and what is left of the lintel."""
    parts = []
    for left in (x - 4.6, x + 1.7):
        parts += [
            (box((left, y, 0), (left + 2.9, y + 5.0, 10.2)), "gate"),
            (box((left - 0.2, y - 0.2, 10.2), (left + 3.1, y + 5.2, 10.8)), "gate"),
            (box((left - 0.3, y - 0.5, 0), (left + 3.2, y + 5.3, 0.7)), "block"),
        ]
        parts += _guardian(left + 1.45, y)
    return parts


def _guardian(cx, y):
    """A winged bull with a man's head, worn to its blocks: legs, chest, wings, beard, crown."""
    parts = [
        (frustum((cx - 1.12, y - 1.0, 3.0), (cx + 1.12, y + 0.6, 6.5), (0.16, 0.12)), "carved"),
        (frustum((cx - 0.50, y - 1.35, 5.0), (cx + 0.50, y - 0.6, 7.0), (0.06, 0.05)), "carved"),
        (box((cx - 0.60, y - 1.20, 6.6), (cx + 0.60, y + 0.3, 7.9)), "gate"),
        (Column((cx, y - 0.42, 7.9), 1.0, 0.56, 0.66), "bell"),
    ]
    for side in (-1, 1):
        wing = cx + side * 1.26
        parts += [
            (box((cx + side * 0.66 - 0.34, y - 1.0, 0.7), (cx + side * 0.66 + 0.34, y + 0.4, 3.1)), "gate"),
            (frustum((wing - 0.16, y - 0.4, 3.9), (wing + 0.16, y + 0.6, 8.5), (0.03, 0.3)), "carved"),
        ]
    return parts


def _doorway(x, y):
    return [
        (box((x - 1.9, y, 2.4), (x - 0.9, y + 1.6, 7.2)), "block"),
        (box((x + 0.9, y, 2.4), (x + 1.9, y + 1.6, 7.2)), "block"),
        (box((x - 2.2, y - 0.2, 7.2), (x + 2.2, y + 1.8, 8.3)), "block"),
    ]


def _rubble():
    parts = []
    for number in range(64):
        a, b, c, d, e = hash01(np.full(5, number), np.arange(5) + 20)
        y = 7 + 45 * b**1.3
        x, size = (a - 0.5) * (9 + 0.95 * y), 0.10 + 0.55 * c**3
        if -7 < x < 5 and y < 40:
            size *= 0.45
        low, high = (x - size, y - size * (0.5 + d), -0.1), (x + size, y + size * (0.5 + d), size * (0.6 + 0.8 * e))
        parts.append((frustum(low, high, (0.22 * size, 0.3 * size * d)), "block"))
    parts += [
        (Column((3.2, 15.5, 0), 0.8, 0.85, 0.84), "shaft"),
        (Column((8.4, 17.0, 0), 1.5, 0.85, 0.82), "shaft"),
        (Column((-2.6, 21.5, 0), 0.7, 0.85, 0.84), "shaft"),
        (box((-6.4, 9.4, 0), (-4.0, 10.5, 0.75)), "block"),
    ]
    return parts


def _surface(kind, points, normal, body):
    seed = 700 + int(abs(body.center[0]) * 3) % 5
    color, bent = stone.color_weathered(points, normal, TONES, seed, grain=0.6)
    if kind in ("shaft", "bell"):
        color, bent = _fluted(points, normal, bent, color, body, 40 if kind == "shaft" else 24)
    if kind == "carved":
        rows = np.cos(points[2] * 30 + 1.5 * np.abs(np.sin(points[0] * 9)))
        color = color * (0.72 + 0.28 * rows)[:, None]
        bent = bent + np.array([[0.0], [0.0], [0.5]]) * np.sin(points[2] * 30)
        bent = bent / np.sqrt((bent**2).sum(axis=0))
    if kind in ("gate", "wall", "block"):
        size = {"gate": (2.4, 1.5), "wall": (2.2, 1.1), "block": (9.0, 5.0)}[kind]
        joint, own = stone.masonry_joints(points, normal, *size)
        color = color * ((1 - 0.55 * joint) * (0.86 + 0.28 * own))[:, None]
    foot = smoothstep(1.4, 0.0, points[2] + 0.3 * fbm(points[0], points[1] + points[2], 3, 710))
    return mix(color, light("#9c8462"), 0.45 * foot), bent


def _fluted(points, normal, bent, color, body, count):
    x, y = points[0] - body.foot[0], points[1] - body.foot[1]
    turn = np.arctan2(y, x) * count
    side = np.abs(normal[2]) < 0.7
    lean = np.where(side, -0.75 * np.sin(turn), 0)
    around = np.stack([-y, x, 0 * x]) / np.maximum(np.hypot(x, y), 1e-9)
    bent = bent + lean * around
    drum = np.abs(np.mod(points[2] + 0.6 * body.foot[0], 3.4) - 1.7) > 1.67
    color = color * (np.where(side, 0.78 + 0.22 * np.cos(turn), 1) * np.where(drum & side, 0.5, 1))[:, None]
    return color, bent / np.sqrt((bent**2).sum(axis=0))


def _floor(x, y):
    dust = fbm(x * 0.22, y * 0.22, 5, 720)
    color = mix(light("#b79c76"), light("#d8c39c"), np.clip(0.5 + 0.6 * dust, 0, 1))
    first, second, own = cells(x * 0.42, y * 0.42, 721, 0.75)
    slab = smoothstep(-0.5, -0.05, fbm(x * 0.09 + 4, y * 0.09, 3, 722))
    stone_color = mix(light("#8e7d66"), light("#cbb995"), own) * (1 + 0.25 * fbm(x * 3, y * 3, 4, 723))[:, None]
    seam = smoothstep(0.01, 0.08, second - first)
    color = mix(color, stone_color * (0.22 + 0.78 * seam)[:, None], slab * (0.4 + 0.6 * seam))
    near, _, tone = cells(x * 7, y * 7, 724)
    pebble = smoothstep(0.32, 0.22, near + 0.25 * tone) * (1 - 0.7 * slab)
    color = mix(color, mix(light("#7d6c56"), light("#e2d3b4"), tone), 0.8 * pebble)
    grass = smoothstep(0.25, 0.6, fbm(x * 0.5, y * 0.5, 4, 725)) * np.clip(gradient_noise(x * 14, y * 5, 726), 0, 1)
    color = mix(color, light("#8b8048"), 0.8 * grass * (1 - slab))
    slope = (
        np.stack(
            [
                gradient_noise(x * 2.5, y * 2.5, 727) + gradient_noise(x * 11, y * 11, 728),
                gradient_noise(x * 2.5, y * 2.5, 729) + gradient_noise(x * 11, y * 11, 730),
            ]
        )
        * 0.10
    )
    normal = np.stack([slope[0] - 2.2 * pebble * (near - 0.2), slope[1], np.ones(len(x))])
    return color, normal / np.sqrt((normal**2).sum(axis=0))


def _mountain(x, y):
    rise = smoothstep(300, 2300, y + 0.25 * x) * 560 + smoothstep(2500, 7000, y) * 500
    return rise * (0.30 + 0.85 * ridged(x / 1250 + 3.3, y / 1250, 6, 740, gain=0.52)) - 2


def _rock(points, normal):
    bands = fbm(points[0] / 900, points[2] / 38, 4, 745)
    color = mix(light("#6d5a48"), light("#b59c7c"), np.clip(0.45 + 0.5 * bands, 0, 1))
    scree = smoothstep(0.72, 0.9, normal[2])
    color = mix(color, light("#b3a07e"), 0.7 * scree)
    scrub = cells(points[0] / 16, points[1] / 16, 746)[0]
    return mix(color, light("#4d4b34"), 0.7 * smoothstep(0.3, 0.1, scrub) * scree)

"""The tomb of Cyrus at Pasargadae: six steps and a gabled chamber, alone on its plain in the evening."""

import numpy as np

from tools.painting import outdoors, sky, stone
from tools.painting.brush import Brush, Canvas, Strokes, draw
from tools.painting.color import light, mix, shrink, smoothstep
from tools.painting.noise import cells, fbm, gradient_noise, hash01, ridged
from tools.painting.rays import Camera, Column, Convex, Ellipsoid, box, frustum

WIDTH, HEIGHT, FINER = 960, 720, 2
SUN = np.array([-0.86, -0.10, 0.40]) / np.linalg.norm([-0.86, -0.10, 0.40])
TONES = ("#5f5344", "#b29c7a", "#e6d5b2")
PLACE = (2.5, 29.0)
STEPS = (1.65, 1.05, 1.05, 0.58, 0.58, 0.58)


def render(progress=lambda: None):
    """The finished picture (720, 960, 3) in [0, 1]."""
    camera = Camera((-11.5, 0.0, 1.8), WIDTH * FINER, HEIGHT * FINER, focal=0.92, horizon=0.70, turn=0.40)
    plate = sky.render_sky(
        camera,
        SUN,
        zenith=(0.07, 0.16, 0.38),
        rim=(0.78, 0.66, 0.56),
        gain=3.2,
        cover=0.40,
        scale=5600.0,
        shift=(0.05, 0.35),
        base=1300.0,
        top=2500.0,
    )
    progress()
    place = outdoors.Scene(camera, _parts(), _surface, _floor, _hills, _earth, plate, SUN, near=320.0, clear_air=5200.0)
    place.SUNLIGHT = np.array([3.9, 2.75, 1.65])
    place.AIR = np.array([0.66, 0.60, 0.58])
    picture = place.photograph(progress)
    _grass(picture, place, camera)
    progress()
    return outdoors.develop(shrink(picture, FINER), exposure=0.62)


def _parts():
    parts = _tomb()
    for number in range(34):
        a, b, c, d, e = hash01(np.full(5, number), np.arange(5) + 60)
        y = 5 + 55 * b**1.2
        x, size = (a - 0.5) * (10 + 1.3 * y) + 0.42 * y - 11.5, 0.12 + 0.6 * c**2.5
        if abs(x - PLACE[0]) < 9 and abs(y - PLACE[1]) < 9:
            continue
        deep, tall = size * (0.5 + d), size * (0.5 + 0.7 * e)
        parts.append(
            (frustum((x - size, y - deep, -0.1), (x + size, y + deep, tall), (0.25 * size, 0.3 * size * d)), "block")
        )
    for x, y, tall in ((-9.0, 19.5, 1.3), (-5.5, 47.0, 2.6), (-12.5, 40.0, 1.9), (17.5, 30.0, 2.2), (19.0, 41.0, 1.2)):
        parts += [
            (Column((x, y, 0), tall, 0.45, 0.42), "block"),
            (box((x - 0.7, y - 0.7, 0), (x + 0.7, y + 0.7, 0.22)), "block"),
        ]
    for number in range(44):
        a, b, c, d = hash01(np.full(4, number), np.arange(4) + 80)
        poplar = d > 0.45
        radii = (0.9 + 0.7 * c, 1.2, 3.6 + 3.4 * a) if poplar else (1.8 + 2.0 * c, 2.0, 1.5 + 1.2 * a)
        along = np.floor(number / 7) * 34 + 14 * a
        parts.append((Ellipsoid(np.array([along - 60, 200 + 50 * b, radii[2] * 0.8]), np.array(radii)), "tree"))
    return parts


def _grass(picture, place, camera):
    """Dry blades, drawn one by one where the ground shows: (H, W, 3) linear light, changed in place."""
    rng = np.random.default_rng(530)
    count = 60000
    far = 4.2 * (60 / 4.2) ** rng.random(count)
    row = (camera.horizon * camera.height + camera.eye[2] * camera.focal * camera.width / far).astype(int)
    column = (rng.random(count) * camera.width).astype(int)
    high, lean, tint = rng.uniform(0.06, 0.24, count), rng.normal(0.12, 0.35, count), rng.integers(0, 4, count)
    bare = np.ones(camera.height * camera.width, bool)
    bare[place.ground] = False
    keep = row < camera.height
    keep[keep] = ~bare[row[keep] * camera.width + column[keep]]
    x, y = _where(column, far, camera)
    keep &= (fbm(x * 1.3, y * 1.3, 3, 824) + 0.6 * fbm(x * 0.11, y * 0.11, 5, 820) > -0.05) & ~_on_path(x, y)
    order = np.flatnonzero(keep)[np.argsort(-far[keep], kind="stable")]
    far, row, column = far[order], row[order], column[order]
    tall = high[order] * camera.focal * camera.width / far
    lean = lean[order]
    steps = np.linspace(0, 1, 4)
    aside = np.sin(lean)[:, None] * steps + 0.25 * lean[:, None] * steps**2
    points = np.stack(
        [row[:, None] - tall[:, None] * steps * np.cos(lean)[:, None], column[:, None] + tall[:, None] * aside], -1
    )
    tints = np.array([(1.5, 1.35, 0.95), (0.55, 0.55, 0.40), (1.9, 1.65, 1.1), (0.9, 0.95, 0.6)])
    colors = picture[row, column] * tints[tint[order]]
    canvas = Canvas(picture, np.zeros(picture.shape[:2]))
    for nearest, farthest, radius in ((22, 99, 0.7), (11, 22, 1.1), (6.5, 11, 1.6), (0, 6.5, 2.2)):
        band = (far >= nearest) & (far < farthest)
        strokes = Strokes(points[band], np.full(int(band.sum()), 4), colors[band])
        draw(canvas, strokes, Brush(radius, dryness=0.05, opacity=0.9), 530)


def _where(column, far, camera):
    """Ground coordinates of a place in a picture column, `far` meters ahead."""
    across = (column + 0.5 - camera.width / 2) / (camera.focal * camera.width)
    c, s = np.cos(camera.turn), np.sin(camera.turn)
    return camera.eye[0] + far * (c * across + s), camera.eye[1] + far * (c - s * across)


def _on_path(x, y):
    return (np.abs(x - PLACE[0] + 0.30 * (22.3 - y) + 0.9 * np.sin(y * 0.23)) < 1.0) & (y < 22.3)


def _tomb():
    x, y = PLACE
    parts, level, half = [], 0.0, np.array([6.15, 6.7])
    for tall in STEPS:
        parts.append((box((x - half[0], y - half[1], level), (x + half[0], y + half[1], level + tall)), "ashlar"))
        level += tall
        half = half - 0.55
    wide, deep = 2.65, 3.2
    parts.append((box((x - wide, y - deep, level), (x + wide, y + deep, level + 2.9)), "cella"))
    left, right, front, back = x - wide - 0.18, x + wide + 0.18, y - deep - 0.18, y + deep + 0.18
    parts.append((box((left, front, level + 2.9), (right, back, level + 3.2)), "ashlar"))
    return [*parts, (_gable(x, y, level + 3.2, wide + 0.1, deep + 0.12, 1.95), "ashlar")]


def _gable(x, y, low, wide, deep, rise):
    size = np.hypot(wide, rise)
    normals = np.array([[rise, 0, wide], [-rise, 0, wide], [0, size, 0], [0, -size, 0], [0, 0, -size]]) / size
    through = np.array([[x + wide, y, low], [x - wide, y, low], [x, y + deep, low], [x, y - deep, low], [x, y, low]])
    center = np.array([x, y, low + rise / 2])
    return Convex(normals, (normals * through).sum(axis=1), center, float(np.hypot(wide, deep) + rise))


def _surface(kind, points, normal, body):
    if kind == "tree":
        leaf = fbm(points[0] * 1.3, points[2] * 1.6, 4, 811)
        return mix(light("#2c3a22"), light("#6b7040"), np.clip(0.5 + 0.6 * leaf, 0, 1)), normal
    color, bent = stone.color_weathered(points, normal, TONES, 800, grain=0.32)
    if kind != "block":
        joint, own = stone.masonry_joints(points, normal, 2.1, 0.95 if kind == "cella" else 2.4, 0.025)
        color = color * ((1 - 0.65 * joint) * (0.80 + 0.36 * own))[:, None]
    if kind == "cella":
        level = sum(STEPS)
        door = (normal[1] < -0.5) & (np.abs(points[0] - PLACE[0]) < 0.42) & (points[2] < level + 1.45)
        frame = (normal[1] < -0.5) & (np.abs(points[0] - PLACE[0]) < 0.62) & (points[2] < level + 1.65) & ~door
        color = np.where(door[:, None], 0.008, color * np.where(frame, 0.7, 1)[:, None])
    lichen = smoothstep(0.35, 0.7, fbm(points[0] * 1.1 + points[1], points[2] * 1.1 + points[1], 5, 812))
    color = mix(color, light("#8d7f4a"), 0.35 * lichen)
    wet = smoothstep(0.75, 0.0, points[2] + 0.25 * fbm(points[0], points[1], 3, 813))
    return mix(color, light("#7d6a4c"), 0.5 * wet), bent


def _floor(x, y):
    patch = fbm(x * 0.11, y * 0.11, 5, 820)
    earth = mix(light("#8d7452"), light("#c7aa7c"), np.clip(0.5 + 0.6 * fbm(x * 0.7, y * 0.7, 4, 821), 0, 1))
    blades = 0.5 + 0.5 * gradient_noise(x * 26, y * 7, 822) + 0.35 * gradient_noise(x * 55, y * 14, 823)
    tufts = smoothstep(0.1, 0.5, fbm(x * 1.6, y * 1.6, 3, 824) + 0.6 * patch + 0.1)
    straw = mix(light("#6d6233"), light("#dcc486"), np.clip(blades, 0, 1))
    path = smoothstep(1.5, 0.7, np.abs(x - PLACE[0] + 0.30 * (22.3 - y) + 0.9 * np.sin(y * 0.23)))
    color = mix(earth, straw, 0.9 * tufts * (1 - path * (y < 22.3)))
    near, _, tone = cells(x * 5, y * 5, 825)
    pebble = smoothstep(0.30, 0.2, near + 0.25 * tone) * (1 - 0.8 * tufts)
    color = mix(color, mix(light("#75644e"), light("#e8d9b9"), tone), 0.85 * pebble)
    rough = 0.6 + 2.2 * tufts
    slope = 0.16 * np.stack(
        [
            gradient_noise(x * 3, y * 3, 826) + rough * gradient_noise(x * 19, y * 9, 827),
            gradient_noise(x * 3, y * 3, 828) + rough * gradient_noise(x * 19, y * 9, 829),
        ]
    )
    normal = np.stack([slope[0], slope[1], np.ones(len(x))])
    return color, normal / np.sqrt((normal**2).sum(axis=0))


def _hills(x, y):
    rise = smoothstep(700, 3200, y + 0.2 * x) * 190 + smoothstep(3000, 7500, y) * 620
    ridges = 0.15 + 0.95 * ridged(x / 1900 + 1.7, y / 1900, 6, 840, gain=0.5)
    return rise * ridges - 1.5 + 1.2 * fbm(x / 60, y / 60, 3, 841)


def _earth(points, normal):
    bands = fbm(points[0] / 700, points[2] / 30, 4, 845)
    color = mix(light("#75604a"), light("#b79a74"), np.clip(0.5 + 0.5 * bands, 0, 1))
    fields = fbm(points[0] / 90, points[1] / 160, 4, 846)
    crops = mix(light("#8f7d48"), light("#d2b67c"), np.clip(0.5 + 0.7 * fields, 0, 1))
    return mix(color, crops, smoothstep(0.9, 0.99, normal[2]))

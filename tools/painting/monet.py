"""A poppy field under a wide sky, after Monet: a composed sketch, repainted with brushes."""

import numpy as np

from tools.painting.brush import Brush, Strokes, draw, light_canvas, paint, paint_layer
from tools.painting.color import enlarge, mix, ramp, rgb, saturate, shrink, smoothstep
from tools.painting.noise import fbm, gradient_noise, hash01, warped
from tools.painting.shapes import fill_ellipse, fill_polygon, grid

WIDTH, HEIGHT, FINER = 960, 720, 2
HORIZON = 0.455


def render(progress=lambda: None):
    """The finished picture (720, 960, 3) in [0, 1]."""
    sketch, flow = (enlarge(part, FINER) for part in (_sketch(), _flow(*grid(HEIGHT, WIDTH))))
    progress()
    canvas = paint(sketch, _brushes(), flow, rgb("#b9a888"), seed=1873, progress=progress)
    _grass(canvas, sketch)
    _poppies(canvas)
    progress()
    _figures(canvas)
    progress()
    return saturate(shrink(light_canvas(canvas, relief=0.55), FINER), 1.08)


def _brushes():
    return [
        Brush(34, 0, spacing=0.8, longest=6, jitter=0.03, body=0.6),
        Brush(20, 0.02, spacing=0.8, longest=7, jitter=0.04, body=0.8),
        Brush(12, 0.03, spacing=0.9, longest=7, jitter=0.05, body=1.1),
        Brush(7, 0.05, spacing=1.0, longest=7, jitter=0.045, blur=0.4, body=1.2),
    ]


def _slope(x):
    """The crest of the hill, from high on the left down into the plain."""
    return 0.415 + 0.30 * smoothstep(0.02, 0.86, x) ** 1.25 + 0.006 * np.sin(17 * x)


def _sketch():
    x, y = grid(HEIGHT, WIDTH)
    picture = _sky(x, y)
    _trees(picture, x, y)
    plain = _plain(x, y)
    picture = mix(picture, plain, smoothstep(HORIZON - 0.002, HORIZON + 0.004, y))
    _hedges(picture, x, y)
    _house(picture)
    hill = _hill(x, y)
    edge = _slope(x) + 0.004 * gradient_noise(x * 60, y * 30, 4)
    picture = mix(picture, hill, smoothstep(-0.004, 0.006, y - edge))
    return np.clip(picture, 0, 1)


def _sky(x, y):
    depth = np.clip(y / HORIZON, 0, 1)
    blue = ramp(depth, {0.0: "#4a86cc", 0.4: "#74aadc", 0.75: "#a9cae0", 1.0: "#dcdcd2"})
    far = 0.35 + 1.15 * (1 - depth)
    u, v = (x - 0.45) * 3.0 / far, 2.6 / far
    bank = warped(u + 4.1, v * 1.5 + 0.4, 0.45, 5, 11)
    cover = smoothstep(-0.28, 0.22, bank - 0.10)
    light = warped(u * 1.3, v * 2.0, 0.4, 5, 23) - warped(u * 1.3 + 0.22, v * 2.0 + 0.3, 0.4, 5, 23)
    white = ramp(
        np.clip(0.62 + 0.40 * light + 0.25 * (bank - 0.2), 0, 1),
        {0.0: "#9fa3bb", 0.3: "#c8bcc6", 0.55: "#ecdfd6", 0.8: "#fdf4e2", 1.0: "#fffcf2"},
    )
    return mix(blue, white, cover * 0.97)


def _trees(picture, x, y):
    far = HORIZON - 0.02 - 0.016 * np.abs(fbm(x * 14, x * 0, 4, 31)) - 0.006
    distant = mix(rgb("#8da3b0"), rgb("#7d947f"), 0.5 + 0.5 * fbm(x * 20, y * 40, 3, 32))
    picture[:] = mix(picture, distant, smoothstep(-0.004, 0.006, y - far))
    for center, top, width, seed in (
        (0.335, 0.215, 0.082, 1),
        (0.275, 0.33, 0.05, 2),
        (0.1, 0.335, 0.085, 3),
        (0.17, 0.352, 0.06, 4),
        (0.02, 0.30, 0.035, 5),
        (0.40, 0.36, 0.035, 6),
    ):
        _tree(picture, x, y, center, top, width, seed)


def _tree(picture, x, y, center, top, width, seed):
    base = HORIZON + 0.03
    middle, half = (top + base) / 2, (base - top) / 2
    lumps = 0.34 * fbm(x * 26 + seed, y * 20, 4, 40)
    crown = 1 - np.hypot((x - center) / width, (y - middle + 0.012) / half) + lumps
    light = fbm(x * 34 + seed * 3, y * 26, 4, 50) - 0.9 * (x - center) / width - 0.8 * (y - middle) / half
    leaf = ramp(
        np.clip(0.4 + 0.27 * light, 0, 1),
        {0.0: "#1f3226", 0.35: "#35503a", 0.65: "#5f7a45", 0.85: "#93a154", 1.0: "#c3bd74"},
    )
    picture[:] = mix(picture, leaf, smoothstep(-0.03, 0.08, crown))


def _plain(x, y):
    depth = np.clip((y - HORIZON) / (1 - HORIZON), 0, 1)
    grass = ramp(
        depth, {0.0: "#8fa48c", 0.04: "#c2c89d", 0.15: "#c3c79f", 0.4: "#aab38a", 0.7: "#8b9a6c", 1.0: "#6b7d4f"}
    )
    stripes = fbm(x * 4 / (0.15 + depth), 26 * np.sqrt(depth), 4, 60)
    warm = mix(grass, rgb("#e2d6a4"), 0.4 * np.clip(stripes + 0.25, 0, 1))
    return mix(warm, rgb("#86a3a0"), 0.4 * np.clip(-stripes, 0, 1))


def _hedges(picture, x, y):
    lumps, light = 0.3 * fbm(x * 55, y * 45, 3, 70), fbm(x * 60, y * 50, 3, 90)
    for number in range(15):
        own = hash01(np.full(3, number), np.arange(3))
        center, width, height = 0.43 + number * 0.041 + 0.012 * own[0], 0.016 + 0.014 * own[1], 0.024 + 0.045 * own[2]
        across, up = (x - center) / width, (y - HORIZON + height * 0.6) / height
        leaf = ramp(
            np.clip(0.3 + 0.26 * (light - 0.8 * across - 0.7 * up), 0, 1),
            {0: "#33493f", 0.4: "#4c6650", 0.75: "#7e9163", 1: "#a9ad78"},
        )
        picture[:] = mix(picture, leaf, smoothstep(-0.05, 0.1, 1 - np.hypot(across, up) + lumps))


def _house(picture):
    fill_polygon(picture, [(0.555, 0.425), (0.555, 0.462), (0.607, 0.462), (0.607, 0.425)], rgb("#e7d9c3"))
    fill_polygon(picture, [(0.59, 0.425), (0.59, 0.462), (0.607, 0.462), (0.607, 0.425)], rgb("#b9aca6"))
    fill_polygon(picture, [(0.549, 0.427), (0.561, 0.406), (0.602, 0.406), (0.612, 0.427)], rgb("#b4573f"))
    for left in (0.561, 0.571, 0.581):
        fill_polygon(
            picture, [(left, 0.435), (left, 0.448), (left + 0.004, 0.448), (left + 0.004, 0.435)], rgb("#6d6f78"), 0.5
        )


def _hill(x, y):
    down = np.clip((y - _slope(x)) / 0.5, 0, 1)
    grass = ramp(down, {0.0: "#c9bd70", 0.06: "#a9a55c", 0.25: "#87934f", 0.6: "#5f7440", 1.0: "#3f5531"})
    clumps = fbm(x * 7, y * 12, 5, 80)
    grass = mix(grass, rgb("#d6c880"), 0.5 * np.clip(clumps, 0, 1))
    grass = mix(grass, rgb("#2f4c3e"), 0.55 * np.clip(-clumps, 0, 1))
    return mix(grass, rgb("#8f7f92"), 0.25 * np.clip(fbm(x * 6 + 9, y * 9, 4, 85), 0, 1))


def _flow(x, y):
    """Strokes roll with the clouds, stand in the trees and lean with the grass."""
    turn = fbm(x * 3.5, y * 5, 3, 100)
    sky = 0.15 + 1.0 * turn
    tall = np.pi / 2 + 0.9 * fbm(x * 14, y * 14, 2, 101)
    grass = -0.35 + 0.9 * fbm(x * 6, y * 9, 3, 102) + 0.5 * smoothstep(0.6, 0.95, y)
    trees = smoothstep(HORIZON - 0.13, HORIZON - 0.06, y) * smoothstep(HORIZON + 0.02, HORIZON, y) * (x < 0.46)
    angle = np.where(trees > 0.5, tall, np.where(y < HORIZON, sky, grass))
    return np.stack([np.sin(angle), np.cos(angle)], axis=-1)


def _dabs(canvas, dabs, colors, brush, seed):
    """Single touches of the brush; dabs: rows x, y (fractions of the picture), angle, length in radii."""
    height, width = canvas.height.shape
    x, y, angle, length = dabs
    steps = (np.arange(5) / 4 - 0.5)[None] * brush.radius * length[:, None]
    rows = y[:, None] * height + steps * np.sin(angle)[:, None]
    columns = x[:, None] * width + steps * np.cos(angle)[:, None]
    draw(canvas, Strokes(np.stack([rows, columns], -1), np.full(len(x), 5), np.clip(colors, 0, 1)), brush, seed)


def _grass(canvas, sketch):
    rng = np.random.default_rng(1874)
    count = 9000
    x, y = rng.random(count), 1 - (1 - HORIZON + 0.05) * rng.random(count) ** 1.3
    near = smoothstep(HORIZON, 1, y)
    dabs = np.stack([x, y, -np.pi / 2 + rng.normal(0.15, 0.4, count), 6 + 11 * near])
    tones = np.array([rgb(c) for c in ("#e3d896", "#3f5c36", "#a3b569", "#5f7f6c", "#c9a86a", "#2f4a33")])
    rows, columns = (y * sketch.shape[0]).astype(int), (x * sketch.shape[1]).astype(int)
    colors = mix(sketch[rows, columns], tones[rng.integers(0, len(tones), count)], np.full(count, 0.62))
    grows = (y > _slope(x) + 0.012) & (fbm(x * 7, y * 9, 3, 110) > -0.55 + 0.3 * (1 - near))
    for low, high, radius in ((0, 0.3, 2.4), (0.3, 0.65, 3.8), (0.65, 2, 5.2)):
        part = _from_far(grows & (near >= low) & (near < high), y)
        _dabs(canvas, dabs[:, part], colors[part], Brush(radius, body=1.1, opacity=0.85), 1875)


def _poppies(canvas):
    rng = np.random.default_rng(1876)
    count = 15000
    x, y = rng.random(count), 0.4 + 0.6 * rng.random(count)
    below, near = y - _slope(x), smoothstep(0.4, 1, y)
    drift = fbm(x * 4.5 - 2 * y, y * 8, 4, 120) + 0.5 * gradient_noise(x * 24, y * 30, 121)
    chance = smoothstep(0.004, 0.03, below) * smoothstep(-0.35, 0.55, drift) * smoothstep(0.95, 0.25, x)
    blooms = rng.random(count) < chance * (1.0 - 0.62 * near)
    reds = np.array([rgb(c) for c in ("#d8301c", "#ea4a2c", "#c22420", "#f26a45", "#cf2b34", "#e2391f")])
    colors = reds[rng.integers(0, len(reds), count)] + rng.normal(0, 0.03, (count, 3))
    angles, lengths = rng.normal(0.0, 0.7, (3, count)), rng.uniform(0.5, 1.6, (3, count))
    for low, high, radius in ((0, 0.12, 3.6), (0.12, 0.3, 5.2), (0.3, 0.55, 7.4), (0.55, 0.8, 10), (0.8, 2, 14)):
        part = _from_far(blooms & (near >= low) & (near < high), y)
        for number, (push, tone, size) in enumerate(((0.5, 0.6, 1.0), (0.0, 1.0, 0.95), (-0.3, 1.15, 0.5))):
            dabs = np.stack([x, y + push * radius / canvas.height.shape[0], angles[number], lengths[number]])
            brush = Brush(radius * size, dryness=0.15, opacity=0.97, body=2.2)
            _dabs(canvas, dabs[:, part], colors[part] * tone, brush, 1877 + number)


def _from_far(chosen, y):
    """The numbers of the chosen places, those higher in the picture first."""
    numbers = np.flatnonzero(chosen)
    return numbers[np.argsort(y[numbers], kind="stable")]


def _figures(canvas):
    """Two pairs walk down the slope: one near, one on the crest."""
    before = canvas.color.copy()
    _walkers(canvas.color, 0.775, 0.945, 0.30)
    _walkers(canvas.color, 0.20, 0.462, 0.10)
    target = canvas.color.copy()
    changed = np.abs(target - before).sum(axis=2) > 0.02
    canvas.color[:] = before
    touched = np.where(changed[..., None], target, before)
    for number, (radius, jitter) in enumerate(((8, 0.035), (4, 0.04))):
        brush = Brush(radius, 0.02, spacing=0.8, shortest=1, longest=4, jitter=jitter, blur=0.25, opacity=0.97)
        paint_layer(canvas, touched, brush, 1880 + number)


def _walkers(picture, x, foot, tall):
    """A woman with a parasol and a child beside her; foot: the hems in the grass, tall: the woman's height."""
    wide = tall * HEIGHT / WIDTH

    def at(across, up):
        return x + across * wide, foot - up * tall

    def shape(color, *corners):
        fill_polygon(picture, [at(*corner) for corner in corners], rgb(color), 1.6)

    def blob(color, center, across, up):
        fill_ellipse(picture, at(*center), (across * wide, up * tall), rgb(color), 0.3)

    blob("#33452f", (0.12, 0.01), 0.40, 0.035)
    shape(
        "#5f6379",
        (-0.22, 0.0),
        (-0.17, 0.22),
        (-0.10, 0.42),
        (-0.06, 0.55),
        (0.09, 0.55),
        (0.16, 0.38),
        (0.30, 0.16),
        (0.40, 0.0),
    )
    shape("#8d91a6", (-0.22, 0.0), (-0.17, 0.22), (-0.10, 0.42), (-0.06, 0.55), (0.0, 0.50), (-0.05, 0.2), (-0.06, 0.0))
    shape("#3b3f57", (0.10, 0.0), (0.07, 0.30), (0.05, 0.52), (0.10, 0.52), (0.2, 0.3), (0.24, 0.0))
    shape("#2b3044", (-0.09, 0.52), (-0.12, 0.66), (-0.09, 0.79), (0.0, 0.83), (0.09, 0.79), (0.13, 0.64), (0.10, 0.52))
    shape("#565b74", (-0.09, 0.77), (-0.19, 0.66), (-0.30, 0.69), (-0.31, 0.64), (-0.17, 0.59), (-0.06, 0.66))
    blob("#dcb698", (-0.015, 0.875), 0.050, 0.052)
    blob("#4a3529", (0.03, 0.885), 0.045, 0.05)
    blob("#ead9a6", (-0.005, 0.925), 0.125, 0.026)
    blob("#c2a061", (0.01, 0.947), 0.065, 0.034)
    blob("#394766", (0.05, 0.935), 0.05, 0.02)
    shape("#8e6b46", (-0.315, 0.64), (-0.29, 0.64), (-0.37, 1.0), (-0.385, 1.0))
    shape(
        "#4f7ba0",
        (-0.76, 0.87),
        (-0.68, 1.00),
        (-0.55, 1.09),
        (-0.40, 1.13),
        (-0.25, 1.10),
        (-0.12, 1.02),
        (-0.05, 0.90),
        (-0.22, 0.94),
        (-0.40, 0.92),
        (-0.58, 0.92),
    )
    shape("#a7c6d2", (-0.76, 0.87), (-0.68, 1.00), (-0.55, 1.09), (-0.40, 1.13), (-0.47, 1.02), (-0.58, 0.92))
    shape("#2f5577", (-0.22, 0.94), (-0.25, 1.02), (-0.40, 1.13), (-0.25, 1.10), (-0.12, 1.02), (-0.05, 0.90))
    shape("#cdbb95", (-0.72, 0.0), (-0.66, 0.20), (-0.63, 0.36), (-0.51, 0.36), (-0.46, 0.18), (-0.40, 0.0))
    shape("#f0e6cc", (-0.72, 0.0), (-0.66, 0.20), (-0.63, 0.36), (-0.57, 0.36), (-0.60, 0.0))
    shape("#b9473a", (-0.635, 0.225), (-0.63, 0.25), (-0.50, 0.25), (-0.495, 0.225))
    blob("#dcae92", (-0.575, 0.405), 0.042, 0.045)
    blob("#d8b45e", (-0.57, 0.445), 0.10, 0.024)
    blob("#c99f4c", (-0.57, 0.462), 0.05, 0.022)

"""The court of the Louvre on a bright afternoon: the glass pyramid, the wings, wet paving, the sun in the clouds."""

import numpy as np
from scipy.ndimage import gaussian_filter

from tools.painting import court, facade, sky
from tools.painting.color import film_curve, light, mix, shrink, smoothstep
from tools.painting.court import APEX, BASE, FRONT
from tools.painting.noise import fbm, gradient_noise, hash01
from tools.painting.rays import FAR, Camera, cast, find_shadows, frustum, normals

WIDTH, HEIGHT, FINER = 960, 720, 2
CAMERA = Camera(eye=(-6.5, 0.0, 1.75), width=WIDTH * FINER, height=HEIGHT * FINER, focal=0.62, horizon=0.79)
SUN = np.array([-0.46, 1.0, 0.70]) / np.linalg.norm([-0.46, 1.0, 0.70])
SUNLIGHT = np.array([3.4, 2.9, 2.2])
SKYLIGHT = np.array([0.30, 0.38, 0.52])
RATIO = BASE / APEX
PYRAMID = frustum((-BASE, FRONT, 0), (BASE, FRONT + 2 * BASE, APEX), (BASE, BASE))
SMALL = frustum((-27.0, 43.0, 0), (-19.0, 51.0, 4.0 / RATIO), (4.0, 4.0))


def render(progress=lambda: None):
    """The finished picture (720, 960, 3) in [0, 1]."""
    rays = CAMERA.directions()
    plate = _sky_plate()
    progress()
    scene = _Scene(plate)
    picture = scene.look(np.array(CAMERA.eye)[:, None] + np.zeros_like(rays), rays, wet=True)
    progress()
    picture = picture.reshape(CAMERA.height, CAMERA.width, 3)
    return _develop(shrink(picture, FINER))


class _Scene:
    """The court with its sky: look() tells the light that comes down a bundle of rays."""

    def __init__(self, sky):
        self.sky = sky
        parts = court.solids()
        self.bodies = [body for body, _ in parts]
        self.made_of = np.array([kind for _, kind in parts])
        self.casters = [*self.bodies, SMALL]

    def look(self, origins, rays, wet):
        """Linear light (N, 3) along rays (3, N); wet: whether the ground mirrors what stands on it."""
        color = self.sky_light(rays)
        distance, which, face = cast(self.bodies, origins, rays)
        floor = np.where(rays[2] < -1e-6, -origins[2] / np.minimum(rays[2], -1e-6), FAR)
        ground = np.flatnonzero((floor < distance) & (floor < 900))
        solid = np.flatnonzero((which >= 0) & (distance < floor))
        points = origins[:, solid] + rays[:, solid] * distance[solid]
        color[solid] = self.solid_light(points, which[solid], face[solid])
        if wet:
            color[ground] = self.ground_light(origins[:, ground] + rays[:, ground] * floor[ground], rays[:, ground])
        else:
            color[ground] = light("#6f665a") * 0.8
        reach = np.minimum(distance, floor)
        color = _add_haze(color, reach, rays)
        for glass, rows in ((PYRAMID, 18), (SMALL, 6)):
            color = self.add_glass(color, glass, rows, origins, rays, reach)
        return color

    def sky_light(self, rays):
        """The sky's light (N, 3): the plate where the camera sees it, mirrored where a reflection leaves it."""
        up = np.abs(rays[2])
        ahead = np.maximum(np.abs(rays[1]), 0.25)
        column = CAMERA.width * (0.5 + CAMERA.focal * rays[0] / ahead)
        row = CAMERA.horizon * CAMERA.height - CAMERA.focal * CAMERA.width * up / ahead
        height, width = self.sky.shape[:2]
        row = np.clip((row * height / CAMERA.height).astype(int), 0, height - 1)
        column = (column * width / CAMERA.width).astype(int)
        column = np.where((column // width) % 2 == 0, column % width, width - 1 - column % width)
        return self.sky[row, column]

    def solid_light(self, points, which, face):
        normal = normals(self.bodies, points, which, face)
        kind = self.made_of[which]
        facing = np.clip(SUN @ normal, 0, 1)
        dark = np.ones(len(which), bool)
        open_side = np.flatnonzero(facing > 0.01)
        dark[open_side] = find_shadows(self.bodies, points[:, open_side] + 0.02 * normal[:, open_side], SUN)
        color = np.zeros((len(which), 3))
        for name in np.unique(kind):
            mine = np.flatnonzero(kind == name)
            if name == "front":
                color[mine] = _front(points[:, mine], normal[:, mine], ~dark[mine])
            else:
                albedo = court.albedo(name, points[:, mine], normal[:, mine])
                lamp = SUNLIGHT * (facing[mine] * ~dark[mine])[:, None]
                color[mine] = albedo * (lamp + SKYLIGHT * (0.65 + 0.35 * normal[2, mine])[:, None])
        return color

    def ground_light(self, points, rays):
        x, y = points[:2]
        dark = find_shadows(self.casters, points, SUN)
        dim = np.where(find_shadows([PYRAMID], points, SUN), 0.45, 1.0) * ~dark
        paving, pool, ripple = _paving(x, y)
        color = paving * (SUNLIGHT * 0.5 * dim[:, None] + SKYLIGHT * 0.6)
        bump = np.stack([ripple[0], ripple[1], np.ones(len(x))])
        bump /= np.sqrt((bump**2).sum(axis=0))
        mirrored = rays - 2 * (rays * bump).sum(axis=0) * bump
        mirrored[2] = np.maximum(mirrored[2], 0.004)
        mirrored /= np.sqrt((mirrored**2).sum(axis=0))
        seen = self.look(points + np.array([[0], [0], [0.01]]), mirrored, wet=False)
        glance = np.clip(-(rays * bump).sum(axis=0), 0, 1)
        share = 0.06 + 0.94 * (1 - glance) ** 5
        puddle = smoothstep(0.05, 0.35, fbm(x * 0.10, y * 0.07, 4, 211))
        share *= np.where(pool, 1.0, 0.5 + 0.5 * puddle)
        sparkle = np.clip(SUN @ mirrored, 0, 1) ** 90 * dim
        base = np.where(pool[:, None], light("#26333a") * 0.4, color * (1 - 0.35 * puddle)[:, None])
        return base * (1 - share)[:, None] + seen * share[:, None] + 2.2 * (share * sparkle)[:, None] * SUNLIGHT

    def add_glass(self, color, body, rows, origins, rays, reach):
        enter, leave, face = body.intersect(origins, rays)
        seen = np.flatnonzero((enter < reach) & (enter < FAR))
        front = origins[:, seen] + rays[:, seen] * enter[seen]
        back = origins[:, seen] + rays[:, seen] * np.minimum(leave[seen], reach[seen])
        normal = body.normal_at(front, face[seen])
        tint = np.array([0.50, 0.60, 0.60])
        inner = color[seen] * tint
        through = _lattice(body, back, rows, 0.14)
        inner = mix(inner, light("#15191c"), 0.8 * through)
        low = smoothstep(3.5, 0.2, back[2]) * 0.55
        inner = mix(inner, light("#3a3a36"), low)
        mirrored = rays[:, seen] - 2 * (rays[:, seen] * normal).sum(axis=0) * normal
        share = 0.05 + 0.95 * (1 - np.clip(-(rays[:, seen] * normal).sum(axis=0), 0, 1)) ** 5
        pane = hash01(*_pane(body, front, rows), face[seen])
        share = np.clip(share * 1.6 + 0.08 + 0.30 * pane**3, 0, 1)
        seen_sky = self.sky_light(mirrored) * (0.8 + 0.3 * pane)[:, None]
        glassy = mix(inner, seen_sky, share)
        bars = _lattice(body, front, rows, 0.085 if rows > 10 else 0.06)
        steel = light("#5f686e") * (0.16 + 1.0 * np.clip(SUN @ normal, 0, 1) + 0.35 * (face[seen] == 0))[:, None]
        color[seen] = mix(glassy, steel, bars)
        return color


def _barycentric(body, points):
    share = np.clip(points[2] / body.center[2] / 2, 0, 1)
    x, y = points[0] - body.center[0], points[1] - body.center[1]
    half = 2 * body.center[2] * RATIO
    side = np.where(np.abs(x) > np.abs(y), y, x)
    return side / half, share


def _pane(body, points, rows):
    across, up = _barycentric(body, points)
    return np.floor((across + up) * rows / 2 + 100), np.floor((across - up) * rows / 2 + 100)


def _lattice(body, points, rows, wide):
    """Coverage of the steel bars: lines parallel to a face's two slanting edges."""
    across, up = _barycentric(body, points)
    meters = 2 * body.center[2] * RATIO * 2 / rows
    bars = np.zeros(points.shape[1])
    for line in (across + up, across - up):
        gap = np.abs(np.mod(line * rows / 2 + 0.5, 1) - 0.5) * meters
        bars = np.maximum(bars, smoothstep(wide, wide * 0.55, gap))
    edge = smoothstep(0.22, 0.12, (1 - up - np.abs(across)) * body.center[2])
    return np.maximum(bars, edge)


def _front(points, normal, clear):
    sideways = np.abs(normal[0]) > 0.5
    along = np.where(sideways, points[1], points[0])
    color = np.zeros((points.shape[1], 3))
    for axis in (0, 1):
        for sign in (-1, 1):
            mine = np.flatnonzero(normal[axis] * sign > 0.5)
            sun = (SUN[1 - axis], SUN[2], SUN[axis] * sign)
            color[mine] = facade.shade(along[mine], points[2, mine], sun, clear[mine])
    top = normal[2] > 0.5
    color[top] = light("#777777") * 0.5
    return color


def _paving(x, y):
    """Color (N, 3), where the pools are, and the slope of the surface (2, N)."""
    column, row = np.floor(x / 1.6 + 0.5 * (np.floor(y / 1.1) % 2)), np.floor(y / 1.1)
    tone = hash01(column, row)
    stone = mix(light("#6f675c"), light("#a19683"), tone)
    stone = stone * ((1 + 0.22 * fbm(x * 0.9, y * 0.9, 5, 230)) * (1 + 0.25 * fbm(x * 0.06, y * 0.06, 3, 231)))[:, None]
    seam_x = np.abs(np.mod(x / 1.6 + 0.5 * (row % 2), 1) - 0.5) > 0.488
    seam_y = np.abs(np.mod(y / 1.1, 1) - 0.5) > 0.486
    stone = stone * np.where((seam_x | seam_y) & (y < 40), 0.55, 1.0)[:, None]
    band = (np.abs(np.mod(x + 6.5, 17) - 8.5) < 0.5) | (np.abs(y - 15) < 0.4)
    stone = mix(stone, light("#d2c8b4"), 0.7 * band)
    pool = (np.abs(x) < 25) & (np.abs(x) > 4.5) & (y > 29.5) & (y < 38.8)
    rim = (np.abs(x) < 25.8) & (np.abs(x) > 3.7) & (y > 28.9) & (y < 39.6) & ~pool
    stone = mix(stone, light("#55504a"), 0.85 * rim)
    rough = np.where(pool, 0.006, 0.012)
    slope = (
        np.stack(
            [
                gradient_noise(x * 2.1, y * 2.1, 232) + 0.6 * gradient_noise(x * 9, y * 9, 233),
                gradient_noise(x * 2.1, y * 1.2, 234) + 0.6 * gradient_noise(x * 9, y * 6, 235),
            ]
        )
        * rough
    )
    tilt = np.stack([hash01(column, row, 1) - 0.5, hash01(column, row, 2) - 0.5])
    return stone, pool, slope + np.where(pool, 0, 0.012) * tilt


def _add_haze(color, reach, rays):
    air = 1 - np.exp(-np.minimum(reach, 2000) / 1700)
    air = np.where(reach < FAR / 2, air, 0)
    near_sun = np.clip(SUN @ rays, 0, 1) ** 6
    return mix(color, np.array([0.55, 0.66, 0.82]) + near_sun[:, None] * np.array([0.7, 0.5, 0.25]), air)


def _sky_plate():
    return sky.render_sky(
        CAMERA,
        SUN,
        zenith=(0.032, 0.12, 0.40),
        rim=(0.50, 0.64, 0.84),
        gain=1.35,
        disc=True,
        cirrus=0.62,
        cover=0.47,
        scale=5200.0,
        shift=(0.30, 0.27),
        base=1100.0,
        top=2500.0,
    )


def _develop(picture):
    """Lens and film: the sun's flare, bloom, the curve, a darker corner."""
    bright = np.maximum(picture - 1.6, 0)
    bloom = sum(
        share * gaussian_filter(np.minimum(bright, 30), (size, size, 0), truncate=3)
        for size, share in ((3, 0.35), (14, 0.16), (60, 0.16))
    )
    picture = picture + bloom + _star(picture.shape)[..., None] * np.array([1.0, 0.93, 0.8])
    y, x = np.mgrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j]
    picture = film_curve(picture * (1 - 0.22 * (x * x + y * y) / 2)[..., None], 0.92)
    grain = np.random.default_rng(7).normal(0, 0.006, picture.shape[:2])
    return np.clip(picture + grain[..., None], 0, 1)


def _star(shape):
    """Rays about the sun, from the blades of the lens's diaphragm."""
    column = CAMERA.width * (0.5 + CAMERA.focal * SUN[0] / SUN[1]) / FINER
    row = (CAMERA.horizon * CAMERA.height - CAMERA.focal * CAMERA.width * SUN[2] / SUN[1]) / FINER
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]]
    angle, far = np.arctan2(y - row, x - column), np.hypot(y - row, x - column)
    blades = np.abs(np.cos(9 * angle)) ** 40 * (0.6 + 0.4 * np.cos(5 * angle + 1))
    blades = blades + 0.35 * np.abs(np.cos(18 * angle + 0.4)) ** 30
    return 1.3 * blades * np.exp(-far / 55) * smoothstep(4, 20, far) + 1.2 * np.exp(-far / 22)

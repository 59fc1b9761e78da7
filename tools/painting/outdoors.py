"""A ruin in the open, photographed: solids on a plain before mountains, in hard sunlight with soft shade."""

import numpy as np
from scipy.ndimage import gaussian_filter

from tools.painting import terrain
from tools.painting.color import film_curve, mix
from tools.painting.rays import FAR, cast, find_shadows, normals, tiles


class Scene:
    """What a camera sees. The parts of the scene are given as functions of points (3, N) in meters.

    parts: [(body, kind)]; surface(kind, points, normal, body) -> color (N, 3) linear, normal (3, N);
    floor(x, y) -> color, normal of the flat ground z = 0; height(x, y): the mountains beyond `near` meters;
    rock(points, normal) -> color of the mountains; sky: picture (H, W, 3); sun: unit vector toward it.
    """

    SUNLIGHT = np.array([3.5, 2.95, 2.2])
    SKYLIGHT = np.array([0.36, 0.46, 0.66])
    AIR = np.array([0.52, 0.62, 0.76])

    def __init__(self, camera, parts, surface, floor, height, rock, sky, sun, near=400.0, clear_air=9000.0):
        self.camera, self.surface, self.floor, self.height, self.rock = camera, surface, floor, height, rock
        self.bodies = [body for body, _ in parts]
        self.kinds = [kind for _, kind in parts]
        self.sky, self.sun, self.near, self.clear_air = sky, np.asarray(sun), near, clear_air
        self.rng = np.random.default_rng(4)
        self.ground = np.array([], int)  # the pixels that show the flat ground, once exposed

    def photograph(self, progress=lambda: None):
        """The photograph (H, W, 3), linear light."""
        eye = np.array(self.camera.eye)[:, None]
        color = self.sky.reshape(-1, 3).copy()
        self._mountains(color, eye)
        progress()
        order = tiles(self.camera.height, self.camera.width)
        rays = self.camera.directions()[:, order]
        distance, which, face = cast(self.bodies, np.broadcast_to(eye, rays.shape), rays)
        floor = np.where(rays[2] < -1e-5, -eye[2] / np.minimum(rays[2], -1e-5), FAR)
        ground = np.flatnonzero((floor < distance) & (floor < self.near * 1.02))
        self.ground = order[ground]
        points = eye + rays[:, ground] * floor[ground]
        albedo, normal = self.floor(points[0], points[1])
        flat = np.zeros_like(points)
        flat[2] = 1
        color[order[ground]] = self._add_haze(self._light(points, flat, normal, albedo), floor[ground])
        progress()
        solid = np.flatnonzero((which >= 0) & (distance < floor))
        points = eye + rays[:, solid] * distance[solid]
        color[order[solid]] = self._add_haze(self._solids(points, which[solid], face[solid]), distance[solid])
        progress()
        return color.reshape(self.camera.height, self.camera.width, 3)

    def _mountains(self, color, eye):
        points = terrain.intersect(self.camera, self.height, self.near, 14000.0)
        seen = np.flatnonzero(np.isfinite(points[0]))
        points = points[:, seen]
        reach = np.sqrt(((points - eye) ** 2).sum(axis=0))
        normal = terrain.ground_normals(
            self.height, points[0], points[1], np.maximum(0.6 * reach / self.camera.width, 0.2)
        )
        direct = np.clip(self.sun @ normal, 0, 1) * terrain.sunlight_share(
            self.height, points, self.sun, 900.0, steps=4
        )
        lamp = direct[:, None] * self.SUNLIGHT + (0.5 + 0.5 * normal[2])[:, None] * self.SKYLIGHT
        color[seen] = self._add_haze(self.rock(points, normal) * lamp, reach)

    def _solids(self, points, which, face):
        plain = normals(self.bodies, points, which, face)
        albedo, bent = np.zeros((points.shape[1], 3)), plain.copy()
        for number, (body, kind) in enumerate(zip(self.bodies, self.kinds, strict=True)):
            mine = np.flatnonzero(which == number)
            if len(mine):
                albedo[mine], bent[:, mine] = self.surface(kind, points[:, mine], plain[:, mine], body)
        return self._light(points, plain, bent, albedo)

    def _light(self, points, plain, bent, albedo):
        lifted = points + 0.01 * plain
        direct = np.clip(self.sun @ bent, 0, 1) * (self.sun @ plain > 0)
        sunny = np.flatnonzero(direct > 0)
        direct[sunny] *= ~find_shadows(self.bodies, lifted[:, sunny], self.sun)
        open_sky = self._open(lifted, plain)
        lamp = direct[:, None] * self.SUNLIGHT + (open_sky * (0.55 + 0.45 * bent[2]))[:, None] * self.SKYLIGHT
        bounce = (0.55 - 0.45 * bent[2])[:, None] * np.array([0.42, 0.33, 0.23]) * (0.3 + 0.7 * open_sky)[:, None]
        return albedo * (lamp + bounce)

    def _open(self, points, normal, rays=2):
        """The share of the sky each point sees, by `rays` directions drawn about its normal (cosine weighted)."""
        free = np.zeros(points.shape[1])
        for _ in range(rays):
            around = self.rng.normal(size=points.shape)
            around = normal + 0.98 * around / np.sqrt((around**2).sum(axis=0))
            around[2] = np.abs(around[2]) + 0.02
            around /= np.sqrt((around**2).sum(axis=0))
            free += ~find_shadows(self.bodies, points, around, within=12.0)
        return 0.12 + 0.88 * free / rays

    def _add_haze(self, color, reach):
        return mix(color, self.AIR, 1 - np.exp(-reach / self.clear_air))


def develop(picture, exposure=0.9, warmth=1.0):
    """Linear light to the finished photograph: bloom, film curve, a darker corner, grain."""
    bright = np.minimum(np.maximum(picture - 1.2, 0), 4)
    picture = picture + 0.25 * gaussian_filter(bright, (9, 9, 0), truncate=3)
    height, width = picture.shape[:2]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    picture = picture * np.array([warmth, 1.0, 1 / warmth]) * (1 - 0.13 * (x * x + y * y))[..., None]
    grain = np.random.default_rng(7).normal(0, 0.006, (height, width, 1))
    return np.clip(film_curve(picture, exposure) + grain, 0, 1)

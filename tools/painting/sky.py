"""The sky of a clear day with clouds, as a plate behind the scene."""

import numpy as np
from scipy.ndimage import gaussian_filter, zoom

from tools.painting.clouds import render_clouds
from tools.painting.color import mix, smoothstep
from tools.painting.noise import fbm, warped
from tools.painting.rays import Camera


def render_sky(camera, sun, zenith, rim, gain=1.25, disc=False, cirrus=0.0, **clouds):
    """The sky as `camera` sees it, (H, W, 3) linear light; rows below the horizon repeat its haze.

    sun: unit vector toward it; zenith, rim: linear colors (3,) above and at the horizon; gain: brightness of
    the clouds; disc: whether the sun itself is drawn; cirrus: the density of high thin cloud behind them, 0 to 1;
    clouds: as for clouds.render_clouds. All is computed at a third of the camera's size: clouds have no finer edges.
    """
    small = Camera(camera.eye, camera.width // 3, camera.height // 3, camera.focal, camera.horizon, camera.turn)
    rays = small.directions()
    rays[2] = np.maximum(rays[2], 0.001)
    up, angle = rays[2], np.clip(sun @ rays, -1, 1)
    blue = mix(np.array(zenith) * (1.35 - 0.5 * up)[:, None], np.array(rim), np.exp(-up * 6))
    blue += (0.20 * np.clip(angle, 0, 1) ** 14)[:, None] * np.array([1.0, 0.85, 0.65])
    blue = mix(blue, np.array([0.95, 0.98, 1.02]), cirrus * _wisps(rays))
    glow, clear = render_clouds(rays, sun, **clouds)
    lit = mix(np.array([0.84, 0.93, 1.10]), np.array([1.05, 0.98, 0.88]), np.clip(gain * glow / 0.9, 0, 1))
    color = blue * clear[:, None] + (gain * glow)[:, None] * lit
    if disc:
        color += _sun(angle, clear)
    color = color.reshape(small.height, small.width, 3)
    return zoom(gaussian_filter(color, (0.6, 0.6, 0)), (3, 3, 1), order=1, grid_mode=True, mode="nearest")


def _wisps(rays):
    """High cloud combed out by the wind: how dense in each direction, 0 to 1."""
    x, y = rays[:2] / (rays[2] + 0.10)
    combed = warped(0.8 * x + 0.9 * y, 2.6 * y - 1.5 * x, 0.8, 6, 61)
    ripples = fbm(7 * x + 5 * y, 4 * y - 9 * x, 4, 62)
    return smoothstep(-0.35, 0.95, combed + 0.30 * ripples) * smoothstep(0.02, 0.25, rays[2])


def _sun(angle, clear):
    halo = (1.4 * np.exp((angle - 1) * 900) + 0.25 * np.exp((angle - 1) * 60))[:, None] * np.array([1.0, 0.9, 0.72])
    return halo * (0.35 + 0.65 * clear)[:, None] + (60 * smoothstep(0.99945, 0.99965, angle) * clear)[:, None]

"""A palace front in the French classical manner, as relief: arcade, tall windows with pediments, attic, balustrade."""

import numpy as np

from tools.painting.color import light, mix, smoothstep
from tools.painting.noise import fbm, hash01

BAY = 5.6
TOP = 24.0


def relief(along, up):
    """How far the stone stands out of the wall plane, meters, at `along` and `up` meters; openings are negative."""
    u = np.mod(along, BAY) - BAY / 2
    side = np.abs(u)
    depth = np.where((side > 2.15) & (side < 2.6) & (up > 0.8) & (up < 22), 0.28, 0.0)
    depth = np.where((side > 1.9) & (up > 0.8) & (up < 8) & (np.mod(up, 0.62) < 0.06), -0.05, depth)
    arch = np.hypot(u, np.maximum(up - 4.9, 0))
    depth = np.where((arch < 1.85) & (up < 6.9), 0.16, depth)
    depth = np.where((arch < 1.55) & (up < 6.6), -0.9, depth)
    depth = np.where((side < 1.35) & (up > 9.6) & (up < 14.9), 0.14, depth)
    depth = np.where((side < 0.95) & (up > 10.0) & (up < 14.4), -0.5, depth)
    roof = np.where(np.mod(np.floor(along / BAY), 2) < 1, 1 - side / 1.7, np.sqrt(np.maximum(1 - (side / 1.7) ** 2, 0)))
    depth = np.where((side < 1.7) & (up > 14.9) & (up < 15.15 + 0.95 * roof), 0.42, depth)
    depth = np.where((side < 1.1) & (up > 17.6) & (up < 21.2), 0.12, depth)
    depth = np.where((side < 0.8) & (up > 18.0) & (up < 20.9), -0.45, depth)
    for low, high, out in (
        (0.0, 0.8, 0.2),
        (7.9, 8.4, 0.35),
        (8.4, 8.8, 0.6),
        (16.0, 16.5, 0.4),
        (16.5, 16.9, 0.7),
        (21.9, 22.4, 0.5),
        (22.4, 22.9, 1.0),
    ):
        depth = np.where((up >= low) & (up < high), out, depth)
    rail = (up > 22.9) & (up < 23.8)
    return np.where(rail, np.where((np.mod(along, 0.42) < 0.2) | (side > 2.2), 0.2, -0.4), depth)


def shade(along, up, sun, warm):
    """Linear light (N, 3) from the front; sun: (along, up, out) direction, `warm` whether the sun reaches it (N,)."""
    depth = relief(along, up)
    stone = _stone(along, up)
    stone = mix(stone, light("#14171b"), ((depth < -0.3) & (up < 22.9)).astype(float) * 0.92)
    stone = mix(stone, light("#9fb4c8"), _panes(along, up, depth))
    direct = np.zeros(len(along))
    if sun[2] > 0.02:
        direct = _sunlit(along, up, depth, sun) * warm
    sheltered = _sheltered(along, up, depth)
    sky = np.array([0.17, 0.22, 0.32]) * sheltered[:, None]
    bounce = np.array([0.15, 0.12, 0.09]) * sheltered[:, None] * np.clip(1 - up / 30, 0.2, 1)[:, None]
    return stone * (direct[:, None] * np.array([3.4, 2.9, 2.2]) * max(sun[2], 0) ** 0.6 + sky + bounce)


def _stone(along, up):
    tone = 0.5 + 0.32 * fbm(along * 0.35, up * 0.35, 5, 301)
    stone = mix(light("#a8946f"), light("#dcc9a0"), np.clip(tone, 0, 1))
    course = hash01(np.floor(up / 0.62), np.floor(along / 1.3 + 0.5 * (np.floor(up / 0.62) % 2)))
    stone = stone * (0.88 + 0.24 * course)[:, None]
    streaks = np.clip(fbm(along * 2.2, up * 0.12, 4, 302), 0, 1) * smoothstep(4, 22, up)
    return stone * (1 - 0.6 * streaks)[:, None]


def _panes(along, up, depth):
    u = np.mod(along, BAY) - BAY / 2
    bars = (np.abs(u) < 0.05) | (np.mod(up, 0.9) < 0.07)
    glint = hash01(np.floor(along / BAY), np.floor(up / 7)) ** 2
    return np.where((depth < -0.3) & (up > 9) & (up < 22), np.where(bars, 0.5, 0.06 + 0.5 * glint), 0.0)


def _sunlit(along, up, depth, sun):
    clear = np.ones(len(along))
    for reach in (0.12, 0.25, 0.4, 0.6, 0.9, 1.3):
        above = relief(along + sun[0] / sun[2] * reach, up + sun[1] / sun[2] * reach)
        clear = np.where(above > depth + reach, 0.0, clear)
    return clear


def _sheltered(along, up, depth):
    hidden = sum(np.clip(relief(along, up + rise) - depth, 0, 1) for rise in (0.25, 0.6, 1.1)) / 3
    beside = sum(np.clip(relief(along + step, up) - depth, 0, 1) for step in (-0.35, 0.35)) / 2
    return np.clip(1 - 1.1 * hidden - 0.8 * beside + 0.5 * (depth > 0.3), 0.08, 1.4)

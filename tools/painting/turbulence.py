"""Turbulence around a cylinder, as a laboratory would show it: two-dimensional flow, solved, and lit as a relief.

The vorticity w of an incompressible flow obeys dw/dt = -u . grad w + nu lap w + curl f. It is integrated with a
pseudo-spectral method on a periodic grid (Canuto et al. 1988; 2/3 rule against aliasing, third-order Runge and
Kutta by Shu and Osher 1988); the force f holds the fluid at rest inside a circle (volume penalisation, Angot et
al. 1999). One FFT worker and a short run keep the result the same on every machine.
"""

import numpy as np
from scipy import fft
from scipy.ndimage import gaussian_filter

from tools.painting.color import mix, ramp, rgb, shrink, smoothstep
from tools.painting.flow import smear, unit

ROWS, COLUMNS = 360, 480
FINER = 2
STEP, STEPS = 0.24, 560
WIND = 1.15
VISCOSITY = 0.05
CIRCLE = (180.0, 120.0, 30.0)  # row, column, radius in cells


def render(progress=lambda: None):
    """The finished picture (720, 960, 3) in [0, 1]."""
    vorticity, row_speed, column_speed = simulate(progress=progress)
    large = [_finer(field, 2 * FINER) for field in (vorticity, row_speed, column_speed)]
    progress()
    return np.clip(shrink(_picture(*large), FINER), 0, 1)


def simulate(rows=ROWS, columns=COLUMNS, steps=STEPS, progress=lambda: None):
    """The flow after `steps` steps: vorticity and the velocity's row and column parts, each (rows, columns).

    Lengths are in cells, times in units in which the mean wind covers WIND cells.
    """
    grid = _Grid(rows, columns)
    spectrum = grid.forward(_eddies(grid))
    for step in range(steps):
        first = grid.truncate(spectrum + STEP * grid.change(spectrum))
        second = grid.truncate(0.75 * spectrum + 0.25 * (first + STEP * grid.change(first)))
        spectrum = grid.truncate(spectrum / 3 + 2 / 3 * (second + STEP * grid.change(second)))
        if step % 40 == 0:
            progress()
    return grid.backward(spectrum), *grid.velocity(spectrum)


class _Grid:
    """Wave numbers, transforms and the right-hand side on one periodic grid."""

    def __init__(self, rows, columns):
        self.shape = rows, columns
        self.kr = 2j * np.pi * fft.fftfreq(rows)[:, None]
        self.kc = 2j * np.pi * fft.rfftfreq(columns)[None]
        self.laplace = (self.kr**2 + self.kc**2).real
        self.inverse = np.where(self.laplace < 0, 1 / np.minimum(self.laplace, -1e-30), 0)
        self.keep = (np.abs(fft.fftfreq(rows))[:, None] < 1 / 3) & (np.abs(fft.rfftfreq(columns))[None] < 1 / 3)
        r, c = np.indices(self.shape)
        scale = rows / ROWS
        self.inside = smoothstep(2.5, -2.5, np.hypot(r - CIRCLE[0] * scale, c - CIRCLE[1] * scale) - CIRCLE[2] * scale)

    def forward(self, field):
        return fft.rfft2(field, workers=1)

    def backward(self, spectrum):
        return fft.irfft2(spectrum, s=self.shape, workers=1)

    def truncate(self, spectrum):
        return np.where(self.keep, spectrum, 0)

    def velocity(self, spectrum):
        stream = -spectrum * self.inverse
        return self.backward(-self.kc * stream), self.backward(self.kr * stream) + WIND

    def change(self, spectrum):
        row_speed, column_speed = self.velocity(spectrum)
        advected = row_speed * self.backward(self.kr * spectrum) + column_speed * self.backward(self.kc * spectrum)
        brake = 0.8 * self.inside
        force = self.kc * self.forward(-brake * row_speed) - self.kr * self.forward(-brake * column_speed)
        return force - self.forward(advected) + VISCOSITY * self.laplace * spectrum


def _eddies(grid):
    """Random eddies of one size, and two rows of vortices behind the circle, as it sheds them (von Karman 1911)."""
    rough = np.random.default_rng(360).normal(size=grid.shape)
    eddies = gaussian_filter(rough, 5, mode="wrap") - gaussian_filter(rough, 9, mode="wrap")
    r, c = np.indices(grid.shape) * ROWS / grid.shape[0]
    street = sum(
        sign * np.exp(-((r - CIRCLE[0] + 17 * sign) ** 2 + (c - CIRCLE[1] - 28 - 21 * number) ** 2) / 130)
        for number, sign in enumerate((1, -1) * 7)
    )
    wake = np.exp(-(((r - CIRCLE[0]) / 95) ** 2)) * smoothstep(-20, 80, c - CIRCLE[1])
    turning = ((0.02 + 0.07 * wake) * eddies / eddies.std() + 0.30 * street) * (1 - grid.inside)
    return turning - turning.mean()


def _finer(field, factor):
    """The same field on a grid `factor` times finer, by padding its spectrum with zeros."""
    rows, columns = field.shape
    spectrum = fft.fftshift(fft.fft2(field, workers=1))
    edge = ((factor - 1) * rows // 2, (factor - 1) * columns // 2)
    padded = np.pad(spectrum, [(edge[0], (factor - 1) * rows - edge[0]), (edge[1], (factor - 1) * columns - edge[1])])
    return fft.ifft2(fft.ifftshift(padded), workers=1).real * factor**2


def _picture(vorticity, row_speed, column_speed):
    spread = np.quantile(np.abs(vorticity), 0.97)
    tone = np.tanh(0.9 * vorticity / spread)
    color = ramp(
        0.5 + 0.5 * tone,
        {
            0.0: "#f2fbff",
            0.07: "#9fe0f2",
            0.18: "#2f9fd6",
            0.32: "#14508f",
            0.44: "#10223f",
            0.5: "#0d1017",
            0.56: "#33161a",
            0.68: "#8e2a1c",
            0.82: "#e2702a",
            0.93: "#f9c764",
            1.0: "#fff8dc",
        },
    )
    field = unit(np.stack([row_speed, column_speed], axis=-1))
    grain = np.random.default_rng(11).normal(size=tone.shape)
    lines = smear(gaussian_filter(grain, 1.1, mode="wrap"), field, 26)
    lines /= lines.std()
    color = color * (1 + 0.13 * lines)[..., None] + 0.022 * np.clip(lines, 0, 3)[..., None] * rgb("#8fb4d8")
    return _cylinder(_relief(color, tone, lines), tone.shape)


def _relief(color, tone, lines):
    gy, gx = np.gradient(gaussian_filter(tone, 2.0) * 30 + 0.22 * lines)
    facing = (0.55 * gx + 0.6 * gy + 0.9) / np.sqrt(gx**2 + gy**2 + 1)
    return color * (0.55 + 0.5 * facing)[..., None] + 0.22 * (np.clip(facing - 0.75, 0, 1) ** 2)[..., None]


def _cylinder(picture, shape):
    scale = shape[0] / ROWS
    r, c = np.indices(shape)
    dr, dc = (r / scale - CIRCLE[0]) / CIRCLE[2], (c / scale - CIRCLE[1]) / CIRCLE[2]
    far = np.hypot(dr, dc)
    shadow = 1 - 0.45 * smoothstep(1.35, 0.95, np.hypot(dr - 0.10, dc - 0.12))
    bright = np.clip(0.62 - 0.30 * (dr + dc), 0, 1)
    brushed = 0.05 * np.cos(far * 160) * np.cos(3 * np.arctan2(dr, dc))
    sheen = np.clip(bright * (0.55 + 0.45 * smoothstep(0.9, 0.2, far)) + brushed, 0, 1)
    metal = mix(rgb("#14171c"), rgb("#aab4be"), sheen)
    return mix(picture * shadow[..., None], metal, smoothstep(1.0, 0.985, far))

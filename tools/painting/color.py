"""Color and tone: from hex to linear light, from light to the bytes of a picture."""

import numpy as np


def rgb(code):
    """The display color '#rrggbb' as an array of three numbers in [0, 1]."""
    return np.array([int(code[i : i + 2], 16) for i in (1, 3, 5)]) / 255


def light(code):
    """The display color '#rrggbb' as linear light (sRGB decoded, about gamma 2.2), three numbers in [0, 1]."""
    return rgb(code) ** 2.2


def mix(a, b, t):
    """a where t is 0, b where t is 1; t is (...) or (..., 1), a and b are colors (3,) or pictures (..., 3)."""
    t = np.asarray(t)
    if t.ndim == 0 or t.shape[-1] != 1:
        t = t[..., None]
    return a + (b - a) * t


def smoothstep(low, high, x):
    """0 below `low`, 1 above `high`, 3t^2 - 2t^3 between; `low` may be the greater one, for a falling edge."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def ramp(x, stops):
    """The colors at positions x along a scale; stops: {position: '#rrggbb'} in rising order; returns (..., 3)."""
    positions = list(stops)
    colors = np.array([rgb(code) for code in stops.values()])
    return np.stack([np.interp(x, positions, colors[:, c]) for c in range(3)], axis=-1)


def film_curve(radiance, exposure=1.0):
    """Linear light of any brightness to display values in [0, 1] with soft highlights.

    The curve is Narkowicz's fit of the ACES film response (2015), followed by the display's gamma of 2.2.
    """
    x = np.maximum(radiance * exposure, 0)
    return np.clip(x * (2.51 * x + 0.03) / (x * (2.43 * x + 0.59) + 0.14), 0, 1) ** (1 / 2.2)


def shrink(picture, factor):
    """The picture (H, W, C) averaged over squares of factor x factor pixels: the last step of supersampling."""
    height, width, channels = picture.shape
    return picture.reshape(height // factor, factor, width // factor, factor, channels).mean(axis=(1, 3))


def saturate(picture, amount):
    """Colors moved away from (amount > 1) or toward (amount < 1) their own gray."""
    gray = picture @ np.array([0.3, 0.59, 0.11])
    return np.clip(gray[..., None] + (picture - gray[..., None]) * amount, 0, 1)


def enlarge(picture, factor):
    """The picture (H, W, C) with every pixel repeated factor x factor times: what shrink undoes."""
    return picture.repeat(factor, axis=0).repeat(factor, axis=1)

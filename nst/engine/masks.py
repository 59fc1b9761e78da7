"""Masks: where in a picture a style paints, or is taken from. White, 1, is inside; grey is in between."""

import numpy as np
from PIL import Image

from nst import images
from nst.engine.settings import SettingsError, require

LEAST_SHARE = 0.001  # of the picture: below it no Gram matrix is worth the name
ASPECT = 0.02  # how far a mask's shape may be from its picture's


def load_mask(mask, picture, role):
    """A mask at its picture's size: (H, W) float32 in [0, 1].

    mask: a picture file, whose lightness counts, transparent being black, or an array (H, W) in [0, 1]. picture:
    (1, H, W, 3). role: what to call it in a message. Raises SettingsError for a mask of another shape than the
    picture's, or of nothing.
    """
    height, width = picture.shape[1:3]
    if isinstance(mask, np.ndarray):
        named, grey = role, mask.astype(np.float32)
        require(grey.ndim == 2 and grey.size, role, f"shape {grey.shape}", "(H, W)")
        require(
            grey.min() >= 0 and grey.max() <= 1 + 1e-6,
            role,
            f"values from {grey.min():g} to {grey.max():g}",
            "values from 0 to 1",
        )
    else:
        named, grey = f"{role} {mask}", images.load_lightness(mask)
    alike = abs(grey.shape[1] / grey.shape[0] * height / width - 1) <= ASPECT
    if not alike and images.resized_shape(*grey.shape, max(height, width)) != (height, width):
        raise SettingsError(
            f"{named}: its sides are as {grey.shape[1]} to {grey.shape[0]}, and its picture's as "
            f"{width} to {height}. Draw it over the picture, at any size."
        )
    grey = _area(grey, height, width)
    if grey.mean() < LEAST_SHARE:
        raise SettingsError(f"{named}: it is black, so it marks nothing. White is where the style belongs.")
    return grey


def at_stride(masks, stride):
    """Masks (R, H, W) averaged down to a layer's positions, `stride` pixels apart: (R, H // stride, W // stride)."""
    height, width = (side // stride for side in masks.shape[1:])
    return np.stack([_area(mask[: height * stride, : width * stride], height, width) for mask in masks])


def resized(mask, height, width):
    """A mask at another size of its picture; None stays None."""
    return None if mask is None else _area(mask, height, width)


def _area(mask, height, width):
    picture = Image.fromarray(np.ascontiguousarray(mask, np.float32))
    return np.clip(np.asarray(picture.resize((width, height), Image.Resampling.BOX)), 0, 1)

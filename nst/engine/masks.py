"""Masks: where in a picture a style paints, or where it is taken from. White, 1, is inside; gray is between."""

import numpy as np
from PIL import Image

from nst import images
from nst.engine.settings import SettingsError
from nst.pictures.mask_values import read_mask

SMALLEST_AREA = 0.001  # of the picture: a smaller region is too small for a Gram matrix
ASPECT_TOLERANCE = 0.02  # relative difference between the aspect ratios of mask and picture


def load_mask(mask, picture, role):
    """Load a mask at its picture's size.

    mask: see nst.pictures.mask_values.read_mask. picture: (1, H, W, 3). role: its name in a message. Returns float32
    (H, W) in [0, 1], and a list of notes. Raises SettingsError if the aspect ratio differs from the picture's or if the
    mask is black, and PictureError if it is not a mask.
    """
    height, width = picture.shape[1:3]
    gray, name, notes = read_mask(mask, role)
    same_aspect = abs(gray.shape[1] / gray.shape[0] * height / width - 1) <= ASPECT_TOLERANCE
    if not same_aspect and images.resized_shape(*gray.shape, max(height, width)) != (height, width):
        raise SettingsError(
            f"{name}: its aspect ratio is {gray.shape[1]} to {gray.shape[0]}, that of its picture "
            f"{width} to {height}. Draw the mask over the picture, at any size."
        )
    gray = _resize_by_area(gray, height, width)
    if gray.mean() < SMALLEST_AREA:
        raise SettingsError(f"{name}: the mask is black, so it selects nothing. Paint the region of the style white.")
    return gray, notes


def downscale_masks(masks, stride):
    """Average masks (R, H, W) over a layer's positions, `stride` pixels apart: (R, H // stride, W // stride)."""
    height, width = (side // stride for side in masks.shape[1:])
    return np.stack([_resize_by_area(mask[: height * stride, : width * stride], height, width) for mask in masks])


def resize_mask(mask, height, width):
    """Resize a mask (H, W) together with its picture: (height, width); None stays None."""
    return None if mask is None else _resize_by_area(mask, height, width)


def _resize_by_area(mask, height, width):
    picture = Image.fromarray(np.ascontiguousarray(mask, np.float32))
    return np.clip(np.asarray(picture.resize((width, height), Image.Resampling.BOX)), 0, 1)

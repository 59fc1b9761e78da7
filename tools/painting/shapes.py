"""Flat shapes with soft edges, drawn on a picture of colors (H, W, 3) in [0, 1].

Coordinates are fractions of the picture's width and height, so that a design does not depend on its size.
"""

import numpy as np
from PIL import Image, ImageDraw
from scipy.ndimage import gaussian_filter

from tools.painting.color import mix


def grid(height, width):
    """The coordinates (x, y) of every pixel's center as fractions of width and height, each (H, W)."""
    y, x = np.mgrid[0:height, 0:width]
    return (x + 0.5) / width, (y + 0.5) / height


def polygon_mask(shape, corners, soft=0.8):
    """Coverage (H, W) in [0, 1] of the polygon through corners [(x, y), ...], blurred by `soft` pixels."""
    height, width = shape
    mask = Image.new("L", (width, height))
    ImageDraw.Draw(mask).polygon([(x * width, y * height) for x, y in corners], fill=255)
    return gaussian_filter(np.asarray(mask) / 255, soft, truncate=3)


def fill_polygon(picture, corners, color, soft=0.8):
    """Paint a polygon onto the picture, in place; color (3,) or (H, W, 3)."""
    picture[:] = mix(picture, color, polygon_mask(picture.shape[:2], corners, soft))


def fill_ellipse(picture, center, radii, color, soft=0.2):
    """Paint an ellipse onto the picture, in place; radii in fractions of width and height, soft of the radius."""
    x, y = grid(*picture.shape[:2])
    distance = np.hypot((x - center[0]) / radii[0], (y - center[1]) / radii[1])
    picture[:] = mix(picture, color, np.clip((1 - distance) / soft + 0.5, 0, 1))

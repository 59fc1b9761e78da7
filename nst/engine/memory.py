"""How much memory a size needs and the machine has, and when a picture is processed in tiles."""

import numpy as np
import psutil

from nst.engine.available_memory import GIGABYTE, NotEnoughMemoryError, available_bytes, total_bytes
from nst.network.layers import block_of, stride_of

USUAL = 3.7 * GIGABYTE  # bytes that a run may take on any machine that has them free
SHARE = 0.5  # of the machine's memory that a run may take, if that is more and free
LEAST_ACTIVATIONS = 0.4 * GIGABYTE  # smaller tiles would consist mostly of margins
COPIES = 3.0  # of each layer's activations in memory: the layer, its padded copy, its gradient
FORWARD_ONLY = 0.55  # of those bytes without a gradient: measured 0.53 in bfloat16, 0.40 in float32, at 1024 x 1024
PICTURES = 50 * 3 * 4  # bytes per pixel: L-BFGS keeps ten pairs of float32 pictures; all others need 1.5 times that
TENSORFLOW = 0.8 * GIGABYTE  # including the networks' weights
SMALLEST_ADVICE = 256  # pixels
SHORT_OF_MEMORY = "GB of memory, but only"  # in each message about a size that does not fit


def bytes_per_pixel(channels, precision):
    """Return the bytes of activations per pixel. channels: {layer name: nC} of the layers that are computed."""
    width = {"float32": 4, "bfloat16": 2}[precision]
    return COPIES * width * sum(nC / stride_of(block_of(name)) ** 2 for name, nC in channels.items())


def find_target() -> float:
    """Return the bytes that a run should not exceed if tiles can prevent it: half of the memory, if that is free."""
    return min(available_bytes(), max(USUAL, SHARE * total_bytes()))


def activation_limit(pixels, target):
    """Return the bytes that activations may take in a run of that many pixels; larger pictures need tiles."""
    return max(LEAST_ACTIVATIONS, target - TENSORFLOW - pixels * PICTURES)


def tile_side(pixels, per_pixel, target):
    """Return the side of a tile, in pixels, for a run of that many pixels; None if no tiles are needed."""
    limit = activation_limit(pixels, target)
    return None if pixels * per_pixel <= limit else int(np.sqrt(limit / per_pixel))


def estimate_peak(pixels, per_pixel, target):
    """Return the estimated peak memory of a run in bytes. target: see find_target."""
    return TENSORFLOW + min(activation_limit(pixels, target), pixels * per_pixel) + pixels * PICTURES


def count_pixels(content_image, styles):
    """Return the number of pixels used to estimate memory.

    A style picture counts 0.55 times, because it needs no backward pass. styles: a list of nst.engine.losses.Style.
    """
    pixels = [style.image.shape[1] * style.image.shape[2] * FORWARD_ONLY for style in styles]
    return max(content_image.shape[1] * content_image.shape[2], *pixels)


def require_memory(size, pixels, per_pixel, target):
    """Raise NotEnoughMemoryError if a run needs more than is available.

    size: (height, width) of the result; pixels: see count_pixels; per_pixel: see bytes_per_pixel;
    target: see find_target.
    """
    have = available_bytes()

    def estimate(scale):
        return estimate_peak(pixels * scale**2, per_pixel, min(target, have))

    larger = " and a larger style picture" if pixels > size[0] * size[1] else ""
    require_bytes(size, estimate, have, larger)


def require_bytes(size, estimate, have, larger=""):
    """Raise NotEnoughMemoryError if a picture needs more bytes than there are, and name a size that fits.

    size: (height, width). estimate: a function that returns the bytes that the picture needs if it is scaled by a
    factor. have: bytes. larger: what needs more memory than the picture, in words.
    """
    height, width = size
    if estimate(1) <= have:
        return
    longest = max(height, width)
    fitting = [side for side in range(SMALLEST_ADVICE, longest, 16) if estimate(side / longest) <= have]
    advice = f"size={fitting[-1]} would fit" if fitting else "no useful size would fit"
    raise NotEnoughMemoryError(
        f"{width} x {height} pixels{larger} need about {estimate(1) / GIGABYTE:.1f} {SHORT_OF_MEMORY} "
        f"{have / GIGABYTE:.1f} GB are free: {advice}. {describe_remedy()}"
    )


def describe_remedy() -> str:
    """Return what a person can do to get more memory, as a sentence."""
    total = total_bytes()
    if total < psutil.virtual_memory().total:
        return (
            f"A limit lets this process have {total / GIGABYTE:.1f} GB in all: you can also raise it, in the settings "
            "of the container or of the cluster's job, or with ulimit."
        )
    return "You can also close other programs."

"""How much memory a size needs and the machine has, and when a picture is processed in tiles."""

from pathlib import Path

import numpy as np
import psutil

from nst.network.layers import block_of, stride_of

GIGABYTE = 1e9
TARGET = 3.7 * GIGABYTE  # bytes that a run should not exceed if tiles can prevent it
LEAST_ACTIVATIONS = 0.4 * GIGABYTE  # smaller tiles would consist mostly of margins
COPIES = 3.0  # of each layer's activations in memory: the layer, its padded copy, its gradient
FORWARD_ONLY = 0.55  # of those bytes without a gradient: measured 0.53 in bfloat16, 0.40 in float32, at 1024 x 1024
PICTURES = 50 * 3 * 4  # bytes per pixel: L-BFGS keeps ten pairs of float32 pictures; all others need 1.5 times that
TENSORFLOW = 0.8 * GIGABYTE  # including the networks' weights
SMALLEST_ADVICE = 256  # pixels
LIMITS = tuple(Path("/sys/fs/cgroup", name) for name in ("memory.max", "memory.current", "memory.stat"))


class NotEnoughMemoryError(MemoryError):
    """A size needs more memory than is available; the message says how much, and which size would fit."""


def bytes_per_pixel(channels, precision):
    """Return the bytes of activations per pixel. channels: {layer name: nC} of the layers that are computed."""
    width = {"float32": 4, "bfloat16": 2}[precision]
    return COPIES * width * sum(nC / stride_of(block_of(name)) ** 2 for name, nC in channels.items())


def activation_limit(pixels):
    """Return the bytes that activations may take in a run of that many pixels; larger pictures need tiles."""
    return max(LEAST_ACTIVATIONS, TARGET - TENSORFLOW - pixels * PICTURES)


def tile_side(pixels, per_pixel):
    """Return the side of a tile, in pixels, for a run of that many pixels; None if no tiles are needed."""
    limit = activation_limit(pixels)
    return None if pixels * per_pixel <= limit else int(np.sqrt(limit / per_pixel))


def estimate_peak(pixels, per_pixel):
    """Return the estimated peak memory of a run in bytes."""
    return TENSORFLOW + min(activation_limit(pixels), pixels * per_pixel) + pixels * PICTURES


def available_bytes():
    """Return the bytes that this process can still get: the machine's, or less if a container has a limit.

    A container's usage includes the files that it has read; their inactive part is released when memory is needed.
    """
    free = psutil.virtual_memory().available
    limit, used, kinds = LIMITS
    try:
        files = dict(line.split() for line in kinds.read_text().splitlines()).get("inactive_file", 0)
        return min(free, int(limit.read_text()) - int(used.read_text()) + int(files))
    except (OSError, ValueError):  # no container, or no limit ("max")
        return free


def count_pixels(content_image, styles):
    """Return the number of pixels used to estimate memory.

    A style picture counts 0.55 times, because it needs no backward pass. styles: a list of nst.engine.losses.Style.
    """
    pixels = [style.image.shape[1] * style.image.shape[2] * FORWARD_ONLY for style in styles]
    return max(content_image.shape[1] * content_image.shape[2], *pixels)


def require_memory(size, pixels, per_pixel):
    """Raise NotEnoughMemoryError if a run needs more than is available.

    size: (height, width) of the result; pixels: see count_pixels; per_pixel: see bytes_per_pixel.
    """
    height, width = size
    need, have = estimate_peak(pixels, per_pixel), available_bytes()
    if need <= have:
        return
    longest = max(height, width)
    fitting = [
        side
        for side in range(SMALLEST_ADVICE, longest, 16)
        if estimate_peak(pixels * (side / longest) ** 2, per_pixel) <= have
    ]
    advice = f"size={fitting[-1]} would fit" if fitting else "no useful size would fit"
    larger = " and a larger style picture" if pixels > height * width else ""
    raise NotEnoughMemoryError(
        f"{width} x {height} pixels{larger} need about {need / GIGABYTE:.1f} GB of memory, but only "
        f"{have / GIGABYTE:.1f} GB are free: {advice}. You can also close other programs."
    )

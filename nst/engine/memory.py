"""What a size needs, what the machine has, and when a picture is seen in tiles instead of at once."""

from pathlib import Path

import numpy as np
import psutil

from nst.network.weights import block_of, stride_of

GIGABYTE = 1e9
TOGETHER = 3.7 * GIGABYTE  # what a run should not exceed where tiles can help it
LEAST_SEEN = 0.4 * GIGABYTE  # of activations: smaller tiles would be margin for the most part
COPIES = 3.0  # of each layer's activations: the layer, its padded copy, its gradient, alive at once or not given back
FORTH_ALONE = 0.55  # of those bytes: 0.53 was measured in bfloat16 and 0.40 in float32, at 1024 x 1024
PICTURE = 50 * 3 * 4  # bytes a pixel: L-BFGS keeps ten pairs of float32 pictures, and all else as much and half more
TENSORFLOW = 0.8 * GIGABYTE  # with the networks' weights
SMALLEST_ADVICE = 256
LIMITS = tuple(Path("/sys/fs/cgroup", name) for name in ("memory.max", "memory.current", "memory.stat"))


class MemoryShort(MemoryError):
    """This size needs more memory than there is; the message says how much, and which size would do."""


def bytes_per_pixel(channels, precision):
    """What the activations of one pixel take. channels: {layer name: nC} of the layers that are computed."""
    width = {"float32": 4, "bfloat16": 2}[precision]
    return COPIES * width * sum(nC / stride_of(block_of(name)) ** 2 for name, nC in channels.items())


def seen_at_once(pixels):
    """Bytes that activations may take in a run of that many pixels; a picture that takes more is seen in tiles."""
    return max(LEAST_SEEN, TOGETHER - TENSORFLOW - pixels * PICTURE)


def tile_side(pixels, per_pixel):
    """The longest side of a tile in a run of that many pixels, or None where all can be seen at once."""
    seen = seen_at_once(pixels)
    return None if pixels * per_pixel <= seen else int(np.sqrt(seen / per_pixel))


def needed(pixels, per_pixel):
    """Bytes that a run takes at its peak, estimated."""
    return TENSORFLOW + min(seen_at_once(pixels), pixels * per_pixel) + pixels * PICTURE


def available():
    """Bytes that this process can still have: the machine's, or less where a container limits it.

    A container's use counts the files that it has read; what of them lies inactive makes room when room is needed.
    """
    free = psutil.virtual_memory().available
    limit, used, kinds = LIMITS
    try:
        files = dict(line.split() for line in kinds.read_text().splitlines()).get("inactive_file", 0)
        return min(free, int(limit.read_text()) - int(used.read_text()) + int(files))
    except (OSError, ValueError):  # no such container, or "max"
        return free


def weighing(content_image, styles):
    """The pixels that a run's memory goes by: the content picture's, or about half of a style picture's that has many
    more, since there is no way back through it. styles: a list of nst.engine.losses.Style.
    """
    pixels = [style.image.shape[1] * style.image.shape[2] * FORTH_ALONE for style in styles]
    return max(content_image.shape[1] * content_image.shape[2], *pixels)


def require_memory(size, pixels, per_pixel):
    """Raise MemoryShort where a run would need more than there is. size: (height, width); pixels: `weighing` it."""
    height, width = size
    need, have = needed(pixels, per_pixel), available()
    if need <= have:
        return
    longest = max(height, width)
    fitting = [
        side
        for side in range(SMALLEST_ADVICE, longest, 16)
        if needed(pixels * (side / longest) ** 2, per_pixel) <= have
    ]
    advice = f"size={fitting[-1]} would do" if fitting else "no size of use would fit"
    larger = " and a larger style picture" if pixels > height * width else ""
    raise MemoryShort(
        f"{width} x {height} pixels{larger} need about {need / GIGABYTE:.1f} GB of memory, and "
        f"{have / GIGABYTE:.1f} GB are free: {advice}. Closing other programs helps, too."
    )

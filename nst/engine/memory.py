"""What a size needs, what the machine has, and when a picture is seen in tiles instead of at once."""

from pathlib import Path

import numpy as np
import psutil

from nst.weights import block_of, stride_of

GIGABYTE = 1e9
TOGETHER = 3.0 * GIGABYTE  # what a run should not exceed where tiles can help it
LEAST_SEEN = 0.4 * GIGABYTE  # of activations: smaller tiles would be margin for the most part
COPIES = 2.5  # of each layer's activations, alive at once: the layer, its padded copy, its gradient
PICTURE = 32 * 3 * 4  # bytes a pixel: L-BFGS keeps ten pairs of float32 pictures, and a dozen in passing
TENSORFLOW = 0.7 * GIGABYTE
SMALLEST_ADVICE = 256
LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current"))


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
    """Bytes that this process can still have: the machine's, or less where a container limits it."""
    free = psutil.virtual_memory().available
    limit, used = LIMITS
    try:
        return min(free, int(limit.read_text()) - int(used.read_text()))
    except (OSError, ValueError):  # no such container, or "max"
        return free


def require_memory(height, width, per_pixel):
    """Raise MemoryShort where a run of this size would need more than there is."""
    need, have = needed(height * width, per_pixel), available()
    if need <= have:
        return
    longest = max(height, width)
    fitting = [side for side in range(SMALLEST_ADVICE, longest, 16)
               if needed(height * width * (side / longest) ** 2, per_pixel) <= have]
    advice = f"size={fitting[-1]} would do" if fitting else "no size of use would fit"
    raise MemoryShort(f"{width} x {height} pixels need about {need / GIGABYTE:.1f} GB of memory, and "
                      f"{have / GIGABYTE:.1f} GB are free: {advice}. Closing other programs helps, too.")

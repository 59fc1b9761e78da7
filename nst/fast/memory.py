"""How much memory a feed-forward painting needs, and when it is computed in strips."""

from nst.engine import memory
from nst.engine.available_memory import available_bytes

MOST_AT_ONCE = 1_200_000  # pixels, such as 1024 x 1024: measured 0.5 GB in bfloat16 and 0.6 GB in float32
STRIP = 300_000  # pixels of a strip
FEWEST_ROWS = 64  # of a strip: the rows that are computed beyond it count 192
STEP = 16  # rows: the stride of the deepest layer
BYTES_AT_ONCE = 600  # per pixel, beside TensorFlow
BYTES_IN_STRIPS = 250  # per pixel: the activations of levels 3 to 5, and pictures


def choose_rows(height, width):
    """Return the rows of a strip for a picture, or None if it is computed at once.

    >>> choose_rows(1024, 1024), choose_rows(1536, 2048)
    (None, 144)
    """
    if height * width <= MOST_AT_ONCE:
        return None
    return max(FEWEST_ROWS, STRIP // width // STEP * STEP)


def estimate_bytes(pixels):
    """Return the estimated peak memory of a painting of that many pixels."""
    in_strips = max(MOST_AT_ONCE * BYTES_AT_ONCE, pixels * BYTES_IN_STRIPS)
    return memory.TENSORFLOW + min(pixels * BYTES_AT_ONCE, in_strips)


def require_memory(size):
    """Raise NotEnoughMemoryError if a picture of (height, width) pixels needs more memory than is available."""
    pixels = size[0] * size[1]
    memory.require_bytes(size, lambda scale: estimate_bytes(pixels * scale**2), available_bytes())

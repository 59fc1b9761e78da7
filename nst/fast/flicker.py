"""Flicker: how much a painted animation changes where the original does not move."""

import numpy as np

BLOCK = 16  # pixels: of the deepest layer's positions
REACH = 4  # blocks: what moves within this distance may change a pixel by itself
STILL = 2 / 255  # the largest change of a pixel that does not move


class Flicker:
    """Measures the mean change from frame to frame, in 255ths, of the painted pixels around which nothing moves.

    A block of 16 x 16 pixels counts if, within four blocks of it, no pixel of the original changes by more than two
    255ths. Nearer to what moves, the networks see it, and the picture may change.
    """

    def __init__(self):
        self._before, self._total, self._blocks = None, 0.0, 0

    def add(self, content_image, generated_image):
        """Add a frame: both (1, H, W, 3) in [0, 1]."""
        if self._before is not None:
            moved, changed = (
                np.abs(now - before)[0]
                for now, before in zip((content_image, generated_image), self._before, strict=True)
            )
            still = ~_spread(_blocks(moved.max(-1)).max((1, 3)) > STILL)
            self._total += float(_blocks(changed.mean(-1)).mean((1, 3))[still].sum())
            self._blocks += int(still.sum())
        self._before = content_image, generated_image

    @property
    def value(self):
        """The flicker so far, in 255ths; None if nothing was still."""
        return 255 * self._total / self._blocks if self._blocks else None


def _blocks(values):
    """(H, W) as (H // 16, 16, W // 16, 16)."""
    height, width = (side // BLOCK * BLOCK for side in values.shape)
    return values[:height, :width].reshape(height // BLOCK, BLOCK, width // BLOCK, BLOCK)


def _spread(marked):
    """Mark the blocks near marked ones, too."""
    padded = np.pad(marked, REACH)
    rows, columns = marked.shape
    shifts = range(2 * REACH + 1)
    return np.any([padded[i : i + rows, j : j + columns] for i in shifts for j in shifts], axis=0)

"""Held-out errors: how well a student imitates its lessons on pictures that it was not trained on."""

import numpy as np
import tensorflow as tf

from tools.distil.lessons import lessons
from tools.distil.network import activations, for_units
from tools.distil.objective import activation_errors, on_grid
from tools.training.photographs import Crops, disturb

COUNT = 64
AT_ONCE = 8


class HeldOut:
    """Disturbed crops of pictures that were kept back, and the lessons on them; `errors` measures a student."""

    def __init__(self, teacher, pictures, crop, seed, deep_teacher=(), count=COUNT):
        """teacher, deep_teacher: (kernel, bias) for gray levels; pictures: uint8 (H, W, 3) each; crop: pixels a side.

        count: how many crops.
        """
        rng = np.random.default_rng(seed)
        self._crops = disturb(rng, Crops(pictures, crop).draw(rng, count))
        teacher, deep_teacher = for_units(teacher), for_units(deep_teacher) if deep_teacher else ()
        self._lessons = self._in_parts(lambda part: lessons(teacher, part, deep_teacher=deep_teacher))

    def errors(self, student):
        """The objective's two errors per layer, unexplained and kernel: (layers, 2).

        student: a list of (kernel, bias) for input in units of 64 gray levels.
        """
        return activation_errors(self._lessons, self._in_parts(lambda part: activations(student, part))).numpy()

    def _in_parts(self, see):
        """The layers on a grid of their positions; a few crops at a time, since whole maps of all take gigabytes."""
        starts = range(0, len(self._crops), AT_ONCE)
        parts = [[on_grid(layer) for layer in see(tf.constant(self._crops[i : i + AT_ONCE]))] for i in starts]
        return [tf.concat(layers, 0) for layers in zip(*parts, strict=True)]

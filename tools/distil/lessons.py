"""What the student's sixteen layers are to learn from a teacher that may hold only the first of them.

A layer that the teacher holds is learned from it. Any other is learned from the teacher's last block looking at a
smaller copy of the picture: with blocks 1-3 given, block 4 imitates block 3 at half the size and block 5 imitates
it at a quarter. The grids agree (stride 8 and 16), and so does what such layers are for in style transfer: the same
strokes, twice and four times as large. It is not what VGG-19's own blocks 4 and 5 see.
"""

import tensorflow as tf

from nst.network.weights import LAYERS
from tools.distil.network import activations


def lessons(teacher, pictures, precision=tf.float32, look=activations):
    """Activations for each of VGG-19's sixteen layers to imitate: a list of (N, H / 2^b, W / 2^b, C).

    teacher: a list of (kernel, bias), a prefix of the layers; pictures: (N, H, W, 3), sides divisible by 16;
    look: activations, or responses for what comes before ReLU.
    """
    views = {1: look(teacher, pictures, precision)}
    for name in LAYERS[len(teacher) :]:
        factor = _shrinking(name, teacher)
        if factor not in views:
            views[factor] = look(teacher, tf.nn.avg_pool2d(pictures, factor, factor, "VALID"), precision)
    return views[1] + [views[_shrinking(name, teacher)][_model(name, teacher)] for name in LAYERS[len(teacher) :]]


def _shrinking(name, teacher):
    return 2 ** (_block(name) - _block(LAYERS[len(teacher) - 1]))


def _model(name, teacher):
    """Index of the teacher's layer that stands in: the same convolution of its last block, or that block's last."""
    held = LAYERS[: len(teacher)]
    alike = f"block{_block(held[-1])}_{name.partition('_')[2]}"
    return held.index(alike) if alike in held else len(held) - 1


def _block(name):
    return int(name.removeprefix("block").partition("_")[0])

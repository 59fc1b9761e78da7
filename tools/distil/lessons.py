"""What each of the student's sixteen layers learns, from one teacher or from two.

A layer that the first teacher's file holds is learned from it. The others are learned from the deep teacher,
VGG-16, if one is given: it looks at the picture itself, through its own block 1. VGG-16 has three convolutions in
blocks 3 to 5 where VGG-19 has four, so the third of them teaches two layers of the student.

Without a deep teacher, the other layers learn a stand-in: the first teacher's last block looking at a smaller copy of
the picture. With blocks 1-3 given, block 4 imitates block 3 at half the size and block 5 imitates it at a quarter.
The grids agree (stride 8 and 16), and so does the use of such layers in style transfer: the same strokes, twice and
four times as large. It is not what VGG-19's own blocks 4 and 5 see.
"""

import tensorflow as tf

from nst.network.layers import LAYERS
from tools.distil.network import VGG16_LAYERS, activations


def lessons(teacher, pictures, precision=tf.float32, look=activations, deep_teacher=()):
    """The activations that the student's sixteen layers imitate: a list of (N, H / 2^b, W / 2^b, C).

    teacher: a list of (kernel, bias), the first of VGG-19's layers; deep_teacher: VGG-16's thirteen, or none.
    pictures: (N, H, W, 3), sides divisible by 16. look: activations, or responses for the values before ReLU.
    """
    views = {1: look(teacher, pictures, precision)}
    missing = LAYERS[len(teacher) :]
    if missing and deep_teacher:
        deep = look(deep_teacher, pictures, precision, names=VGG16_LAYERS)
        return views[1] + [deep[VGG16_LAYERS.index(deep_lesson(name))] for name in missing]
    for name in missing:
        factor = _reduction(name, teacher)
        if factor not in views:
            views[factor] = look(teacher, tf.nn.avg_pool2d(pictures, factor, factor, "VALID"), precision)
    return views[1] + [views[_reduction(name, teacher)][_stand_in(name, teacher)] for name in missing]


def deep_lesson(name):
    """The VGG-16 layer that teaches a layer of the student: the same convolution, or the last one of its block."""
    return name if name in VGG16_LAYERS else f"block{_block(name)}_conv3"


def taught_layers(teacher, deep_teacher=()):
    """How many of the student's layers have a real teacher, not a stand-in."""
    return len(LAYERS) if deep_teacher else len(teacher)


def _reduction(name, teacher):
    return 2 ** (_block(name) - _block(LAYERS[len(teacher) - 1]))


def _stand_in(name, teacher):
    """Index of the teacher's layer that stands in: the same convolution of its last block, or that block's last."""
    held = LAYERS[: len(teacher)]
    alike = f"block{_block(held[-1])}_{name.partition('_')[2]}"
    return held.index(alike) if alike in held else len(held) - 1


def _block(name):
    return int(name.removeprefix("block").partition("_")[0])

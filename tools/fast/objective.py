"""What the decoder's training makes small: J of its pictures, for pairs of a photograph and a painting.

For a pair: c |a_C - a_G|^2 / |a_C|^2 + 10 log(1 + s sum_l lambda_l |G_S - G_G|^2 / |G_S|^2) + w (total variation) +
what lies outside of [0, 1]. The terms of content and style are the engine's (nst.engine.losses); that of style is
measured on the pictures and on their halves, whose layers see motifs twice as large. The logarithm keeps a painting
that is far from the photograph from outweighing all others; a small s keeps it from counting too little. Johnson,
Alahi, Fei-Fei (2016) train one network for each style in this way, Huang and Belongie (2017) one for all.
"""

from typing import NamedTuple

import tensorflow as tf

from nst.engine.losses import TINY, total_variation
from nst.network.layers import LAYERS
from tools.distil.network import VGG16_LAYERS, activations

CONTENT_LAYER = "block4_conv2"
STYLE_LAYERS = tuple(f"block{block}_conv1" for block in range(1, 6))
LAYER_WEIGHTS = (0.15, 0.25, 0.25, 0.4, 0.35)
LOGARITHM = 10.0
OUTSIDE = 50.0


class Judge(NamedTuple):
    """A network that compares pictures: its layers (kernel, bias), for units of 64 gray levels, and their names."""

    weights: list
    names: tuple

    def look(self, pictures, precision):
        """Return ({layer name: activations (N, nH, nW, nC)}) of pictures (N, H, W, 3), RGB in [0, 1]."""
        names = self.names[: len(self.weights)]
        return dict(zip(names, activations(self.weights, pictures, precision, names=names), strict=True))


def pocket_judge(weights):
    """Return the Judge of a list of (kernel, bias) of VGG-19's layers, up to the last style layer."""
    return Judge(weights[: LAYERS.index(STYLE_LAYERS[-1]) + 1], LAYERS)


def vgg16_judge(weights):
    """Return the Judge of a list of (kernel, bias) of VGG-16's layers, up to the last style layer."""
    return Judge(weights[: VGG16_LAYERS.index(STYLE_LAYERS[-1]) + 1], VGG16_LAYERS)


def content_costs(generated, content):
    """Return |a_C - a_G|^2 / |a_C|^2 of each pair, (N,). generated, content: what Judge.look returns."""
    return _relative(generated[CONTENT_LAYER], content[CONTENT_LAYER])


def style_costs(generated, style):
    """Return |G_S - G_G|^2 / |G_S|^2 of each pair in each style layer: a list of (N,)."""
    return [_relative(_gram_matrices(generated[name]), _gram_matrices(style[name])) for name in STYLE_LAYERS]


def objective(plan, pictures, judged):
    """Return the mean over the pairs of the sum above, a scalar.

    plan: content_weight, style_weight and tv_weight. pictures: (N, H, W, 3), not clipped. judged: for each judge its
    activations of the pictures, the contents and the styles, each at one or more scales, the full one first.
    """
    pairs = 0.0
    for generated, content, style in judged:
        pairs += plan.content_weight * content_costs(generated[0], content[0])
        for layers, target in zip(generated, style, strict=True):
            costs = zip(LAYER_WEIGHTS, style_costs(layers, target), strict=True)
            styles = tf.add_n([weight * cost for weight, cost in costs])
            pairs += LOGARITHM / len(style) * tf.math.log1p(plan.style_weight * styles)
    outside = tf.reduce_mean(tf.square(pictures - tf.clip_by_value(pictures, 0, 1)))
    return tf.reduce_mean(pairs) / len(judged) + plan.tv_weight * total_variation(pictures) + OUTSIDE * outside


def _gram_matrices(layer):
    rows = tf.reshape(tf.cast(layer, tf.float32), (layer.shape[0], -1, layer.shape[-1]))
    return tf.matmul(rows, rows, transpose_a=True) / tf.cast(tf.shape(rows)[1], tf.float32)


def _relative(a, b):
    axes = list(range(1, len(a.shape)))
    a, b = tf.cast(a, tf.float32), tf.cast(b, tf.float32)
    return tf.reduce_sum(tf.square(a - b), axes) / (tf.reduce_sum(tf.square(b), axes) + TINY)

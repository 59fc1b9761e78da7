"""Pictures that an optimizer over pixels visits: the student's own stylisations, a step further when shown.

A network that is right on photographs alone can be fooled: the optimizer finds pictures that please it and
nobody else. So a pool of unfinished pictures, each with a content and a style crop of its own, is kept under
way with the student's own gradients, and every batch shows some of them to teacher and student alike.
"""

import numpy as np
import tensorflow as tf

from nst.network.layers import LAYERS

STEP_SIZE = 0.03
LONGEST_WALK = 100
NOISE = 0.25
STYLE_WEIGHT = 40.0
CONTENT_LAYERS = ("block3_conv4", "block4_conv2")
MOMENTUM, SECOND_MOMENTUM, TINY = 0.9, 0.99, 1e-8


class Pool:
    """Unfinished stylisations; arrays (members, size, size, 3) in `arrays`, so that they can be saved."""

    def __init__(self, draw_content, draw_style, rng, members):
        """draw_content(rng, count), draw_style(rng, count): pictures (count, size, size, 3) to start from."""
        self.draw_content, self.draw_style = draw_content, draw_style
        contents, styles = draw_content(rng, members), draw_style(rng, members)
        self.arrays = {
            "contents": contents,
            "styles": styles,
            "states": contents.copy(),
            "first_moment": np.zeros_like(contents),
            "second_moment": np.zeros_like(contents),
            "age": np.zeros(members, np.int64),
            "end": np.zeros(members, np.int64),
            "content_weight": np.ones(members, np.float32),
        }
        for member in range(members):
            self._start(rng, member)

    def members(self, step, count):
        """Which members are shown in a step: all of them in turn."""
        total = len(self.arrays["age"])
        return (step * count + np.arange(count)) % total

    def show(self, chosen):
        """(contents, styles, states, content weights) of the chosen members."""
        return tuple(self.arrays[key][chosen] for key in ("contents", "styles", "states", "content_weight"))

    def walk(self, rng, chosen, gradients):
        """One Adam step for the chosen members' pixels. Members at their end start anew; returns which ones."""
        pool = self.arrays
        m = pool["first_moment"][chosen] = MOMENTUM * pool["first_moment"][chosen] + (1 - MOMENTUM) * gradients
        v = pool["second_moment"][chosen] = (
            SECOND_MOMENTUM * pool["second_moment"][chosen] + (1 - SECOND_MOMENTUM) * gradients**2
        )
        pool["age"][chosen] += 1
        age = pool["age"][chosen].reshape(-1, 1, 1, 1)
        direction = m / (1 - MOMENTUM**age) / (np.sqrt(v / (1 - SECOND_MOMENTUM**age)) + TINY)
        pool["states"][chosen] = np.clip(pool["states"][chosen] - STEP_SIZE * direction, 0, 1)
        finished = chosen[pool["age"][chosen] >= pool["end"][chosen]]
        for member in finished:
            self._start(rng, member)
        return finished

    def _start(self, rng, member):
        content, style = self.draw_content(rng, 1)[0], self.draw_style(rng, 1)[0]
        noise = rng.uniform(-1, 1, content.shape) * rng.uniform(0, NOISE)
        fresh = {
            "contents": content,
            "styles": style,
            "states": np.clip(content + noise, 0, 1),
            "first_moment": 0,
            "second_moment": 0,
            "age": 0,
            "end": rng.integers(LONGEST_WALK // 4, LONGEST_WALK + 1),
            "content_weight": 10 ** rng.uniform(0, 1.5),
        }
        for key, value in fresh.items():
            self.arrays[key][member] = value


def style_layers(count):
    """Indices of the first convolution of each block among the first `count` layers."""
    return [i for i, name in enumerate(LAYERS[:count]) if name.endswith("conv1")]


def content_layers(count):
    """Indices of the content layers among the first `count` layers, or the last layer of a shorter network."""
    return [LAYERS.index(name) for name in CONTENT_LAYERS if name in LAYERS[:count]] or [count - 1]


def transfer_costs(crops, states, content_weights):
    """The course's J for each state, (N,): activations are divided by their mean over contents and styles.

    crops: activations (2 N, H, W, C), layer by layer, of the contents and then the styles; states: (N, H, W, C);
    content_weights: (N,).
    """
    contents_read, indices = content_layers(len(states)), style_layers(len(states))
    cost = tf.zeros_like(content_weights)
    for i in contents_read:
        contents, _, own = _normalized(crops[i], states[i])
        cost += content_weights / len(contents_read) * tf.reduce_mean((own - contents) ** 2, (1, 2, 3)) / 4
    for i in indices:
        _, styles, own = _normalized(crops[i], states[i])
        distance = tf.reduce_mean((_gram(own) - _gram(styles)) ** 2, (1, 2)) / 4
        cost += STYLE_WEIGHT / len(indices) * distance
    return cost


def _normalized(crops, states):
    crops = tf.cast(crops, tf.float32)
    mean = tf.reduce_mean(crops)
    return *tf.split(crops / mean, 2), tf.cast(states, tf.float32) / mean


def _gram(layer):
    positions = layer.shape[1] * layer.shape[2]
    rows = tf.reshape(layer, (-1, positions, layer.shape[-1]))
    return tf.matmul(rows, rows, transpose_a=True) / float(positions)

"""Blocks 4 and 5 without a teacher: they learn to tell which photograph a crop comes from.

Each batch shows two disturbed crops of each of several photographs. What block5_conv4 says of a crop is averaged over
its positions, less the batch's average; the cosine between two crops, divided by a temperature, is what a softmax over
the batch's photographs is fed, and the right answer is the crop's own (Chen et al. 2020, A simple framework for
contrastive learning of visual representations, without a projection head). Crops differ in place, size and side and
are disturbed, so that neither a color nor a spot gives the photograph away. Blocks 1 to 3 stay as they are.
"""

import numpy as np
import tensorflow as tf
from tqdm import tqdm

from nst.network.layers import LAYERS
from tools.distil.network import activations, calibrate
from tools.distil.photographs import Crops, disturb

CROP = 112
PHOTOGRAPHS_AT_ONCE = 24
LEARNING_RATE = 3e-4
TEMPERATURE = 0.2
FROZEN = LAYERS.index("block4_conv1")  # so many layers, those of blocks 1 to 3, are not trained


def zero_mean_kernel(rng, shape):
    """A He-normal kernel whose every filter sums to 0, so that an even picture leaves it silent; float32 of `shape`."""
    kernel = rng.standard_normal(shape) * (2 / np.prod(shape[:-1])) ** 0.5
    return (kernel - kernel.mean((0, 1, 2))).astype(np.float32)


def untaught(rng, weights, pictures):
    """The network with random filters for blocks 4 and 5: zero-mean kernels, each layer's mean activation 1.

    weights: its sixteen (kernel, bias), for input in units of 64 gray levels; blocks 1 to 3 keep their function.
    pictures: (N, H, W, 3), RGB in [0, 1], to calibrate on. Returns such a list.
    """
    drawn = [(zero_mean_kernel(rng, kernel.shape), np.zeros_like(bias)) for kernel, bias in weights[FROZEN:]]
    return calibrate([*weights[:FROZEN], *drawn], [pictures])


class Recognition:
    """A network whose blocks 4 and 5 are drawn at random and, by `run`, taught to tell photographs apart."""

    def __init__(self, weights, photographs, steps, seed=19, precision="float32"):
        """weights: as `untaught` takes them; photographs: uint8 (H, W, 3) each."""
        self._steps, self._precision, self._rng = steps, tf.dtypes.as_dtype(precision), np.random.default_rng(seed)
        self._crops = [Crops([photo], CROP) for photo in photographs]
        start = untaught(self._rng, weights, pairs_of_crops(self._rng, self._crops))
        self._frozen = [tuple(map(tf.constant, layer)) for layer in start[:FROZEN]]
        self._trained = [tuple(map(tf.Variable, layer)) for layer in start[FROZEN:]]
        self._variables = [variable for layer in self._trained for variable in layer]
        self._optimizer = tf.keras.optimizers.Adam(
            tf.keras.optimizers.schedules.CosineDecay(LEARNING_RATE, max(steps, 1))
        )
        self._optimizer.build(self._variables)
        self._compiled_update = tf.function(self._update)

    def run(self):
        """Train to the last step: the network's layers as NumPy (kernel, bias), for units of 64 gray levels."""
        with tqdm(total=self._steps, desc="recognizing", unit="step", smoothing=0.02) as bar:
            for step in range(self._steps):
                error = self._compiled_update(tf.constant(pairs_of_crops(self._rng, self._crops)))
                bar.update()
                if step % 20 == 0:
                    bar.set_postfix(error=f"{float(error):.3f}")
        return [(np.asarray(kernel), np.asarray(bias)) for kernel, bias in self._layers()]

    def _update(self, pictures):
        with tf.GradientTape() as tape:
            likeness = alike(activations(self._layers(), pictures, self._precision, detached=FROZEN)[-1])
            own = tf.range(len(likeness))
            both_ways = [
                tf.nn.sparse_softmax_cross_entropy_with_logits(own, logits / TEMPERATURE)
                for logits in (likeness, tf.transpose(likeness))
            ]
            error = tf.reduce_mean(both_ways)
        self._optimizer.apply(tape.gradient(error, self._variables))
        return error

    def _layers(self):
        return [*self._frozen, *self._trained]


def recognized(weights, photographs, batches, seed=19):
    """The share of crops that are most like the other crop of their own photograph, of as many as are shown at once.

    photographs: uint8 (H, W, 3) each; best such as were not trained on. Chance is 1 / min(24, their number).
    """
    rng, crops, right = np.random.default_rng(seed), [Crops([photo], CROP) for photo in photographs], []
    for _ in range(batches):
        likeness = alike(activations(weights, pairs_of_crops(rng, crops))[-1]).numpy()
        right.extend(likeness.argmax(1) == np.arange(len(likeness)))
    return float(np.mean(right))


def pairs_of_crops(rng, crops):
    """Disturbed crops of some photographs, one of each and then another of each: (2 N, CROP, CROP, 3)."""
    chosen = rng.permutation(len(crops))[:PHOTOGRAPHS_AT_ONCE]
    return disturb(rng, np.concatenate([crops[i].draw(rng, 1) for _ in range(2) for i in chosen]))


def alike(activation):
    """Cosines between the first half of the pictures and the second, of their means over positions: (N, N).

    activation: (2 N, H, W, C). The mean over all pictures is taken away, which tells none of them apart.
    """
    said = tf.reduce_mean(tf.cast(activation, tf.float32), (1, 2))
    first, second = tf.split(tf.nn.l2_normalize(said - tf.reduce_mean(said, 0), 1), 2)
    return tf.matmul(first, second, transpose_b=True)

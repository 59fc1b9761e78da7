"""The course's recipe on the blocks that a network has, for benchmarks: one objective, two ways to descend it."""

import numpy as np
from scipy.optimize import minimize

from nst.network.vgg import build_vgg19, layer_outputs, mean_activations
from nst.network.weights import read_weights
from nst.quiet_tensorflow import keras
from nst.quiet_tensorflow import tensorflow as tf

CONTENT_LAYER = "block3_conv4"
ALPHA, BETA, STYLE_WEIGHT = 10.0, 40.0, 0.2


def first_blocks(path, last=3):
    """The network of a weight file, cut after its block number `last`, so that files of any length compare."""
    kept = {name: arrays for name, arrays in read_weights(path).items() if int(name[len("block")]) <= last}
    return build_vgg19(kept)


def style_layers(network):
    """The first convolution of each block that the network has."""
    return [layer.name for layer in network.layers if layer.name.endswith("_conv1")]


class Objective:
    """J = 10 J_content + 40 * 0.2 * (sum of J_layer over blockX_conv1), the formulas of chapter 1.

    J_content = mean (a_C - a_G)^2 / 4 on block3_conv4; J_layer = |Gram_S - Gram_G|^2 / (4 nC^2), Gram matrices
    divided by positions; activations divided by their mean over the two pictures (Gatys et al. 2015).
    """

    def __init__(self, network, content, style):
        """network: a Keras model that reaches block3_conv4; content, style: (1, H, W, 3) in [0, 1]."""
        names = [*style_layers(network), CONTENT_LAYER]
        self._see = layer_outputs(network, names, mean_activations(network, names, [content, style]))
        self._content = self._see(content)[-1]
        self._grams = [_gram(layer) for layer in self._see(style)[:-1]]
        self.value_and_gradient = tf.function(self._value_and_gradient)

    def _value_and_gradient(self, image):
        """J, a scalar, and its gradient, (1, H, W, 3)."""
        with tf.GradientTape() as tape:
            tape.watch(image)
            *layers, deep = self._see(image)
            cost = ALPHA * tf.reduce_mean((deep - self._content) ** 2) / 4
            for layer, wanted in zip(layers, self._grams, strict=True):
                cost += BETA * STYLE_WEIGHT * tf.reduce_mean((_gram(layer) - wanted) ** 2) / 4
        return cost, tape.gradient(cost, image)


def adam(objective, start, steps=300, rate=0.03):
    """Paint with Adam, its rate falling from `rate` to 0 along half a cosine wave; pixels stay in [0, 1]."""
    image = tf.Variable(start)
    optimizer = keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(rate, steps))
    for _ in range(steps):
        _, gradient = objective.value_and_gradient(image)
        optimizer.apply_gradients([(gradient, image)])
        image.assign(tf.clip_by_value(image, 0, 1))
    return image.numpy()


def lbfgs(objective, start, evaluations=300):
    """Paint with SciPy's L-BFGS-B, bounded to [0, 1], until J stands still or the evaluations are spent."""

    def value_and_gradient(pixels):
        value, gradient = objective.value_and_gradient(tf.constant(pixels.reshape(start.shape), tf.float32))
        return float(value), gradient.numpy().ravel().astype(np.float64)

    found = minimize(
        value_and_gradient,
        start.ravel().astype(np.float64),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0, 1)] * start.size,
        options={"maxfun": evaluations, "maxiter": evaluations, "maxcor": 20, "ftol": 1e-9, "gtol": 0},
    )
    return found.x.reshape(start.shape).astype(np.float32)


def noisy(image, seed=0, amount=0.25):
    """The picture under uniform noise from [-amount, amount], clipped to [0, 1]."""
    noise = np.random.default_rng(seed).uniform(-amount, amount, image.shape)
    return np.clip(image + noise, 0, 1).astype(np.float32)


def _gram(layer):
    _, height, width, channels = layer.shape
    rows = tf.reshape(layer, (height * width, channels))
    return tf.matmul(rows, rows, transpose_a=True) / float(height * width)

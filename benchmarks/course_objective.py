"""The cost of chapter 1 on the blocks that a network has, for benchmarks, and the optimizer that minimizes it."""

import numpy as np
from scipy.optimize import minimize

from nst.network.vgg import layer_outputs, mean_activations
from nst.quiet_tensorflow import tensorflow as tf

CONTENT_LAYER = "block3_conv4"
ALPHA, BETA, STYLE_WEIGHT = 10.0, 40.0, 0.2


def style_layers(network):
    """The first convolution of each block that the network has."""
    return [layer.name for layer in network.layers if layer.name.endswith("_conv1")]


class CourseObjective:
    """J = 10 J_content + 40 * 0.2 * (sum of J_layer over blockX_conv1), the formulas of chapter 1.

    J_content = mean (a_C - a_G)^2 / 4 on block3_conv4; J_layer = |Gram_S - Gram_G|^2 / (4 nC^2), Gram matrices
    divided by positions; activations divided by their mean over the two pictures (Gatys et al. 2015).
    """

    def __init__(self, network, content_image, style_image):
        """network: a Keras model that reaches block3_conv4; content_image, style_image: (1, H, W, 3) in [0, 1]."""
        names = [*style_layers(network), CONTENT_LAYER]
        means = mean_activations(network, names, [content_image, style_image])
        self._activations = layer_outputs(network, names, means)
        self._content = self._activations(content_image)[-1]
        self._style_grams = [_gram_matrix(layer) for layer in self._activations(style_image)[:-1]]
        self.value_and_gradient = tf.function(self._value_and_gradient)

    def _value_and_gradient(self, image):
        """J, a scalar, and its gradient, (1, H, W, 3)."""
        with tf.GradientTape() as tape:
            tape.watch(image)
            *layers, content = self._activations(image)
            cost = ALPHA * tf.reduce_mean((content - self._content) ** 2) / 4
            for layer, style_gram in zip(layers, self._style_grams, strict=True):
                cost += BETA * STYLE_WEIGHT * tf.reduce_mean((_gram_matrix(layer) - style_gram) ** 2) / 4
        return cost, tape.gradient(cost, image)


def minimize_with_lbfgs(objective, start, evaluations=300):
    """The picture after SciPy's L-BFGS-B, bounded to [0, 1], until J stands still or the evaluations are used up."""

    def value_and_gradient(pixels):
        value, gradient = objective.value_and_gradient(tf.constant(pixels.reshape(start.shape), tf.float32))
        return float(value), gradient.numpy().ravel().astype(np.float64)

    solution = minimize(
        value_and_gradient,
        start.ravel().astype(np.float64),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0, 1)] * start.size,
        options={"maxfun": evaluations, "maxiter": evaluations, "maxcor": 20, "ftol": 1e-9, "gtol": 0},
    )
    return solution.x.reshape(start.shape).astype(np.float32)


def _gram_matrix(layer):
    _, height, width, channels = layer.shape
    rows = tf.reshape(layer, (height * width, channels))
    return tf.matmul(rows, rows, transpose_a=True) / float(height * width)

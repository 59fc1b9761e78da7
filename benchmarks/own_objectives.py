"""Each recipe's own cost, for races on a file of VGG-19's whole depth: its layers, formulas, weights and pooling.

Facts and figures are from the repositories that benchmarks/peers.py names; the code is not. What differs from them:

- The network is ours, which continues the picture beyond its border in the first layer (nst.network.vgg).
- PyTorch's and crowsonkb's weights belong to activations of torchvision's VGG-19, which is fed pixels divided by their
  spread, 0.226 of their range. Here its part is played by the published VGG-19, its activations divided by
  0.226 * 255. PyTorch's tutorial reads its layers before the ReLU, ours end with it.
- crowsonkb's square roots of matrices come from eigenvalues here, and from an iteration there.
- keras.io computes its targets again in every step; here they are computed once, in its favour.

PyTorch's tutorial takes style from two of the layers by which benchmarks/score.py judges as held out, and ours content
from the layer by which it judges content, while others take deeper ones: read such rows with that in mind.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nst.engine.losses import gram_matrix, gram_sum, squared_difference
from nst.network.vgg import IMAGENET_MEAN_BGR, build_vgg19, layer_outputs
from nst.quiet_tensorflow import tensorflow as tf

FIVE_BLOCKS = tuple(f"block{block}_conv1" for block in range(1, 6))
FIVE_CONVOLUTIONS = ("block1_conv1", "block1_conv2", "block2_conv1", "block2_conv2", "block3_conv1")
SPREAD = 0.226 * 255
WASSERSTEIN_EPSILON = 1e-4


@dataclass(frozen=True)
class Published:
    """A recipe's layers and cost.

    statistic: activations (1, nH, nW, nC) -> what style is compared by. target: the style picture's statistic -> what
    is wanted, computed once. cost: (image (1, H, W, 3), content, wanted content, [statistic, ...], [wanted, ...]) -> J,
    scalar. fed: image -> the picture to hand to our network in its place. spread: what activations are divided by.
    """

    style_layers: tuple
    content_layer: str
    statistic: Callable
    cost: Callable
    target: Callable = tf.identity
    pooling: str = "max"
    fed: Callable = tf.identity
    spread: float = 1.0


class OwnObjective:
    """A recipe's own J of a picture, and its gradient: aimed and called as nst.engine.losses.Objective is."""

    def __init__(self, published, arrays):
        """arrays: {layer: (kernel, bias)} down to the recipe's deepest layer at least."""
        self._published = published
        network = build_vgg19(_doubled(arrays) if published.pooling == "average" else arrays, pooling=published.pooling)
        self._network = layer_outputs(network, [*published.style_layers, published.content_layer])
        self._wanted, self._compiled = None, None

    def aim(self, content_image, styles):
        """Compute the targets. styles: a list of one nst.engine.losses.Style."""
        *_, content = self._seen(tf.constant(content_image))
        *layers, _ = self._seen(tf.constant(styles[0].image))
        self._wanted = [content, *(self._published.target(self._published.statistic(layer)) for layer in layers)]

    def __call__(self, image):
        """(J, gradient (1, H, W, 3), J as an array of one term) at a float32 picture (1, H, W, 3)."""
        if self._compiled is None:
            content, *statistics = self._wanted
            self._compiled = tf.function(
                self._value_and_gradient,
                input_signature=(
                    tf.TensorSpec([1, None, None, 3]),
                    [
                        tf.TensorSpec([1, None, None, content.shape[-1]]),
                        *tf.nest.map_structure(tf.TensorSpec.from_tensor, statistics),
                    ],
                ),
            )
        J, gradient = self._compiled(tf.constant(image), self._wanted)
        return float(J), gradient.numpy(), J.numpy()[None]

    def _value_and_gradient(self, image, wanted):
        with tf.GradientTape() as tape:
            tape.watch(image)
            *layers, content = self._seen(image)
            statistics = [self._published.statistic(layer) for layer in layers]
            J = self._published.cost(image, content, wanted[0], statistics, wanted[1:])
        return J, tape.gradient(J, image)

    def _seen(self, image):
        return [layer / self._published.spread for layer in self._network(self._published.fed(image))]


def _doubled(arrays):
    """Kernels that see their input twice as large where it comes from a pooling: crowsonkb doubles what it averages."""
    return {name: (2 * kernel if name in FIVE_BLOCKS[1:] else kernel, bias) for name, (kernel, bias) in arrays.items()}


def _mean_square(a, b):
    return tf.reduce_mean(tf.square(a - b))


def _style(statistics, wanted, weights):
    """The weighted sum over layers of the mean squared differences of Gram matrices."""
    return tf.add_n([weight * _mean_square(*both) for weight, *both in zip(weights, statistics, wanted, strict=True)])


def _differences(image):
    """Of each pixel to the one below and the one to the right, without the last row and column."""
    corner = image[:, :-1, :-1]
    return corner - image[:, 1:, :-1], corner - image[:, :-1, 1:]


def _unpreprocessed(image):
    """What our network's preprocessing turns into the picture as it is: RGB in [0, 1] for BGR minus the mean."""
    return tf.reverse((image + tf.constant(IMAGENET_MEAN_BGR)) / 255, [-1])


def _by_size(activation):
    """A A^T / (nC nH nW)."""
    return gram_matrix(activation) / tf.cast(tf.shape(activation)[-1], tf.float32)


def _course(image, content, wanted_content, grams, wanted_grams):
    """10 J_content + 40 J_style; with Gram matrices by positions, |G - G'|^2 / (4 nC^2) is their mean square / 4."""
    return 10 * _mean_square(content, wanted_content) / 4 + 40 * _style(grams, wanted_grams, [0.2 / 4] * 5)


def _tensorflow_tutorial(image, content, wanted_content, grams, wanted_grams):
    """Mean squares, content by 1e4 and style by 1e-2, and 30 times the sum of absolute differences."""
    variation = tf.reduce_sum(tf.image.total_variation(image))
    return 1e4 * _mean_square(content, wanted_content) + _style(grams, wanted_grams, [1e-2 / 5] * 5) + 30 * variation


def _keras_example(image, content, wanted_content, grams, wanted_grams):
    """Sums of squares, those of undivided Gram matrices by 4 * 3^2 * (H W)^2; differences of grey levels to 2.5."""
    pixels = tf.cast(tf.shape(image)[1] * tf.shape(image)[2], tf.float32)
    style = tf.add_n([squared_difference(*both) for both in zip(grams, wanted_grams, strict=True)])
    down, across = _differences(image * 255)
    return (
        2.5e-8 * squared_difference(content, wanted_content)
        + 1e-6 / 5 * style / (36 * pixels**2)
        + 1e-6 * tf.reduce_sum(tf.pow(tf.square(down) + tf.square(across), 1.25))
    )


def _pytorch_tutorial(image, content, wanted_content, grams, wanted_grams):
    """Mean squares, style by 1e6."""
    return _mean_square(content, wanted_content) + _style(grams, wanted_grams, [1e6] * 5)


def _jcjohnson(image, content, wanted_content, grams, wanted_grams):
    """Mean squares, content by 5 and style by 100, and 1e-3 of half the squared differences of grey levels."""
    variation = tf.add_n([tf.reduce_sum(tf.square(one)) for one in _differences(image * 255)]) / 2
    return 5 * _mean_square(content, wanted_content) + _style(grams, wanted_grams, [100] * 5) + 1e-3 * variation


def _mean_and_covariance(activation):
    """(nC,) and (nC, nC) of activations."""
    mean = tf.reduce_mean(activation, (0, 1, 2))
    return mean, gram_matrix(activation) - tf.tensordot(mean, mean, 0)


def _wanted_gaussian(statistic):
    """A mean and a covariance, and the latter's square root."""
    mean, covariance = statistic
    values, vectors = tf.linalg.eigh(_a_little_wider(covariance))
    root = tf.matmul(vectors * tf.sqrt(tf.maximum(values, WASSERSTEIN_EPSILON)), vectors, transpose_b=True)
    return mean, covariance, root


def _crowsonkb(image, content, wanted_content, gaussians, wanted):
    """0.015 of the mean square, style by 256 : 64 : 16 : 4 : 1, and twice the variation in eight directions."""
    weights = np.array([256, 64, 16, 4, 1]) / 341
    style = tf.add_n([weight * _wasserstein(*both) for weight, *both in zip(weights, gaussians, wanted, strict=True)])
    return 0.015 * _mean_square(content, wanted_content) + style + 2 * _eightfold_variation(image)


def _wasserstein(gaussian, wanted):
    """The squared Wasserstein-2 distance of two Gaussians (mean, covariance), divided by nC."""
    (mean, covariance), (wanted_mean, wanted_covariance, root) = gaussian, wanted
    nC = mean.shape[0]
    product = tf.linalg.eigvalsh(root @ _a_little_wider(covariance) @ root)
    shared = tf.reduce_sum(tf.sqrt(tf.maximum(product, WASSERSTEIN_EPSILON**2)))
    trace = tf.linalg.trace(_a_little_wider(covariance)) + tf.linalg.trace(_a_little_wider(wanted_covariance))
    return _mean_square(mean, wanted_mean) + (trace - 2 * shared) / nC


def _a_little_wider(covariance):
    return covariance + WASSERSTEIN_EPSILON * tf.eye(covariance.shape[0])


def _eightfold_variation(image):
    """Twice the sum of mean squared differences: across and down by a third, either diagonal by a twelfth."""
    padded = tf.pad(image, [[0, 0], [1, 1], [1, 1], [0, 0]], "SYMMETRIC")
    inner = padded[:, 1:-1, 1:-1]
    across, down = _mean_square(padded[:, 1:-1, 2:], inner), _mean_square(padded[:, 2:, 1:-1], inner)
    diagonals = _mean_square(padded[:, 1:, 1:], padded[:, :-1, :-1]) + _mean_square(
        padded[:, 1:, :-1], padded[:, :-1, 1:]
    )
    return 2 * ((across + down) / 3 + diagonals / 12)


course = Published(FIVE_BLOCKS, "block5_conv4", gram_matrix, _course, fed=_unpreprocessed)
tensorflow_tutorial = Published(FIVE_BLOCKS, "block5_conv2", gram_matrix, _tensorflow_tutorial)
keras_example = Published(FIVE_BLOCKS, "block5_conv2", lambda activation: gram_sum(activation)[0], _keras_example)
pytorch_tutorial = Published(FIVE_CONVOLUTIONS, "block2_conv2", _by_size, _pytorch_tutorial, spread=SPREAD)
jcjohnson = Published(FIVE_BLOCKS, "block4_conv2", _by_size, _jcjohnson)
crowsonkb = Published(
    FIVE_BLOCKS, "block4_conv2", _mean_and_covariance, _crowsonkb, _wanted_gaussian, pooling="average", spread=SPREAD
)

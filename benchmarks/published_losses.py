"""The loss function of each published method: its layers, formulas, weights and pooling.

Facts and figures are from the repositories that benchmarks/published_methods.py names; the code is ours. Differences:

- The network is ours, which continues the picture beyond its border in the first layer (nst.network.vgg).
- PyTorch's and crowsonkb's weights belong to activations of torchvision's VGG-19, whose input is pixels divided by
  their standard deviation, 0.226 of their range. Here the published VGG-19 replaces it, its activations divided by
  0.226 * 255. PyTorch's tutorial reads its layers before the ReLU, ours include it.
- crowsonkb computes square roots of matrices by an iteration; here they come from eigenvalues.
- keras.io computes its targets again in every step; here they are computed once, in its favor.

PyTorch's tutorial takes style from two of the layers that benchmarks/score.py uses as held-out layers. Our method takes
content from the layer that it uses for content, and other methods take deeper ones. Read such rows with that in mind.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nst.engine.losses import gram_matrix, gram_sum, squared_difference
from nst.network.vgg import IMAGENET_MEAN_BGR, build_vgg19, layer_outputs
from nst.quiet_tensorflow import tensorflow as tf

FIVE_BLOCKS = tuple(f"block{block}_conv1" for block in range(1, 6))
FIVE_CONVOLUTIONS = ("block1_conv1", "block1_conv2", "block2_conv1", "block2_conv2", "block3_conv1")
TORCHVISION_SCALE = 0.226 * 255
WASSERSTEIN_EPSILON = 1e-4


@dataclass(frozen=True)
class PublishedLoss:
    """The layers and the loss function of a method.

    statistic: activations (1, nH, nW, nC) -> the statistic that style losses compare. target: the style image's
    statistic -> the target, computed once. loss: (image (1, H, W, 3), content, target content, [statistic, ...],
    [target, ...]) -> J, scalar. preprocess: image -> the picture that our network gets instead. scale: activations are
    divided by it.
    """

    style_layers: tuple
    content_layer: str
    statistic: Callable
    loss: Callable
    target: Callable = tf.identity
    pooling: str = "max"
    preprocess: Callable = tf.identity
    scale: float = 1.0


class PublishedObjective:
    """J of a published method for a picture, and its gradient; used as nst.engine.losses.Objective is."""

    def __init__(self, published, arrays):
        """published: a PublishedLoss; arrays: {layer: (kernel, bias)} of all layers down to its deepest at least."""
        self._published = published
        if published.pooling == "average":
            arrays = _double_after_pooling(arrays)
        network = build_vgg19(arrays, pooling=published.pooling)
        self._network = layer_outputs(network, [*published.style_layers, published.content_layer])
        self._targets, self._compiled = None, None

    def set_targets(self, content_image, styles):
        """Compute the targets. content_image: (1, H, W, 3); styles: a list of one nst.engine.losses.Style."""
        *_, content = self._activations(tf.constant(content_image))
        *layers, _ = self._activations(tf.constant(styles[0].image))
        self._targets = [content, *(self._published.target(self._published.statistic(layer)) for layer in layers)]

    def __call__(self, image):
        """(J, gradient (1, H, W, 3), J as an array of one term) at a float32 picture (1, H, W, 3)."""
        if self._compiled is None:
            content, *statistics = self._targets
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
        J, gradient = self._compiled(tf.constant(image), self._targets)
        return float(J), gradient.numpy(), J.numpy()[None]

    def _value_and_gradient(self, image, targets):
        with tf.GradientTape() as tape:
            tape.watch(image)
            *layers, content = self._activations(image)
            statistics = [self._published.statistic(layer) for layer in layers]
            J = self._published.loss(image, content, targets[0], statistics, targets[1:])
        return J, tape.gradient(J, image)

    def _activations(self, image):
        return [layer / self._published.scale for layer in self._network(self._published.preprocess(image))]


def _double_after_pooling(arrays):
    """The arrays with twice the kernels after each pooling: crowsonkb multiplies its average pooling by two."""
    return {name: (2 * kernel if name in FIVE_BLOCKS[1:] else kernel, bias) for name, (kernel, bias) in arrays.items()}


def _mse(a, b):
    return tf.reduce_mean(tf.square(a - b))


def _style_loss(grams, targets, weights):
    """The weighted sum over layers of the mean squared differences of Gram matrices."""
    return tf.add_n([weight * _mse(*both) for weight, *both in zip(weights, grams, targets, strict=True)])


def _pixel_differences(image):
    """Each pixel minus the one below, and minus the one to the right, without the last row and column."""
    corner = image[:, :-1, :-1]
    return corner - image[:, 1:, :-1], corner - image[:, :-1, 1:]


def _undo_preprocessing(image):
    """The picture that our network's preprocessing turns into `image`: RGB in [0, 1] in place of BGR minus the mean."""
    return tf.reverse((image + tf.constant(IMAGENET_MEAN_BGR)) / 255, [-1])


def _gram_by_size(activation):
    """A A^T / (nC nH nW)."""
    return gram_matrix(activation) / tf.cast(tf.shape(activation)[-1], tf.float32)


def _course(image, content, target_content, grams, target_grams):
    """10 J_content + 40 J_style; with Gram matrices by positions, |G - G'|^2 / (4 nC^2) is their mean square / 4."""
    return 10 * _mse(content, target_content) / 4 + 40 * _style_loss(grams, target_grams, [0.2 / 4] * 5)


def _tensorflow_tutorial(image, content, target_content, grams, target_grams):
    """Mean squared errors, 1e4 for content and 1e-2 for style, plus 30 times the sum of absolute pixel differences."""
    variation = tf.reduce_sum(tf.image.total_variation(image))
    return 1e4 * _mse(content, target_content) + _style_loss(grams, target_grams, [1e-2 / 5] * 5) + 30 * variation


def _keras_example(image, content, target_content, grams, target_grams):
    """Sums of squares, for style divided by 4 * 3^2 * (H W)^2; differences of gray levels to the power of 2.5."""
    pixels = tf.cast(tf.shape(image)[1] * tf.shape(image)[2], tf.float32)
    style = tf.add_n([squared_difference(*both) for both in zip(grams, target_grams, strict=True)])
    down, across = _pixel_differences(image * 255)
    return (
        2.5e-8 * squared_difference(content, target_content)
        + 1e-6 / 5 * style / (36 * pixels**2)
        + 1e-6 * tf.reduce_sum(tf.pow(tf.square(down) + tf.square(across), 1.25))
    )


def _pytorch_tutorial(image, content, target_content, grams, target_grams):
    """Mean squared errors, 1e6 for style."""
    return _mse(content, target_content) + _style_loss(grams, target_grams, [1e6] * 5)


def _jcjohnson(image, content, target_content, grams, target_grams):
    """Mean squared errors, 5 for content and 100 for style, plus 5e-4 of the squared differences of gray levels."""
    variation = tf.add_n([tf.reduce_sum(tf.square(one)) for one in _pixel_differences(image * 255)]) / 2
    return 5 * _mse(content, target_content) + _style_loss(grams, target_grams, [100] * 5) + 1e-3 * variation


def _mean_and_covariance(activation):
    """(nC,) and (nC, nC) of activations."""
    mean = tf.reduce_mean(activation, (0, 1, 2))
    return mean, gram_matrix(activation) - tf.tensordot(mean, mean, 0)


def _gaussian_target(statistic):
    """A mean, a covariance, and the square root of the covariance."""
    mean, covariance = statistic
    values, vectors = tf.linalg.eigh(_add_to_diagonal(covariance))
    root = tf.matmul(vectors * tf.sqrt(tf.maximum(values, WASSERSTEIN_EPSILON)), vectors, transpose_b=True)
    return mean, covariance, root


def _crowsonkb(image, content, target_content, gaussians, targets):
    """0.015 of the mean squared error, style layers as 256 : 64 : 16 : 4 : 1, twice the variation in 8 directions."""
    weights = np.array([256, 64, 16, 4, 1]) / 341
    style = tf.add_n(
        [weight * _wasserstein_loss(*both) for weight, *both in zip(weights, gaussians, targets, strict=True)]
    )
    return 0.015 * _mse(content, target_content) + style + 2 * _variation_in_eight_directions(image)


def _wasserstein_loss(gaussian, target):
    """The squared Wasserstein-2 distance of two Gaussians (mean, covariance), divided by nC."""
    (mean, covariance), (target_mean, target_covariance, root) = gaussian, target
    nC = mean.shape[0]
    product = tf.linalg.eigvalsh(root @ _add_to_diagonal(covariance) @ root)
    shared = tf.reduce_sum(tf.sqrt(tf.maximum(product, WASSERSTEIN_EPSILON**2)))
    trace = tf.linalg.trace(_add_to_diagonal(covariance)) + tf.linalg.trace(_add_to_diagonal(target_covariance))
    return _mse(mean, target_mean) + (trace - 2 * shared) / nC


def _add_to_diagonal(covariance):
    return covariance + WASSERSTEIN_EPSILON * tf.eye(covariance.shape[0])


def _variation_in_eight_directions(image):
    """Twice the sum of mean squared differences: a third for across and down, a twelfth for each diagonal."""
    padded = tf.pad(image, [[0, 0], [1, 1], [1, 1], [0, 0]], "SYMMETRIC")
    inner = padded[:, 1:-1, 1:-1]
    across, down = _mse(padded[:, 1:-1, 2:], inner), _mse(padded[:, 2:, 1:-1], inner)
    diagonals = _mse(padded[:, 1:, 1:], padded[:, :-1, :-1]) + _mse(padded[:, 1:, :-1], padded[:, :-1, 1:])
    return 2 * ((across + down) / 3 + diagonals / 12)


course = PublishedLoss(FIVE_BLOCKS, "block5_conv4", gram_matrix, _course, preprocess=_undo_preprocessing)
tensorflow_tutorial = PublishedLoss(FIVE_BLOCKS, "block5_conv2", gram_matrix, _tensorflow_tutorial)
keras_example = PublishedLoss(FIVE_BLOCKS, "block5_conv2", lambda activation: gram_sum(activation)[0], _keras_example)
pytorch_tutorial = PublishedLoss(
    FIVE_CONVOLUTIONS, "block2_conv2", _gram_by_size, _pytorch_tutorial, scale=TORCHVISION_SCALE
)
jcjohnson = PublishedLoss(FIVE_BLOCKS, "block4_conv2", _gram_by_size, _jcjohnson)
crowsonkb = PublishedLoss(
    FIVE_BLOCKS,
    "block4_conv2",
    _mean_and_covariance,
    _crowsonkb,
    _gaussian_target,
    pooling="average",
    scale=TORCHVISION_SCALE,
)

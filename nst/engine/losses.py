"""The terms of J in the engine: those of the course, for pictures of any size and for regions of them.

J = alpha |a_C - a_G|^2 / |a_C|^2 + beta sum_l lambda_l |G_S - G_G|^2 / |G_S|^2 + w (total variation)

Differences from chapter 1: each difference is relative to its target, so that alpha, beta and lambda have the same
meaning for any network, layer and picture; a Gram matrix is divided by its number of positions, so that content and
style pictures may differ in size; the total variation is a term of J. For each layer, the content and style terms are
those of the course, multiplied by a constant of the run.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from nst.engine.masks import downscale_masks
from nst.network.layers import block_of, stride_of
from nst.quiet_tensorflow import tensorflow as tf

TINY = 1e-12  # the least divisor, for regions without positions and layers without activation


def gram_matrix(activation, mask=None):
    """Return the mean over positions of a a^T, where a are the nC activations at a position.

    activation: (1, nH, nW, nC). mask: (nH, nW) in [0, 1], the weight of each position (the guided Gram matrix of Gatys
    et al. 2016, section 4, with their guidance squared); None: equal weights, which gives A A^T / (nH nW).
    Returns float32 (nC, nC).

    >>> activation = np.array([1.0, 2.0, 3.0, 4.0], np.float32).reshape(1, 2, 1, 2)  # two positions, two channels
    >>> gram_matrix(activation).numpy().tolist()
    [[5.0, 7.0], [7.0, 10.0]]
    """
    total, positions = gram_sum(activation, mask)
    return divide_by_positions(total[None], positions[None])[0]


def gram_sum(activation, mask=None):
    """Return (sum of a a^T (nC, nC), positions): their quotient is the Gram matrix; both add up over tiles."""
    rows = tf.reshape(activation, (-1, activation.shape[-1]))
    if mask is None:
        return _outer_products(rows), tf.cast(tf.shape(rows)[0], tf.float32)
    weights = tf.reshape(mask, (-1, 1))
    return _outer_products(rows, weights), tf.reduce_sum(weights)


def _outer_products(rows, weights=None):
    """Return the sum of w a a^T over rows a, in float32: (n, nC), (n, 1) -> (nC, nC).

    The two factors are identical, so one matrix product suffices for the gradient, w a (S + S^T) for the incoming
    gradient S; automatic differentiation would compute two. It has the precision of the rows, as other gradients do.
    """
    weigh = (lambda x: x) if weights is None else (lambda x: x * tf.cast(weights, x.dtype))

    @tf.custom_gradient
    def sum_products(rows):
        exact = tf.cast(rows, tf.float32)

        def gradient(incoming):
            return weigh(tf.matmul(rows, tf.cast(incoming + tf.transpose(incoming), rows.dtype)))

        return tf.matmul(weigh(exact), exact, transpose_a=True), gradient

    return sum_products(rows)


def sum_regions(activation, masks):
    """Return the gram_sum of each region: (R, nC, nC), (R,). masks: (R, nH, nW), or None: one region, the picture."""
    regions = [None] if masks is None else tf.unstack(masks)
    totals, positions = zip(*[gram_sum(activation, mask) for mask in regions], strict=True)
    return tf.stack(totals), tf.stack(positions)


def divide_by_positions(totals, positions):
    """Divide the sums of regions (R, nC, nC) by their positions (R,); the result is 0 for a region without positions.

    A position of a deep layer covers a square of pixels; a narrow region along the edge may contain none.
    """
    return totals / tf.maximum(positions, TINY)[:, None, None]


def squared_difference(a, b):
    """Return the sum of (a - b)^2 in float32; for Gram matrices (R, nC, nC) one sum for each region, (R,)."""
    square = tf.square(tf.cast(a, tf.float32) - tf.cast(b, tf.float32))
    return tf.reduce_sum(square, (1, 2)) if len(square.shape) == 3 else tf.reduce_sum(square)


def total_variation(image):
    """Return the mean squared difference between neighboring pixels, down and across: (1, H, W, 3) -> scalar.

    Squared differences (Mahendran and Vedaldi 2015, section 3 with beta = 2) penalize single outlying pixels most.

    >>> float(total_variation(tf.constant([[[[0.0] * 3, [1.0] * 3]] * 2])))  # black | white, the same in both rows
    1.0
    """
    return tf.add_n([_mean_square(_differences(image, axis)) for axis in (1, 2)])


def _mean_square(x):
    """Return the mean of the squares. tf.nn.l2_loss, half their sum, needs no array for the squares."""
    return 2 * tf.nn.l2_loss(x) / tf.cast(tf.size(x), x.dtype)


def _differences(image, axis):
    """Return each pixel minus the one before it. The gradient of tf.split is four times as fast as that of slices."""
    _, after = tf.split(image, [1, -1], axis)
    before, _ = tf.split(image, [-1, 1], axis)
    return after - before


@dataclass(frozen=True)
class Style:
    """A style picture (1, H, W, 3), its share, and two masks (H, W): where it paints, and where it is taken from."""

    image: np.ndarray
    share: float = 1.0
    content_mask: np.ndarray | None = None
    style_mask: np.ndarray | None = None


class Targets(NamedTuple):
    """The targets of J at one size, computed once.

    content: (1, nH, nW, nC) of the content layer. grams: for each style layer (R, nC, nC), a Gram matrix for each
    region. masks: for each style layer (R, nH, nW); an empty list if the whole picture is the only region.
    content_weight: alpha / |a_C|^2. style_weights: for each style layer (R,), beta lambda_l share_r / |G_S|^2.
    """

    content: tf.Tensor
    grams: list
    masks: list
    content_weight: tf.Tensor
    style_weights: list


class Objective:
    """J of a picture and its gradient, for a network and weights.

    It is traced once, for all sizes. A graph for a single size may round differently, and a resumed run would then
    differ from an uninterrupted one.
    """

    def __init__(self, network, layer_weights, content_weight, tv_weight):
        """network: nst.network.vgg.LayerOutputs of the style layers and, last, the content layer.

        layer_weights: the weight of each style layer in J, beta * lambda_l.
        """
        self.network, self.layer_weights = network, layer_weights
        self.content_weight, self.tv_weight = content_weight, tv_weight
        self.targets, self._compiled = None, None

    def set_targets(self, content_image, styles, content_factor=1.0):
        """Compute the targets, once for each size.

        styles: a list of Style, of which all or none have a content mask. content_factor: multiplies the content
        weight at this size.
        """
        content = self.content_activation(content_image)
        grams_of_styles = [self.gram_matrices(style.image, self.scale_masks(style.style_mask)) for style in styles]
        grams = [tf.concat(layer, 0) for layer in zip(*grams_of_styles, strict=True)]
        shares, masks = np.array([style.share for style in styles], np.float32), []
        if styles[0].content_mask is None:
            grams, shares = [tf.tensordot(shares, layer, 1)[None] for layer in grams], np.ones(1, np.float32)
        else:
            stacked = np.stack([style.content_mask for style in styles])
            masks = self.scale_masks(stacked)
            # In proportion to the area, so that a small region is not stylized more strongly than a large one.
            shares = shares * len(styles) * stacked.mean((1, 2))
        self.targets = Targets(
            content,
            grams,
            masks,
            _relative(content_factor * self.content_weight, content),
            [_relative(weight * shares, layer) for weight, layer in zip(self.layer_weights, grams, strict=True)],
        )

    def content_activation(self, image):
        """Return the content layer's activations of a picture."""
        return self.network(tf.constant(image))[-1]

    def gram_matrices(self, image, masks=()):
        """Return the Gram matrices of a picture, (R, nC, nC) for each style layer. masks: (R, nH, nW) for each."""
        layers = self.network(tf.constant(image))[:-1]
        return [divide_by_positions(*sums) for sums in _sums(layers, masks)]

    def scale_masks(self, masks):
        """Scale masks (R, H, W), or one (H, W), to each style layer: a list of (R, nH, nW), empty for None."""
        if masks is None:
            return []
        masks = masks.reshape(-1, *masks.shape[-2:])
        return [downscale_masks(masks, stride_of(block_of(name))) for name in self.network.names[:-1]]

    def __call__(self, image):
        """Return (J, gradient (1, H, W, 3), terms) for a float32 picture (1, H, W, 3).

        terms: the weighted terms of J, float32: content, total variation, then each style layer; their sum is J.
        """
        targets = self.targets
        if self._compiled is None:
            self._compiled = tf.function(self._terms_and_gradient, input_signature=_open_signature(targets))
        terms, gradient = self._compiled(tf.constant(image), targets)
        terms = terms.numpy()
        return float(terms.sum()), gradient.numpy(), terms

    def measure_distances(self, image, content_image):
        """Return how far a picture is from the targets.

        "style": its J_style / J_style of the content picture, None if that is 0; "content": |a_G - a_C| / |a_C|.
        """
        targets = self.targets
        style, before = (
            float(tf.add_n(style_terms(self.gram_matrices(picture, targets.masks), targets)))
            for picture in (image, content_image)
        )
        a_C, a_G = (np.asarray(tf.cast(a, tf.float32)) for a in (targets.content, self.content_activation(image)))
        return {
            "style": style / before if before else None,
            "content": float(np.linalg.norm(a_G - a_C) / np.linalg.norm(a_C)),
        }

    def _terms_and_gradient(self, image, targets):
        with tf.GradientTape() as tape:
            tape.watch(image)
            *layers, deep = self.network(image)
            grams = [divide_by_positions(*sums) for sums in _sums(layers, targets.masks)]
            terms = tf.stack(
                [
                    targets.content_weight * squared_difference(targets.content, deep),
                    self.tv_weight * total_variation(image),
                    *style_terms(grams, targets),
                ]
            )
            J = tf.reduce_sum(terms)
        return terms, tape.gradient(J, image)


def style_terms(grams, targets):
    """Return beta lambda_l sum_r share_r |G_S - G_G|^2 / |G_S|^2 for each layer. grams: (R, nC, nC) for each."""
    return [
        tf.reduce_sum(weights * squared_difference(target, gram))
        for weights, target, gram in zip(targets.style_weights, targets.grams, grams, strict=True)
    ]


def _relative(weight, target):
    """Return weight / |target|^2; 0 if the target is 0: a region without positions, a layer without activation."""
    square = squared_difference(target, 0.0)
    return tf.where(square > TINY, weight / tf.maximum(square, TINY), 0.0)


def _sums(layers, masks):
    return [sum_regions(layer, mask) for layer, mask in zip(layers, masks or [None] * len(layers), strict=True)]


def _open_signature(targets):
    """Return the shapes of a picture and its targets, with the sizes left open."""
    any_size = [None, None]
    return (
        tf.TensorSpec([1, *any_size, 3]),
        Targets(
            tf.TensorSpec([1, *any_size, targets.content.shape[-1]], targets.content.dtype),
            [tf.TensorSpec(gram.shape) for gram in targets.grams],
            [tf.TensorSpec([len(mask), *any_size]) for mask in targets.masks],
            tf.TensorSpec([]),
            [tf.TensorSpec(weights.shape) for weights in targets.style_weights],
        ),
    )

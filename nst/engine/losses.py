"""The terms of J as the engine uses them: the course's, for pictures of any sizes and for regions of them.

J = alpha |a_C - a_G|^2 / |a_C|^2 + beta sum_l lambda_l |G_S - G_G|^2 / |G_S|^2 + w (total variation)

What differs from chapter 1: every difference is relative to its target, so that alpha, beta and lambda mean the same
for any network, layer and picture; a Gram matrix is divided by its number of positions, so that content and style
pictures may differ in size; the total variation is a term of J. Layer by layer, content and style terms are the
course's own, times a constant of the run.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from nst.engine.masks import at_stride
from nst.network.weights import block_of, stride_of
from nst.quiet_tensorflow import tensorflow as tf

TINY = 1e-12  # as good as 0: what has no positions, or nothing active, is divided by this


def gram_matrix(activation, mask=None):
    """The mean of a a^T over positions, a being the nC activations of one: (1, nH, nW, nC) -> (nC, nC), float32.

    mask: (nH, nW) in [0, 1], how much each position counts (the guided Gram matrix of Gatys et al. 2016, section 4,
    their guidance squared); without it every position counts alike, which is A A^T / (nH nW).
    """
    total, positions = gram_sum(activation, mask)
    return over_positions(total[None], positions[None])[0]


def gram_sum(activation, mask=None):
    """The two halves of a Gram matrix, which add up over tiles: sum of a a^T (nC, nC), and the number of positions."""
    rows = tf.reshape(activation, (-1, activation.shape[-1]))
    if mask is None:
        return _outer_products(rows), tf.cast(tf.shape(rows)[0], tf.float32)
    weights = tf.reshape(mask, (-1, 1))
    return _outer_products(rows, weights), tf.reduce_sum(weights)


def _outer_products(rows, weights=None):
    """The sum of w a a^T over rows a, in float32: (n, nC), (n, 1) -> (nC, nC).

    Its gradient is written out, w a (S + S^T) for the slope S: both factors are the same rows, which TensorFlow does
    not see, and so multiplies twice. It is computed in the precision of the rows, as all slopes of activations are.
    """
    weigh = (lambda x: x) if weights is None else (lambda x: x * tf.cast(weights, x.dtype))

    @tf.custom_gradient
    def summed(rows):
        exact = tf.cast(rows, tf.float32)

        def slope_of_rows(slope):
            return weigh(tf.matmul(rows, tf.cast(slope + tf.transpose(slope), rows.dtype)))

        return tf.matmul(weigh(exact), exact, transpose_a=True), slope_of_rows

    return summed(rows)


def regional_sums(activation, masks):
    """The gram_sum of each region: (R, nC, nC), (R,). masks: (R, nH, nW), or None for the one region that is all."""
    regions = [None] if masks is None else tf.unstack(masks)
    totals, positions = zip(*[gram_sum(activation, mask) for mask in regions], strict=True)
    return tf.stack(totals), tf.stack(positions)


def over_positions(totals, positions):
    """Sums of regions (R, nC, nC) divided by their positions (R,); 0 where there are none.

    A layer's positions are whole squares of pixels, so that a deep one may hold nothing of a region along the edge.
    """
    return totals / tf.maximum(positions, TINY)[:, None, None]


def squared_difference(a, b):
    """The sum of (a - b)^2, in float32; of Gram matrices (R, nC, nC), one for each region: (R,)."""
    square = tf.square(tf.cast(a, tf.float32) - tf.cast(b, tf.float32))
    return tf.reduce_sum(square, (1, 2)) if len(square.shape) == 3 else tf.reduce_sum(square)


def total_variation(image):
    """The mean squared difference between neighbouring pixels, down and across: (1, H, W, 3) -> scalar.

    Squared, as a smoothness prior for least squares (Mahendran and Vedaldi 2015, section 3 with beta = 2): single
    odd pixels cost most.
    """
    return tf.add_n([tf.reduce_mean(tf.square(_differences(image, axis))) for axis in (1, 2)])


def _differences(image, axis):
    """Each pixel less the one before it. The gradient of tf.split is four times as fast as that of image[1:]."""
    _, after = tf.split(image, [1, -1], axis)
    before, _ = tf.split(image, [-1, 1], axis)
    return after - before


@dataclass(frozen=True)
class Style:
    """A style picture (1, H, W, 3) and its share; the masks (H, W) say where it paints and where it is taken from."""

    image: np.ndarray
    share: float = 1.0
    content_mask: np.ndarray | None = None
    style_mask: np.ndarray | None = None


class Targets(NamedTuple):
    """What a scale is painted towards, computed once.

    content: (1, nH, nW, nC) of the content layer. grams: for each style layer (R, nC, nC), a Gram matrix for each
    region. masks: for each style layer (R, nH, nW), or none where the whole picture is the one region.
    content_weight: alpha / |a_C|^2. style_weights: for each style layer (R,), beta lambda_l share_r / |G_S|^2.
    """

    content: tf.Tensor
    grams: list
    masks: list
    content_weight: tf.Tensor
    style_weights: list


class Objective:
    """J of a picture and its gradient, for a network and weights.

    Traced once, with sizes left open from the first: a graph for one size may round otherwise than one for all, and
    a run that was interrupted would not end as one that was not.
    """

    def __init__(self, network, layer_weights, content_weight, tv_weight):
        """network: nst.network.vgg.LayerOutputs of the style layers and, last, the content layer.

        layer_weights: the weight of each style layer in J, beta * lambda_l.
        """
        self.network, self.layer_weights = network, layer_weights
        self.content_weight, self.tv_weight = content_weight, tv_weight
        self.targets, self._compiled = None, None

    def aim(self, content_image, styles, content_counts=1.0):
        """Compute the targets, once for a scale. styles: a list of Style, all with a content mask or none.

        content_counts: how many times its weight the content counts at this scale.
        """
        content = self.content_of(content_image)
        of_styles = [self.grams_of(style.image, self.at_layers(style.style_mask)) for style in styles]
        grams = [tf.concat(layer, 0) for layer in zip(*of_styles, strict=True)]
        shares, masks = np.array([style.share for style in styles], np.float32), []
        if styles[0].content_mask is None:
            grams, shares = [tf.tensordot(shares, layer, 1)[None] for layer in grams], np.ones(1, np.float32)
        else:
            stacked = np.stack([style.content_mask for style in styles])
            masks = self.at_layers(stacked)
            # By area, so that a small region is painted no harder than a large one.
            shares = shares * len(styles) * stacked.mean((1, 2))
        self.targets = Targets(
            content,
            grams,
            masks,
            _relative(content_counts * self.content_weight, content),
            [_relative(weight * shares, layer) for weight, layer in zip(self.layer_weights, grams, strict=True)],
        )

    def content_of(self, image):
        """The content layer's activations of a picture."""
        return self.network(tf.constant(image))[-1]

    def grams_of(self, image, masks=()):
        """The Gram matrices of a picture, (R, nC, nC) for each style layer. masks: (R, nH, nW) for each, or none."""
        layers = self.network(tf.constant(image))[:-1]
        return [over_positions(*sums) for sums in _sums(layers, masks)]

    def at_layers(self, masks):
        """Masks (R, H, W), or one (H, W), as each style layer sees them: a list of (R, nH, nW), empty for None."""
        if masks is None:
            return []
        masks = masks.reshape(-1, *masks.shape[-2:])
        return [at_stride(masks, stride_of(block_of(name))) for name in self.network.names[:-1]]

    def __call__(self, image):
        """(J, gradient (1, H, W, 3), terms) at a float32 picture (1, H, W, 3).

        terms: the weighted parts of J, float32: content, total variation, then each style layer; their sum is J.
        """
        targets = self.targets
        if self._compiled is None:
            self._compiled = tf.function(self._terms_and_gradient, input_signature=_open_signature(targets))
        terms, gradient = self._compiled(tf.constant(image), targets)
        terms = terms.numpy()
        return float(terms.sum()), gradient.numpy(), terms

    def distances(self, image, content_image):
        """How far a picture is from the targets.

        "style": J_style of it / J_style of the content picture, None where that is 0; "content": |a_G - a_C| / |a_C|.
        """
        targets = self.targets
        style, before = (
            float(tf.add_n(style_terms(self.grams_of(picture, targets.masks), targets)))
            for picture in (image, content_image)
        )
        a_C, a_G = (np.asarray(tf.cast(a, tf.float32)) for a in (targets.content, self.content_of(image)))
        return {
            "style": style / before if before else None,
            "content": float(np.linalg.norm(a_G - a_C) / np.linalg.norm(a_C)),
        }

    def _terms_and_gradient(self, image, targets):
        with tf.GradientTape() as tape:
            tape.watch(image)
            *layers, deep = self.network(image)
            grams = [over_positions(*sums) for sums in _sums(layers, targets.masks)]
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
    """beta lambda_l sum_r share_r |G_S - G_G|^2 / |G_S|^2 for each layer; grams: (R, nC, nC) for each."""
    return [
        tf.reduce_sum(weights * squared_difference(wanted, got))
        for weights, wanted, got in zip(targets.style_weights, targets.grams, grams, strict=True)
    ]


def _relative(weight, target):
    """weight / |target|^2; 0 where there is nothing to be relative to: a region without positions, a dead layer."""
    square = squared_difference(target, 0.0)
    return tf.where(square > TINY, weight / tf.maximum(square, TINY), 0.0)


def _sums(layers, masks):
    return [regional_sums(layer, mask) for layer, mask in zip(layers, masks or [None] * len(layers), strict=True)]


def _open_signature(targets):
    """What a picture and its targets look like at any size."""
    open_ = [None, None]
    return (
        tf.TensorSpec([1, *open_, 3]),
        Targets(
            tf.TensorSpec([1, *open_, targets.content.shape[-1]], targets.content.dtype),
            [tf.TensorSpec(gram.shape) for gram in targets.grams],
            [tf.TensorSpec([len(mask), *open_]) for mask in targets.masks],
            tf.TensorSpec([]),
            [tf.TensorSpec(weights.shape) for weights in targets.style_weights],
        ),
    )

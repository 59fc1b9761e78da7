"""The statistics of a layer's activations, and AdaIN, which replaces them by those of a style.

X. Huang, S. Belongie, "Arbitrary Style Transfer in Real-time with Adaptive Instance Normalization" (2017). A region is
a part of the picture with statistics of its own (their figure 9); its mask may be gray.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from nst.quiet_tensorflow import tensorflow as tf

EPSILON = 1e-5  # added to the variance: a channel may be constant
SMALLEST_SHARE = 0.01  # of the whole picture's variance, for a region
TINY = 1e-9  # the least divisor, for a region without positions


class Statistics(NamedTuple):
    """The mean and the standard deviation of each channel in R regions: two tensors (R, nC), float32."""

    mean: tf.Tensor
    deviation: tf.Tensor


def adain(content_features, style_features, alpha: float = 1.0) -> tf.Tensor:
    """Give the content's activations the style's mean and standard deviation, channel by channel.

    alpha * ((f - mean(f)) / std(f) * std(s) + mean(s)) + (1 - alpha) * f (Huang and Belongie 2017, equations 8 and 14),
    with std(f) = sqrt(variance + 1e-5).

    content_features: f, (1, nH, nW, nC). style_features: s, (1, any nH, any nW, nC). alpha: from 0, which changes
    nothing, to 1. Returns float32 (1, nH, nW, nC).

    >>> content = np.array([1.0, 3.0], np.float32).reshape(1, 2, 1, 1)  # mean 2, standard deviation 1
    >>> style = np.array([10.0, 20.0], np.float32).reshape(1, 2, 1, 1)  # mean 15, standard deviation 5
    >>> adain(content, style).numpy().round(3).ravel().tolist()
    [10.0, 20.0]
    >>> adain(content, style, alpha=0.5).numpy().round(3).ravel().tolist()
    [5.5, 11.5]
    """
    own, target = measure_statistics(content_features), measure_statistics(style_features)
    return replace_statistics(content_features, own, mix_statistics([target, own], [alpha, 1 - alpha]))


def measure_statistics(features, masks=None) -> Statistics:
    """Measure the mean and the standard deviation, sqrt(variance + 1e-5), of each channel.

    features: (1, nH, nW, nC). masks: (R, nH, nW) in [0, 1], the weight of each position in R regions; None: one region,
    the whole picture. Returns Statistics.

    >>> features = np.array([1.0, 3.0], np.float32).reshape(1, 2, 1, 1)
    >>> [tensor.numpy().round(3).tolist() for tensor in measure_statistics(features)]
    [[[2.0]], [[1.0]]]
    """
    return to_statistics(measure_moments(features, masks))


def mix_statistics(statistics: Sequence[Statistics], shares: Sequence[float]) -> Statistics:
    """Return the weighted mean of several Statistics: of their means, and of their standard deviations.

    shares: of each, with a sum of 1. Dumoulin et al. (2017), "A Learned Representation for Artistic Style", mix styles
    in the same way.
    """
    means, deviations = zip(*statistics, strict=True)
    return Statistics(_weighted_sum(means, shares), _weighted_sum(deviations, shares))


def replace_statistics(features, own: Statistics, target: Statistics, masks=None) -> tf.Tensor:
    """Replace the statistics of activations by others: (f - own.mean) / own.deviation * target.deviation + target.mean.

    features: (1, nH, nW, nC). masks: (R, nH, nW), at each position one above 0; None: one region. At a position that
    belongs to several regions, their results are blended in proportion to their masks. Returns float32 (1, nH, nW, nC).
    """
    features, scale = tf.cast(features, tf.float32), target.deviation / own.deviation
    if masks is None:
        return (features - own.mean) * scale + target.mean
    shares = masks / tf.maximum(tf.reduce_sum(masks, 0), TINY)
    scale, shift = (tf.einsum("rhw,rc->hwc", shares, part) for part in (scale, target.mean - own.mean * scale))
    return features * scale + shift


class Moments(NamedTuple):
    """What Statistics are computed from: the weight (R,) of the regions, mean and variance (R, nC), float32."""

    weight: tf.Tensor
    mean: tf.Tensor
    variance: tf.Tensor


def measure_moments(features, masks=None) -> Moments:
    """Measure the Moments of activations; see measure_statistics."""
    features = tf.cast(features, tf.float32)
    if masks is None:
        mean = tf.reduce_mean(features, (0, 1, 2))
        variance = tf.reduce_mean(tf.math.squared_difference(features, mean), (0, 1, 2))
        return Moments(tf.cast(tf.size(features[..., :1]), tf.float32)[None], mean[None], variance[None])
    center = tf.reduce_mean(features, (0, 1, 2))  # so that the difference of squares below is exact enough
    weights = tf.reduce_sum(masks, (1, 2))
    shares = masks / tf.maximum(weights, TINY)[:, None, None]
    mean, square = (tf.einsum("rhw,hwc->rc", shares, values[0]) for values in _powers(features - center))
    filled = tf.reduce_sum(shares, (1, 2))[:, None]  # 1, or 0 for a region without positions
    return Moments(weights, mean + center * filled, tf.maximum(square - tf.square(mean), 0))


def add_moments(parts: Sequence[Moments]) -> Moments:
    """Return the Moments of a whole from those of its parts, in float64 on the way (Chan, Golub, LeVeque 1979)."""
    weights, means, variances = (np.stack(values).astype(np.float64) for values in zip(*parts, strict=True))
    total = weights.sum(0)
    shares = (weights / np.maximum(total, TINY))[..., None]
    mean = (shares * means).sum(0)
    variance = (shares * (variances + np.square(means - mean))).sum(0)
    return Moments(*(tf.constant(value, tf.float32) for value in (total, mean, variance)))


def to_statistics(moments: Moments) -> Statistics:
    """Return the Statistics of Moments.

    A region's variance counts as at least a hundredth of the whole picture's. Otherwise, a channel that is constant in
    one region would be amplified without limit at its border, where the other region begins.
    """
    weight, mean, variance = moments
    shares = (weight / tf.maximum(tf.reduce_sum(weight), TINY))[:, None]
    center = tf.reduce_sum(shares * mean, 0)
    whole = tf.reduce_sum(shares * (variance + tf.math.squared_difference(mean, center)), 0)
    return Statistics(mean, tf.sqrt(tf.maximum(variance, SMALLEST_SHARE * whole) + EPSILON))


def _powers(values):
    return values, tf.square(values)


def _weighted_sum(tensors, shares):
    return tf.add_n([tf.cast(share, tf.float32) * tensor for share, tensor in zip(shares, tensors, strict=True)])

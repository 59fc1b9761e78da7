"""The topology of VGG-19 and VGG-16 as a function of their weights, for teachers and student alike."""

import numpy as np
import tensorflow as tf

from nst.network.layers import LAYERS

VGG16_LAYERS = tuple(
    f"block{block}_conv{i}" for block, depth in enumerate((2, 2, 3, 3, 3), start=1) for i in range(1, depth + 1)
)
CAFFE_MEAN_BGR = (103.939, 116.779, 123.68)
UNIT = 64.0  # gray levels to one unit of input: the student's first kernel then has the size of the others


def preprocess(pictures):
    """RGB in [0, 1] -> BGR gray levels minus the ImageNet mean, in units of 64 gray levels; (N, H, W, 3)."""
    return (pictures[..., ::-1] * 255.0 - tf.constant(CAFFE_MEAN_BGR)) / UNIT


def activations(weights, pictures, precision=tf.float32, detached=None, names=LAYERS):
    """Activations of the given layers, after ReLU, as `responses` gives them before: (N, H, W, C) each."""
    return [tf.nn.relu(response) for response in responses(weights, pictures, precision, detached, names)]


def responses(weights, pictures, precision=tf.float32, detached=None, names=LAYERS):
    """Responses of the given layers before ReLU, in order: a list of (N, H, W, C) tensors.

    weights: a list of (kernel, bias), a prefix of the network's layers, for input in units of 64 gray levels.
    pictures: (N, H, W, 3) RGB in [0, 1]. detached: index of a layer that passes no gradient to those below it.
    names: the network's layers: LAYERS for VGG-19, VGG16_LAYERS for VGG-16.
    """
    x, outputs = tf.cast(preprocess(pictures), precision), []
    for name, (kernel, bias) in zip(names, weights, strict=False):
        if outputs:
            x = below(name, outputs[-1])
        if len(outputs) == detached:
            x = tf.stop_gradient(x)
        outputs.append(convolve(x, tf.cast(kernel, precision), tf.cast(bias, precision)))
    return outputs


def convolve(x, kernel, bias):
    """A 3 x 3 convolution before ReLU, padded as nst.network pads it."""
    return tf.nn.conv2d(padded(x), kernel, 1, "VALID") + bias


def padded(x):
    """Continue the picture by repeating its outermost pixels, any deeper layer by zeros: one more on each side."""
    return tf.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), "SYMMETRIC" if x.shape[-1] == 3 else "CONSTANT")


def below(name, response):
    """What a layer is fed by the layer before it: ReLU, and at the start of a block the maximum of 2 x 2."""
    x = tf.nn.relu(response)
    return tf.nn.max_pool2d(x, 2, 2, "VALID") if name.endswith("conv1") else x


def for_units(weights):
    """Weights for input in gray levels -> weights for input in units of 64 gray levels."""
    (kernel, bias), *rest = weights
    return [(kernel * UNIT, bias), *rest]


def for_gray_levels(weights):
    """Weights for input in units of 64 gray levels -> for input in gray levels, as files hold them."""
    (kernel, bias), *rest = weights
    return [(kernel / UNIT, bias), *rest]


def calibrate(weights, batches, names=LAYERS):
    """Rescale every layer so that its mean activation over the pictures is 1; the function stays the same.

    With m_l the mean of layer l: kernel_l * m_(l-1) / m_l and bias_l / m_l (Gatys et al. 2016, section 2).
    batches: an iterable of pictures (N, H, W, 3), RGB in [0, 1]; names: as `responses` takes them.
    """
    means = mean_activations(weights, batches, names)
    if not all(means > 0):
        dead = names[int(np.argmin(means))]
        raise ValueError(f"{dead} never fires on these pictures, so it cannot be calibrated.")
    before = np.concatenate([[1.0], means[:-1]])
    return [
        ((np.asarray(kernel) * m0 / m).astype(np.float32), (np.asarray(bias) / m).astype(np.float32))
        for (kernel, bias), m0, m in zip(weights, before, means, strict=True)
    ]


def mean_activations(weights, batches, names=LAYERS):
    """Mean activation of every layer over all positions of all pictures: float64 (layers,)."""
    sums, sizes = np.zeros(len(weights)), np.zeros(len(weights))
    for pictures in batches:
        for i, layer in enumerate(activations(weights, pictures, names=names)):
            sums[i] += float(tf.reduce_sum(layer))
            sizes[i] += tf.size(layer).numpy()
    return sums / sizes

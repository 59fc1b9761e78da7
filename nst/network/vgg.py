"""VGG-19 (Simonyan and Zisserman 2015) and the smaller, bundled Pocket VGG-19: build, load, read layer by layer."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nst.network.layers import LAYERS, LayerError
from nst.network.weights import find_weights, read_weights
from nst.quiet_tensorflow import keras
from nst.quiet_tensorflow import tensorflow as tf

POOLINGS = {"max": keras.layers.MaxPooling2D, "average": keras.layers.AveragePooling2D}
# Every layer states these two: ~/.keras/keras.json and the session may have other defaults.
FORMAT = "channels_last"
FIRST = ("block1_conv1",)
PICTURE = "float32"  # the type of pictures, and of all layers but the convolutions and poolings
IMAGENET_MEAN_BGR = (103.939, 116.779, 123.68)


@keras.saving.register_keras_serializable(package="nst")
class CaffePreprocessing(keras.layers.Layer):
    """The input of the published VGG-19: RGB in [0, 1] -> 0..255 -> BGR -> minus the ImageNet mean; (1, H, W, 3)."""

    def call(self, image):
        return keras.ops.flip(image, -1) * 255.0 - keras.ops.convert_to_tensor(IMAGENET_MEAN_BGR, image.dtype)


class BorderSafeConv2D(keras.layers.Conv2D):
    """A 3 x 3 convolution that extends its input beyond the edge by repeating the outermost positions.

    The published network pads with zeros. To its first layer that is a gray frame around every picture, and an
    optimizer paints artifacts along it. So the first layer repeats pixels instead. The other layers pad with zeros, as
    VGG-19 was trained to, which also saves a copy of every layer, unless build_vgg19 is told otherwise.
    """

    def call(self, x):
        return super().call(_extend_by_edges(x))


@tf.custom_gradient
def _extend_by_edges(x):
    """Repeat the outermost rows and columns once: (1, H, W, C) -> (1, H + 2, W + 2, C).

    This is tf.pad(mode="SYMMETRIC") and its gradient; with tf.pad, both together take 1.4 to 2.5 times as long.
    """

    def gradient(incoming):
        paddings = ((0, 0), (1, 1), (1, 1), (0, 0))
        return tf.raw_ops.MirrorPadGrad(input=incoming, paddings=paddings, mode="SYMMETRIC")

    rows = tf.concat([x[:, :1], x, x[:, -1:]], 1)
    return tf.concat([rows[:, :, :1], rows, rows[:, :, -1:]], 2), gradient


def load_vgg19(weights: str | Path | None = None, *, precision: str = "float32", pooling: str = "max") -> keras.Model:
    """Load VGG-19, or the bundled Pocket VGG-19, which has the same layers with fewer channels.

    weights: "auto", "pocket", "vgg19" or the path of a weight file, see nst.network.weights.find_weights. None: the
        value of the environment variable NST_WEIGHTS, or "auto" if it is not set.
    precision: "float32", or "bfloat16", which keeps 8 significant bits in the convolutions and is several times as
        fast on a processor that supports it.
    pooling: "max", as published, or "average", which Gatys et al. (2015) preferred.

    Returns a keras.Model that is not trainable. Its input is (1, H, W, 3), RGB in [0, 1], with sides of at least 16
    pixels. Its layers are "preprocessing", the convolutions "block1_conv1" ... "block5_conv4" (3 x 3, ReLU, see
    BorderSafeConv2D), and between the blocks "block1_pool" ... (2 x 2). Prints one line that names the network.
    Raises nst.network.weights.WeightsError if the weights cannot be used.

    >>> model = load_vgg19("pocket")
    Network: Pocket VGG-19, bundled (chosen by name).
    >>> model.get_layer("block1_conv1").filters
    32
    """
    file = find_weights(weights)
    layer_weights = read_weights(file.path)
    print(file.announcement)
    return build_vgg19(layer_weights, file.name, precision=precision, pooling=pooling)


def build_vgg19(
    layer_weights: dict[str, tuple[np.ndarray, np.ndarray]],
    name: str = "vgg19",
    *,
    precision: str = "float32",
    pooling: str = "max",
    repeat_edges: Collection[str] = FIRST,
) -> keras.Model:
    """Build the network from {layer name: (kernel, bias)}; it ends at the last layer of the dict.

    layer_weights: as nst.network.weights.read_weights returns it. name: of the model. precision, pooling: see
    load_vgg19. repeat_edges: the layers that extend their input by repeating its outermost positions, see
    BorderSafeConv2D; the others pad with zeros. Returns a keras.Model that is not trainable.
    """
    image = keras.Input((None, None, 3), name="image", dtype=PICTURE)
    x = CaffePreprocessing(name="preprocessing", dtype=PICTURE)(image)
    for layer, following in zip(layer_weights, [*list(layer_weights)[1:], None], strict=True):
        kernel, _ = layer_weights[layer]
        settings = {
            "filters": kernel.shape[-1],
            "kernel_size": 3,
            "data_format": FORMAT,
            "activation": "relu",
            "name": layer,
            "dtype": precision,
        }
        repeats = layer in repeat_edges
        x = BorderSafeConv2D(**settings)(x) if repeats else keras.layers.Conv2D(padding="same", **settings)(x)
        block = layer.partition("_")[0]
        if following and not following.startswith(block):
            x = POOLINGS[pooling](2, data_format=FORMAT, name=f"{block}_pool", dtype=precision)(x)
    model = keras.Model(image, x, name=name)
    model.trainable = False
    for layer, arrays in layer_weights.items():
        model.get_layer(layer).set_weights(arrays)
    return model


def mean_activations(model: keras.Model, names: Sequence[str], images: Sequence[np.ndarray]) -> dict[str, float]:
    """Return the mean of each layer's activations over some pictures.

    Gatys et al. (2015) scale VGG-19 so that this mean is 1 in every layer; layer_outputs does the same for these
    pictures if it is given the returned dict.

    names: layer names. images: a list of (1, H, W, 3), RGB in [0, 1]. Returns {layer name: mean, above 0}.
    Raises nst.network.layers.LayerError for a layer that the network does not have.
    """
    outputs = layer_outputs(model, names)
    sums = [np.array([float(keras.ops.mean(a)) for a in outputs(image)]) for image in images]
    return dict(zip(names, (np.mean(sums, axis=0) + 1e-12).tolist(), strict=True))


def layer_outputs(model: keras.Model, names: Sequence[str], means: dict[str, float] | None = None) -> LayerOutputs:
    """Make a network that returns the activations of some layers and ends after the deepest of them.

    names: layer names. means: what mean_activations returned, to divide each layer's output by its mean; None: no
    division. Returns LayerOutputs. Raises nst.network.layers.LayerError for a layer that the network does not have.

    >>> outputs = layer_outputs(load_vgg19("pocket"), ["block1_conv1", "block2_conv1"])
    Network: Pocket VGG-19, bundled (chosen by name).
    >>> [tuple(activation.shape) for activation in outputs(np.zeros((1, 32, 48, 3), np.float32))]
    [(1, 32, 48, 32), (1, 16, 24, 64)]
    """
    outputs = [_layer(model, name).output for name in names]
    if means is not None:
        outputs = [
            keras.layers.Rescaling(1 / means[name], name=f"{name}_normalized", dtype=PICTURE)(output)
            for name, output in zip(names, outputs, strict=True)
        ]
    cut = keras.Model(model.input, outputs, name=f"{model.name}_layers")
    cut.trainable = False
    return LayerOutputs(cut, tuple(names))


@dataclass(frozen=True)
class LayerOutputs:
    """A network that maps a picture (1, H, W, 3) to a list of activations, each (1, nH, nW, nC).

    names: the layers, in the order of the list.
    """

    network: keras.Model
    names: tuple

    def __call__(self, image):
        return keras.tree.flatten(self.network(image))  # for one layer, Keras returns a tensor instead of a list


def _layer(model, name):
    known = [layer.name for layer in model.layers]
    if name in known:
        return model.get_layer(name)
    if name in LAYERS:
        raise LayerError(f"{name}: these weights end at {known[-1]}, so {model.name} does not have this layer.")
    near = difflib.get_close_matches(str(name), known, n=3, cutoff=0.4) or list(LAYERS[:3])
    raise LayerError(f"{name}: {model.name} has no such layer. The nearest names are {', '.join(near)}.")

"""VGG-19 (Simonyan and Zisserman 2015) and its bundled little sister: built, loaded, and read layer by layer."""

import difflib
from dataclasses import dataclass

import numpy as np

from nst.network.weights import LAYERS, find_weights, read_weights
from nst.quiet_tensorflow import keras

PUBLISHED_CHANNELS = 64  # of VGG-19's first layer; ours has fewer
POOLINGS = {"max": keras.layers.MaxPooling2D, "average": keras.layers.AveragePooling2D}
IMAGENET_MEAN_BGR = (103.939, 116.779, 123.68)


class LayerError(ValueError):
    """A layer that the network does not have; the message lists the nearest names."""


@keras.saving.register_keras_serializable(package="nst")
class CaffePreprocessing(keras.layers.Layer):
    """What the published VGG-19 was fed: RGB in [0, 1] -> 0..255 -> BGR -> minus the ImageNet mean; (1, H, W, 3)."""

    def call(self, image):
        return keras.ops.flip(image, -1) * 255.0 - keras.ops.convert_to_tensor(IMAGENET_MEAN_BGR, image.dtype)


class BorderSafeConv2D(keras.layers.Conv2D):
    """A 3 x 3 convolution that continues its input beyond the edge by repeating the outermost pixels.

    The published network pads with zeros, which to its first layer is a grey frame around every picture, and an
    optimiser paints against it. So our VGG-19's first layer differs, in the outermost positions; the others pad with
    zeros as they learned to, and without another copy of every layer. Pocket VGG-19 was taught so in all its layers.
    """

    def call(self, x):
        return super().call(keras.ops.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), mode="symmetric"))


def load_vgg19(weights=None, *, precision="float32", pooling="max"):
    """Load VGG-19, or the bundled Pocket VGG-19, which has the same layers with fewer channels.

    weights: "auto", "pocket", "vgg19" or a path, as nst.network.weights.find_weights takes it; None reads NST_WEIGHTS.
    precision: "float32", or "bfloat16" for convolutions that round to 8 bits, several times as fast on a processor
    that has them. pooling: "max" as published, or "average" as Gatys et al. (2015) liked better.
    Returns a frozen keras.Model: input (1, H, W, 3), RGB in [0, 1], sides of at least 16 pixels; preprocessing is its
    first layer; then the convolutions "block1_conv1" ... "block5_conv4" (3 x 3, ReLU, see BorderSafeConv2D) and between
    the blocks "block1_pool" ... (2 x 2). Prints one line that names the network.
    Raises nst.network.weights.WeightsError when the weights cannot be used.
    """
    chosen = find_weights(weights)
    layer_weights = read_weights(chosen.path)
    print(chosen.announcement)
    return build_vgg19(layer_weights, chosen.name, precision=precision, pooling=pooling)


def build_vgg19(layer_weights, name="vgg19", *, precision="float32", pooling="max"):
    """The network of a dict {layer name: (kernel, bias)}; it ends at the last layer that the dict holds.

    precision, pooling: as load_vgg19 takes them.
    """
    image = keras.Input((None, None, 3), name="image")
    x = CaffePreprocessing(name="preprocessing")(image)
    first, *_ = layer_weights
    published = layer_weights[first][0].shape[-1] == PUBLISHED_CHANNELS
    for layer, following in zip(layer_weights, [*list(layer_weights)[1:], None], strict=True):
        kernel, _ = layer_weights[layer]
        settings = {
            "filters": kernel.shape[-1],
            "kernel_size": 3,
            "activation": "relu",
            "name": layer,
            "dtype": precision,
        }
        if published and layer != first:
            x = keras.layers.Conv2D(padding="same", **settings)(x)
        else:
            x = BorderSafeConv2D(**settings)(x)
        block = layer.partition("_")[0]
        if following and not following.startswith(block):
            x = POOLINGS[pooling](2, name=f"{block}_pool", dtype=precision)(x)
    model = keras.Model(image, x, name=name)
    model.trainable = False
    for layer, arrays in layer_weights.items():
        model.get_layer(layer).set_weights(arrays)
    return model


def mean_activations(model, names, images):
    """The mean of each layer's activations over some pictures: a dict {layer name: float}, each positive.

    Gatys et al. (2015) scale VGG-19 so that this mean is 1 in every layer; handing the dict to layer_outputs does so
    for these pictures. images: a list of (1, H, W, 3) in [0, 1].
    """
    outputs = layer_outputs(model, names)
    sums = [np.array([float(keras.ops.mean(a)) for a in outputs(image)]) for image in images]
    return dict(zip(names, (np.mean(sums, axis=0) + 1e-12).tolist(), strict=True))


def layer_outputs(model, names, means=None):
    """A network that returns the activations of some layers, cut after the deepest of them.

    names: layer names. means: the dict of mean_activations; each layer's output is divided by its mean.
    Returns LayerOutputs. Raises LayerError for a layer that the network does not have.
    """
    outputs = [_layer(model, name).output for name in names]
    if means is not None:
        outputs = [
            keras.layers.Rescaling(1 / means[name], name=f"{name}_normalised")(output)
            for name, output in zip(names, outputs, strict=True)
        ]
    cut = keras.Model(model.input, outputs, name=f"{model.name}_layers")
    cut.trainable = False
    return LayerOutputs(cut, tuple(names))


@dataclass(frozen=True)
class LayerOutputs:
    """A cut network: called on a picture (1, H, W, 3) it returns a list of activations, each (1, nH, nW, nC).

    names: the layers, in the order of the list.
    """

    network: keras.Model
    names: tuple

    def __call__(self, image):
        return keras.tree.flatten(self.network(image))  # Keras returns a bare tensor where there is but one


def _layer(model, name):
    known = [layer.name for layer in model.layers]
    if name in known:
        return model.get_layer(name)
    if name in LAYERS:
        raise LayerError(f"{name}: these weights end at {known[-1]}, so {model.name} has no such layer.")
    near = difflib.get_close_matches(str(name), known, n=3, cutoff=0.4) or list(LAYERS[:3])
    raise LayerError(f"{name}: {model.name} has no such layer. The nearest names are {', '.join(near)}.")

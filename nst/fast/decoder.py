"""The decoder: it turns the content's activations, with the style's statistics, into a picture.

From block 5 to block 1, each level doubles the size by repeating pixels. All 3 x 3 convolutions reflect their input at
its border, so that no frame appears. The residual steps of levels 5 and 4 come before the nonlinearity (He et al. 2016,
"Identity Mappings"). AdaIN is applied to the content's three layers, and again to the decoder's own activations in
levels 3, 2 and 1, which have as many channels as the encoder's layers there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from nst.fast.statistics import Statistics, measure_statistics, replace_statistics
from nst.network.weights import WeightsError, open_arrays, read_layer, require_bundled, require_file
from nst.paths import BUNDLED
from nst.quiet_tensorflow import tensorflow as tf

DECODER_FILE = BUNDLED / "fast_decoder.npz"
DECODER_SHA256 = "52433170d77c622682962290a44a476d8172d1ddb18c3e38af33eddeb2eb2400"
# The encoder's layer of each level: all five for the style, the last three for the content.
ENCODER_LAYERS = tuple(f"block{level}_conv1" for level in range(1, 6))
# Each convolution: its size, and the levels whose encoder layers have as many channels as its input and output.
CONVOLUTIONS = {
    "conv5_in": (3, 5, 4),
    "conv5_a": (3, 4, 4),
    "conv5_b": (3, 4, 4),
    "conv4_a": (3, 4, 4),
    "conv4_b": (3, 4, 4),
    "conv4_c": (3, 4, 4),
    "conv4_out": (3, 4, 3),
    "conv3_skip": (1, 3, 3),
    "conv3_a": (3, 3, 3),
    "conv3_b": (3, 3, 3),
    "conv3_out": (3, 3, 2),
    "conv2_a": (3, 2, 2),
    "conv2_out": (3, 2, 1),
    "conv1_a": (3, 1, 1),
    "conv1_out": (3, 1, None),
}
WHOLE = (1, 1)  # both the upper and the lower edge are the picture's, so they are reflected


def load_decoder(path: str | Path | None = None, precision: str = "float32") -> Decoder:
    """Load the decoder that comes with the course, or another one with the same layers.

    path: a .npz file with arrays such as conv5_in/kernel; None: the bundled one, whose checksum is verified.
    precision: of the convolutions, "float32" or "bfloat16".
    Returns a Decoder. Raises nst.network.weights.WeightsError if the file cannot be used.

    >>> load_decoder().channels  # of the encoder's five layers
    (32, 64, 128, 160, 256)
    """
    if path is None:
        require_bundled(DECODER_FILE, DECODER_SHA256)
    else:
        require_file(Path(path), "Give the path of a .npz file with the decoder's layers.")
    return Decoder(read_decoder(DECODER_FILE if path is None else Path(path)), precision)


def read_decoder(path: Path) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Read a decoder's file: {name: (kernel, bias)}, float32, in the order of CONVOLUTIONS.

    Raises WeightsError if the file is damaged, or if a layer is missing or its channels do not fit the others.
    """
    with open_arrays(path) as arrays:
        missing = [name for name in CONVOLUTIONS if not {f"{name}/kernel", f"{name}/bias"} <= arrays.keys()]
        if missing:
            raise WeightsError(f"{path}: this is not a decoder: {', '.join(missing)} is missing.")
        sizes = {CONVOLUTIONS[name][1]: arrays[f"{name}/kernel"].shape[-2] for name in CONVOLUTIONS} | {None: 3}
        weights = {}
        for name, (size, before, after) in CONVOLUTIONS.items():
            kernel, bias = arrays[f"{name}/kernel"], arrays[f"{name}/bias"]
            shape = (size, size, sizes[before], sizes[after])
            if kernel.shape != shape or bias.shape != shape[-1:]:
                raise WeightsError(
                    f"{path}: {name} has a kernel {kernel.shape} and a bias {bias.shape}, expected {shape} and "
                    f"{shape[-1:]}."
                )
            weights[name] = read_layer(path, arrays, name)
        return weights


class Decoder:
    """The decoder's layers, and how they are connected.

    Levels: the activations of a level have the size and the channels of the encoder's blockN_conv1. `edges` of a part
    of a picture: (1 or 0, 1 or 0), whether its first and its last row are the picture's, which convolutions reflect; a
    row that is not is used up.
    """

    def __init__(self, weights: dict[str, tuple[np.ndarray, np.ndarray]], precision: str = "float32"):
        """weights: what read_decoder returns, or the same of variables."""
        self.precision = precision
        self.weights = {
            name: (tf.cast(kernel, precision), tf.cast(bias, precision)) for name, (kernel, bias) in weights.items()
        }
        self.channels = tuple(weights[name][0].shape[-2] for name in ("conv1_a", "conv2_a", "conv3_a", "conv4_a"))
        self.channels += (weights["conv5_in"][0].shape[-2],)

    def __call__(
        self,
        features: Sequence[tf.Tensor],
        targets: Sequence[Statistics],
        *,
        own: Sequence[Statistics] | None = None,
        masks: Sequence[tf.Tensor] | None = None,
        settle: Callable[[Statistics, int], Statistics] = lambda measured, level: measured,
    ) -> tf.Tensor:
        """Return the picture, float32 (1, H, W, 3), RGB in [0, 1] once it is clipped.

        features: the content's activations of ENCODER_LAYERS[2:], each twice as large as the next one.
        targets: the Statistics that the five levels get: those of a style, or a mixture.
        own: the Statistics of `features`; None: they are measured. masks: for each of the five levels (R, nH, nW) with
        a sum of 1 at each position; None: one region. settle: called with the Statistics of the decoder's own
        activations and their level, 3, 2 or 1; returns those to use in their place.
        """
        masks = masks or [None] * 5
        own = own or [measure_statistics(layer, mask) for layer, mask in zip(features, masks[2:], strict=True)]
        h = self.decode_deep(features, own, targets, masks)
        h = self.finish_deep(h, settle(measure_statistics(h, masks[2]), 3), targets[2], masks[2])
        for level in (2, 1):
            h = self.enlarge(h, level)
            h = self.finish(h, level, settle(measure_statistics(h, masks[level - 1]), level), targets, masks[level - 1])
        return h

    def decode_deep(self, features, own, targets, masks):
        """Return the activations of level 3 before AdaIN."""
        (c3, c4, c5), (own3, own4, own5) = features, own
        relu = tf.nn.relu
        h = self._adapted_conv("conv5_in", c5, own5, targets[4], masks[4])
        h += self._conv("conv5_b", relu(self._conv("conv5_a", relu(h))))
        h = _double(h) + tf.cast(replace_statistics(c4, own4, targets[3], masks[3]), self.precision)
        h += self._conv("conv4_b", relu(self._conv("conv4_a", relu(h))))
        h = relu(self._conv("conv4_c", relu(h)))
        h = relu(self._conv("conv4_out", h))
        h = _double(h) + self._adapted_conv("conv3_skip", c3, own3, targets[2], masks[2])
        return relu(self._conv("conv3_a", h))

    def finish_deep(self, h, own, target, mask):
        """Return the end of level 3 from its activations before AdaIN, whose Statistics are `own`."""
        h = tf.nn.relu(self._adapted_conv("conv3_b", h, own, target, mask))
        return tf.nn.relu(self._conv("conv3_out", h))

    def enlarge(self, h, level, edges=WHOLE):
        """Return the activations of level 2 or 1 before AdaIN from the end of the level below."""
        return tf.nn.relu(self._conv(f"conv{level}_a", _double(h), edges))

    def finish(self, h, level, own, targets, mask, edges=WHOLE):
        """Return the end of level 2, or the picture at level 1, from activations before AdaIN."""
        h = self._adapted_conv(f"conv{level}_out", h, own, targets[level - 1], mask, edges)
        return tf.nn.relu(h) if level > 1 else tf.cast(h, tf.float32) + 0.5

    def _conv(self, name, x, edges=WHOLE):
        kernel, bias = self.weights[name]
        return _convolve(tf.cast(x, kernel.dtype), kernel, edges) + bias

    def _adapted_conv(self, name, x, own, target, mask, edges=WHOLE):
        """Convolve activations whose statistics are replaced before."""
        return self._conv(name, replace_statistics(x, own, target, mask), edges)


def _convolve(x, kernel, edges):
    if kernel.shape[0] > 1:
        x = tf.pad(x, [[0, 0], [*edges], [1, 1], [0, 0]], "REFLECT")
    return tf.nn.conv2d(x, kernel, 1, "VALID")


def _double(x):
    """Repeat each pixel in both directions."""
    shape = tf.shape(x)
    tiled = tf.broadcast_to(x[:, :, None, :, None], (1, shape[1], 2, shape[2], 2, x.shape[-1]))
    return tf.reshape(tiled, (1, 2 * shape[1], 2 * shape[2], x.shape[-1]))

"""The two networks of feed-forward style transfer, the bundled Pocket and the decoder, ready to paint any size."""

import hashlib
from functools import lru_cache
from pathlib import Path

import numpy as np

from nst.engine.masks import downscale_masks
from nst.fast.decoder import DECODER_SHA256, ENCODER_LAYERS, load_decoder
from nst.fast.settling import Settling, mix_targets
from nst.fast.statistics import Statistics, measure_statistics, mix_statistics
from nst.fast.strips import StripPainter
from nst.network.layers import block_of, stride_of
from nst.network.vgg import build_vgg19, layer_outputs
from nst.network.weights import POCKET_FILE, POCKET_SHA256, WeightsError, read_weights, require_bundled, require_file
from nst.quiet_tensorflow import tensorflow as tf

STRIDES = [stride_of(block_of(name)) for name in ENCODER_LAYERS]
STEP = max(STRIDES)
SMALLEST = 2 * STEP  # pixels: a layer with one position cannot be reflected


def load_painter(precision, decoder=None):
    """Return the Painter of a precision, "float32" or "bfloat16", and of a decoder's file, None for the bundled one.

    It is loaded once, as long as the file does not change. Raises WeightsError.
    """
    return _load_painter(precision, decoder, hash_decoder(decoder))


@lru_cache(maxsize=3)
def _load_painter(precision, decoder, _):
    return Painter(precision, load_decoder(decoder, precision))


def hash_decoder(decoder=None):
    """Return the SHA-256 of a decoder's file, None for the bundled one. Raises WeightsError if it is missing."""
    if decoder is None:
        return DECODER_SHA256
    require_file(Path(decoder), "Give the path of a .npz file of tools.train_fast.")
    return hashlib.sha256(Path(decoder).read_bytes()).hexdigest()


class Painter:
    """The encoder and the decoder; both are traced once, for pictures of any size."""

    def __init__(self, precision, decoder):
        """decoder: a nst.fast.decoder.Decoder. Raises WeightsError if its layers do not fit the encoder's."""
        require_bundled(POCKET_FILE, POCKET_SHA256)
        network = build_vgg19(read_weights(POCKET_FILE), "pocket_vgg19", precision=precision)
        self.encoder = layer_outputs(network, ENCODER_LAYERS)
        self.decoder = decoder
        channels = tuple(network.get_layer(name).output.shape[-1] for name in ENCODER_LAYERS)
        if decoder.channels != channels:
            raise WeightsError(
                f"the decoder is made for layers of {decoder.channels} channels, and the bundled network's layers "
                f"have {channels}. Give a decoder that was trained with this network."
            )
        self._measure = tf.function(self._measure_style, reduce_retracing=True, autograph=False)
        self._paint = tf.function(self._paint_whole, reduce_retracing=True, autograph=False)
        self._strips = StripPainter(self.encoder, self.decoder)

    def measure_style(self, image, mask=None):
        """Return the Statistics of a style picture (1, H, W, 3) in the encoder's five layers, R = 1.

        mask: (H, W) in [0, 1], where the style is taken from; None: everywhere.
        """
        padded, masks = _pad(image, None if mask is None else mask[None])
        return self._measure(padded, masks)

    def paint(self, image, style, alpha=1.0, masks=None, *, previous=None, rows=None):
        """Return (picture, settled): the content picture painted in a style, float32 (1, H, W, 3) in [0, 1].

        image: (1, H, W, 3). style: five Statistics with R regions. alpha: from 0, the content's own statistics, to 1.
        masks: (R, H, W), where each region is, at each pixel one above 0; None for one region. previous: the `settled`
        of the frame before in an animation. rows: how many rows of pixels are computed at once; None: all.
        """
        height, width = image.shape[1:3]
        padded, layers = _pad(image, masks)
        paint = self._paint if rows is None else self._strips.prepare(rows)
        picture, settled = paint(padded, style, tf.constant(alpha, tf.float32), layers, previous)
        return np.clip(picture[:, :height, :width], 0, 1), settled

    def _measure_style(self, image, masks):
        return [measure_statistics(*pair) for pair in zip(self.encoder(image), masks, strict=True)]

    def _paint_whole(self, image, style, alpha, masks, previous):
        features = self.encoder(image)
        settling = Settling(previous)
        own = settling.settle_encoder([measure_statistics(*pair) for pair in zip(features, masks, strict=True)])
        targets = mix_targets(style, own, alpha)
        picture = self.decoder(features[2:], targets, own=own[2:], masks=masks, settle=settling.settle_decoder)
        return picture, settling.settled


def mix_styles(styles, shares):
    """Return the weighted mean of styles, each five Statistics. shares: with a sum of 1."""
    return [mix_statistics(layer, shares) for layer in zip(*styles, strict=True)]


def stack_styles(styles):
    """Return styles as the regions of one: five Statistics with R = len(styles)."""
    return [
        Statistics(*(tf.concat(part, 0) for part in zip(*layer, strict=True))) for layer in zip(*styles, strict=True)
    ]


def _pad(image, masks):
    """Extend a picture to multiples of 16 pixels by reflecting it, and its masks; return it and the masks of layers."""
    height, width = image.shape[1:3]
    margins = [(0, max(SMALLEST, -(-side // STEP) * STEP) - side) for side in (height, width)]
    padded = np.pad(np.asarray(image, np.float32), [(0, 0), *margins, (0, 0)], mode="symmetric")
    if masks is None:
        return tf.constant(padded), [None] * len(STRIDES)
    whole = np.pad(masks, [(0, 0), *margins], mode="symmetric")
    return tf.constant(padded), [tf.constant(downscale_masks(whole, stride)) for stride in STRIDES]

"""Paint a large picture strip by strip, with the statistics of the whole: the picture is the same but for rounding.

Each statistic is added up over all strips before it is used. The activations of levels 3 to 5, which are small, are
kept; those of levels 2 and 1 are computed twice, once for their statistics and once for the picture. A strip is
computed with as many rows beyond it as its result depends on, so that there are no seams.
"""

from functools import partial
from itertools import pairwise

from nst.engine.tiles import cut_axis, margin
from nst.fast.settling import Settling, mix_targets
from nst.fast.statistics import add_moments, measure_moments, measure_statistics, to_statistics
from nst.network.layers import block_of, stride_of
from nst.quiet_tensorflow import tensorflow as tf


class StripPainter:
    """The encoder and the decoder for pictures that are too large to be computed at once."""

    def __init__(self, encoder, decoder):
        """encoder: nst.network.vgg.LayerOutputs of five layers. decoder: nst.fast.decoder.Decoder."""
        self.encoder, self.decoder = encoder, decoder
        self.margin, self.strides = margin(encoder.names), [stride_of(block_of(name)) for name in encoder.names]
        self._encode = _compile(self._encode_strip)
        self._deep, self._finish_deep = _compile(decoder.decode_deep), _compile(decoder.finish_deep)
        self._measure = _compile(measure_statistics)
        self._measure_level = {level: _compile(partial(self._measure_strip, level)) for level in (2, 1)}
        self._finish_level = {level: _compile(partial(self._finish_strip, level)) for level in (2, 1)}

    def prepare(self, rows):
        """Return a function that paints in strips of `rows` rows; it has the arguments of Painter's compiled one."""
        return partial(self._paint, rows)

    def _paint(self, rows, image, style, alpha, masks, previous):
        settling = Settling(previous)
        features, measured = self._encode_all(image, masks, rows)
        own = settling.settle_encoder(measured)
        targets = mix_targets(style, own, alpha)
        h = self._deep(features, own[2:], targets, masks)
        del features
        h = self._finish_deep(h, settling.settle_decoder(self._measure(h, masks[2]), 3), targets[2], masks[2])
        for level in (2, 1):
            stride = self.strides[level - 1]
            strips = [_Strip(*ends, h.shape[1]) for ends in pairwise(_cuts(h.shape[1], max(1, rows // (2 * stride))))]
            mask = masks[level - 1]
            parts = [
                self._measure_level[level](strip.take(h), strip.edges, None if mask is None else strip.inside(mask))
                for strip in strips
            ]
            settled = settling.settle_decoder(to_statistics(add_moments(parts)), level)
            h = tf.concat(
                [
                    self._finish_level[level](
                        strip.take(h), strip.edges, settled, targets, None if mask is None else strip.around(mask)
                    )
                    for strip in strips
                ],
                1,
            )
        return h, settling.settled

    def _encode_all(self, image, masks, rows):
        """Return the activations of the last three layers, and the Statistics of all five."""
        kept, moments = [], []
        for span in cut_axis(image.shape[1], rows + 2 * self.margin, self.margin, max(self.strides)):
            parts = [
                None if mask is None else mask[:, span.first // stride : span.last // stride]
                for mask, stride in zip(masks, self.strides, strict=True)
            ]
            strip = image[:, span.start : span.stop]
            layers, measured = self._encode(strip, span.first - span.start, span.last - span.start, parts)
            kept.append(layers)
            moments.append(measured)
        statistics = [to_statistics(add_moments(parts)) for parts in zip(*moments, strict=True)]
        return [tf.concat(strips, 1) for strips in zip(*kept, strict=True)], statistics

    def _encode_strip(self, image, first, last, masks):
        layers = [
            layer[:, first // stride : last // stride]
            for layer, stride in zip(self.encoder(image), self.strides, strict=True)
        ]
        return layers[2:], [measure_moments(*pair) for pair in zip(layers, masks, strict=True)]

    def _measure_strip(self, level, h, edges, mask):
        activation = self.decoder.enlarge(h, level, edges)
        return measure_moments(activation[:, 1 - edges[0] : tf.shape(activation)[1] - 1 + edges[1]], mask)

    def _finish_strip(self, level, h, edges, own, targets, mask):
        return self.decoder.finish(self.decoder.enlarge(h, level, edges), level, own, targets, mask, edges)


class _Strip:
    """Rows `first` to `last` of a level's end, and twice as many of the next level."""

    def __init__(self, first, last, height):
        self._first, self._last, self._height = first, last, height
        self.edges = tf.constant(int(first == 0)), tf.constant(int(last == height))

    def take(self, h):
        """The rows that the strip's result depends on: one more at each side that is not the picture's edge."""
        return h[:, max(0, self._first - 1) : min(self._height, self._last + 1)]

    def inside(self, mask):
        """The part of the next level's mask (R, nH, nW) that belongs to the strip."""
        return mask[:, 2 * self._first : 2 * self._last]

    def around(self, mask):
        """The same with one more row at each side that is not the picture's edge."""
        return mask[:, max(0, 2 * self._first - 1) : 2 * self._last + 1]


def _cuts(length, step):
    return [*range(0, length, step), length]


def _compile(function):
    return tf.function(function, reduce_retracing=True, autograph=False)

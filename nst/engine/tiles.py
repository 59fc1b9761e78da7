"""Compute J and its gradient tile by tile, and exactly, for a picture that is too large for the memory.

A Gram matrix is a sum over positions, so it is the sum of the tiles' Gram matrices. The first pass adds those up. The
second pass adds up each tile's gradient of sum <dJ/dG, G_tile>, which is linear in G_tile. A tile is computed with a
margin as wide as the receptive field of the deepest layer, so that its border does not influence the result.
The cost: three passes through the network per evaluation instead of two, plus the margins. At 2048 pixels, a pixel
takes about three times as long as at 1024 without tiles (`python -m benchmarks.speed_and_memory`).
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from nst.engine.losses import Objective, divide_by_positions, squared_difference, style_terms, sum_regions
from nst.network.layers import block_of, layers_of, stride_of
from nst.quiet_tensorflow import tensorflow as tf


@dataclass(frozen=True)
class Span:
    """A tile along one axis, in pixels: computed from `start` to `stop`, of which `first` to `last` count."""

    start: int
    stop: int
    first: int
    last: int


@dataclass(frozen=True)
class Tile:
    """A rectangle of a picture; `box` is the part that counts, (top, left, bottom, right) within the tile."""

    down: Span
    across: Span

    @property
    def pixels(self):
        """The tile, as an index of (1, H, W, 3)."""
        return slice(None), slice(self.down.start, self.down.stop), slice(self.across.start, self.across.stop)

    @property
    def box(self):
        return tf.constant(
            [
                self.down.first - self.down.start,
                self.across.first - self.across.start,
                self.down.last - self.down.start,
                self.across.last - self.across.start,
            ]
        )

    def counted(self, stride):
        """The part that counts, as an index of the whole picture's (1, nH, nW, nC) or of masks (R, nH, nW)."""
        return (
            slice(None),
            slice(self.down.first // stride, self.down.last // stride),
            slice(self.across.first // stride, self.across.last // stride),
        )


def margin(names):
    """Return how many pixels the receptive fields of some layers reach beyond a position, rounded up to positions.

    Each 3 x 3 convolution and each 2 x 2 pooling reaches one of its own positions further, which is 2^poolings pixels.

    >>> margin(["block1_conv1"]), margin(["block2_conv1"])
    (1, 6)
    """
    deepest = max((block_of(name), int(name[-1])) for name in names)
    depths = {**{block: len(layers_of(block)) for block in range(1, deepest[0])}, deepest[0]: deepest[1]}
    reach = sum(
        depth * stride_of(block) + (stride_of(block - 1) if block > 1 else 0) for block, depth in depths.items()
    )
    step = stride_of(deepest[0])
    return -(-reach // step) * step


def cut_axis(length, side, margin, step):
    """Cut an axis of `length` pixels into Spans of at most `side` pixels each, margins included.

    The parts that count begin at multiples of `step`, the stride of the deepest layer, so that poolings agree.
    """
    most = max(step, (side - 2 * margin) // step * step)
    cuts = [*range(0, length, most), length]
    return [Span(max(0, first - margin), min(length, last + margin), first, last) for first, last in pairwise(cuts)]


class TiledObjective(Objective):
    """An Objective that computes at most `side` x `side` pixels at once, margins included."""

    def __init__(self, network, layer_weights, content_weight, tv_weight, *, side):
        super().__init__(network, layer_weights, content_weight, tv_weight)
        self.side, self.margin = side, margin(network.names)
        self.strides = [stride_of(block_of(name)) for name in network.names]
        self._layers = tf.function(self._counted_layers, reduce_retracing=True)
        self._tile_gradient = tf.function(self._gradient_of_tile, reduce_retracing=True)

    def content_activation(self, image):
        whole = None
        for tile in self._tiles(image):
            part = self._layers(image[tile.pixels], tile.box)[-1]
            if whole is None:
                height, width = (side // self.strides[-1] for side in image.shape[1:3])
                whole = np.zeros((1, height, width, part.shape[-1]), part.dtype.as_numpy_dtype)
            whole[tile.counted(self.strides[-1])] = part
        return whole

    def gram_matrices(self, image, masks=()):
        return self._sums(image, masks)[0]

    def __call__(self, image):
        targets = self.targets
        grams, positions, content = self._sums(image, targets.masks, targets.content)
        with tf.GradientTape() as tape:
            tape.watch(grams)
            style = style_terms(grams, targets)
        slopes = [divide_by_positions(*pair) for pair in zip(tape.gradient(style, grams), positions, strict=True)]
        variation, gradient = _variation(image, self.tv_weight)
        for tile in self._tiles(image):
            gradient[tile.pixels] += self._tile_gradient(
                image[tile.pixels],
                tile.box,
                slopes,
                self._masks(targets.masks, tile),
                targets.content[tile.counted(self.strides[-1])],
                targets.content_weight,
            ).numpy()
        terms = np.array([targets.content_weight * content, variation, *style], np.float32)
        return float(terms.sum()), gradient, terms

    def _tiles(self, image):
        rows, columns = (cut_axis(length, self.side, self.margin, max(self.strides)) for length in image.shape[1:3])
        return [Tile(down, across) for down in rows for across in columns]

    def _sums(self, image, masks, content=None):
        """Return (Gram matrices, positions, squared content difference) over all tiles; a list entry per layer."""
        totals, difference = None, 0.0
        for tile in self._tiles(image):
            *layers, deep = self._layers(image[tile.pixels], tile.box)
            sums = [sum_regions(layer, part) for layer, part in zip(layers, self._masks(masks, tile), strict=True)]
            totals = sums if totals is None else [(a + c, b + d) for (a, b), (c, d) in zip(totals, sums, strict=True)]
            if content is not None:
                part = content[tile.counted(self.strides[-1])]
                difference += float(squared_difference(part, deep))
        return [divide_by_positions(*sums) for sums in totals], [number for _, number in totals], difference

    def _masks(self, masks, tile):
        if not masks:
            return [None] * len(self.layer_weights)
        return [mask[tile.counted(stride)] for mask, stride in zip(masks, self.strides[:-1], strict=True)]

    def _counted_layers(self, tile, box):
        """Return the activations of a tile, cut to the positions that count."""
        return [
            activation[:, (corners := box // stride)[0] : corners[2], corners[1] : corners[3]]
            for activation, stride in zip(self.network(tile), self.strides, strict=True)
        ]

    def _gradient_of_tile(self, tile, box, slopes, masks, content, content_weight):
        with tf.GradientTape() as tape:
            tape.watch(tile)
            *layers, deep = self._counted_layers(tile, box)
            total = content_weight * squared_difference(content, deep)
            for layer, mask, slope in zip(layers, masks, slopes, strict=True):
                total += tf.reduce_sum(slope * sum_regions(layer, mask)[0])
        return tape.gradient(total, tile)


def _variation(image, weight):
    """Return the weighted total_variation of a picture, and its gradient.

    In NumPy: TensorFlow allocates ten pictures for it and does not release their memory.
    """
    variation, gradient = 0.0, np.zeros_like(image)
    for axis in (1, 2):
        steps = np.diff(image, axis=axis)
        variation += weight * float(np.mean(np.square(steps)))
        change, along = (np.moveaxis(array, axis, 0) for array in (steps, gradient))
        change *= np.float32(2 * weight / steps.size)
        along[1:] += change
        along[:-1] -= change
    return variation, gradient

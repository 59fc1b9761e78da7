"""An independent judge of a stylised picture: real VGG-19 features of the saved 8-bit file.

    python -m benchmarks.score RESULT --content C --style S --weights VGG19.h5 [--json]

The content and the style picture are scaled and cropped to RESULT's size. Every figure is the mean over three
scales of all three pictures, 1, 1/2 and 1/4 (areas averaged), except `clipped`:

    style_in            |Gram - Gram_S| / |Gram_S| on blockX_conv1, mean over layers           0 the style's, no limit
    style_held_out      the same on block1_conv2, block2_conv2, block3_conv3, which no recipe optimises
    style_wasserstein   sliced Wasserstein distance, relative to the style's spread, same layers
    content_error       |a - a_C| / |a_C| on block3_conv4                                      0 the content's
    content_ssim        structural similarity of the luminances to the content's               1 the same, at least -1
    high_frequency      mean squared Laplacian of the luminance / the style picture's          1 as rough as the style
    clipped             share of colour values at 0 or 255, at full size                       0 to 1

Beside its value each figure has a place on a line: (value - content's) / (reference's - content's), so 0 is the
content picture and 1 a long L-BFGS run with the same weights, both measured in the same call. Where the two agree,
there is no line, and the place is none. A file of more than three blocks adds their layers to both style figures.
"""

import argparse
import json
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks import measures
from benchmarks.recipe import CONTENT_LAYER, Objective, lbfgs
from nst import images
from nst.network.vgg import build_vgg19, layer_outputs
from nst.network.weights import WeightsError, find_weights, read_weights

SCALES = (1, 2, 4)
HELD_OUT = ("block1_conv2", "block2_conv2", "block3_conv3", "block4_conv3", "block5_conv3")
FIGURES = (
    "style_in",
    "style_held_out",
    "style_wasserstein",
    "content_error",
    "content_ssim",
    "high_frequency",
    "clipped",
)
SMALLEST_SIDE = 64  # at a quarter of it, block 3 still has 4 x 4 positions
REFERENCE_EVALUATIONS = 250


class ScoreError(ValueError):
    """A picture or a weight file that cannot be scored with; the message says what was expected."""


@dataclass(frozen=True)
class Figure:
    """One figure of a picture, and the same figure of the content picture and of the reference run."""

    value: float
    content: float
    reference: float

    @property
    def place(self):
        """0 for the content picture, 1 for the reference run; None where these two agree."""
        if self.reference == self.content:
            return None
        return (self.value - self.content) / (self.reference - self.content)


class Scorer:
    """Judges pictures made of one content and one style picture.

    >>> scorer = Scorer("vgg19.npz", "louvre.jpg", "monet.jpg")
    >>> scorer.score("output/final.png")["style_held_out"].place
    """

    def __init__(self, weights, content, style):
        """weights: a VGG-19 file (.npz, .h5) of three blocks or more; content, style: files or uint8 (H, W, 3).

        The style picture is scaled and cropped to cover the content picture's size.
        Raises ScoreError for pictures below 64 pixels a side and for a file that ends before block3_conv4.
        """
        arrays = read_weights(find_weights(weights).path)
        if CONTENT_LAYER not in arrays:
            raise ScoreError(
                f"{weights}: these weights end at {list(arrays)[-1]}; the scorer needs {CONTENT_LAYER}. "
                f"Give a file that holds VGG-19's blocks 1 to 3 at least."
            )
        self._network = build_vgg19(arrays)
        self._style_in = [name for name in arrays if name.endswith("_conv1")]
        self._held_out = [name for name in HELD_OUT if name in arrays]
        self._names = [*self._style_in, *self._held_out, CONTENT_LAYER]
        self._see = layer_outputs(self._network, self._names)
        self.content = _pixels(content)
        if min(self.content.shape[:2]) < SMALLEST_SIDE:
            raise ScoreError(
                f"{_named(content)} is {_size(self.content)} pixels. Both sides must have at least "
                f"{SMALLEST_SIDE}, since it is judged at a quarter of its size too."
            )
        self.style = covering(style, self.content)
        self._targets = [
            _Targets(self._layers(content), self._layers(style), content, style)
            for content, style in zip(_scaled(self.content), _scaled(self.style), strict=True)
        ]

    def score(self, picture):
        """Every figure of a picture, a file or uint8 (H, W, 3) of the content's size: a dict of Figure by name."""
        values = self.measure(picture)
        return {name: Figure(values[name], self._ends[0][name], self._ends[1][name]) for name in values}

    def measure(self, picture, names=FIGURES):
        """The values of some figures, without the reference run: a dict of floats by name."""
        pixels = _pixels(picture)
        if pixels.shape != self.content.shape:
            raise ScoreError(
                f"{_named(picture)} is {_size(pixels)} pixels, expected {_size(self.content)} as the "
                f"content picture has. Scale the content picture first."
            )
        by_scale = [
            self._at_one_scale(smaller, targets)
            for smaller, targets in zip(_scaled(pixels), self._targets, strict=True)
        ]
        figures = {
            name: lambda name=name: float(np.mean([of_scale[name]() for of_scale in by_scale])) for name in by_scale[0]
        } | {"clipped": lambda: measures.clipped(pixels)}
        return {name: figures[name]() for name in names}

    @cached_property
    def reference(self):
        """The long run that is 1: L-BFGS from the content picture, 250 evaluations; uint8 (H, W, 3). Deterministic."""
        content, style = (pixels[None] / np.float32(255) for pixels in (self.content, self.style))
        objective = Objective(self._network, content, style)
        return images.to_uint8(lbfgs(objective, content, REFERENCE_EVALUATIONS))

    @cached_property
    def _ends(self):
        return self.measure(self.content), self.measure(self.reference)

    def _layers(self, pixels):
        outputs = self._see(pixels[None] / np.float32(255))
        return {name: output.numpy() for name, output in zip(self._names, outputs, strict=True)}

    def _at_one_scale(self, pixels, targets):
        """Functions by name, so that only what is asked for is computed: most of the time is style_wasserstein's."""
        layers = self._layers(pixels)

        def style_distance(names):
            return np.mean(
                [measures.relative_distance(measures.gram(layers[name]), targets.grams[name]) for name in names]
            )

        def transport():
            return np.mean(
                [
                    measures.sliced_wasserstein(measures.sorted_projections(layers[name]), targets.projections[name])
                    for name in self._held_out
                ]
            )

        return {
            "style_in": lambda: style_distance(self._style_in),
            "style_held_out": lambda: style_distance(self._held_out),
            "style_wasserstein": transport,
            "content_error": lambda: measures.relative_distance(layers[CONTENT_LAYER], targets.content_layer),
            "content_ssim": lambda: measures.similarity(pixels, targets.content),
            "high_frequency": lambda: measures.high_frequency(pixels) / (targets.style_roughness + measures.TINY),
        }


class _Targets:
    """What one scale of the two pictures is compared with, computed once."""

    def __init__(self, content_layers, style_layers, content, style):
        self.grams = {name: measures.gram(layer) for name, layer in style_layers.items()}
        self.projections = {
            name: measures.sorted_projections(style_layers[name]) for name in HELD_OUT if name in style_layers
        }
        self.content_layer = content_layers[CONTENT_LAYER]
        self.content, self.style_roughness = content, measures.high_frequency(style)


def covering(picture, model):
    """A picture, a file or uint8 (H, W, 3), scaled and cropped to the size of another: uint8."""
    return images.to_uint8(images.cover(_pixels(picture)[None] / np.float32(255), *model.shape[:2]))


def _pixels(picture):
    if isinstance(picture, (str, Path)):
        return images.to_uint8(images.load(picture))
    if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[-1] != 3:
        raise ScoreError(
            f"expected a file or uint8 pixels of shape (H, W, 3), got {picture.dtype} {picture.shape}. "
            f"nst.images.to_uint8 makes them of a picture in [0, 1]."
        )
    return picture


def _scaled(pixels):
    picture = Image.fromarray(pixels)
    return [np.asarray(picture.reduce(factor)) for factor in SCALES]


def _size(pixels):
    return f"{pixels.shape[1]} x {pixels.shape[0]}"


def _named(picture):
    return str(picture) if isinstance(picture, (str, Path)) else "the picture"


def as_numbers(figures):
    """A score as JSON can hold it."""
    return {
        name: {"value": figure.value, "content": figure.content, "reference": figure.reference, "place": figure.place}
        for name, figure in figures.items()
    }


def main(arguments=None):
    options = _parser().parse_args(arguments)
    try:
        result = _pixels(options.result)
        scorer = Scorer(options.weights, covering(options.content, result), options.style)
        figures = as_numbers(scorer.score(result))
    except (ScoreError, WeightsError, images.PictureError) as error:
        sys.exit(f"score: {error}")
    if options.json:
        print(json.dumps(figures, indent=2))
        return
    print(f"{'figure':18}{'value':>8}{'content':>9}{'reference':>11}{'place':>8}")
    for name, figure in figures.items():
        place = "none" if figure["place"] is None else f"{figure['place']:.3f}"
        print(f"{name:18}{figure['value']:8.3f}{figure['content']:9.3f}{figure['reference']:11.3f}{place:>8}")


def _parser():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("result", help="the stylised picture")
    parser.add_argument("--content", required=True, help="the content picture")
    parser.add_argument("--style", required=True, help="the style picture")
    parser.add_argument("--weights", required=True, help="VGG-19's weights: the published .h5, or a .npz of blocks 1-3")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    return parser


if __name__ == "__main__":
    main()

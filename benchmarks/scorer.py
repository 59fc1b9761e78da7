"""The scorer of stylized pictures: metrics of VGG-19's activations, for the saved 8-bit picture.

benchmarks/score.py says what each metric is.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks import image_metrics as metrics
from benchmarks.course_objective import CONTENT_LAYER, CourseObjective, minimize_with_lbfgs
from nst import images
from nst.network.vgg import build_vgg19, layer_outputs
from nst.network.weights import find_weights, read_weights

SCALES = (1, 2, 4)
DEEP_SCALES = (1, 2)  # at a quarter of the size, block 5 has too few positions
HELD_OUT_LAYERS = ("block1_conv2", "block2_conv2", "block3_conv3")
DEEP_LAYERS = ("block4_conv2", "block4_conv3", "block5_conv2", "block5_conv3")
DEEP_CONTENT_LAYER = "block4_conv2"
DEEP_METRICS = ("style_deep", "content_deep")
METRICS = (
    "style_in",
    "style_held_out",
    "style_wasserstein",
    "content_error",
    "content_ssim",
    "high_frequency",
    "frame",
    "clipped",
)
SMALLEST_SIDE = 64  # at a quarter of this size, block 3 still has 4 x 4 positions
REFERENCE_EVALUATIONS = 250


class ScoreError(ValueError):
    """A picture or a weight file that cannot be scored with; the message says what was expected."""


@dataclass(frozen=True)
class Metric:
    """One metric of a picture, and the same metric of the content picture and of the reference picture."""

    value: float
    content: float
    reference: float

    @property
    def place(self):
        """0 for the content picture, 1 for the reference picture; None where these two agree."""
        if self.reference == self.content:
            return None
        return (self.value - self.content) / (self.reference - self.content)


class Scorer:
    """Scores pictures made of one content and one style picture.

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
        self._weights, self._network = weights, build_vgg19(arrays)
        self._style_in = [name for name in arrays if name.endswith("_conv1")]
        self._deep = list(DEEP_LAYERS) if DEEP_LAYERS[-1] in arrays else []
        self.metrics = METRICS + (DEEP_METRICS if self._deep else ())
        self._names = [*dict.fromkeys([*self._style_in, *HELD_OUT_LAYERS, CONTENT_LAYER, *self._deep])]
        self._activations = layer_outputs(self._network, self._names)
        self.content = read_pixels(content)
        if min(self.content.shape[:2]) < SMALLEST_SIDE:
            raise ScoreError(
                f"{_name_of(content)} is {_size_of(self.content)} pixels. Both sides must have at least "
                f"{SMALLEST_SIDE}, because it is also scored at a quarter of its size."
            )
        self.style = crop_to_cover(style, self.content)
        self._targets = [
            _Targets(self._layers(content), self._layers(style), content, style)
            for content, style in zip(_at_all_scales(self.content), _at_all_scales(self.style), strict=True)
        ]

    def require_deep_metrics(self):
        """Raises ScoreError for a file that ends before block5_conv3."""
        if not self._deep:
            raise ScoreError(f"{self._weights}: this benchmark scores deep layers; give a file of all five blocks.")

    def score(self, picture):
        """Every metric of a picture, a file or uint8 (H, W, 3) of the content's size: a dict of Metric by name."""
        values = self.measure(picture)
        content, reference = self._content_and_reference_values
        return {name: Metric(values[name], content[name], reference[name]) for name in values}

    def measure(self, picture, names=None):
        """The values of some metrics, or of all, without the reference picture: a dict of floats by name."""
        pixels = read_pixels(picture)
        if pixels.shape != self.content.shape:
            raise ScoreError(
                f"{_name_of(picture)} is {_size_of(pixels)} pixels, expected {_size_of(self.content)} as the "
                f"content picture has. Scale the content picture first."
            )
        by_scale = [
            self._metrics_at_scale(smaller, targets, scale)
            for scale, smaller, targets in zip(SCALES, _at_all_scales(pixels), self._targets, strict=True)
        ]
        figures = {
            name: lambda name=name: float(np.mean([of_scale[name]() for of_scale in by_scale if name in of_scale]))
            for name in by_scale[0]
        } | {
            "frame": lambda: metrics.frame_figure(pixels, self.content),
            "clipped": lambda: metrics.clipped_share(pixels),
        }
        return {name: figures[name]() for name in names or self.metrics}

    @cached_property
    def reference(self):
        """The picture whose place is 1: 250 evaluations of L-BFGS from the content picture; uint8 (H, W, 3)."""
        content, style = (pixels[None] / np.float32(255) for pixels in (self.content, self.style))
        objective = CourseObjective(self._network, content, style)
        return images.to_uint8(minimize_with_lbfgs(objective, content, REFERENCE_EVALUATIONS))

    @cached_property
    def _content_and_reference_values(self):
        return self.measure(self.content), self.measure(self.reference)

    def _layers(self, pixels):
        outputs = self._activations(pixels[None] / np.float32(255))
        return {name: output.numpy() for name, output in zip(self._names, outputs, strict=True)}

    def _metrics_at_scale(self, pixels, targets, scale):
        """Functions by name, so that only the chosen metrics are computed: style_wasserstein takes most of the time."""
        layers = self._layers(pixels)

        def style_distance(names):
            return np.mean(
                [metrics.relative_distance(metrics.gram_matrix(layers[name]), targets.grams[name]) for name in names]
            )

        def style_wasserstein():
            return np.mean(
                [
                    metrics.sliced_wasserstein(metrics.sorted_projections(layers[name]), targets.projections[name])
                    for name in HELD_OUT_LAYERS
                ]
            )

        deep = {
            "style_deep": lambda: style_distance(self._deep),
            "content_deep": lambda: metrics.relative_distance(layers[DEEP_CONTENT_LAYER], targets.deep_content_layer),
        }
        return (deep if self._deep and scale in DEEP_SCALES else {}) | {
            "style_in": lambda: style_distance(self._style_in),
            "style_held_out": lambda: style_distance(HELD_OUT_LAYERS),
            "style_wasserstein": style_wasserstein,
            "content_error": lambda: metrics.relative_distance(layers[CONTENT_LAYER], targets.content_layer),
            "content_ssim": lambda: metrics.structural_similarity_of(pixels, targets.content),
            "high_frequency": lambda: metrics.high_frequency_energy(pixels) / (targets.style_energy + metrics.EPSILON),
        }


class _Targets:
    """The content and style pictures at one scale, with their activations; computed once."""

    def __init__(self, content_layers, style_layers, content, style):
        self.grams = {name: metrics.gram_matrix(layer) for name, layer in style_layers.items()}
        self.projections = {name: metrics.sorted_projections(style_layers[name]) for name in HELD_OUT_LAYERS}
        self.content_layer = content_layers[CONTENT_LAYER]
        self.deep_content_layer = content_layers.get(DEEP_CONTENT_LAYER)
        self.content, self.style_energy = content, metrics.high_frequency_energy(style)


def style_gain(record, metric="style_held_out"):
    """The share of the content picture's distance from the style that is gone: 1 for the style itself.

    record: {"values", "content"}, the metrics of a picture and of the content picture. metric: "style_held_out", or
    "style_deep" for the deep style gain.
    """
    return 1 - record["values"][metric] / record["content"][metric]


def crop_to_cover(picture, other):
    """A picture, a file or uint8 (H, W, 3), scaled and cropped to the size of another: uint8."""
    return images.to_uint8(images.cover(read_pixels(picture)[None] / np.float32(255), *other.shape[:2]))


def read_pixels(picture):
    """A picture, a file or uint8 (H, W, 3), as uint8 (H, W, 3)."""
    if isinstance(picture, (str, Path)):
        return images.to_uint8(images.load(picture))
    if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[-1] != 3:
        raise ScoreError(
            f"expected a file or uint8 pixels of shape (H, W, 3), got {picture.dtype} {picture.shape}. "
            f"nst.images.to_uint8 makes them of a picture in [0, 1]."
        )
    return picture


def _at_all_scales(pixels):
    picture = Image.fromarray(pixels)
    return [np.asarray(picture.reduce(factor)) for factor in SCALES]


def _size_of(pixels):
    return f"{pixels.shape[1]} x {pixels.shape[0]}"


def _name_of(picture):
    return str(picture) if isinstance(picture, (str, Path)) else "the picture"

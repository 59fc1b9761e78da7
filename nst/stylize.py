"""The engine: a picture in the style of another, from small to large.

Chapter 1 descends J at one size. Here J is descended at a small size first, where an evaluation costs little and large
strokes are few pixels long; the result, enlarged, is where the next size starts. What differs from Gatys et al. (2015)
besides: L-BFGS with exact bounds on the pixels, Gram matrices divided by positions, a total variation in J, style
layers of unlike weights, and a start from the content picture.
"""

import time
from dataclasses import asdict, dataclass, replace

import numpy as np

from nst import images
from nst.colour import matched_colours, with_colours_of
from nst.losses import Objective
from nst.optimise import LBFGS
from nst.vgg import layer_outputs, load_vgg19, mean_activations

STYLE_LAYERS = (("block1_conv1", 0.05), ("block2_conv1", 0.2), ("block3_conv1", 0.3), ("block4_conv1", 0.3),
                ("block5_conv1", 0.15))
CONTENT_LAYER = "block3_conv4"
SMALLEST = 128  # pixels on the longest side at the first scale
MORE_WHEN_SMALL = 2  # times the evaluations at half the size, at a quarter of the price each
NOISE = 0.05
COLOURS = ("style", "luminance", "statistics")
STARTS = ("content", "noise")


class SettingsError(ValueError):
    """A setting out of range; the message names it, what came, and what was expected."""


@dataclass(frozen=True)
class Settings:
    """What decides a picture, the two pictures and the network apart; see `stylize`."""

    size: int = 512
    content_weight: float = 4.0
    style_weight: float = 40.0
    tv_weight: float = 30.0
    steps: int = 25
    init: str = "content"
    colours: str = "style"
    seed: int = 0

    def __post_init__(self):
        for name in ("content_weight", "style_weight", "tv_weight"):
            _require(getattr(self, name) >= 0, name, getattr(self, name), "a number of at least 0")
        _require(self.style_weight + self.content_weight > 0, "style_weight", self.style_weight,
                 "a style or a content weight above 0")
        _require(self.steps >= 1, "steps", self.steps, "at least 1")
        _require(self.init in STARTS, "init", repr(self.init), " or ".join(STARTS))
        _require(self.colours in COLOURS, "colours", repr(self.colours), " or ".join(COLOURS))


@dataclass(frozen=True)
class Progress:
    """Where a run stands after an evaluation.

    done: the share of the whole price that is paid, 0 to 1; seconds: since the start; size: (height, width) of the
    present scale; terms: the weighted content, style and total-variation terms of J; image: the picture as it is,
    (1, height, width, 3).
    """

    done: float
    seconds: float
    size: tuple
    evaluation: int
    terms: tuple
    image: np.ndarray


@dataclass(frozen=True)
class Result:
    """image: (1, H, W, 3) in [0, 1]. curves: a dict for each evaluation. record: settings, network and timings."""

    image: np.ndarray
    curves: list
    record: dict


def stylize(content, style, *, weights=None, on_progress=None, **settings):
    """Paint the content picture in the style of another.

    content: a file, or an array (1, H, W, 3), RGB in [0, 1]. style: the same, or a list of them, mixed in equal parts,
        or a dict {picture file: share}.
    size: longest side of the result in pixels. content_weight, style_weight, tv_weight: alpha, beta, and the weight of
        the squared total variation. steps: evaluations of J at the full size; smaller sizes get more. init: "content"
        or "noise". colours: "style"; "luminance" keeps the content picture's colours and takes the style's lights and
        darks; "statistics" gives the style picture the content's mean and covariance of colours first. seed: of the
        noise.
    weights: as nst.vgg.load_vgg19 takes it. on_progress: called with a Progress after each evaluation.
    The same arguments give the same picture on the same machine. Raises SettingsError, nst.images.PictureError,
    nst.weights.WeightsError.
    """
    chosen, began = Settings(**settings), time.monotonic()
    content_image, styles = _picture(content, chosen.size), _styles(style, chosen.size)
    if chosen.colours == "statistics":
        styles = [(matched_colours(picture, content_image), share) for picture, share in styles]
    network = load_vgg19(weights)
    painting = _Painting(network, content_image, styles, chosen, on_progress, began)
    image = painting.painted()
    if chosen.colours == "luminance":
        image = with_colours_of(image, content_image)
    record = {**asdict(chosen), "network": network.name, "evaluations": len(painting.curves),
              "seconds": round(time.monotonic() - began, 2), "scales": painting.scales}
    return Result(image, painting.curves, record)


class _Painting:
    def __init__(self, network, content_image, styles, settings, on_progress, began):
        self.content_image, self.styles, self.settings = content_image, styles, settings
        self.on_progress, self.began = on_progress, began
        self.plan = list(plan(content_image.shape[1:3], settings.steps))
        self.price = sum(height * width * evaluations for height, width, evaluations in self.plan)
        self.curves, self.scales, self.paid = [], [], 0
        self.objective = self._objective(network)

    def _objective(self, network):
        """J, its layers divided by their means over the pictures, at the middle scale."""
        names = [*(name for name, _ in STYLE_LAYERS), CONTENT_LAYER]
        height, width, _ = self.plan[len(self.plan) // 2]
        pictures = [images.resize(self.content_image, height, width)]
        pictures += [_scaled(picture, max(height, width)) for picture, _ in self.styles]
        outputs = layer_outputs(network, names, mean_activations(network, names, pictures))
        weights = [self.settings.style_weight * weight for _, weight in STYLE_LAYERS]
        return Objective(outputs, weights, self.settings.content_weight, self.settings.tv_weight)

    def painted(self):
        image = None
        for height, width, evaluations in self.plan:
            content = images.resize(self.content_image, height, width)
            image = self._start(content) if image is None else images.resize(image, height, width)
            self.objective.aim(content, [_scaled(picture, max(height, width)) for picture, _ in self.styles],
                               [share for _, share in self.styles])
            image = self._descend(image, evaluations)
        return image

    def _start(self, content):
        noise = np.random.default_rng(self.settings.seed).uniform(-1, 1, content.shape)
        start = 0.5 + 0.5 * noise if self.settings.init == "noise" else content + NOISE * noise
        return np.clip(start, 0, 1).astype(np.float32)

    def _descend(self, image, evaluations):
        """L-BFGS from a picture until the evaluations are spent or J falls no further."""
        began, size, done = time.monotonic(), image.shape[1:3], self.paid

        def noted(picture):
            J, gradient, terms = self.objective(picture)
            self.paid += size[0] * size[1]
            self._note(Progress(self.paid / self.price, time.monotonic() - self.began, size, len(self.curves) + 1,
                                tuple(terms.tolist()), picture))
            return J, gradient

        optimiser = LBFGS(image)
        while optimiser.evaluations < evaluations and optimiser.step(noted):
            pass
        self.paid = done + size[0] * size[1] * evaluations
        self.scales.append({"height": size[0], "width": size[1], "evaluations": optimiser.evaluations,
                            "seconds": round(time.monotonic() - began, 2), "J": round(float(optimiser.J), 4)})
        return optimiser.image

    def _note(self, progress):
        content, style, variation = progress.terms
        self.curves.append({"height": progress.size[0], "content": content, "style": style, "variation": variation})
        if self.on_progress is not None:
            self.on_progress(replace(progress, done=min(progress.done, 1.0)))


def plan(full_size, steps):
    """(height, width, evaluations) of each scale, small to large: halves of the full size down to about 128 pixels."""
    height, width = full_size
    halvings = max(0, int(np.floor(np.log2(max(height, width) / SMALLEST))))
    for n in range(halvings, -1, -1):
        scale = 2 ** n
        yield (max(images.SMALLEST_SIDE, round(height / scale)), max(images.SMALLEST_SIDE, round(width / scale)),
               steps * MORE_WHEN_SMALL ** n)


def _picture(picture, size):
    if isinstance(picture, np.ndarray):
        return _scaled(images.to_uint8(picture)[None] / np.float32(255), size)
    return images.load(picture, size)


def _styles(style, size):
    """[(picture, share), ...], the shares adding up to 1."""
    if isinstance(style, dict):
        style = list(style.items())
    else:
        style = [(picture, 1) for picture in (style if isinstance(style, list) else [style])]
    _require(style, "style", style, "at least one picture")
    shares = [share for _, share in style]
    _require(min(shares) > 0, "style", shares, "shares above 0")
    return [(_picture(picture, size), share / sum(shares)) for picture, share in style]


def _scaled(image, longest):
    height, width = image.shape[1:3]
    scale = longest / max(height, width)
    return images.resize(image, *(max(images.SMALLEST_SIDE, round(side * scale)) for side in (height, width)))


def _require(holds, name, got, expected):
    if not holds:
        raise SettingsError(f"{name}: got {got}, expected {expected}.")

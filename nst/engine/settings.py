"""The settings of a run: all that decides a picture besides its content and style pictures and the network."""

from dataclasses import dataclass
from numbers import Integral, Real

import numpy as np

from nst.images import LARGEST_SIZE, SMALLEST_SIDE

STYLE_LAYERS = (
    ("block1_conv1", 0.1),
    ("block2_conv1", 0.15),
    ("block3_conv1", 0.25),
    ("block4_conv1", 0.3),
    ("block5_conv1", 0.2),
)
INITS = ("content", "fast", "noise")
COLOR_MODES = ("luminance", "statistics")
POOLINGS = ("max", "average")
OPTIMIZERS = ("lbfgs", "adam")
PRECISIONS = ("auto", "float32", "bfloat16")
LARGEST_NUMBER = float(np.finfo(np.float32).max)  # J is computed in float32
LARGEST_WEIGHT, SMALLEST_WEIGHT = 1e12, 1e-6  # beyond, the squares of gradients leave float32, and nothing is painted
ONLY_RATIOS = "only the ratios of the weights count, so divide or multiply all of them by the same number"


class SettingsError(ValueError):
    """A setting that cannot be used; the message names it, the value, and what was expected."""


@dataclass(frozen=True)
class Settings:
    """Every setting of a run with its default; `nst.stylize` explains them.

    Raises SettingsError for a value out of range.

    >>> Settings(size=320).steps
    40
    """

    size: int = 512
    content_weight: float = 1.0
    style_weight: float = 40.0
    tv_weight: float = 15.0
    steps: int = 40
    budget: float | None = None
    init: str = "content"
    preserve_color: str | None = None
    content_layer: str = "block4_conv2"
    style_layers: tuple = STYLE_LAYERS
    pooling: str = "max"
    optimizer: str = "lbfgs"
    warm_start: bool = True
    precision: str = "auto"
    seed: int = 0

    def __post_init__(self):
        self._check(
            "size",
            int,
            _is_integer(self.size) and SMALLEST_SIDE <= self.size <= LARGEST_SIZE,
            f"a whole number from {SMALLEST_SIDE} to {LARGEST_SIZE}, the pixels on the longest side",
        )
        for name in ("content_weight", "style_weight", "tv_weight"):
            self._check(
                name, float, is_number(getattr(self, name)) and getattr(self, name) >= 0, "a number of at least 0"
            )
        require(
            self.style_weight + self.content_weight > 0,
            "style_weight",
            self.style_weight,
            "a style or a content weight above 0",
        )
        object.__setattr__(self, "style_layers", _weighted_layers(self.style_layers))
        self._check_magnitudes()
        self._check("steps", int, _is_integer(self.steps) and self.steps >= 1, "a whole number of at least 1")
        self._check("seed", int, _is_integer(self.seed) and self.seed >= 0, "a whole number of at least 0")
        self._check("warm_start", bool, is_truth_value(self.warm_start), "True or False")
        if self.budget is not None:
            self._check("budget", float, is_number(self.budget) and self.budget > 0, "a number of seconds above 0")
            require(
                self.optimizer == "lbfgs",
                "budget",
                self.budget,
                "steps instead: Adam's learning rate depends on the number of steps",
            )
        for name, choices in (
            ("init", INITS),
            ("preserve_color", (None, *COLOR_MODES)),
            ("pooling", POOLINGS),
            ("optimizer", OPTIMIZERS),
            ("precision", PRECISIONS),
        ):
            require(
                isinstance(getattr(self, name), (str, type(None))) and getattr(self, name) in choices,
                name,
                repr(getattr(self, name)),
                " or ".join(str(choice) for choice in choices),
            )

    @property
    def layers(self):
        """The names of the layers that J reads: the style layers and, last, the content layer."""
        return [*(name for name, _ in self.style_layers), self.content_layer]

    def _check_magnitudes(self):
        """Require weights whose terms of J and gradients are numbers that float32 can hold."""
        layers = [(f"style_weight * {name}", self.style_weight * weight) for name, weight in self.style_layers]
        named = [(name, getattr(self, name)) for name in ("content_weight", "style_weight", "tv_weight")]
        for name, weight in [*named, *layers]:
            require(weight <= LARGEST_WEIGHT, name, f"{weight:g}", f"at most {LARGEST_WEIGHT:g}; {ONLY_RATIOS}")
        largest = max(self.content_weight, *(weight for _, weight in layers))
        require(
            largest >= SMALLEST_WEIGHT,
            "content_weight and style_weight",
            f"{largest:g} at most",
            f"one of at least {SMALLEST_WEIGHT:g}; {ONLY_RATIOS}",
        )

    def _check(self, name, kind, valid, expected):
        """Require that a setting is valid, and convert it to a plain `kind`: JSON cannot store NumPy's numbers."""
        require(valid, name, repr(getattr(self, name)), expected)
        object.__setattr__(self, name, kind(getattr(self, name)))


def require(valid, name, got, expected):
    """Raise SettingsError unless `valid` is true."""
    if not valid:
        raise SettingsError(f"{name}: got {got}, expected {expected}.")


def is_number(value):
    """Return whether `value` is a finite number of Python or NumPy; True and False are not numbers."""
    if not isinstance(value, Real) or isinstance(value, bool):
        return False
    try:
        return abs(float(value)) <= LARGEST_NUMBER  # false for NaN
    except OverflowError:  # an integer too large for a float
        return False


def is_truth_value(value):
    """Return whether `value` is True or False, of Python or NumPy, or 1 or 0. A word is not: "no" would be true."""
    return isinstance(value, (bool, np.bool_)) or (isinstance(value, Integral) and value in (0, 1))


def _is_integer(value):
    return isinstance(value, Integral) and not isinstance(value, bool)


def _weighted_layers(layers):
    """Return ((name, weight), ...) of a dict {name: weight} or of pairs."""
    try:
        pairs = tuple((str(name), weight) for name, weight in dict(layers).items())
    except (TypeError, ValueError):
        raise SettingsError(
            f"style_layers: got {layers!r}, expected a weight for each layer, such as {{'block1_conv1': 1.0}}."
        ) from None
    require(pairs, "style_layers", pairs, "at least one layer and its weight")
    require(all(is_number(weight) for _, weight in pairs), "style_layers", pairs, "a finite number for each layer")
    require(min(weight for _, weight in pairs) > 0, "style_layers", pairs, "weights above 0")
    return tuple((name, float(weight)) for name, weight in pairs)

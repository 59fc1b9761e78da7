"""What decides a picture, beside its content and style pictures and the network."""

from dataclasses import dataclass
from numbers import Integral, Real

import numpy as np

from nst.images import LARGEST_SIZE, SMALLEST_SIDE

STYLE_LAYERS = (
    ("block1_conv1", 0.1),
    ("block2_conv1", 0.15),
    ("block3_conv1", 0.3),
    ("block4_conv1", 0.3),
    ("block5_conv1", 0.15),
)
STARTS = ("content", "noise")
COLOURS = ("luminance", "statistics")
POOLINGS = ("max", "average")
OPTIMISERS = ("lbfgs", "adam")
PRECISIONS = ("auto", "float32", "bfloat16")
LARGEST_NUMBER = float(np.finfo(np.float32).max)  # J is computed in float32


class SettingsError(ValueError):
    """A setting that cannot be used; the message names it, what came, and what was expected."""


@dataclass(frozen=True)
class Settings:
    """Every choice of a run and its default; `nst.stylize` says what each means.

    Raises SettingsError for a value out of range.
    """

    size: int = 512
    content_weight: float = 1.0
    style_weight: float = 25.0
    tv_weight: float = 15.0
    steps: int = 40
    budget: float | None = None
    init: str = "content"
    preserve_color: str | None = None
    content_layer: str = "block3_conv4"
    style_layers: tuple = STYLE_LAYERS
    pooling: str = "max"
    optimiser: str = "lbfgs"
    warm_start: bool = True
    precision: str = "auto"
    seed: int = 0

    def __post_init__(self):
        self._keep(
            "size",
            int,
            _is_whole(self.size) and SMALLEST_SIDE <= self.size <= LARGEST_SIZE,
            f"a whole number from {SMALLEST_SIDE} to {LARGEST_SIZE}, the pixels on the longest side",
        )
        for name in ("content_weight", "style_weight", "tv_weight"):
            self._keep(
                name, float, is_number(getattr(self, name)) and getattr(self, name) >= 0, "a number of at least 0"
            )
        require(
            self.style_weight + self.content_weight > 0,
            "style_weight",
            self.style_weight,
            "a style or a content weight above 0",
        )
        self._keep("steps", int, _is_whole(self.steps) and self.steps >= 1, "a whole number of at least 1")
        self._keep("seed", int, _is_whole(self.seed) and self.seed >= 0, "a whole number of at least 0")
        if self.budget is not None:
            self._keep("budget", float, is_number(self.budget) and self.budget > 0, "seconds, more than 0")
            require(
                self.optimiser == "lbfgs",
                "budget",
                self.budget,
                "steps instead, since Adam's rate falls with the steps that are left",
            )
        for name, choices in (
            ("init", STARTS),
            ("preserve_color", (None, *COLOURS)),
            ("pooling", POOLINGS),
            ("optimiser", OPTIMISERS),
            ("precision", PRECISIONS),
        ):
            require(
                getattr(self, name) in choices,
                name,
                repr(getattr(self, name)),
                " or ".join(str(choice) for choice in choices),
            )
        object.__setattr__(self, "style_layers", _layers(self.style_layers))

    @property
    def layers(self):
        """The names of the layers that J reads: the style layers and, last, the content layer."""
        return [*(name for name, _ in self.style_layers), self.content_layer]

    def _keep(self, name, kind, holds, expected):
        """Require that it holds of a setting, and keep that as a plain `kind`: JSON cannot hold NumPy's numbers."""
        require(holds, name, repr(getattr(self, name)), expected)
        object.__setattr__(self, name, kind(getattr(self, name)))


def require(holds, name, got, expected):
    """Raise SettingsError unless it holds."""
    if not holds:
        raise SettingsError(f"{name}: got {got}, expected {expected}.")


def is_number(value):
    """Whether it is a finite number, Python's or NumPy's; True and False are none."""
    if not isinstance(value, Real) or isinstance(value, bool):
        return False
    try:
        return abs(float(value)) <= LARGEST_NUMBER  # never true of NaN
    except OverflowError:  # a whole number beyond every float
        return False


def _is_whole(value):
    return isinstance(value, Integral) and not isinstance(value, bool)


def _layers(given):
    """((name, weight), ...) of a dict {name: weight} or of pairs."""
    try:
        pairs = tuple((str(name), weight) for name, weight in dict(given).items())
    except (TypeError, ValueError):
        raise SettingsError(
            f"style_layers: got {given!r}, expected a weight for each layer, such as {{'block1_conv1': 1.0}}."
        ) from None
    require(pairs, "style_layers", pairs, "at least one layer and its weight")
    require(all(is_number(weight) for _, weight in pairs), "style_layers", pairs, "a finite number for each layer")
    require(min(weight for _, weight in pairs) > 0, "style_layers", pairs, "weights above 0")
    return tuple((name, float(weight)) for name, weight in pairs)

"""What decides a picture, beside its content and style pictures and the network."""

import math
from dataclasses import dataclass

STYLE_LAYERS = (("block1_conv1", 0.1), ("block2_conv1", 0.15), ("block3_conv1", 0.3), ("block4_conv1", 0.3),
                ("block5_conv1", 0.15))
STARTS = ("content", "noise")
COLOURS = ("luminance", "statistics")
POOLINGS = ("max", "average")
OPTIMISERS = ("lbfgs", "adam")
PRECISIONS = ("auto", "float32", "bfloat16")


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
        for name in ("content_weight", "style_weight", "tv_weight"):
            require(_finite(getattr(self, name)) and getattr(self, name) >= 0, name, getattr(self, name),
                    "a number of at least 0")
        require(self.style_weight + self.content_weight > 0, "style_weight", self.style_weight,
                "a style or a content weight above 0")
        require(isinstance(self.steps, int) and self.steps >= 1, "steps", self.steps, "a whole number of at least 1")
        require(self.budget is None or (_finite(self.budget) and self.budget > 0), "budget", self.budget,
                "seconds, more than 0")
        require(self.budget is None or self.optimiser == "lbfgs", "budget", self.budget,
                "steps instead, since Adam's rate falls with the steps that are left")
        require(isinstance(self.seed, int) and self.seed >= 0, "seed", self.seed, "a whole number of at least 0")
        for name, choices in (("init", STARTS), ("preserve_color", (None, *COLOURS)), ("pooling", POOLINGS),
                              ("optimiser", OPTIMISERS), ("precision", PRECISIONS)):
            require(getattr(self, name) in choices, name, repr(getattr(self, name)),
                    " or ".join(str(choice) for choice in choices))
        layers = self.style_layers.items() if isinstance(self.style_layers, dict) else self.style_layers
        object.__setattr__(self, "style_layers", tuple((str(name), float(weight)) for name, weight in layers))
        require(self.style_layers, "style_layers", self.style_layers, "at least one layer and its weight")
        require(min(weight for _, weight in self.style_layers) > 0, "style_layers", self.style_layers,
                "weights above 0")

    @property
    def layers(self):
        """The names of the layers that J reads: the style layers and, last, the content layer."""
        return [*(name for name, _ in self.style_layers), self.content_layer]


def require(holds, name, got, expected):
    """Raise SettingsError unless it holds."""
    if not holds:
        raise SettingsError(f"{name}: got {got}, expected {expected}.")


def _finite(number):
    return isinstance(number, (int, float)) and math.isfinite(number)

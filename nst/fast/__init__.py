"""Feed-forward style transfer: any photograph in any painting's style, in one pass through two networks.

The encoder is the bundled Pocket VGG-19. `adain` gives its activations the style's statistics, and the decoder, which
is bundled too, turns them into a picture (Huang and Belongie 2017). Nothing is optimized.
"""

# ruff: noqa: F401 (the imports below are for type checkers)
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nst.fast.decoder import Decoder, load_decoder
    from nst.fast.paint import paint_fast
    from nst.fast.statistics import Statistics, adain, measure_statistics, mix_statistics

_MODULES = {
    "Decoder": "nst.fast.decoder",
    "Statistics": "nst.fast.statistics",
    "adain": "nst.fast.statistics",
    "load_decoder": "nst.fast.decoder",
    "measure_statistics": "nst.fast.statistics",
    "mix_statistics": "nst.fast.statistics",
    "paint_fast": "nst.fast.paint",
}
__all__ = [*_MODULES]


def __getattr__(name):
    if name in _MODULES:
        return getattr(import_module(_MODULES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

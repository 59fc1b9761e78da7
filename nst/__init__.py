"""Neural style transfer: pictures, networks, a fast engine, and feed-forward networks.

The public names are listed in `__all__` and imported on first use, so that `import nst` does not load TensorFlow.

>>> import nst
>>> from nst.paths import IMAGES
>>> result = nst.stylize(IMAGES / "louvre.jpg", IMAGES / "monet.jpg", size=32, steps=2, weights="pocket")
Network: Pocket VGG-19, bundled (chosen by name).
>>> result.picture.shape
(1, 24, 32, 3)
"""

# ruff: noqa: F401 (the imports below are for type checkers)
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nst.engine.available_memory import NotEnoughMemoryError
    from nst.engine.optimizers import DivergedError
    from nst.engine.result import Interrupted, Result
    from nst.engine.run import Progress
    from nst.engine.settings import SettingsError
    from nst.engine.stylize import stylize
    from nst.fast.paint import paint_fast
    from nst.images import PictureError
    from nst.network.layers import LAYERS, LayerError
    from nst.network.vgg import layer_outputs, load_vgg19, mean_activations
    from nst.network.weights import WeightsError

_MODULES = {
    "LAYERS": "nst.network.layers",
    "DivergedError": "nst.engine.optimizers",
    "Interrupted": "nst.engine.result",
    "LayerError": "nst.network.layers",
    "NotEnoughMemoryError": "nst.engine.available_memory",
    "PictureError": "nst.images",
    "Progress": "nst.engine.run",
    "Result": "nst.engine.result",
    "SettingsError": "nst.engine.settings",
    "WeightsError": "nst.network.weights",
    "layer_outputs": "nst.network.vgg",
    "load_vgg19": "nst.network.vgg",
    "mean_activations": "nst.network.vgg",
    "paint_fast": "nst.fast.paint",
    "stylize": "nst.engine.stylize",
}
__all__ = [*_MODULES]


def __getattr__(name):
    if name in _MODULES:
        return getattr(import_module(_MODULES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *_MODULES])

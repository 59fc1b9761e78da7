"""How the pictures are seen: which networks paint which stages, in which precision, whole or in tiles."""

from nst.engine import memory
from nst.engine.checkpoint import fingerprint
from nst.engine.losses import Objective
from nst.engine.precision import fastest_precision
from nst.engine.pyramid import multiplications_per_pixel
from nst.engine.tiles import TiledObjective
from nst.network.vgg import LayerError, build_vgg19, layer_outputs, load_vgg19
from nst.network.weights import LAYERS, find_weights, read_weights

POCKET = "pocket_vgg19"


class Sight:
    """The networks of a run.

    precision: what they compute in. prices: {network: multiplications per pixel}, in the order of taking over.
    fingerprints: {network: of its deepest kernel}, by which a run tells its networks from others of the same name.
    """

    def __init__(self, weights, settings):
        """weights: as nst.network.vgg.load_vgg19 takes it. Raises WeightsError and LayerError."""
        self.settings = settings
        self.precision = fastest_precision() if settings.precision == "auto" else settings.precision
        network = load_vgg19(weights, precision=self.precision, pooling=settings.pooling)
        networks = {network.name: network}
        if settings.warm_start and network.name != POCKET:
            networks = {POCKET: self._warm(), **networks}
        self._channels = {name: _channels(model, settings.layers) for name, model in networks.items()}
        weights = [settings.style_weight * weight for _, weight in settings.style_layers]
        self._terms = {
            name: (layer_outputs(model, settings.layers), weights, settings.content_weight, settings.tv_weight)
            for name, model in networks.items()
        }
        self._objectives = {name: Objective(*terms) for name, terms in self._terms.items()}
        self.prices = {name: multiplications_per_pixel(channels) for name, channels in self._channels.items()}
        self.fingerprints = {
            name: fingerprint(model.get_layer(list(self._channels[name])[-1]).get_weights()[0])
            for name, model in networks.items()
        }
        self.bytes_per_pixel = max(self._bytes_per_pixel(name) for name in networks)

    def objective(self, stage, content_image, styles):
        """The Objective of a stage's network, in tiles where its pictures are too large to be seen at once."""
        side = memory.tile_side(memory.weighing(content_image, styles), self._bytes_per_pixel(stage.network))
        if side is None:
            return self._objectives[stage.network]
        return TiledObjective(*self._terms[stage.network], side=side)

    def _warm(self):
        """The bundled network, which begins before another takes over."""
        bundled = find_weights("pocket")
        print("Network to begin with: Pocket VGG-19, bundled.")
        return build_vgg19(
            read_weights(bundled.path), bundled.name, precision=self.precision, pooling=self.settings.pooling
        )

    def _bytes_per_pixel(self, name):
        return memory.bytes_per_pixel(self._channels[name], self.precision)


def _channels(model, names):
    """{layer: nC} of a network's convolutions down to the deepest of the layers named."""
    layer_outputs(model, names)  # names the layer that is missing
    for name in names:
        if name not in LAYERS:
            known = [layer.name for layer in model.layers if layer.name in LAYERS]
            raise LayerError(
                f"{name}: this layer of {model.name} is no convolution, and J reads those alone. "
                f"Take one of {', '.join(known)}."
            )
    deepest = max(LAYERS.index(name) for name in names)
    return {name: model.get_layer(name).filters for name in LAYERS[: deepest + 1]}

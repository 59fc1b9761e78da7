"""How the pictures are seen: which networks paint which stages, in which precision, whole or in tiles."""

from nst.engine import memory
from nst.engine.losses import Objective
from nst.engine.plan import multiplications_per_pixel
from nst.engine.precision import fastest_precision
from nst.engine.tiles import TiledObjective
from nst.vgg import layer_outputs, load_vgg19, mean_activations
from nst.weights import LAYERS

POCKET = "pocket_vgg19"


class Sight:
    """The networks of a run.

    precision: what they compute in. prices: {network: multiplications per pixel}, in the order of taking over.
    """

    def __init__(self, weights, settings):
        """weights: as nst.vgg.load_vgg19 takes it. Raises WeightsError and LayerError."""
        self.settings = settings
        self.precision = fastest_precision() if settings.precision == "auto" else settings.precision
        network = self._loaded(weights)
        networks = {network.name: network}
        if settings.warm_start and network.name != POCKET:
            networks = {POCKET: self._loaded("pocket"), **networks}
        self._channels = {name: _channels(model, settings.layers) for name, model in networks.items()}
        self._outputs = {name: layer_outputs(model, settings.layers) for name, model in networks.items()}
        self._models, self._objectives = networks, {}
        self.prices = {name: multiplications_per_pixel(channels) for name, channels in self._channels.items()}
        self.bytes_per_pixel = max(self._bytes_per_pixel(name) for name in networks)

    def normalise(self, pictures):
        """Let each layer's mean over these pictures be 1 in J (Gatys et al. 2015).

        Gram matrices are quadratic in the activations and their cost quadratic in them, so instead of every
        activation being divided by the mean, the layer's weight is: by its fourth power, the content's by its square.
        """
        for name, model in self._models.items():
            means = mean_activations(model, self.settings.layers, pictures)
            weights = [self.settings.style_weight * weight / means[layer] ** 4
                       for layer, weight in self.settings.style_layers]
            content_weight = self.settings.content_weight / means[self.settings.content_layer] ** 2
            terms = self._outputs[name], weights, content_weight, self.settings.tv_weight
            side = memory.side_at_once(self._bytes_per_pixel(name))
            self._objectives[name] = Objective(*terms), TiledObjective(*terms, side=side)

    def objective(self, stage):
        """The Objective of a stage's network, in tiles where the stage is too large to be seen at once."""
        whole, tiled = self._objectives[stage.network]
        large = stage.height * stage.width * self._bytes_per_pixel(stage.network) > memory.AT_ONCE
        return tiled if large else whole

    def _loaded(self, weights):
        return load_vgg19(weights, precision=self.precision, pooling=self.settings.pooling)

    def _bytes_per_pixel(self, name):
        return memory.bytes_per_pixel(self._channels[name], self.precision)


def _channels(model, names):
    """{layer: nC} of a network's convolutions down to the deepest of the layers named."""
    layer_outputs(model, names)  # names the layer that is missing
    deepest = max(LAYERS.index(name) for name in names)
    return {name: model.get_layer(name).filters for name in LAYERS[:deepest + 1]}

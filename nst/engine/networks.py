"""The networks of a run: which one paints which stage, in which precision, and whether in tiles."""

from nst.engine import memory
from nst.engine.checkpoint import fingerprint
from nst.engine.losses import Objective
from nst.engine.precision import fastest_precision
from nst.engine.pyramid import multiplications_per_pixel
from nst.engine.tiles import TiledObjective
from nst.network.layers import LAYERS, LayerError, layers_of
from nst.network.vgg import FIRST, build_vgg19, layer_outputs
from nst.network.weights import find_weights, read_weights

POCKET = "pocket_vgg19"
# Zeros beyond the edge of these layers make an optimizer paint colors along the edge that are too strong.
REPEAT_EDGES = (*FIRST, *layers_of(3), "block4_conv1", "block4_conv2")


class Networks:
    """The networks of a run.

    precision: of their convolutions. costs: {network: multiplications per pixel}, in the order in which they paint.
    fingerprints: {network: fingerprint of all layers that J needs}, which identify the weights in a checkpoint.
    memory_target: bytes that the run should not exceed, see nst.engine.memory.find_target.
    """

    def __init__(self, weights, settings):
        """weights: see nst.network.vgg.load_vgg19. Raises WeightsError and LayerError."""
        self.settings = settings
        self.precision = fastest_precision() if settings.precision == "auto" else settings.precision
        file = find_weights(weights)
        network = self._load(file, file.announcement)
        networks = {network.name: network}
        if settings.warm_start and network.name != POCKET:
            announcement = "Network for the smaller sizes: Pocket VGG-19, bundled."
            networks = {POCKET: self._load(find_weights("pocket"), announcement), **networks}
        self._channels = {name: _channels(model, settings.layers) for name, model in networks.items()}
        weights = [settings.style_weight * weight for _, weight in settings.style_layers]
        self._arguments = {
            name: (layer_outputs(model, settings.layers), weights, settings.content_weight, settings.tv_weight)
            for name, model in networks.items()
        }
        self._objectives = {name: Objective(*terms) for name, terms in self._arguments.items()}
        self.costs = {name: multiplications_per_pixel(channels) for name, channels in self._channels.items()}
        self.fingerprints = {
            name: fingerprint(
                *(array for layer in self._channels[name] for array in model.get_layer(layer).get_weights())
            )
            for name, model in networks.items()
        }
        self.memory_target = memory.find_target()
        self.bytes_per_pixel = max(self._bytes_per_pixel(name) for name in networks)

    def get_objective(self, stage, content_image, styles):
        """Return the Objective of a stage's network, in tiles if its pictures are too large for the memory."""
        pixels = memory.count_pixels(content_image, styles)
        side = memory.tile_side(pixels, self._bytes_per_pixel(stage.network), self.memory_target)
        if side is None:
            return self._objectives[stage.network]
        return TiledObjective(*self._arguments[stage.network], side=side)

    def _load(self, file, announcement):
        """Load the network of a nst.network.weights.Weights, and say so."""
        layer_weights = read_weights(file.path)
        print(announcement)
        return build_vgg19(
            layer_weights,
            file.name,
            precision=self.precision,
            pooling=self.settings.pooling,
            repeat_edges=REPEAT_EDGES,
        )

    def _bytes_per_pixel(self, name):
        return memory.bytes_per_pixel(self._channels[name], self.precision)


def _channels(model, names):
    """Return {layer: nC} of a network's convolutions down to the deepest of the named layers."""
    layer_outputs(model, names)  # raises LayerError for a missing layer
    for name in names:
        if name not in LAYERS:
            known = [layer.name for layer in model.layers if layer.name in LAYERS]
            raise LayerError(
                f"{name}: this layer of {model.name} is not a convolution, but J uses only convolutions. "
                f"Choose one of {', '.join(known)}."
            )
    deepest = max(LAYERS.index(name) for name in names)
    return {name: model.get_layer(name).filters for name in LAYERS[: deepest + 1]}

"""The decoder's training: the Pocket stays as it is, the decoder learns to paint what its statistics ask for."""

from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from nst.fast.decoder import CONVOLUTIONS, ENCODER_LAYERS, Decoder
from nst.fast.statistics import measure_statistics
from tools.fast.objective import content_costs, objective, pocket_judge, style_costs, vgg16_judge
from tools.fast.styles import vary
from tools.training.photographs import Crops
from tools.training.resumable import ResumableTraining

LEARNING_RATE = 1e-3
LEARNING_RATE_OF_A_SECOND_PASS = 4e-4  # so that the decoder keeps what it has learned
CAUTIOUS = {"conv5_b": 0.1, "conv4_b": 0.1, "conv3_skip": 0.1, "conv1_out": 0.1}  # begin near 0: residuals, the picture
ITSELF_EVERY = 4  # steps: then a crop is its own style, and the picture should be that crop
HELD_OUT_PAIRS = 8


@dataclass(frozen=True)
class Plan:
    """The options of a run: the same plan, networks and pictures give the same decoder."""

    steps: int
    batch: int = 2
    seed: int = 19
    precision: str = "float32"
    crop: int = 224
    learning_rate: float = 0.0  # the highest; 0 stands for 1e-3, or 4e-4 with a start
    content_weight: float = 0.8
    style_weight: float = 2.0
    tv_weight: float = 150.0
    start: str = ""  # SHA-256 of the decoder's file that the training starts from
    teacher: str = ""  # SHA-256 of the file of VGG-16
    style: str = ""  # SHA-256 of the picture whose style alone is learned


class DecoderTraining(ResumableTraining):
    """Decoder, optimizer and step; `run` continues where the checkpoint stopped."""

    label = "training the decoder"

    def __init__(self, plan, pocket, photographs, paintings, checkpoint, start=None, teacher=()):
        """pocket, teacher: lists of (kernel, bias), for units of 64 gray levels; without a teacher the Pocket judges.

        photographs, paintings: lists of uint8 (H, W, 3). start: what nst.fast.decoder.read_decoder returns.
        """
        self.precision = tf.dtypes.as_dtype(plan.precision)
        self.photographs, self.paintings = Crops(photographs, plan.crop), Crops(paintings, plan.crop)
        self.pocket = pocket_judge(_constants(pocket))
        self.judges = [self.pocket] + ([vgg16_judge(_constants(teacher))] if teacher else [])
        channels = [self.pocket.weights[self.pocket.names.index(name)][0].shape[-1] for name in ENCODER_LAYERS]
        self.decoder = {
            name: tuple(map(tf.Variable, layer))
            for name, layer in (start or initial_decoder(channels, plan.seed)).items()
        }
        variables = [variable for layer in self.decoder.values() for variable in layer]
        peak = plan.learning_rate or (LEARNING_RATE_OF_A_SECOND_PASS if plan.start else LEARNING_RATE)
        super().__init__(plan, checkpoint, variables, peak)
        self._compiled_update = tf.function(self._update, autograph=False)
        self._compiled_measure = tf.function(self._measure, autograph=False)
        self.restore()

    def advance(self):
        """Take one step and return its cost."""
        rng = np.random.default_rng((self.plan.seed, self.step))
        contents, styles = (crops.draw(rng, self.plan.batch) for crops in (self.photographs, self.paintings))
        if not self.plan.style:
            styles = vary(rng, styles)
        if self.step % ITSELF_EVERY == 0:
            styles[0] = contents[0]
        return self._compiled_update(tf.constant(contents), tf.constant(styles))

    def measure(self, contents, styles):
        """Return (content cost, five style costs) of the averaged decoder on pairs, each a mean over them."""
        return [float(cost) for cost in self._compiled_measure(tf.constant(contents), tf.constant(styles))]

    def averaged(self):
        """Return {name: (kernel, bias)} of the averaged weights, as nst.fast.decoder.read_decoder does."""
        return dict(zip(CONVOLUTIONS, self.weights(), strict=True))

    def _update(self, contents, styles):
        with tf.GradientTape() as tape:
            cost = objective(self.plan, *self._paint_and_judge(self.decoder, contents, styles))
        gradients, _ = tf.clip_by_global_norm(tape.gradient(cost, self.trained), 1.0)
        self.apply(gradients)
        return cost

    def _measure(self, contents, styles):
        averages = dict(zip(self.decoder, zip(self.averages[::2], self.averages[1::2], strict=True), strict=True))
        _, judged = self._paint_and_judge(averages, contents, styles)
        (generated, _), (content,), (style, _) = judged[0]
        return [tf.reduce_mean(cost) for cost in (content_costs(generated, content), *style_costs(generated, style))]

    def _paint_and_judge(self, weights, contents, styles):
        """Return the pictures, and for each judge its activations of the pictures, the contents and the styles.

        Activations are a list: of the whole pictures, and of their halves (not of the contents').
        """
        seen = [(self._look(judge, contents, halve=False), self._look(judge, styles)) for judge in self.judges]
        decoder = Decoder(weights, self.plan.precision)
        of_contents, of_styles = ([layers[0][name] for name in ENCODER_LAYERS] for layers in seen[0])
        pictures = tf.concat(
            [
                decoder([layer[i : i + 1] for layer in of_contents[2:]], _statistics(of_styles, i))
                for i in range(contents.shape[0])
            ],
            0,
        )
        judged = [(self._look(judge, pictures), *pair) for judge, pair in zip(self.judges, seen, strict=True)]
        return pictures, judged

    def _look(self, judge, pictures, halve=True):
        scales = [pictures, tf.nn.avg_pool2d(pictures, 2, 2, "VALID")] if halve else [pictures]
        return [judge.look(picture, self.precision) for picture in scales]


def initial_decoder(channels, seed):
    """Return a decoder to begin with, {name: (kernel, bias)}: He-normal kernels, the cautious ones smaller.

    channels: of the encoder's five layers.
    """
    rng, sizes = np.random.default_rng(seed), {**dict(enumerate(channels, start=1)), None: 3}
    layers = {}
    for name, (size, before, after) in CONVOLUTIONS.items():
        shape = (size, size, sizes[before], sizes[after])
        deviation = CAUTIOUS.get(name, 1.0) * (2 / (size * size * sizes[before])) ** 0.5
        layers[name] = rng.normal(0, deviation, shape).astype(np.float32), np.zeros(sizes[after], np.float32)
    return layers


def _statistics(layers, i):
    return [measure_statistics(layer[i : i + 1]) for layer in layers]


def _constants(weights):
    return [tuple(map(tf.constant, layer)) for layer in weights]

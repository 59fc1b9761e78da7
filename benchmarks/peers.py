"""The recipes of other style transfers, in our own words: how each starts, steps, and changes size.

With a file of VGG-19's whole depth each descends its own cost (benchmarks/own_objectives.py), plain L-BFGS that of
`nst.stylize`. Loss weights are tied to the raw magnitudes of a recipe's own layers and carry over to no others, so with
a file of the first three blocks all of them descend the same J: |a_C - a_G|^2 / |a_C|^2 on block3_conv4, and 25 times
the mean of |G_S - G_G|^2 / |G_S|^2 on blockX_conv1. What is a recipe's own stays: optimiser, rate, start,
schedule, scales, bounds. Facts and figures are from the repositories named; the code is not.

A recipe is a generator: it takes a Scene and yields the picture, float32 (1, H, W, 3) in [0, 1], after each
evaluation of J, for as many as were published.
"""

from collections import deque
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from benchmarks import own_objectives
from benchmarks.own_objectives import OwnObjective
from benchmarks.turns import each_call
from nst import images
from nst.engine.losses import Objective, Style
from nst.engine.settings import Settings
from nst.network.vgg import IMAGENET_MEAN_BGR, build_vgg19, layer_outputs
from nst.network.weights import LAYERS, block_of, read_weights
from nst.quiet_tensorflow import keras
from nst.quiet_tensorflow import tensorflow as tf

THREE_BLOCKS = Settings(
    tv_weight=0.0, content_layer="block3_conv4", style_layers={f"block{block}_conv1": 1 / 3 for block in (1, 2, 3)}
)


@dataclass(frozen=True)
class Scene:
    """What is to be painted: content and style pictures (1, H, W, 3) of one size, and VGG-19's weight file."""

    content: np.ndarray
    style: np.ndarray
    weights: Path

    @cached_property
    def whole(self):
        """Whether the file has all of VGG-19's layers, so that each recipe descends its own cost."""
        return LAYERS[-1] in read_weights(self.weights)

    @property
    def settings(self):
        """What `nst.stylize` is to descend: its own J, or the one that three blocks allow."""
        return Settings() if self.whole else THREE_BLOCKS

    def objective(self, own=None):
        """A recipe's own cost where the file allows it, or else the common J, in float32; not aimed yet."""
        arrays = read_weights(self.weights)
        if self.whole and own is not None:
            return OwnObjective(own, arrays)
        settings = self.settings
        deepest = max(map(block_of, settings.layers))
        network = build_vgg19({name: pair for name, pair in arrays.items() if block_of(name) <= deepest})
        return Objective(
            layer_outputs(network, settings.layers),
            [settings.style_weight * weight for _, weight in settings.style_layers],
            settings.content_weight,
            settings.tv_weight,
        )

    def aimed(self, objective, height, width):
        """Aim an objective at both pictures in that size; returns the content picture in it."""
        content, style = (images.resize(picture, height, width) for picture in (self.content, self.style))
        objective.aim(content, [Style(style)])
        return content

    @property
    def size(self):
        return self.content.shape[1:3]


def course(scene):
    """The course's assignment: Adam at 0.01, clipped, from the content under noise of 0.25; 2501 steps."""
    rng = np.random.default_rng(0)
    start = np.clip(scene.content + rng.uniform(-0.25, 0.25, scene.content.shape), 0, 1)
    yield from _adam(scene, own_objectives.course, start, 2501, lambda gradient: keras.optimizers.Adam(0.01))


def tensorflow_tutorial(scene):
    """TensorFlow's tutorial: Adam at 0.02 with beta1 0.99, clipped, from the content; 1000 steps.

    Its epsilon of 0.1 belongs to its own J, whose gradient is 70 to 200 in the mean at the start (its formulas on
    blocks 1-3, three pairs at 400 pixels, measured); on the common J it is the same share of the gradient.
    """

    def optimizer(gradient):
        epsilon = 0.1 if scene.whole else 0.1 / 140 * np.abs(gradient).mean()
        return keras.optimizers.Adam(0.02, beta_1=0.99, epsilon=epsilon)

    yield from _adam(scene, own_objectives.tensorflow_tutorial, scene.content, 1000, optimizer)


def keras_example(scene):
    """keras.io's example: gradient descent from the content, the rate falling by 4 % every 100 steps; 4000 steps.

    Its rate of 100 belongs to its own J and to grey levels of 255. On the common J the first step moves the mean pixel
    as far as it does there: 0.07 grey levels (its formulas on blocks 1-3, three pairs at 400 pixels: 0.04 to 0.12,
    measured).
    """
    objective = scene.objective(own_objectives.keras_example)
    image = scene.aimed(objective, *scene.size)
    rate = 100 / 255**2 if scene.whole else None
    for step in range(4000):
        gradient = objective(image)[1]
        if rate is None:
            rate = 0.07 / 255 / np.abs(gradient).mean()
        image = image - np.float32(rate * 0.96 ** (step / 100)) * gradient
        yield np.clip(image, 0, 1)


def pytorch_tutorial(scene):
    """PyTorch's tutorial: L-BFGS without a line search, clamped at every evaluation, from the content; 300 steps."""
    yield from _lbfgs_without_search(scene, own_objectives.pytorch_tutorial, scene.content, 300, bounded=True)


def jcjohnson(scene):
    """jcjohnson/neural-style: L-BFGS without a line search or bounds, from the mean colour and noise of a thousandth
    of a grey level; 1000 steps. The picture is clipped where it is saved.
    """
    noise = np.random.default_rng(0).normal(size=scene.content.shape) * 0.001
    start = (np.array(IMAGENET_MEAN_BGR[::-1]) + noise) / 255
    yield from _lbfgs_without_search(scene, own_objectives.jcjohnson, start, 1000, bounded=False)


def scipy_lbfgs(scene):
    """Plain L-BFGS: SciPy's L-BFGS-B with bounds on the pixels, from the content; 1000 evaluations."""
    objective = scene.objective()
    start = scene.aimed(objective, *scene.size)

    def run(seen):
        def value_and_gradient(pixels):
            picture = pixels.reshape(start.shape).astype(np.float32)
            J, gradient, _ = objective(picture)
            seen(picture)
            return J, gradient.ravel().astype(np.float64)

        minimize(
            value_and_gradient,
            start.ravel().astype(np.float64),
            jac=True,
            method="L-BFGS-B",
            bounds=[(0, 1)] * start.size,
            options={"maxfun": 1000, "maxiter": 1000, "maxcor": 10, "ftol": 0, "gtol": 0},
        )

    yield from each_call(run)


def crowsonkb(scene):
    """crowsonkb/style-transfer-pytorch: scales by sqrt(2) up to the full size, none below 128; Adam at 0.02 with betas
    0.9 and 0.99 whose moments are resized into the next scale; each scale's result the running mean (0.99) of its start
    and its iterates; 1000 steps at the first scale, 500 at each other.
    """
    objective, height_width, longest = scene.objective(own_objectives.crowsonkb), scene.size, max(scene.size)
    average = mean = square = None
    updates = 0
    for number, side in enumerate(_falling_by_root_two(longest)):
        height, width = (round(edge * side / longest) for edge in height_width)
        content = scene.aimed(objective, height, width)
        if average is None:
            image, mean, square = content, np.zeros_like(content), np.zeros_like(content)
        else:
            image = images.resize(average, height, width)
            mean = tf.image.resize(mean, (height, width), "bicubic").numpy()
            square = np.maximum(tf.image.resize(square, (height, width)).numpy(), 0)
        total, weight = 0.01 * image, 0.01
        for _ in range(500 if number else 1000):
            gradient = objective(image)[1]
            updates += 1
            mean = 0.9 * mean + 0.1 * gradient
            square = 0.99 * square + 0.01 * gradient**2
            move = mean / (1 - 0.9**updates) / (np.sqrt(square / (1 - 0.99**updates)) + 1e-8)
            image = np.clip(image - 0.02 * move, 0, 1).astype(np.float32)
            total, weight = 0.99 * total + 0.01 * image, 0.99 * weight + 0.01
            average = (total / weight).astype(np.float32)
            yield average


def _falling_by_root_two(longest, smallest=128):
    """Sides from small to large: the longest, and it divided by sqrt(2) as often as `smallest` allows."""
    smaller = [round(longest / 2 ** (n / 2)) for n in range(20)]
    return sorted(side for side in smaller if side >= min(smallest, longest))


def _adam(scene, own, start, steps, optimizer_for):
    """optimizer_for: the first gradient -> a Keras optimizer."""
    objective, optimizer = scene.objective(own), None
    scene.aimed(objective, *scene.size)
    image = tf.Variable(np.asarray(start, np.float32))
    for _ in range(steps):
        _, gradient, _ = objective(image.numpy())
        optimizer = optimizer or optimizer_for(gradient)
        optimizer.apply_gradients([(tf.constant(gradient), image)])
        image.assign(tf.clip_by_value(image, 0.0, 1.0))
        yield image.numpy()


def _lbfgs_without_search(scene, own, start, steps, bounded):
    """Torch's L-BFGS as it is called: rate 1, the first step 1 / |g|_1 long, then whatever -H g is, of 100 pairs.

    bounded: whether each picture is clipped before J is asked for.
    """
    objective = scene.objective(own)
    scene.aimed(objective, *scene.size)
    image, pairs = np.asarray(start, np.float32), deque(maxlen=100)
    before = None
    for _ in range(steps):
        image = np.clip(image, 0, 1) if bounded else image
        gradient = objective(image)[1]
        if before is not None:
            s, y = image - before[0], gradient - before[1]
            if np.vdot(s, y) > 1e-10:
                pairs.append((s, y))
        before = image, gradient
        image = image + _two_loops(gradient, pairs) * (1 if pairs else min(1, 1 / np.abs(gradient).sum()))
        yield np.clip(image, 0, 1)


def _two_loops(gradient, pairs):
    q, kept = -gradient, []
    for s, y in reversed(pairs):
        a = np.vdot(s, q) / np.vdot(s, y)
        q = q - a * y
        kept.append(a)
    if pairs:
        s, y = pairs[-1]
        q = q * (np.vdot(s, y) / np.vdot(y, y))
    for (s, y), a in zip(pairs, reversed(kept), strict=True):
        q = q + (a - np.vdot(y, q) / np.vdot(s, y)) * s
    return q

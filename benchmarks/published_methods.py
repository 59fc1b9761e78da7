"""Published style transfer methods, in our own code: how each starts, steps, and changes the size of the picture.

Each method minimizes its own loss (benchmarks/published_losses.py), and plain L-BFGS that of `nst.stylize`. Each keeps
its own optimizer, learning rate, start, schedule, sizes and bounds. Facts and figures are from the repositories named;
the code is ours.

A method is a generator function: it takes a Task and yields the picture, float32 (1, H, W, 3) in [0, 1], after each
evaluation of J, for the published number of steps.
"""

from collections import deque
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from benchmarks import published_losses
from benchmarks.interleaved import iterate_callbacks
from benchmarks.published_losses import PublishedObjective
from nst import images
from nst.engine.losses import Objective, Style
from nst.engine.settings import Settings
from nst.network.layers import block_of
from nst.network.vgg import IMAGENET_MEAN_BGR, build_vgg19, layer_outputs
from nst.network.weights import read_weights
from nst.quiet_tensorflow import keras
from nst.quiet_tensorflow import tensorflow as tf


@dataclass(frozen=True)
class Task:
    """A pair to paint: content and style pictures (1, H, W, 3) of one size, and the file of all five blocks."""

    content: np.ndarray
    style: np.ndarray
    weights: Path

    def objective(self, loss=None):
        """J of a PublishedLoss, or of `nst.stylize` with its default settings, in float32; without targets yet."""
        arrays = read_weights(self.weights)
        if loss is not None:
            return PublishedObjective(loss, arrays)
        settings = Settings()
        deepest = max(map(block_of, settings.layers))
        network = build_vgg19({name: pair for name, pair in arrays.items() if block_of(name) <= deepest})
        return Objective(
            layer_outputs(network, settings.layers),
            [settings.style_weight * weight for _, weight in settings.style_layers],
            settings.content_weight,
            settings.tv_weight,
        )

    def set_targets(self, objective, height, width):
        """Give an objective both pictures at that size as its targets; returns the content picture at that size."""
        content, style = (images.resize(picture, height, width) for picture in (self.content, self.style))
        objective.set_targets(content, [Style(style)])
        return content

    @property
    def size(self):
        return self.content.shape[1:3]


def course(task):
    """Deep Learning Specialization: Adam at 0.01, clipped, from the content with noise of 0.25; 2501 steps."""
    rng = np.random.default_rng(0)
    start = np.clip(task.content + rng.uniform(-0.25, 0.25, task.content.shape), 0, 1)
    yield from _adam(task, published_losses.course, start, 2501, keras.optimizers.Adam(0.01))


def tensorflow_tutorial(task):
    """TensorFlow's tutorial: Adam at 0.02 with beta1 0.99 and epsilon 0.1, clipped, from the content; 1000 steps."""
    adam = keras.optimizers.Adam(0.02, beta_1=0.99, epsilon=0.1)
    yield from _adam(task, published_losses.tensorflow_tutorial, task.content, 1000, adam)


def keras_example(task):
    """keras.io's example: gradient descent from the content, the rate falling by 4 % every 100 steps; 4000 steps.

    Its rate of 100 belongs to gray levels of 255.
    """
    objective = task.objective(published_losses.keras_example)
    image = task.set_targets(objective, *task.size)
    for step in range(4000):
        gradient = objective(image)[1]
        image = image - np.float32(100 / 255**2 * 0.96 ** (step / 100)) * gradient
        yield np.clip(image, 0, 1)


def pytorch_tutorial(task):
    """PyTorch's tutorial: L-BFGS without a line search, clamped at every evaluation, from the content; 300 steps."""
    yield from _lbfgs_without_search(task, published_losses.pytorch_tutorial, task.content, 300, bounded=True)


def jcjohnson(task):
    """jcjohnson/neural-style: L-BFGS without a line search or bounds, from the mean color and noise of a thousandth of
    a gray level; 1000 steps. Only the saved picture is clipped.
    """
    noise = np.random.default_rng(0).normal(size=task.content.shape) * 0.001
    start = (np.array(IMAGENET_MEAN_BGR[::-1]) + noise) / 255
    yield from _lbfgs_without_search(task, published_losses.jcjohnson, start, 1000, bounded=False)


def scipy_lbfgs(task):
    """Plain L-BFGS: SciPy's L-BFGS-B with bounds on the pixels, from the content; 1000 evaluations."""
    objective = task.objective()
    start = task.set_targets(objective, *task.size)

    def run(callback):
        def value_and_gradient(pixels):
            picture = pixels.reshape(start.shape).astype(np.float32)
            J, gradient, _ = objective(picture)
            callback(picture)
            return J, gradient.ravel().astype(np.float64)

        minimize(
            value_and_gradient,
            start.ravel().astype(np.float64),
            jac=True,
            method="L-BFGS-B",
            bounds=[(0, 1)] * start.size,
            options={"maxfun": 1000, "maxiter": 1000, "maxcor": 10, "ftol": 0, "gtol": 0},
        )

    yield from iterate_callbacks(run)


def crowsonkb(task):
    """crowsonkb/style-transfer-pytorch: scales by sqrt(2) up to the full size, none below 128; Adam at 0.02 with betas
    0.9 and 0.99 whose moments are resized into the next scale; each scale's result the running mean (0.99) of its start
    and its iterates; 1000 steps at the first scale, 500 at each other.
    """
    objective, height_width, longest = task.objective(published_losses.crowsonkb), task.size, max(task.size)
    average = mean = square = None
    updates = 0
    for number, side in enumerate(_sizes_by_root_two(longest)):
        height, width = (round(edge * side / longest) for edge in height_width)
        content = task.set_targets(objective, height, width)
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
            update = mean / (1 - 0.9**updates) / (np.sqrt(square / (1 - 0.99**updates)) + 1e-8)
            image = np.clip(image - 0.02 * update, 0, 1).astype(np.float32)
            total, weight = 0.99 * total + 0.01 * image, 0.99 * weight + 0.01
            average = (total / weight).astype(np.float32)
            yield average


def _sizes_by_root_two(longest, smallest=128):
    """Longest sides from small to large, each sqrt(2) times the one before; the last is `longest`."""
    smaller = [round(longest / 2 ** (n / 2)) for n in range(20)]
    return sorted(side for side in smaller if side >= min(smallest, longest))


def _adam(task, loss, start, steps, optimizer):
    objective = task.objective(loss)
    task.set_targets(objective, *task.size)
    image = tf.Variable(np.asarray(start, np.float32))
    for _ in range(steps):
        _, gradient, _ = objective(image.numpy())
        optimizer.apply_gradients([(tf.constant(gradient), image)])
        image.assign(tf.clip_by_value(image, 0.0, 1.0))
        yield image.numpy()


def _lbfgs_without_search(task, loss, start, steps, bounded):
    """PyTorch's L-BFGS with its defaults: rate 1, a first step of 1 / |g|_1, then the full -H g, from 100 pairs.

    bounded: whether each picture is clipped before J is evaluated.
    """
    objective = task.objective(loss)
    task.set_targets(objective, *task.size)
    image, pairs = np.asarray(start, np.float32), deque(maxlen=100)
    previous = None
    for _ in range(steps):
        image = np.clip(image, 0, 1) if bounded else image
        gradient = objective(image)[1]
        if previous is not None:
            s, y = image - previous[0], gradient - previous[1]
            if np.vdot(s, y) > 1e-10:
                pairs.append((s, y))
        previous = image, gradient
        image = image + _two_loop_direction(gradient, pairs) * (1 if pairs else min(1, 1 / np.abs(gradient).sum()))
        yield np.clip(image, 0, 1)


def _two_loop_direction(gradient, pairs):
    q, factors = -gradient, []
    for s, y in reversed(pairs):
        a = np.vdot(s, q) / np.vdot(s, y)
        q = q - a * y
        factors.append(a)
    if pairs:
        s, y = pairs[-1]
        q = q * (np.vdot(s, y) / np.vdot(y, y))
    for (s, y), a in zip(pairs, reversed(factors), strict=True):
        q = q + (a - np.vdot(y, q) / np.vdot(s, y)) * s
    return q

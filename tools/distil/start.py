"""Where the student's training starts: the teacher, pruned, or another student, narrowed.

Layer by layer, as many of the teacher's channels are kept as the student has room for, chosen one after another so
that each explains most of what is still unexplained of the layer (column subset selection). The student's kernel is
then the least-squares fit of the kept channels, before ReLU, to what the student's own layers below deliver
(He, Zhang and Sun 2017, Channel pruning for accelerating very deep neural networks).

A student to start from is kept as it is up to the first layer whose width changes. From there on its own layers are
pruned in the same way; a layer that becomes wider is pruned from the teacher.
"""

import numpy as np
import tensorflow as tf

from nst.network.layers import LAYERS
from tools.distil.lessons import lessons
from tools.distil.network import below, convolve, padded, preprocess, responses

POSITIONS = 20_000
RIDGE = 1e-4


class WidthError(ValueError):
    """A student that is wider than its teacher."""


def initial_student(rng, teacher, pictures, channels, start=(), deep_teacher=()):
    """The student's first weights: a list of (kernel, bias) for input in units of 64 gray levels.

    teacher, start, deep_teacher: lists of (kernel, bias) likewise; start: a student of all layers, or none.
    pictures: (N, H, W, 3), RGB in [0, 1], sides divisible by 16; channels: the student's, layer by layer.
    """
    same = _equal_widths(start, channels)
    weights = list(start[:same])
    if same == len(channels):
        return weights
    targets = lessons(teacher, pictures, look=responses, deep_teacher=deep_teacher)
    own = responses(start, pictures) if start else targets
    x = responses(weights, pictures)[-1] if weights else preprocess(pictures)
    for i, (name, width) in enumerate(zip(LAYERS[same:], channels[same:], strict=False), start=same):
        wanted = own[i] if width <= own[i].shape[-1] else targets[i]
        rows = tf.reshape(wanted, (-1, wanted.shape[-1])).numpy()
        kept = most_telling(np.cov(np.maximum(rows, 0), rowvar=False), width)
        x = below(name, x) if weights else x
        weights.append(_fitted(rng, x, rows[:, kept]))
        x = convolve(x, *weights[-1])
    return weights


def _equal_widths(start, channels):
    """How many of the first layers have the wanted width already."""
    widths = [kernel.shape[-1] for kernel, _ in start]
    return next(
        (i for i, (width, wanted) in enumerate(zip(widths, channels, strict=False)) if width != wanted), len(widths)
    )


def most_telling(covariance, count):
    """Indices of the `count` channels that together explain most of the variance of all, chosen greedily."""
    if count > len(covariance):
        raise WidthError(
            f"a student's layer of {count} channels is wider than its lesson, which has "
            f"{len(covariance)}. Give smaller --widths."
        )
    residual, kept = np.array(covariance, np.float64), []
    floor = 1e-9 * np.trace(residual)
    for _ in range(count):
        explained = (residual**2).sum(0) / np.maximum(np.diag(residual), floor)
        explained[kept] = -1
        best = int(np.argmax(explained))
        kept.append(best)
        residual -= np.outer(residual[:, best], residual[best]) / max(residual[best, best], floor)
    return kept


def _fitted(rng, x, wanted):
    """The 3 x 3 kernel and the bias that turn x into `wanted` with the least squared error."""
    sample = rng.choice(len(wanted), min(len(wanted), POSITIONS), replace=False)
    patches = _patches(x, sample)
    patches = np.concatenate([patches, np.ones((len(patches), 1))], axis=1)
    normal = patches.T @ patches
    normal += RIDGE * np.trace(normal) / len(normal) * np.eye(len(normal))
    solution = np.linalg.solve(normal, patches.T @ wanted[sample]).astype(np.float32)
    return solution[:-1].reshape(3, 3, x.shape[-1], -1), solution[-1]


def _patches(x, sample):
    picture, row, column = np.unravel_index(sample, x.shape[:3])
    wider = padded(x).numpy()
    corners = [wider[picture, row + i, column + j] for i in range(3) for j in range(3)]
    return np.concatenate(corners, axis=1).astype(np.float64)

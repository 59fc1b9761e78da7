"""The functions that a case hands over: costs to take the gradient of, and roots of covariance matrices.

Each is plain data that can be called, and is drawn from the seed again wherever its case is needed: beside the judge,
and in the process of a submission. What it computes stands here under its name, and what is right of that does not.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Cost:
    """A function of a picture, a float32 tensor (1, nH, nW, 3), to a scalar tensor; like a network, it takes no other.

    kind: a name in COSTS. weights, target: float32, (1, nH, nW, 3).
    """

    kind: str
    weights: np.ndarray
    target: np.ndarray

    def __call__(self, picture):
        import tensorflow as tf

        picture = tf.convert_to_tensor(picture)
        if picture.dtype != tf.float32:
            raise TypeError(f"the cost takes float32, got {picture.dtype.name}")
        if not picture.shape.is_compatible_with(self.weights.shape):
            raise ValueError(f"the cost takes a picture of shape {self.weights.shape}, got {tuple(picture.shape)}")
        return COSTS[self.kind](picture, self.weights, self.target)


@dataclass(frozen=True)
class Root:
    """A function of a covariance matrix (3, 3) to a matrix R with R R^T = covariance. kind: a name in ROOTS."""

    kind: str

    def __call__(self, covariance):
        covariance = np.asarray(covariance)
        if covariance.shape != (3, 3):
            raise ValueError(f"the root takes a covariance matrix of shape (3, 3), got {covariance.shape}")
        return ROOTS[self.kind](covariance)


def _squares(picture, weights, target):
    import tensorflow as tf

    return tf.reduce_sum(weights * tf.square(picture - target))


def _cubes(picture, weights, target):
    import tensorflow as tf

    return tf.reduce_sum(weights * tf.pow(picture - target, 3))


def _symmetric(covariance):
    variances, axes = np.linalg.eigh(covariance)
    return axes * np.sqrt(np.maximum(variances, 0)) @ axes.T


COSTS = {"squares": _squares, "cubes": _cubes}
ROOTS = {"cholesky": np.linalg.cholesky, "symmetric": _symmetric}

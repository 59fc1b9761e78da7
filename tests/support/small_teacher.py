"""A teacher of four narrow layers, a deep one of thirteen, and six photographs: small enough to distil in a test."""

import functools
import itertools

import numpy as np
from PIL import Image

from tools.distil.network import VGG16_LAYERS, calibrate, for_gray_levels

TEACHER_CHANNELS = (8, 8, 12, 12)
DEEP_TEACHER_CHANNELS = (8, 8, 12, 12, *(16,) * 9)
WIDTHS = (4, 6, 6, 6, 6)
CHANNELS = (4, 4) + (6,) * 14
CROP = 32


@functools.cache
def photographs():
    """Six pictures of soft blobs and hard edges: a list of uint8 (48, 64, 3)."""
    rng = np.random.default_rng(1)
    blobs = [Image.fromarray(rng.integers(0, 256, (6, 8, 3), dtype=np.uint8)) for _ in range(6)]
    kinds = itertools.cycle((Image.Resampling.BICUBIC, Image.Resampling.NEAREST))
    return [np.asarray(coarse.resize((64, 48), kind)) for coarse, kind in zip(blobs, kinds, strict=False)]


def as_batches():
    """The photographs as pictures (1, 48, 64, 3), RGB in [0, 1]."""
    return [photo[None] / np.float32(255) for photo in photographs()]


def some_weights(seed):
    """He-normal kernels and zero biases of a teacher's four layers."""
    return random_layers(seed, TEACHER_CHANNELS)


def random_layers(seed, channels):
    """He-normal kernels and zero biases, layer by layer."""
    rng, sizes = np.random.default_rng(seed), itertools.pairwise((3, *channels))
    return [
        (rng.normal(0, (2 / 9 / below) ** 0.5, (3, 3, below, above)).astype(np.float32), np.zeros(above, np.float32))
        for below, above in sizes
    ]


@functools.cache
def teacher():
    """The teacher's layers, calibrated, for input in gray levels."""
    return for_gray_levels(calibrate(some_weights(2), as_batches()))


@functools.cache
def deep_teacher():
    """Thirteen layers with VGG-16's names, calibrated, for input in gray levels."""
    return for_gray_levels(calibrate(random_layers(3, DEEP_TEACHER_CHANNELS), as_batches(), VGG16_LAYERS))


def shorten(patch):
    """Set the training's sizes to a test's, through pytest's monkeypatch, and compile nothing: steps are few."""
    from tools.distil import training
    from tools.training import resumable

    patch.setattr(training.tf, "function", lambda update, **settings: update)

    for module, name, value in (
        (training, "POOL_MEMBERS", 4),
        (training, "START_CROPS", 8),
        (training, "LEARNING_RATE", 5e-3),
        (resumable, "WARM_UP", 2),
        (resumable, "CHECKPOINT_EVERY", 10),
    ):
        patch.setattr(module, name, value)

"""Measure whether this processor computes convolutions faster in bfloat16, which most recent ones support."""

import time
from functools import cache

from nst.quiet_tensorflow import tensorflow as tf

SPEEDUP = 1.3  # required, at least; where bfloat16 is emulated, it is many times slower
SHAPE, CHANNELS = (1, 128, 128, 64), 64  # with fewer pixels, the fixed costs of a call hide the difference
TRIALS = 5


@cache
def fastest_precision():
    """Return "bfloat16" or "float32": a convolution and its gradient are timed in both, once per process."""
    return "bfloat16" if _measure("float32") > SPEEDUP * _measure("bfloat16") else "float32"


def _measure(precision):
    kernel = tf.ones((3, 3, SHAPE[-1], CHANNELS), precision)
    image = tf.ones(SHAPE, precision)

    @tf.function
    def forward_and_back():
        with tf.GradientTape() as tape:
            tape.watch(image)
            total = tf.reduce_sum(tf.nn.relu(tf.nn.conv2d(image, kernel, 1, "SAME")))
        return tape.gradient(total, image)

    forward_and_back()
    trials = []
    for _ in range(TRIALS):
        began = time.perf_counter()
        forward_and_back().numpy()
        trials.append(time.perf_counter() - began)
    return min(trials)

"""Whether this processor multiplies bfloat16 numbers itself, which makes convolutions several times as fast."""

import time
from functools import cache

from nst.quiet_tensorflow import tensorflow as tf

WORTH_IT = 1.3  # times as fast; where bfloat16 is emulated, it is many times slower
SHAPE, CHANNELS = (1, 64, 64, 64), 64
TRIALS = 5


@cache
def fastest_precision():
    """ "bfloat16" or "float32": a convolution and its gradient are timed in both, once in a process."""
    return "bfloat16" if _seconds("float32") > WORTH_IT * _seconds("bfloat16") else "float32"


def _seconds(precision):
    kernel = tf.ones((3, 3, SHAPE[-1], CHANNELS), precision)
    image = tf.ones(SHAPE, precision)

    @tf.function
    def forth_and_back():
        with tf.GradientTape() as tape:
            tape.watch(image)
            total = tf.reduce_sum(tf.nn.relu(tf.nn.conv2d(image, kernel, 1, "SAME")))
        return tape.gradient(total, image)

    forth_and_back()
    trials = []
    for _ in range(TRIALS):
        began = time.perf_counter()
        forth_and_back().numpy()
        trials.append(time.perf_counter() - began)
    return min(trials)

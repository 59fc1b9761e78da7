"""How much faster the Pocket is than VGG-19, and how long it takes to load.

    python -m benchmarks.pocket_speed --weights VGG19.h5

One evaluation is a forward and a backward pass at 400 x 300 through block5_conv1. Both networks are timed in turns, in
one process, so that a slow phase of the machine affects both; medians are printed. VGG-19's file must reach block 5;
its values do not change the time, so random weights of the same shapes serve as well.
"""

import argparse
import io
import sys
import time
from contextlib import redirect_stdout

import numpy as np

from benchmarks.interleaved import median_seconds
from nst.network.layers import LayerError
from nst.network.vgg import layer_outputs, load_vgg19
from nst.network.weights import WeightsError
from nst.quiet_tensorflow import tensorflow as tf

ROUNDS = 15
HEIGHT, WIDTH = 300, 400
DEEPEST = "block5_conv1"


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--weights", required=True, help="a file of VGG-19's shape that reaches block 5 (.h5, .npz)")
    options = parser.parse_args(arguments)
    try:
        loading, pocket = _load_timed("pocket")
        _, full = _load_timed(options.weights)
        fast, slow = median_seconds([make_evaluation(network) for network in (pocket, full)], ROUNDS)
    except (LayerError, WeightsError) as error:
        sys.exit(f"pocket_speed: {error}")
    print(f"loading the Pocket, with TensorFlow imported already: {loading:.2f} s")
    print(f"one evaluation at {WIDTH} x {HEIGHT} through {DEEPEST}, median of {ROUNDS}:")
    print(f"  Pocket {fast:.3f} s, VGG-19 {slow:.3f} s: {slow / fast:.1f} times as fast")


def make_evaluation(network):
    """A function of no arguments that computes the sum of DEEPEST's activations and its gradient once."""
    activations = layer_outputs(network, [DEEPEST])
    image = tf.constant(np.random.default_rng(0).random((1, HEIGHT, WIDTH, 3), np.float32))

    @tf.function
    def gradient():
        with tf.GradientTape() as tape:
            tape.watch(image)
            total = tf.reduce_sum(activations(image)[0])
        return tape.gradient(total, image)

    return lambda: gradient().numpy()


def _load_timed(choice):
    with redirect_stdout(io.StringIO()):
        start = time.perf_counter()
        network = load_vgg19(choice)
        return time.perf_counter() - start, network


if __name__ == "__main__":
    main()

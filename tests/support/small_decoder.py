"""A decoder with few channels, and the same computation in NumPy, written from the description alone."""

import numpy as np

from nst.fast.decoder import CONVOLUTIONS

CHANNELS = {1: 2, 2: 3, 3: 4, 4: 5, 5: 6, None: 3}
EPSILON = 1e-5


def small_weights(seed=0):
    """{name: (kernel, bias)} with random numbers."""
    rng = np.random.default_rng(seed)
    weights = {}
    for name, (size, before, after) in CONVOLUTIONS.items():
        shape = (size, size, CHANNELS[before], CHANNELS[after])
        kernel = rng.normal(size=shape) / np.sqrt(np.prod(shape[:3]))
        weights[name] = kernel.astype(np.float32), rng.normal(0, 0.1, shape[-1]).astype(np.float32)
    return weights


def save_weights(path, weights):
    """Write a float32 file of a decoder."""
    kinds = ("kernel", "bias")
    arrays = {f"{n}/{kind}": a for n, layer in weights.items() for kind, a in zip(kinds, layer, strict=True)}
    np.savez(path, **arrays)
    return path


def small_features(height=4, width=6, seed=1):
    """Activations of five levels; those of level 5 have `height` x `width` positions."""
    rng = np.random.default_rng(seed)
    shapes = {level: (1, height << (5 - level), width << (5 - level), CHANNELS[level]) for level in range(1, 6)}
    return [np.maximum(rng.normal(0.5, 1, shapes[level]), 0).astype(np.float32) for level in range(1, 6)]


def decode_slowly(weights, features, styles):
    """The decoder's picture, in float64. features: of the content's five levels; styles: five arrays like them."""
    h = [x[0].astype(np.float64) for x in features]
    s = [(x[0].mean((0, 1), dtype=float), np.sqrt(x[0].var((0, 1), dtype=float) + EPSILON)) for x in styles]

    def adapt(x, level):
        mean, deviation = s[level - 1]
        return (x - x.mean((0, 1))) / np.sqrt(x.var((0, 1)) + EPSILON) * deviation + mean

    def convolve(x, name):
        kernel, bias = (array.astype(np.float64) for array in weights[name])
        reach = kernel.shape[0] // 2
        padded = np.pad(x, ((reach, reach), (reach, reach), (0, 0)), mode="reflect")
        rows, columns = x.shape[:2]
        total = np.zeros((rows, columns, kernel.shape[-1])) + bias
        for i in range(kernel.shape[0]):
            for j in range(kernel.shape[1]):
                total += padded[i : i + rows, j : j + columns] @ kernel[i, j]
        return total

    def relu(x):
        return np.maximum(x, 0)

    def enlarge(x):
        return x.repeat(2, axis=0).repeat(2, axis=1)

    x = convolve(adapt(h[4], 5), "conv5_in")
    x = x + convolve(relu(convolve(relu(x), "conv5_a")), "conv5_b")
    x = enlarge(x) + adapt(h[3], 4)
    x = x + convolve(relu(convolve(relu(x), "conv4_a")), "conv4_b")
    x = relu(convolve(relu(x), "conv4_c"))
    x = relu(convolve(x, "conv4_out"))
    x = enlarge(x) + convolve(adapt(h[2], 3), "conv3_skip")
    x = adapt(relu(convolve(x, "conv3_a")), 3)
    x = relu(convolve(relu(convolve(x, "conv3_b")), "conv3_out"))
    x = relu(convolve(adapt(relu(convolve(enlarge(x), "conv2_a")), 2), "conv2_out"))
    x = convolve(adapt(relu(convolve(enlarge(x), "conv1_a")), 1), "conv1_out")
    return x[None] + 0.5

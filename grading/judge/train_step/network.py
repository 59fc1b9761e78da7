"""The small frozen network that stands in for VGG-19 while train_step is judged, in NumPy.

Each output is one 3 x 3 convolution of the picture with zero padding and softplus. Side by side rather than
in a chain, so that every output weighs alike however many there are; softplus rather than ReLU, so that
finite differences are exact to many digits. The probe builds the same network in Keras from the same kernels.
"""

import numpy as np

from grading.judge import oracle


def outputs(image, kernels):
    """Softplus of each convolution, as a list; image (1, H, W, 3), kernels (3, 3, 3, nC) -> (1, H, W, nC) each."""
    image = oracle.as_float(image)
    return [np.logaddexp(0, convolve(image, oracle.as_float(kernel))) for kernel in kernels]


def convolve(x, kernel):
    """Zero-padded convolution (as networks mean it: no flip); shapes (1, H, W, n_in) -> (1, H, W, n_out)."""
    height, width = x.shape[1:3]
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    return sum(padded[:, i : i + height, j : j + width] @ kernel[i, j] for i in range(3) for j in range(3))

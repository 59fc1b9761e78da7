"""Exercise 12: one training step of a painter, tried on a small painter and a small frozen network."""

from dataclasses import dataclass

import numpy as np

from grading.exercises.exercise import Draw, Exercise

SIZE = (2, 5, 6, 3)  # a batch of two photographs
CONTENT_WEIGHT = 4
HIDDEN = 4  # channels between the two layers of the small painter


@dataclass(frozen=True, eq=False)
class PerceptualCost:
    """4 sum (a - c)^2 / sum c^2 of the content layer, plus (mean a - t)^2 of each channel of the style layers.

    Called with two lists of activations, those of the painter's pictures, a, and those of the photographs, c; the last
    of each is the content layer. targets: t for each style layer, (nC,).
    """

    targets: tuple[np.ndarray, ...]

    def __call__(self, seen, wanted):
        import tensorflow as tf

        for activations in (seen, wanted):
            if not isinstance(activations, (list, tuple)) or len(activations) != len(self.targets) + 1:
                raise TypeError(f"the cost takes two lists of activations, got {type(activations).__name__}")
        J = CONTENT_WEIGHT * tf.reduce_sum((seen[-1] - wanted[-1]) ** 2) / tf.reduce_sum(wanted[-1] ** 2)
        for a, target in zip(seen, self.targets, strict=False):
            J += tf.reduce_sum((tf.reduce_mean(a, [0, 1, 2]) - target) ** 2)
        return J


@dataclass(frozen=True, eq=False)
class PerceptualCase:
    """What perceptual_step is tried on.

    photographs, others: batches of SIZE in [0, 1]. weights: of the small painter, kernel and bias of its two layers
    with one position each. kernels: of the small network, (3, 3, 3, nC); the last is the content layer's.
    """

    photographs: np.ndarray
    others: np.ndarray
    weights: tuple[np.ndarray, ...]
    kernels: tuple[np.ndarray, ...]
    cost: PerceptualCost


def perceptual_case(seed):
    draw = Draw(seed)
    photographs, others = (draw.array(*SIZE, low=0, high=16) / 16 for _ in range(2))
    weights = (
        draw.array(3, HIDDEN, low=-6, high=6) / 4,
        draw.array(HIDDEN, low=-2, high=2) / 4,
        draw.array(HIDDEN, 3, low=-6, high=6) / 4,
        draw.array(3, low=-2, high=2) / 4,
    )
    kernels = tuple(draw.array(3, 3, 3, n_C, low=-4, high=4) / 4 for n_C in (4, 5))
    targets = tuple(draw.array(kernel.shape[-1], low=4, high=12) / 4 for kernel in kernels[:-1])
    return PerceptualCase(photographs, others, weights, kernels, PerceptualCost(targets))


EXERCISE = Exercise(
    name="perceptual_step",
    chapter=4,
    number=12,
    points=25,
    section="4",
    heading="Learn the way instead of walking it",
    signature="perceptual_step(painter, network, optimizer, photographs, cost)",
    tries="check the step line by line: pictures, activations of both, cost, gradients, one update, return",
    hints=(
        "In chapter 1 the pixels were the variable, and the step changed them. What is the variable now, and how does "
        "the cost depend on it?",
        "Inside the tape: the painter's pictures, and what the network sees in them; the cost compares it with what "
        "the network sees in the photographs. After it: the gradients of J with respect to "
        "painter.trainable_variables, and one step of the optimizer.",
        "wanted = network(photographs)\n"
        "with tf.GradientTape() as tape:\n"
        "    J = cost(network(...), wanted)\n"
        "weights = painter.trainable_variables\n"
        "optimizer.apply_gradients(zip(tape.gradient(...), weights))\n"
        "return ...",
    ),
)

"""Exercise 6: one training step, tried on a small network with pictures and lambdas drawn from a seed."""

from dataclasses import dataclass

import numpy as np

from grading.exercises.exercise import Draw, Exercise

MOST_LAYERS = 16
WEIGHTS = {"ALPHA": 10, "BETA": 40}  # of the course, which the test gives to a notebook that has these names


@dataclass(frozen=True)
class StepCase:
    """What train_step is tried on: pictures (1, H, W, 3) in [0, 1], kernels of the small network, and lambdas.

    There are as many kernels and lambdas as the longest STYLE_LAYERS may need. other_weights, other_lambdas: the
    notebook's settings after a change, as its experiments make.
    """

    start: np.ndarray
    other_start: np.ndarray
    content: np.ndarray
    style: np.ndarray
    kernels: tuple[np.ndarray, ...]
    lambdas: tuple[float, ...]
    other_weights: dict[str, int]
    other_lambdas: tuple[float, ...]

    def layers(self, count):
        """The STYLE_LAYERS of a step with `count` style layers; the lambdas add up to about 1."""
        return _layers(self.lambdas, count)

    def other_layers(self, count):
        return _layers(self.other_lambdas, count)


def _layers(lambdas, count):
    return [(f"layer{n + 1}", weight / count) for n, weight in enumerate(lambdas[:count])]


def step_case(seed):
    draw = Draw(seed)
    kernels = [draw.array(3, 3, 3, n_C, low=-4, high=4) / 4 for n_C in [4, 3, 5] * 6]
    pictures = [np.clip(draw.array(1, 5, 6, 3, low=-2, high=18) / 16, 0, 1) for _ in range(4)]
    lambdas = [draw.whole(5, 11) / 8 for _ in range(MOST_LAYERS)]
    other_weights = {"ALPHA": draw.whole(2, 9), "BETA": draw.whole(11, 39)}
    other_lambdas = tuple(draw.whole(1, 4) / 8 for _ in range(MOST_LAYERS))
    return StepCase(*pictures, tuple(kernels), tuple(lambdas), other_weights, other_lambdas)


EXERCISE = Exercise(
    name="train_step",
    chapter=1,
    number=6,
    points=35,
    section="5",
    heading="Solving it",
    signature="train_step(generated_image)",
    settings=tuple(WEIGHTS),
    needs=("compute_content_cost", "gram_matrix", "compute_layer_style_cost", "compute_style_cost", "total_cost"),
    tries="check the step line by line: network outputs, two costs, their total, gradient, update, clip",
    hints=(
        "Which lines must run inside the tape, and which only after it?",
        "Inside the tape: a_G = vgg_model_outputs(generated_image), the two costs, their total. After it: the "
        "gradient of J with respect to generated_image, one optimizer step, and the pixels clipped to [0, 1].",
        "grad = tape.gradient(J, generated_image)\n"
        "optimizer.apply_gradients([(..., generated_image)])\n"
        "generated_image.assign(clip_0_1(...))\n"
        "return ...",
    ),
)

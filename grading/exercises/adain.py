"""Exercise 11: adaptive instance normalization."""

import numpy as np

from grading.exercises.exercise import Case, Draw, Exercise
from grading.exercises.instance_norm import varied


def cases(seed):
    draw = Draw(seed)
    flat, style = draw.array(1, 1, 1, 2, low=1, high=9), varied(draw, (1, 3, 2, 2))
    same = varied(draw, (1, 3, 4, 3))
    return [
        Case("small", "value", (varied(draw, (1, 1, 3, 2)), varied(draw, (1, 3, 2, 2)), _alpha(draw))),
        Case("two contents", "value", (varied(draw, (2, 4, 3, 2)), varied(draw, (1, 2, 5, 2)), 1.0)),
        Case("square", "value", (varied(draw, (1, 3, 3, 3)), varied(draw, (1, 3, 3, 3)), _alpha(draw))),
        Case("wide", "value", (varied(draw, (1, 2, 5, 4)), varied(draw, (1, 4, 3, 4)), _alpha(draw))),
        Case("alpha 0", "value", (varied(draw, (1, 2, 3, 2)), varied(draw, (1, 4, 2, 2)), 0.0)),
        Case("itself", "itself", (same, same.copy(), 1.0)),
        Case("flat", "flat", (np.tile(flat, (1, 3, 2, 1)), style, 1.0)),
        Case(
            "quarters",
            "value",
            (varied(draw, (1, 3, 4, 2), Draw.quarters), varied(draw, (1, 2, 3, 2), Draw.quarters), _alpha(draw)),
        ),
        Case(
            "large",
            "value",
            (varied(draw, (1, 3, 4, 3), Draw.large), varied(draw, (1, 2, 3, 3), Draw.large), _alpha(draw)),
        ),
    ]


def _alpha(draw):
    """A Python number: 1/4 or 3/4."""
    return float(draw.fraction())


EXERCISE = Exercise(
    name="adain",
    chapter=4,
    number=11,
    points=15,
    section="3",
    heading="Statistics are the style",
    signature="adain(content_features, style_features, alpha)",
    cases=cases,
    needs=("instance_norm",),
    gradient_paths=lambda args: [(0,)],
    tries="with alpha = 1, print mean and standard deviation of what you return: they should be the style's",
    hints=(
        "Instance normalization gives every channel the mean beta and the standard deviation gamma. Which numbers does "
        "the painting give for these two?",
        "beta is the mean, gamma the standard deviation of style_features, over height and width, with keepdims=True. "
        "At the end, alpha mixes the result with content_features as they were.",
        "mean_S = tf.reduce_mean(style_features, axis=[1, 2], keepdims=True)\n"
        "std_S = tf.math.reduce_std(...)\n"
        "painted = instance_norm(content_features, ...)\n"
        "return alpha * painted + ...",
    ),
)

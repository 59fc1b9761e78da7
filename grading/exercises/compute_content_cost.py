"""Exercise 1: the content cost."""

import numpy as np

from grading.exercises.exercise import Case, Draw, Exercise


def cases(seed):
    draw = Draw(seed)
    base = draw.pair([(3, 2, 2), (4, 5, 3)])
    same = draw.layers([(2, 2, 2), (3, 4, 2)])
    return [
        Case("small", "value", draw.pair([(2, 2, 3), (3, 2, 2), (1, 3, 2)])),
        Case("tall", "value", draw.pair([(4, 3, 2), (5, 2, 4)])),
        Case("square", "value", draw.pair([(4, 4, 1), (3, 4, 2), (3, 3, 3)])),
        Case("single", "value", draw.pair([(2, 5, 3)])),
        Case("base", "value", base),
        Case("zero", "zero", (same, same)),
        Case("scaled", "scaled", tuple([3 * a for a in outputs] for outputs in base)),
        Case("quarters", "value", draw.pair([(2, 1, 2), (1, 3, 2)], draw.quarters)),
        Case("large", "value", _far_apart(draw.pair([(1, 2, 1), (2, 1, 2)], draw.large))),
    ]


def _far_apart(pair):
    """The first positive and the second negative, so that no difference is small compared with the numbers."""
    content, generated = pair
    return [np.abs(a) for a in content], [-np.abs(a) for a in generated]


EXERCISE = Exercise(
    name="compute_content_cost",
    chapter=1,
    number=1,
    points=10,
    section="4.1",
    heading="The content cost",
    signature="compute_content_cost(content_output, generated_output)",
    cases=cases,
    gradient_paths=lambda args: [(1, len(args[1]) - 1)],
    tries="work out the cost on paper for one position and one channel, then for two",
    hints=(
        "Both arguments are lists with one entry per layer. Which entry is the content layer, and what is its shape?",
        "Take the last entry of each list. Subtract, square, and sum with tf.reduce_sum. a_G.shape[1:] holds nH, nW "
        "and nC.",
        "a_C, a_G = content_output[-1], generated_output[-1], then\n"
        "J = tf.reduce_sum(tf.square(tf.subtract(..., ...))) / (4 * n_H * ... * ...)",
    ),
)

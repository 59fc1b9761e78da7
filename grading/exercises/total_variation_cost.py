"""Exercise 7: the total variation cost."""

import numpy as np

from grading.exercises.exercise import Case, Draw, Exercise


def cases(seed):
    draw = Draw(seed)
    base, uniform = draw.array(1, 4, 3, 3, low=0, high=5), draw.array(1, 1, 1, 3, low=1, high=9)
    return [
        Case("small", "value", (draw.array(1, 2, 3, 2, low=0, high=9),)),
        Case("tall", "value", (draw.array(1, 5, 3, 2, low=0, high=9),)),
        Case("square", "value", (draw.array(1, 3, 3, 3, low=0, high=9),)),
        Case("wide", "value", (draw.array(1, 3, 6, 4, low=0, high=9),)),
        Case("base", "value", (base,)),
        Case("uniform", "uniform", (np.tile(uniform, (1, 3, 4, 1)),)),
        Case("shifted", "shifted", (base + draw.whole(2, 5),)),
        Case("scaled", "scaled", (3 * base,)),
        Case("quarters", "value", (draw.quarters(1, 3, 4, 2),)),
        Case("large", "value", (_alternating_signs(draw.large(1, 3, 4, 3)),)),
    ]


def _alternating_signs(image):
    """Signs as on a chessboard, so that no difference is small compared with the numbers."""
    rows, columns = np.indices(image.shape[1:3])
    return np.abs(image) * (1 - 2 * ((rows + columns) % 2))[..., None].astype(np.float32)


EXERCISE = Exercise(
    name="total_variation_cost",
    chapter=2,
    number=7,
    points=10,
    section="2",
    heading="Grain",
    signature="total_variation_cost(image)",
    cases=cases,
    gradient_paths=lambda args: [(0,)],
    tries="work out the cost on paper for a picture of 2 x 2 pixels, first down and then across",
    hints=(
        "How much do two pixels differ when one is above the other, and how many such pairs does a picture have?",
        "Two slices of the picture, one row apart, hold all such pairs: image[:, 1:] and image[:, :-1]. Subtract, "
        "square, take the mean. Do the same for the columns. The cost is the sum of the two means.",
        "down = image[:, 1:] - image[:, :-1]\n"
        "across = image[:, :, 1:] - ...\n"
        "return tf.reduce_mean(tf.square(down)) + ...",
    ),
)

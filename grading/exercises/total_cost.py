"""Exercise 5: the total cost."""

import numpy as np

from grading.exercises.exercise import Case, Draw, Exercise


def cases(seed):
    draw = Draw(seed)
    return [
        Case("weights given", "value", _costs(draw), _weights(draw)),
        Case("defaults", "value", _costs(draw)),
        Case("other weights", "value", _costs(draw), _weights(draw)),
        Case("python numbers", "value", tuple(float(J) for J in _costs(draw)), _weights(draw)),
        Case("quarters", "value", tuple(J + draw.fraction() for J in _costs(draw)), _fractional_weights(draw)),
        Case("large", "value", tuple(256 * np.abs(draw.large(2))), _weights(draw)),
        Case("large, defaults", "value", tuple(256 * np.abs(draw.large(2)))),
    ]


def _costs(draw):
    content, style = [n + 2 for n in draw.order(8)][:2]
    return np.float32(content), np.float32(style)


def _weights(draw):
    alpha, beta = [n + 2 for n in draw.order(8)][:2]
    return {"alpha": alpha, "beta": beta}


def _fractional_weights(draw):
    return {name: weight + float(draw.fraction()) for name, weight in _weights(draw).items()}


EXERCISE = Exercise(
    name="total_cost",
    chapter=1,
    number=5,
    points=10,
    section="4.5",
    heading="The total cost",
    signature="total_cost(J_content, J_style, alpha=10, beta=40)",
    cases=cases,
    gradient_paths=lambda args: [(0,), (1,)],
    tries="call it with J_content = 1 and J_style = 0, then the other way round: it should return alpha, then beta",
    hints=(
        "Two costs pull at the picture. Which weight belongs to which cost?",
        "alpha is the weight of the content cost, beta the weight of the style cost. Both are arguments, so use their "
        "names rather than their values.",
        "return alpha * J_content + ... * ...",
    ),
)

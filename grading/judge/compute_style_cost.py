"""Exercise 4, compute_style_cost: right answer and known mistakes."""

import numpy as np

from grading.judge.compute_content_cost import content_cost
from grading.judge.compute_layer_style_cost import layer_style_cost
from grading.judge.judgement import scales_with_degree, zero_for_equal_pictures
from grading.judge.mistakes import AnswerKey, advise, crashes, wrong
from grading.judge.numbers import count, number

STAND_IN = """
def compute_style_cost(style_image_output, generated_image_output, STYLE_LAYERS=STYLE_LAYERS):
    layers = zip(style_image_output[:-1], generated_image_output[:-1], STYLE_LAYERS, strict=True)
    return sum(weight * compute_layer_style_cost(a_S, a_G) for a_S, a_G, (_, weight) in layers)
"""


def style_cost(style_output, generated_output, style_layers):
    """Weighted sum of the layers' style costs, sum_l lambda_l J_l, without the last output, which is the content layer.

    style_layers: (name, lambda) pairs, one for each output but the last. Gatys et al. (2015), equation 5.
    """
    return np.sum(_lambdas(style_layers) * _costs(style_output, generated_output)[:-1])


def describe(style_output, generated_output, style_layers):
    costs = _costs(style_output, generated_output)[:-1]
    lambdas = ", ".join(number(weight) for _, weight in style_layers)
    return [
        f"lists of {count(len(style_layers), 'style layer')} and, last, the content layer; lambda: {lambdas}",
        f"the style layers' own costs: {', '.join(number(cost) for cost in costs)}",
    ]


def _lambdas(style_layers):
    return np.array([weight for _, weight in style_layers])


def _costs(S, G):
    """The style cost of every output, including the content layer's."""
    return np.array([layer_style_cost(a, g) for a, g in zip(S, G, strict=True)])


def _content_cost(S, G, L):
    return np.dot(_lambdas(L), [content_cost([a], [g]) for a, g in zip(S[:-1], G[:-1], strict=True)])


def _style(id_, formula):
    """A mistake that combines the style layers' costs J and the lambdas w in another way."""
    return wrong(id_, lambda S, G, L: formula(_costs(S, G)[:-1], _lambdas(L)))


def _every(id_, formula):
    """The same with the costs J of all outputs, including the content layer's."""
    return wrong(id_, lambda S, G, L: formula(_costs(S, G), _lambdas(L)))


LAST = "The last output is the content layer's, which is not part of the style cost."
ONE_TOO_MANY = f"There is one term too many. {LAST}"
ADD = "J += weight * J_layer inside the loop, with J = 0.0 before it and `return` after it"
SLICE = "[:-1] on both lists: all but the last"
LAST_TERM = "This is only the last layer's term: each pass of the loop overwrites the one before"
FIRST_TERM = "This is only the first layer's term: the `return` is inside the loop"
SAME_TWICE = "The cost is 0 for two different pictures: equal outputs are compared, or nothing is added to the sum."

MISTAKES = advise(
    SLICE,
    _every("shifted", lambda J, w: w @ J[1:]).because(f"This is [1:], without the first style layer. {LAST}"),
    _every("content-included", lambda J, w: w @ J[:-1] + w[-1] * J[-1]).because(ONE_TOO_MANY),
    _every("content-included", lambda J, w: w @ J[:-1] + J[-1]).because(ONE_TOO_MANY),
    _style("last-style-layer-missing", lambda J, w: w[:-1] @ J[:-1]).because("The last style layer's term is missing."),
    _style("first-style-layer-missing", lambda J, w: w[1:] @ J[1:]).because("The first style layer's term is missing."),
    f"{SLICE}; then {ADD}",
    _every("content-included+lambda-ignored", lambda J, w: sum(J)).because(
        f"This adds all costs without lambdas. {LAST}"
    ),
    _every("content-included+lambda-ignored", lambda J, w: np.mean(J)).because(
        f"This is the mean of all costs. {LAST}"
    ),
    "take each layer's weight from STYLE_LAYERS, and use [:-1] on both lists of outputs",
    _every("content-included+lambda-fixed", lambda J, w: 0.2 * sum(J)).because(
        f"Every output has the weight 0.2. {LAST}"
    ),
    _style("lambda-fixed", lambda J, w: 0.2 * sum(J)).because("Every layer has the weight 0.2, not its lambda."),
    "inside the loop, use the outputs of the current layer",
    _every("content-layer", lambda J, w: sum(w) * J[-1]).because(
        "Every term is the cost of the last output, the content layer's."
    ),
    _every("first-layer", lambda J, w: sum(w) * J[0]).because("Every term is the cost of the first layer."),
    "multiply each layer's cost by its lambda, and add up",
    _style("lambda-ignored", lambda J, w: sum(J)).because("The costs are added without the lambdas of STYLE_LAYERS."),
    _style("lambda-ignored", lambda J, w: np.mean(J)).because(
        "This is the mean of the layers' costs, without the lambdas."
    ),
    ADD,
    _style("overwritten", lambda J, w: w[-1] * J[-1]).because(f"{LAST_TERM}."),
    _style("overwritten+lambda-ignored", lambda J, w: J[-1]).because(f"{LAST_TERM}, and the lambda is not used."),
    _style("returns-early", lambda J, w: w[0] * J[0]).because(f"{FIRST_TERM}."),
    _style("returns-early+lambda-ignored", lambda J, w: J[0]).because(f"{FIRST_TERM}, and the lambda is not used."),
    _style("lambdas-squared", lambda J, w: w**2 @ J).because("Each layer is multiplied by its lambda twice."),
    "remove the division",
    _style("divided-by-layers", lambda J, w: w @ J / len(w)).because("The sum is divided by the number of layers."),
    _style("lambdas-normalised", lambda J, w: w @ J / sum(w)).because("The sum is divided by the sum of the lambdas."),
    "for a_S, a_G, (_, weight) in zip(style_image_output, generated_image_output, STYLE_LAYERS)",
    _style("lambdas-reversed", lambda J, w: w[::-1] @ J).because("The first layer has the last lambda, and so on."),
    _style("numbers-for-lambdas", lambda J, w: np.arange(len(w)) @ J).because(
        "The weights are 0, 1, 2, ..., the layers' positions."
    ),
    crashes("name-for-lambda", ["'layer1'", "string", "sequence by non-int"]).because(
        "Each entry of STYLE_LAYERS is a pair, (name, lambda). The code uses the name as the weight."
    ),
    crashes("indexed-by-name", ["list indices must be integers"]).because(
        "The outputs are lists in the order of STYLE_LAYERS. Their index is a position, not a layer's name."
    ),
    crashes("past-the-end", ["list index out of range"]).because(
        "The loop runs past the end of a list. The test has another number of layers than five.",
        "for i in range(len(STYLE_LAYERS))",
    ),
    wrong("content-cost", _content_cost).because(
        "The terms are content costs. The style cost compares Gram matrices.",
        "compute_layer_style_cost instead of compute_content_cost",
    ),
    wrong("same-twice", lambda S, G, L: np.float64(0)).because(
        SAME_TWICE, "check that one argument comes from style_image_output and the other from generated_image_output"
    ),
)

LAWS = (zero_for_equal_pictures, scales_with_degree(4))
KEY = AnswerKey(style_cost, describe, MISTAKES, LAWS, STAND_IN)

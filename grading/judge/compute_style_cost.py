"""Known mistakes in compute_style_cost."""

import numpy as np

from grading.judge.mistake import Mistake
from grading.judge.oracle import content_cost, layer_style_cost, layer_style_costs, style_cost


def _lambdas(style_layers):
    return np.array([weight for _, weight in style_layers])


def _every_cost(S, G):
    """Style cost of every output, the content layer's included."""
    return np.array([layer_style_cost(a, g) for a, g in zip(S, G, strict=True)])


def _content_costs(S, G):
    return [content_cost([a], [g]) for a, g in zip(S, G, strict=True)]


LAST = "The last entry is the content layer's output; it has no part in the style cost."
ADD = "J += weight * J_layer inside the loop, with J = 0.0 before it and `return` after it"
SLICE = "[:-1] on both lists: all but the last"

MISTAKES = (
    Mistake(
        "shifted",
        formula=lambda S, G, L: style_cost([*S[1:], S[0]], [*G[1:], G[0]], L),
        says="That is [1:]: the first style layer is dropped and the content layer is taken for style. " + LAST,
        tries=SLICE,
    ),
    Mistake(
        "content-included",
        formula=lambda S, G, L: style_cost(S, G, L) + _lambdas(L)[-1] * _every_cost(S, G)[-1],
        says="There is one term too many: the content layer's. " + LAST,
        tries=SLICE,
    ),
    Mistake(
        "content-included",
        formula=lambda S, G, L: style_cost(S, G, L) + _every_cost(S, G)[-1],
        says="There is one term too many: the content layer's. " + LAST,
        tries=SLICE,
    ),
    Mistake(
        "content-included+lambda-ignored",
        formula=lambda S, G, L: np.sum(_every_cost(S, G)),
        says="That adds up the costs of all outputs as they are: without their lambdas, and with the content "
        "layer's, which has no part in the style cost.",
        tries=SLICE + "; then " + ADD,
    ),
    Mistake(
        "content-included+lambda-ignored",
        formula=lambda S, G, L: np.mean(_every_cost(S, G)),
        says="That is the mean over all outputs: without their lambdas, and with the content layer's, which has no "
        "part in the style cost.",
        tries=SLICE + "; then " + ADD,
    ),
    Mistake(
        "content-included+lambda-fixed",
        formula=lambda S, G, L: 0.2 * np.sum(_every_cost(S, G)),
        says="Every output weighs 0.2, whatever STYLE_LAYERS says, and the content layer's, which has no part in "
        "the style cost, is among them.",
        tries=SLICE + "; then take each layer's weight from STYLE_LAYERS",
    ),
    Mistake(
        "content-layer",
        formula=lambda S, G, L: np.sum(_lambdas(L)) * _every_cost(S, G)[-1],
        says="Every term is the cost of the last output, the content layer's.",
        tries="inside the loop, take the outputs of the layer whose turn it is",
    ),
    Mistake(
        "first-layer",
        formula=lambda S, G, L: np.sum(_lambdas(L)) * _every_cost(S, G)[0],
        says="Every term is the cost of the first layer.",
        tries="inside the loop, take the outputs of the layer whose turn it is",
    ),
    Mistake(
        "lambda-ignored",
        formula=lambda S, G, L: np.sum(layer_style_costs(S, G)),
        says="The layers' costs are added up as they are: the lambdas of STYLE_LAYERS are not used.",
        tries="multiply each layer's cost by its weight",
    ),
    Mistake(
        "lambda-ignored",
        formula=lambda S, G, L: np.mean(layer_style_costs(S, G)),
        says="That is the mean of the layers' costs: the lambdas of STYLE_LAYERS are not used.",
        tries="multiply each layer's cost by its weight, and add up",
    ),
    Mistake(
        "lambda-fixed",
        formula=lambda S, G, L: 0.2 * np.sum(layer_style_costs(S, G)),
        says="Every layer weighs 0.2, whatever STYLE_LAYERS says.",
        tries="take each layer's weight from STYLE_LAYERS",
    ),
    Mistake(
        "overwritten",
        formula=lambda S, G, L: _lambdas(L)[-1] * layer_style_costs(S, G)[-1],
        says="Only the last layer's term is left: each turn of the loop overwrites the one before.",
        tries=ADD,
    ),
    Mistake(
        "overwritten+lambda-ignored",
        formula=lambda S, G, L: layer_style_costs(S, G)[-1],
        says="Only the last layer's cost is left, without its lambda: each turn of the loop overwrites the one before.",
        tries=ADD,
    ),
    Mistake(
        "returns-early",
        formula=lambda S, G, L: _lambdas(L)[0] * layer_style_costs(S, G)[0],
        says="Only the first layer's term is there: the `return` stands inside the loop.",
        tries=ADD,
    ),
    Mistake(
        "returns-early+lambda-ignored",
        formula=lambda S, G, L: layer_style_costs(S, G)[0],
        says="Only the first layer's cost is there, without its lambda: the `return` stands inside the loop.",
        tries=ADD,
    ),
    Mistake(
        "divided-by-layers",
        formula=lambda S, G, L: style_cost(S, G, L) / len(L),
        says="The sum is divided by the number of layers; the lambdas already share out the weight.",
        tries="take the division out",
    ),
    Mistake(
        "lambdas-normalised",
        formula=lambda S, G, L: style_cost(S, G, L) / np.sum(_lambdas(L)),
        says="The sum is divided by the sum of the lambdas. They are weights as they stand, whatever they add up to.",
        tries="take the division out",
    ),
    Mistake(
        "lambdas-squared",
        formula=lambda S, G, L: np.sum(_lambdas(L) ** 2 * layer_style_costs(S, G)),
        says="Each layer is multiplied by its lambda twice.",
        tries=ADD,
    ),
    Mistake(
        "lambdas-reversed",
        formula=lambda S, G, L: np.sum(_lambdas(L)[::-1] * layer_style_costs(S, G)),
        says="The lambdas are taken in the wrong order: the first layer gets the last one.",
        tries="go through outputs and STYLE_LAYERS in the same order",
    ),
    Mistake(
        "numbers-for-lambdas",
        formula=lambda S, G, L: np.sum(np.arange(len(L)) * layer_style_costs(S, G)),
        says="Each layer weighs its number, 0, 1, 2, ...: enumerate counts, the lambdas stand in STYLE_LAYERS.",
        tries="for i, (_, weight) in enumerate(STYLE_LAYERS)",
    ),
    Mistake(
        "last-style-layer-missing",
        formula=lambda S, G, L: np.sum((_lambdas(L) * layer_style_costs(S, G))[:-1]),
        says="The last style layer's term is missing: of the outputs, only the last is to be left out.",
        tries=SLICE,
    ),
    Mistake(
        "first-style-layer-missing",
        formula=lambda S, G, L: np.sum((_lambdas(L) * layer_style_costs(S, G))[1:]),
        says="The first style layer's term is missing: of the outputs, only the last is to be left out.",
        tries=SLICE,
    ),
    Mistake(
        "name-for-lambda",
        state="crashed",
        symptom=lambda e: e.raised("'layer1'", "string", "sequence by non-int"),
        says="An entry of STYLE_LAYERS is a pair, (name, lambda), and the name was taken for the lambda.",
        tries="for name, weight in STYLE_LAYERS, or STYLE_LAYERS[i][1]",
    ),
    Mistake(
        "content-cost",
        formula=lambda S, G, L: np.sum(_lambdas(L) * _content_costs(S[:-1], G[:-1])),
        says="The terms are content costs. Style compares Gram matrices.",
        tries="compute_layer_style_cost in place of compute_content_cost",
    ),
    Mistake(
        "same-twice",
        formula=lambda S, G, L: np.float64(0),
        says="The cost is 0 for two different pictures: the same outputs are compared with themselves, or nothing "
        "is added to the sum.",
        tries="check that one argument comes from style_image_output and the other from generated_image_output",
    ),
    Mistake(
        "indexed-by-name",
        state="crashed",
        symptom=lambda e: e.raised("list indices must be integers"),
        says="The outputs are lists, in the order of STYLE_LAYERS: they are indexed by position, not by a layer's "
        "name.",
        tries="zip(style_image_output, generated_image_output, STYLE_LAYERS) goes through all three together",
    ),
    Mistake(
        "past-the-end",
        state="crashed",
        symptom=lambda e: e.raised("list index out of range"),
        says="The loop runs past the end of a list. The test uses another number of layers than five, and the "
        "outputs hold one entry more than STYLE_LAYERS: the content layer's.",
        tries="for i in range(len(STYLE_LAYERS))",
    ),
)

"""Exercise 4: the style cost of all style layers."""

from grading.exercises.exercise import Case, Draw, Exercise


def cases(seed):
    draw = Draw(seed)
    base = draw.pair([(4, 3, 2), (3, 2, 3), (2, 3, 4)])
    base_layers = _style_layers(draw, 2)
    same = draw.layers([(3, 2, 2), (2, 3, 3), (1, 2, 4)])
    quarters = draw.quarters
    return [
        Case("two", "value", (*draw.pair([(1, 3, 2), (2, 2, 3), (1, 2, 2)]), _style_layers(draw, 2))),
        Case("three", "value", (*draw.pair([(4, 2, 2), (2, 3, 3), (2, 1, 3), (1, 3, 4)]), _style_layers(draw, 3))),
        Case("one", "value", (*draw.pair([(2, 4, 3), (3, 2, 2)]), _style_layers(draw, 1))),
        Case("base", "value", (*base, base_layers)),
        Case("zero", "zero", (same, same, _style_layers(draw, 2))),
        Case("scaled", "scaled", (*([3 * a for a in outputs] for outputs in base), base_layers)),
        Case("quarters", "value", (*draw.pair([(1, 3, 2), (2, 1, 3), (1, 1, 2)], quarters), _style_layers(draw, 2))),
        Case("large", "value", (*draw.pair([(1, 2, 3), (3, 1, 2), (1, 1, 2)], draw.large), _style_layers(draw, 2))),
    ]


def _style_layers(draw, count):
    """STYLE_LAYERS of `count` layers. The lambdas are eighths, all different."""
    eighths = [n + 1 for n in draw.order(8)][:count]
    return [(f"layer{n + 1}", eighth / 8) for n, eighth in enumerate(eighths)]


EXERCISE = Exercise(
    name="compute_style_cost",
    chapter=1,
    number=4,
    points=15,
    section="4.4",
    heading="The style cost over several layers",
    signature="compute_style_cost(style_image_output, generated_image_output, STYLE_LAYERS=STYLE_LAYERS)",
    cases=cases,
    needs=("gram_matrix", "compute_layer_style_cost"),
    gradient_paths=lambda args: [(1, layer) for layer in range(len(args[1]) - 1)],
    tries="print the lambda and the layer's own cost in each pass of the loop, and add them up on paper",
    hints=(
        "Each list holds one output per style layer and, last, the content layer's. Which of them describe style?",
        "Drop the last entry of both lists with [:-1]. Then loop over the two lists and STYLE_LAYERS together, and add "
        "lambda times compute_layer_style_cost for each layer.",
        "Start with J = 0.0, and in the loop\n"
        "for a, g, (_, weight) in zip(style_image_output[:-1], ..., STYLE_LAYERS):\n"
        "    J += weight * compute_layer_style_cost(a, ...)",
    ),
)

"""The catalogue of known mistakes, by exercise."""

from grading.exercises import EXERCISES
from grading.mistakes import (
    colours,
    content,
    everywhere,
    gram,
    layer_style,
    style,
    total,
    value_and_gradient,
    variation,
)

CATALOGUE = {
    "compute_content_cost": content.MISTAKES,
    "gram_matrix": gram.MISTAKES,
    "compute_layer_style_cost": layer_style.MISTAKES,
    "compute_style_cost": style.MISTAKES,
    "total_cost": total.MISTAKES,
    "total_variation_cost": variation.MISTAKES,
    "value_and_gradient": value_and_gradient.MISTAKES,
    "match_colours": colours.MISTAKES,
}


def recognise(name, state, evidence):
    """The mistakes that explain the evidence: none, one, or a wrong formula together with a wrong factor."""
    mistakes = CATALOGUE[name]
    if state not in ("wrong gradient", "wrong graph"):
        for explanation in explanations(mistakes):
            if evidence.agrees(combined(explanation, evidence.oracle)):
                return explanation
    for mistake in (*mistakes, *(everywhere.IN_ANY_CALL if EXERCISES[name].in_numpy else everywhere.MISTAKES)):
        if mistake.symptom and mistake.state == state and mistake.symptom(evidence):
            return (mistake,)
    return ()


def explanations(mistakes):
    """Every formula, every factor, then every formula together with a factor."""
    formulas = [mistake for mistake in mistakes if mistake.formula]
    factors = [mistake for mistake in mistakes if mistake.factor]
    yield from ((mistake,) for mistake in (*formulas, *factors))
    yield from ((formula, factor) for formula in formulas for factor in factors)


def combined(explanation, oracle):
    """What a student who made all these mistakes would return."""
    formula = explanation[0].formula or oracle
    factors = [mistake.factor for mistake in explanation if mistake.factor]

    def wrong(*args, **options):
        result = formula(*args, **options)
        for factor in factors:
            result = result * factor(*args, **options)
        return result

    return wrong

"""The catalogue of known mistakes, by exercise."""

from grading.exercises import EXERCISES
from grading.judge import (
    any_exercise,
    compute_content_cost,
    compute_layer_style_cost,
    compute_style_cost,
    gram_matrix,
    match_colors,
    total_cost,
    total_variation_cost,
    value_and_gradient,
)

CATALOGUE = {
    "compute_content_cost": compute_content_cost.MISTAKES,
    "gram_matrix": gram_matrix.MISTAKES,
    "compute_layer_style_cost": compute_layer_style_cost.MISTAKES,
    "compute_style_cost": compute_style_cost.MISTAKES,
    "total_cost": total_cost.MISTAKES,
    "total_variation_cost": total_variation_cost.MISTAKES,
    "value_and_gradient": value_and_gradient.MISTAKES,
    "match_colours": match_colors.MISTAKES,
}


def recognise(name, state, evidence):
    """The mistakes that explain the evidence: none, one, or a wrong formula together with a wrong factor."""
    mistakes = CATALOGUE[name]
    if state not in ("wrong gradient", "wrong graph"):
        for explanation in explanations(mistakes):
            if evidence.agrees(combined(explanation, evidence.oracle)):
                return explanation
    for mistake in (*mistakes, *(any_exercise.IN_ANY_CALL if EXERCISES[name].in_numpy else any_exercise.MISTAKES)):
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

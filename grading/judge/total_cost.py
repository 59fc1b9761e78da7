"""Exercise 5, total_cost: right answer and known mistakes."""

import numpy as np

from grading.judge.judgement import Judgement
from grading.judge.mistakes import AnswerKey, advise, wrong, wrong_value
from grading.judge.numbers import as_float, close, number

ALPHA, BETA = 10.0, 40.0  # the course's defaults

STAND_IN = """
def total_cost(J_content, J_style, alpha=10, beta=40):
    return alpha * J_content + beta * J_style
"""


def total_cost(J_content, J_style, alpha=ALPHA, beta=BETA):
    """Total cost: alpha J_content + beta J_style. Gatys et al. (2015), equation 7.

    >>> float(total_cost(2, 3)), float(total_cost(2, 3, alpha=5, beta=7))
    (140.0, 31.0)
    """
    return as_float(alpha * as_float(J_content) + beta * as_float(J_style))


def describe(J_content, J_style, **weights):
    values = {"J_content": J_content, "J_style": J_style, **weights}
    kind = " (Python numbers)" if isinstance(J_content, float) else ""
    listed = ", ".join(f"{name} = {number(value)}" for name, value in values.items())
    return [listed + kind + ("" if weights else ", alpha and beta at their defaults")]


class TotalCostJudgement(Judgement):
    def notes(self):
        if self.whole.text("decorated") == "yes":
            return ()
        return (
            "About @tf.function: it compiles a function into a graph, which helps if the function is called many "
            "times. total_cost does not need its own, because train_step's @tf.function compiles it too.",
        )


def _weighted(id_, weights):
    """A mistake whose formula has other weights, `weights(alpha, beta)`, and the right defaults."""

    def formula(J_content, J_style, alpha=ALPHA, beta=BETA):
        return np.dot(weights(alpha, beta), [J_content, J_style])

    return wrong(id_, formula)


def _has_other_defaults(evidence):
    return all(close(r.value, evidence.right(case)) == bool(case.options) for case, r in evidence.pairs)


def _squared(c, s, alpha=ALPHA, beta=BETA):
    return (alpha * c) ** 2 + (beta * s) ** 2


def _with_weights_added(c, s, alpha=ALPHA, beta=BETA):
    return alpha + c + beta + s


def _product(c, s, alpha=ALPHA, beta=BETA):
    return alpha * c * beta * s


ALWAYS = "whatever alpha and beta are. They are only the defaults."

MISTAKES = advise(
    "alpha * J_content + beta * J_style, with the names of the arguments",
    _weighted("swapped", lambda a, b: (b, a)).because("alpha and beta are swapped: alpha belongs to the content cost."),
    _weighted("hard-coded", lambda a, b: (ALPHA, BETA)).because(f"The weights are always 10 and 40, {ALWAYS}"),
    _weighted("hard-coded+swapped", lambda a, b: (BETA, ALPHA)).because(f"The weights are always 40 and 10, {ALWAYS}"),
    _weighted("unweighted", lambda a, b: (1, 1)).because("This is J_content + J_style, without the weights."),
    _weighted("no-style", lambda a, b: (a, 0)).because("The style term, beta * J_style, is missing."),
    _weighted("no-content", lambda a, b: (0, b)).because("The content term, alpha * J_content, is missing."),
    _weighted("alpha-only", lambda a, b: (a, a)).because(
        "Both costs have the weight alpha. The weight of J_style is beta."
    ),
    _weighted("alpha-only", lambda a, b: (a, 1)).because("The style cost has no weight: beta is missing."),
    _weighted("beta-only", lambda a, b: (b, b)).because(
        "Both costs have the weight beta. The weight of J_content is alpha."
    ),
    _weighted("beta-only", lambda a, b: (1, b)).because("The content cost has no weight: alpha is missing."),
    _weighted("ratio", lambda a, b: (a / b, 1)).because("Everything is divided by beta: only alpha / beta is used."),
    wrong("squared", _squared).because("The two terms are squared. Both costs are sums of squares already."),
    wrong("weights-added", _with_weights_added).because("The weights are added. Multiply each cost by its weight."),
    "a plus between the two terms",
    _weighted("minus", lambda a, b: (a, -b)).because(
        "The style cost is subtracted. Both costs should become small: add them."
    ),
    _weighted("minus", lambda a, b: (-a, b)).because(
        "The content cost is subtracted. Both costs should become small: add them."
    ),
    wrong("product", _product).because("The two terms are multiplied. Add them."),
    "remove the division",
    _weighted("mean", lambda a, b: (a / 2, b / 2)).because(
        "The sum is divided by 2. The total cost is the sum itself."
    ),
    _weighted("averaged", lambda a, b: (a / (a + b), b / (a + b))).because(
        "The sum is divided by alpha + beta. The total cost is the sum itself."
    ),
    "def total_cost(J_content, J_style, alpha=10, beta=40)",
    wrong("swapped-defaults", lambda c, s, alpha=BETA, beta=ALPHA: alpha * c + beta * s).because(
        "The result is right if alpha and beta are given, but their defaults are swapped."
    ),
    wrong_value("other-defaults", _has_other_defaults).because(
        "The result is right if alpha and beta are given, but their defaults are not the course's, 10 and 40."
    ),
)

KEY = AnswerKey(total_cost, describe, MISTAKES, stand_in=STAND_IN, judgement=TotalCostJudgement)

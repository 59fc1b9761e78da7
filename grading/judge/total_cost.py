"""Known mistakes in total_cost."""

from grading.judge.mistake import Mistake
from grading.judge.oracle import ALPHA, BETA, total_cost


def _other_defaults(evidence):
    return all(evidence.right(case, trial) == bool(case.options) for case, trial in evidence.pairs)


ARGUMENTS = "alpha * J_content + beta * J_style, with the names of the arguments"

MISTAKES = (
    Mistake(
        "swapped",
        formula=lambda c, s, alpha=ALPHA, beta=BETA: beta * c + alpha * s,
        says="alpha and beta have changed places: alpha weighs the content cost, beta the style cost.",
        tries="alpha * J_content + beta * J_style",
    ),
    Mistake(
        "hard-coded",
        formula=lambda c, s, alpha=ALPHA, beta=BETA: ALPHA * c + BETA * s,
        says="It weighs with 10 and 40 whatever alpha and beta are given: these are the defaults, not constants.",
        tries=ARGUMENTS,
    ),
    Mistake(
        "hard-coded+swapped",
        formula=lambda c, s, alpha=ALPHA, beta=BETA: BETA * c + ALPHA * s,
        says="It weighs with 40 and 10 whatever alpha and beta are given: hard-coded, and the wrong way round.",
        tries=ARGUMENTS,
    ),
    Mistake(
        "minus",
        formula=lambda c, s, alpha=ALPHA, beta=BETA: alpha * c - beta * s,
        says="The style cost is subtracted. Both costs are to become small, so they add up.",
        tries="a plus between the two terms",
    ),
    Mistake(
        "minus",
        formula=lambda c, s, alpha=ALPHA, beta=BETA: beta * s - alpha * c,
        says="The content cost is subtracted. Both costs are to become small, so they add up.",
        tries="a plus between the two terms",
    ),
    Mistake(
        "unweighted",
        formula=lambda c, s, alpha=ALPHA, beta=BETA: c + s,
        says="That is the sum of the two costs; alpha and beta are not used.",
        tries=ARGUMENTS,
    ),
    Mistake(
        "no-style",
        formula=lambda c, s, alpha=ALPHA, beta=BETA: alpha * c,
        says="The style term, beta * J_style, is missing.",
        tries=ARGUMENTS,
    ),
    Mistake(
        "no-content",
        formula=lambda c, s, alpha=ALPHA, beta=BETA: beta * s,
        says="The content term, alpha * J_content, is missing.",
        tries=ARGUMENTS,
    ),
    Mistake(
        "alpha-only",
        formula=lambda c, s, alpha=ALPHA, beta=BETA: alpha * (c + s),
        says="alpha weighs both terms; the style cost has its own weight, beta.",
        tries=ARGUMENTS,
    ),
    Mistake(
        "alpha-only",
        formula=lambda c, s, alpha=ALPHA, beta=BETA: alpha * c + s,
        says="The style cost has no weight: beta is missing.",
        tries=ARGUMENTS,
    ),
    Mistake(
        "beta-only",
        formula=lambda c, s, alpha=ALPHA, beta=BETA: beta * (c + s),
        says="beta weighs both terms; the content cost has its own weight, alpha.",
        tries=ARGUMENTS,
    ),
    Mistake(
        "beta-only",
        formula=lambda c, s, alpha=ALPHA, beta=BETA: c + beta * s,
        says="The content cost has no weight: alpha is missing.",
        tries=ARGUMENTS,
    ),
    Mistake(
        "product",
        formula=lambda c, s, alpha=ALPHA, beta=BETA: alpha * c * beta * s,
        says="The two terms are multiplied. They add up.",
        tries="a plus between the two terms",
    ),
    Mistake(
        "mean",
        formula=lambda c, s, alpha=ALPHA, beta=BETA: total_cost(c, s, alpha, beta) / 2,
        says="The sum is divided by 2. The total cost is the sum itself.",
        tries="take the division out",
    ),
    Mistake(
        "squared",
        formula=lambda c, s, alpha=ALPHA, beta=BETA: (alpha * c) ** 2 + (beta * s) ** 2,
        says="The two terms are squared. Both costs are sums of squares already.",
        tries=ARGUMENTS,
    ),
    Mistake(
        "weights-added",
        formula=lambda c, s, alpha=ALPHA, beta=BETA: alpha + c + beta + s,
        says="The weights are added to the costs. They multiply them.",
        tries=ARGUMENTS,
    ),
    Mistake(
        "ratio",
        formula=lambda c, s, alpha=ALPHA, beta=BETA: alpha / beta * c + s,
        says="That weighs with the ratio alpha / beta alone: everything is divided by beta.",
        tries=ARGUMENTS,
    ),
    Mistake(
        "averaged",
        formula=lambda c, s, alpha=ALPHA, beta=BETA: total_cost(c, s, alpha, beta) / (alpha + beta),
        says="The sum is divided by alpha + beta. The total cost is the sum itself.",
        tries="take the division out",
    ),
    Mistake(
        "swapped-defaults",
        formula=lambda c, s, alpha=BETA, beta=ALPHA: alpha * c + beta * s,
        says="With alpha and beta given it is right; the defaults have changed places.",
        tries="def total_cost(J_content, J_style, alpha=10, beta=40)",
    ),
    Mistake(
        "other-defaults",
        state="wrong value",
        symptom=_other_defaults,
        says="With alpha and beta given it is right; the defaults differ from the course's, 10 and 40.",
        tries="def total_cost(J_content, J_style, alpha=10, beta=40)",
    ),
)

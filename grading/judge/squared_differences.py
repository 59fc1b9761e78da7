"""Known mistakes in a cost of the form: sum of squared differences, divided by 4 times the sizes of a layer."""

import numpy as np

from grading.judge.answer_key import advise, off_by, wrong, wrong_value
from grading.judge.evidence import constant

SQUARES = "tf.square of the difference, then tf.reduce_sum"
SIDES = "check where n_H and n_W are read from the shape (1, nH, nW, nC), and where they are used"
NO_SQUARE = "This is the sum of the differences without a square: positive and negative differences cancel."
IF_SQUARE = "so the result is right only if the layer is as wide as it is high."


def mistakes_in_squares(pair, divisor):
    """Mistakes in the sum. pair: arguments -> the two arrays compared. divisor: arguments -> what divides the sum."""

    def changed(id_, cost, says):
        return wrong(id_, lambda *args: cost(*pair(*args)) / divisor(*args), says)

    return (
        *advise(
            "check that one of the two comes from the first argument and the other from the second",
            changed(
                "same-twice", lambda a, b: 0.0, "The cost is 0 for two different pictures: equal arrays are compared."
            ),
        ),
        *advise(
            SQUARES,
            changed(
                "absolute",
                lambda a, b: np.sum(np.abs(a - b)),
                "This is the sum of absolute differences, not of squares.",
            ),
            changed("no-square", lambda a, b: np.sum(a - b), NO_SQUARE),
            changed("no-square", lambda a, b: np.sum(b - a), NO_SQUARE),
            changed(
                "square-of-sum",
                lambda a, b: np.sum(a - b) ** 2,
                "This is the square of the sum. Square first, then add.",
            ),
            changed(
                "squared-apart",
                lambda a, b: np.sum(a**2 - b**2),
                "This squares both first. Subtract first, then square.",
            ),
            changed(
                "square-root",
                lambda a, b: np.sqrt(np.sum((a - b) ** 2)),
                "This contains a square root, as tf.norm does. The cost has no square root.",
            ),
        ),
    )


def mistakes_in_divisor(divisor, power, formula, code):
    """Mistakes in the division. power: of the sizes. formula, code: the divisor in words and in Python."""

    def ratio_of_sides(*args):
        first = args[0][-1] if isinstance(args[0], list) else args[0]
        _, n_H, n_W, _ = np.shape(first)
        return (n_W / n_H) ** power

    def is_fixed(evidence):
        """Whether the plain sum is divided by one number for all pictures."""
        ratios = evidence.ratios()
        return ratios is not None and constant(ratios / [divisor(*case.args) for case, _ in evidence.pairs])

    return (
        *advise(
            f"divide by {code}",
            off_by("no-division", divisor, f"This is the sum alone. It must be divided by {formula}."),
            off_by("half", 2, "You divide by 2 where the course divides by 4. (Some papers and notebooks have 1/2.)"),
        ),
        off_by(
            "sizes-multiplied",
            lambda *args: (divisor(*args) / 4) ** 2,
            "The sum is multiplied by the sizes instead of divided: 1 / 4 * n_H divides by the 4 only.",
            f"put the divisor in parentheses: 1 / ({code})",
        ),
        *advise(
            SIDES,
            off_by("nH-squared", ratio_of_sides, f"n_H is used where n_W belongs, {IF_SQUARE}"),
            off_by(
                "nW-squared", lambda *args: 1 / ratio_of_sides(*args), f"n_W is used where n_H belongs, {IF_SQUARE}"
            ),
        ),
        wrong_value(
            "fixed-sizes",
            is_fixed,
            "The sum is divided by the same number for every layer: the sizes nH, nW and nC are missing or fixed.",
            "read n_H, n_W and n_C from a_G.shape",
        ),
    )

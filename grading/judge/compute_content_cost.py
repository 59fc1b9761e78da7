"""Exercise 1, compute_content_cost: right answer and known mistakes."""

import numpy as np

from grading.judge.judgement import scales_with_degree, zero_for_equal_pictures
from grading.judge.mistakes import AnswerKey, advise, crashes, off_by, wrong, wrong_value
from grading.judge.numbers import as_float, channels_as_rows, constant, layer_in_words, mixed_rows, printed

STAND_IN = """
def compute_content_cost(content_output, generated_output):
    import tensorflow as tf

    return tf.reduce_mean(tf.square(content_output[-1] - generated_output[-1])) / 4
"""


def content_cost(content_output, generated_output):
    """Content cost of the last layer: 1 / (4 nH nW nC) * sum (a_C - a_G)^2; a scalar. Gatys et al. (2015), equation 1.

    >>> a_C = np.ones((1, 2, 2, 3))
    >>> float(content_cost([a_C], [a_C + 2]))
    1.0
    """
    a_C, a_G = as_float(content_output[-1]), as_float(generated_output[-1])
    return np.sum((a_C - a_G) ** 2) / (4 * a_C.size)


def describe(content_output, generated_output):
    a_C, a_G = content_output[-1], generated_output[-1]
    layers = "1 layer" if len(content_output) == 1 else f"{len(content_output)} layers"
    return [f"lists of {layers}; the last is the content layer: {layer_in_words(a_C)}", *printed(a_C=a_C, a_G=a_G)]


def _last_layers(content_output, generated_output):
    return as_float(content_output[-1]), as_float(generated_output[-1])


def _divisor(content_output, generated_output):
    return 4.0 * content_output[-1].size


def _unrolled(unroll_C, unroll_G):
    def formula(content_output, generated_output):
        difference = unroll_C(content_output[-1]) - unroll_G(generated_output[-1])
        return np.sum(difference**2) / _divisor(content_output, generated_output)

    return formula


def _sum_of_all_layers(content_output, generated_output):
    return sum(content_cost([c], [g]) for c, g in zip(content_output, generated_output, strict=True))


def _uses_whole_list(evidence):
    several = [result for case, result in evidence.pairs if len(case.args[0]) > 1]
    single = [result for case, result in evidence.pairs if len(case.args[0]) == 1]
    crashed = not any(result.returned for result in several)
    return crashed and (any(result.returned for result in single) or evidence.raised("'list' object"))


LAST = "Each list has one entry per layer; the content layer is the last entry, [-1]."
DIFFERENT = "The two arrays are unrolled in different ways, so J(A, A), the cost of a picture with itself, is not 0."
SQUARES = "tf.square of the difference, then tf.reduce_sum"
SIDES = "check where n_H and n_W are read from the shape (1, nH, nW, nC), and where they are used"
ONE_ONLY = "This is the sum of squares of one of the two. The cost compares them: square the difference."
NO_SQUARE = "This is the sum of the differences without a square: positive and negative differences cancel."
IF_SQUARE = "so the result is right only if the layer is as wide as it is high."
DIVISOR = "4 * n_H * n_W * n_C"


def mistakes_in_squares(pair, divisor):
    """Mistakes in the sum. pair: arguments -> the two arrays compared. divisor: arguments -> what divides the sum."""

    def changed(id_, cost):
        return wrong(id_, lambda *args: cost(*pair(*args)) / divisor(*args))

    return advise(
        "check that one of the two comes from the first argument and the other from the second",
        changed("same-twice", lambda a, b: 0.0).because(
            "The cost is 0 for two different pictures: equal arrays are compared."
        ),
        SQUARES,
        changed("absolute", lambda a, b: np.sum(np.abs(a - b))).because(
            "This is the sum of absolute differences, not of squares."
        ),
        changed("no-square", lambda a, b: np.sum(a - b)).because(NO_SQUARE),
        changed("no-square", lambda a, b: np.sum(b - a)).because(NO_SQUARE),
        changed("square-of-sum", lambda a, b: np.sum(a - b) ** 2).because(
            "This is the square of the sum. Square first, then add."
        ),
        changed("squared-apart", lambda a, b: np.sum(a**2 - b**2)).because(
            "This squares both first. Subtract first, then square."
        ),
        changed("no-difference", lambda a, b: np.sum(a**2)).because(ONE_ONLY),
        changed("no-difference", lambda a, b: np.sum(b**2)).because(ONE_ONLY),
        changed("no-difference", lambda a, b: np.sum(a * b)).because("This multiplies the two. Subtract, then square."),
        changed("square-root", lambda a, b: np.sqrt(np.sum((a - b) ** 2))).because(
            "This contains a square root, as tf.norm does. The cost has no square root."
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

    return advise(
        f"divide by {code}",
        off_by("no-division", divisor).because(f"This is the sum alone. It must be divided by {formula}."),
        off_by("half", 2).because(
            "You divide by 2 where the course divides by 4. (Some papers and notebooks have 1/2.)"
        ),
        off_by("sizes-multiplied", lambda *args: (divisor(*args) / 4) ** 2).because(
            "The sum is multiplied by the sizes instead of divided: 1 / 4 * n_H divides by the 4 only.",
            f"put the divisor in parentheses: 1 / ({code})",
        ),
        SIDES,
        off_by("nH-squared", ratio_of_sides).because(f"n_H is used where n_W belongs, {IF_SQUARE}"),
        off_by("nW-squared", lambda *args: 1 / ratio_of_sides(*args)).because(
            f"n_W is used where n_H belongs, {IF_SQUARE}"
        ),
        wrong_value("fixed-sizes", is_fixed).because(
            "The sum is divided by the same number for every layer: the sizes nH, nW and nC are missing or fixed.",
            "read n_H, n_W and n_C from a_G.shape",
        ),
    )


MISTAKES = advise(
    "begin with a_C = content_output[-1] and a_G = generated_output[-1], without a loop",
    crashes("tensors-for-lists", ["'list' object has no attribute 'get_shape'"]).because(
        f"The code expects tensors, as in the exercise for TensorFlow 1. Now both arguments are lists. {LAST}"
    ),
    crashes("whole-list", _uses_whole_list).because(f"The code uses the whole list instead of one entry. {LAST}"),
    crashes("other-layer", ["list index out of range"]).because(
        f"The test also uses lists with a single entry. {LAST}"
    ),
    wrong("first-layer", lambda C, G: content_cost(C[:1], G[:1])).because(
        f"This is the cost of the first layer. {LAST}"
    ),
    wrong("all-layers", _sum_of_all_layers).because(f"This is the sum of the costs of all layers. {LAST}"),
    "unroll both with the same line, or leave them as they are: the sum does not need it",
    wrong("unrolled-differently", _unrolled(mixed_rows, channels_as_rows)).because(DIFFERENT),
    wrong("unrolled-differently", _unrolled(channels_as_rows, mixed_rows)).because(DIFFERENT),
    *mistakes_in_squares(_last_layers, _divisor),
    *mistakes_in_divisor(_divisor, 1, "4 nH nW nC", DIVISOR),
    f"tf.reduce_sum, and divide by {DIVISOR}",
    off_by("no-quarter", 4).because("The factor 1/4 is missing. (tf.reduce_mean divides by nH nW nC only.)"),
    off_by("no-channels", lambda C, G: np.shape(C[-1])[3]).because("The division by nC is missing."),
    off_by("no-positions", lambda C, G: np.prod(np.shape(C[-1])[1:3])).because("The division by nH nW is missing."),
    off_by("divided-twice", lambda C, G: 4 / _divisor(C, G)).because(
        "It is divided by nH nW nC twice: tf.reduce_mean divides too."
    ),
)

LAWS = (zero_for_equal_pictures, scales_with_degree(2))
KEY = AnswerKey(content_cost, describe, MISTAKES, LAWS, STAND_IN)

"""Exercise 1, compute_content_cost: right answer and known mistakes."""

import numpy as np

from grading.judge.answer_key import AnswerKey, advise, crashes, off_by, wrong
from grading.judge.judgement import scales_with_degree, zero_for_equal_pictures
from grading.judge.numerics import as_float, channels_as_rows, mixed_rows
from grading.judge.squared_differences import mistakes_in_divisor, mistakes_in_squares
from grading.judge.wording import layer_in_words, printed

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
DIVISOR = "4 * n_H * n_W * n_C"

MISTAKES = (
    *advise(
        "begin with a_C = content_output[-1] and a_G = generated_output[-1], without a loop",
        crashes("whole-list", _uses_whole_list, f"The code uses the whole list instead of one entry. {LAST}"),
        crashes("other-layer", ["list index out of range"], f"The test also uses lists with a single entry. {LAST}"),
        wrong("first-layer", lambda C, G: content_cost(C[:1], G[:1]), f"This is the cost of the first layer. {LAST}"),
        wrong("all-layers", _sum_of_all_layers, f"This is the sum of the costs of all layers. {LAST}"),
    ),
    *advise(
        "unroll both with the same line, or leave them as they are: the sum does not need it",
        wrong("unrolled-differently", _unrolled(mixed_rows, channels_as_rows), DIFFERENT),
        wrong("unrolled-differently", _unrolled(channels_as_rows, mixed_rows), DIFFERENT),
    ),
    *mistakes_in_squares(_last_layers, _divisor),
    *mistakes_in_divisor(_divisor, 1, "4 nH nW nC", DIVISOR),
    *advise(
        f"tf.reduce_sum, and divide by {DIVISOR}",
        off_by("no-quarter", 4, "The factor 1/4 is missing. (tf.reduce_mean divides by nH nW nC only.)"),
        off_by("no-channels", lambda C, G: np.shape(C[-1])[3], "The division by nC is missing."),
        off_by("no-positions", lambda C, G: np.prod(np.shape(C[-1])[1:3]), "The division by nH nW is missing."),
        off_by(
            "divided-twice",
            lambda C, G: 4 / _divisor(C, G),
            "It is divided by nH nW nC twice: tf.reduce_mean divides too.",
        ),
    ),
)

KEY = AnswerKey(
    right_answer=content_cost,
    describe=describe,
    laws=(zero_for_equal_pictures, scales_with_degree(2)),
    mistakes=MISTAKES,
    stand_in=STAND_IN,
)

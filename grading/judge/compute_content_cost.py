"""Known mistakes in compute_content_cost."""

import numpy as np

from grading.judge.mistake import Mistake, constant
from grading.judge.oracle import as_float, content_cost, unrolled


def _difference(content_output, generated_output, layer=-1):
    return as_float(content_output[layer]) - as_float(generated_output[layer])


def _normalised(total, content_output):
    return total / (4 * as_float(content_output[-1]).size)


def _sizes(content_output):
    """nH, nW, nC of the content layer."""
    return np.array(np.shape(content_output[-1])[1:], dtype=np.float64)


def _size(content_output, generated_output):
    return np.prod(_sizes(content_output))


def _side_by_side(content_output, generated_output):
    """nW / nH."""
    n_H, n_W, _ = _sizes(content_output)
    return n_W / n_H


def _reshaped_only(a):
    """(nC, nH*nW) by reshape alone, which mixes channels and positions."""
    a = as_float(a)
    return a.reshape(a.shape[-1], -1)


def _whole_list(evidence):
    several = [trial for case, trial in evidence.pairs if len(case.args[0]) > 1]
    single = [trial for case, trial in evidence.pairs if len(case.args[0]) == 1]
    crashed = not any(trial.returned for trial in several)
    return crashed and (any(trial.returned for trial in single) or evidence.raised("'list' object"))


def _fixed_sizes(evidence):
    """The plain sum over one constant: the sizes of some other picture."""
    ratios = evidence.ratios()
    return ratios is not None and constant(ratios / [_size(*case.args) for case, _ in evidence.pairs])


LAST = "The lists hold one entry per layer; the content layer is the last one, [-1]."
SQUARES = "tf.square of the difference, then tf.reduce_sum"

MISTAKES = (
    Mistake(
        "whole-list",
        state="crashed",
        symptom=_whole_list,
        says="With a list of one layer it works, with several it does not. " + LAST,
        tries="begin with a_C = content_output[-1] and a_G = generated_output[-1]",
    ),
    Mistake(
        "other-layer",
        state="crashed",
        symptom=lambda e: e.raised("list index out of range"),
        says="One of the lists holds a single layer, and the index asked for another. " + LAST,
        tries="content_output[-1] and generated_output[-1]",
    ),
    Mistake(
        "first-layer",
        formula=lambda C, G: content_cost(C[:1], G[:1]),
        says="That is the cost of the first layer, [0]. " + LAST,
        tries="content_output[-1] and generated_output[-1]",
    ),
    Mistake(
        "all-layers",
        formula=lambda C, G: sum(content_cost([c], [g]) for c, g in zip(C, G, strict=True)),
        says="That is the cost of all layers added up. " + LAST,
        tries="content_output[-1] and generated_output[-1], without a loop",
    ),
    Mistake(
        "unrolled-differently",
        formula=lambda C, G: _normalised(np.sum((_reshaped_only(C[-1]) - unrolled(G[-1])) ** 2), C),
        says="The two are unrolled in different ways, so the cost of a picture with itself, J(A, A), is not 0.",
        tries="unroll both with the same line, or leave them as they are: the sum does not need it",
    ),
    Mistake(
        "unrolled-differently",
        formula=lambda C, G: _normalised(np.sum((unrolled(C[-1]) - _reshaped_only(G[-1])) ** 2), C),
        says="The two are unrolled in different ways, so the cost of a picture with itself, J(A, A), is not 0.",
        tries="unroll both with the same line, or leave them as they are: the sum does not need it",
    ),
    Mistake(
        "same-twice",
        formula=lambda C, G: np.float64(0),
        says="The cost is 0 for two different pictures: something is subtracted from itself.",
        tries="check that a_C comes from content_output and a_G from generated_output",
    ),
    Mistake(
        "absolute",
        formula=lambda C, G: _normalised(np.sum(np.abs(_difference(C, G))), C),
        says="That is the sum of the absolute differences. The cost squares them.",
        tries=SQUARES,
    ),
    Mistake(
        "no-square",
        formula=lambda C, G: _normalised(np.sum(_difference(C, G)), C),
        says="That is the sum of the differences, not squared: positive and negative ones cancel.",
        tries=SQUARES,
    ),
    Mistake(
        "no-square",
        formula=lambda C, G: -_normalised(np.sum(_difference(C, G)), C),
        says="That is the sum of the differences, not squared: positive and negative ones cancel.",
        tries=SQUARES,
    ),
    Mistake(
        "square-of-sum",
        formula=lambda C, G: _normalised(np.sum(_difference(C, G)) ** 2, C),
        says="That is the square of the sum. The cost is the sum of the squares: square first, then add.",
        tries=SQUARES,
    ),
    Mistake(
        "squared-apart",
        formula=lambda C, G: _normalised(np.sum(as_float(C[-1]) ** 2 - as_float(G[-1]) ** 2), C),
        says="That squares a_C and a_G first and subtracts then. The cost squares the difference.",
        tries=SQUARES,
    ),
    Mistake(
        "square-root",
        formula=lambda C, G: np.sqrt(np.sum(_difference(C, G) ** 2)) / (4 * _size(C, G)),
        says="That holds a square root (as tf.norm does). The cost has none.",
        tries=SQUARES,
    ),
    Mistake(
        "no-quarter",
        factor=lambda C, G: 4.0,
        says="The 1/4 is missing. (tf.reduce_mean divides by nH nW nC alone.)",
        tries="divide by 4 * n_H * n_W * n_C",
    ),
    Mistake(
        "half",
        factor=lambda C, G: 2.0,
        says="That is 1/2 where the course's formula has 1/4. (The paper has 1/2; the course does not follow it here.)",
        tries="divide by 4 * n_H * n_W * n_C",
    ),
    Mistake(
        "no-division",
        factor=lambda C, G: 4 * _size(C, G),
        says="That is the sum alone, not divided by 4 nH nW nC.",
        tries="divide by 4 * n_H * n_W * n_C",
    ),
    Mistake(
        "sizes-multiplied",
        factor=lambda C, G: _size(C, G) ** 2,
        says="The sizes multiply the sum instead of dividing it: 1 / 4 * n_H * n_W * n_C divides by the 4 alone.",
        tries="put the divisor in brackets: 1 / (4 * n_H * n_W * n_C)",
    ),
    Mistake(
        "divided-twice",
        factor=lambda C, G: 1 / _size(C, G),
        says="It is divided by nH nW nC twice: tf.reduce_mean already divides once.",
        tries="tf.reduce_sum in place of tf.reduce_mean",
    ),
    Mistake(
        "nH-squared",
        factor=_side_by_side,
        says="nH stands where nW belongs: the answer is right only when the layer is as wide as it is high.",
        tries="look where n_H and n_W are read from the shape (1, nH, nW, nC), and how they are used",
    ),
    Mistake(
        "nW-squared",
        factor=lambda C, G: 1 / _side_by_side(C, G),
        says="nW stands where nH belongs: the answer is right only when the layer is as wide as it is high.",
        tries="look where n_H and n_W are read from the shape (1, nH, nW, nC), and how they are used",
    ),
    Mistake(
        "no-channels",
        factor=lambda C, G: _sizes(C)[2],
        says="The division by nC is missing.",
        tries="divide by 4 * n_H * n_W * n_C",
    ),
    Mistake(
        "no-positions",
        factor=lambda C, G: _sizes(C)[0] * _sizes(C)[1],
        says="The division by nH nW is missing.",
        tries="divide by 4 * n_H * n_W * n_C",
    ),
    Mistake(
        "fixed-sizes",
        state="wrong value",
        symptom=_fixed_sizes,
        says="The sum is divided by the same number whatever the layer's size: nH, nW, nC are missing or fixed.",
        tries="read n_H, n_W and n_C from a_G.shape",
    ),
)

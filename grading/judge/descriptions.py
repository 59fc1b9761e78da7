"""The input of a case in plain words, for the student."""

import numpy as np

from grading.judge import oracle
from grading.judge.outcomes import array, number

PRINTABLE = 12


def describe(name, case):
    """Lines that say what the function was called with, numbers included where they are few."""
    lines = DESCRIPTIONS[name](*case.args, **case.options)
    return tuple([lines] if isinstance(lines, str) else lines)


def _content(content_output, generated_output):
    a_C, a_G = content_output[-1], generated_output[-1]
    layers = "1 layer" if len(content_output) == 1 else f"{len(content_output)} layers"
    return [f"lists of {layers}; the last is the content layer: {_layer(a_C)}", *_printed(a_C=a_C, a_G=a_G)]


def _gram(A):
    n_C, positions = A.shape
    return [f"A has shape {A.shape}: {_count(n_C, 'channel')}, {_count(positions, 'position')}", *_printed(A=A)]


def _layer_style(a_S, a_G):
    same = " (a_S and a_G are the same)" if a_S is a_G else ""
    return [f"a_S and a_G are one layer: {_layer(a_S)}{same}", *_printed(a_S=a_S, a_G=a_G)]


def _style(style_output, generated_output, style_layers):
    costs = oracle.layer_style_costs(style_output, generated_output)
    lambdas = ", ".join(number(weight) for _, weight in style_layers)
    return [
        f"lists of {_count(len(style_layers), 'style layer')} and, last, the content layer; lambda: {lambdas}",
        f"the style layers' own costs: {', '.join(number(cost) for cost in costs)}",
    ]


def _total(J_content, J_style, **weights):
    given = {"J_content": J_content, "J_style": J_style, **weights}
    kind = " (Python numbers)" if isinstance(J_content, float) else ""
    told = ", ".join(f"{name} = {number(value)}" for name, value in given.items())
    return told + kind + ("" if weights else ", alpha and beta left at their defaults")


def _variation(image):
    return [
        f"image has shape {image.shape}: {image.shape[1]} x {image.shape[2]} pixels, "
        f"{_count(image.shape[3], 'channel')}",
        *_printed(image=image),
    ]


def _gradient(pixels, cost, shape):
    w, t = cost.weights.ravel(), cost.target.ravel()
    return [
        f"pixels is a vector of {pixels.size} numbers, a picture of shape {shape}",
        f"cost is the sum of w (x - t)^{oracle.POWERS[cost.kind]}, with a w and a t for every number x",
        *(line for name, a in (("pixels", pixels), ("w", w), ("t", t)) for line in _printed(**{name: a})),
    ]


def _colours(style_image, content_image, root):
    sizes = " and ".join(
        f"{name} {image.shape[1]} x {image.shape[2]} pixels"
        for name, image in (("style_image has", style_image), ("content_image", content_image))
    )
    return f"{sizes}; root is {ROOTS_IN_WORDS[root.kind]}"


ROOTS_IN_WORDS = {"cholesky": "Cholesky's, a lower triangle", "symmetric": "the symmetric one, by eigenvectors"}


def _layer(a):
    return f"{a.shape[1]} x {a.shape[2]} positions, {_count(a.shape[3], 'channel')}, shape {a.shape}"


def _count(n, thing):
    return f"{n} {thing}" if n == 1 else f"{n} {thing}s"


def _printed(**arrays):
    if max(a.size for a in arrays.values()) > PRINTABLE:
        return []
    return [", ".join(f"{name} = {array(a)}" for name, a in arrays.items())]


DESCRIPTIONS = {
    "compute_content_cost": _content,
    "gram_matrix": _gram,
    "compute_layer_style_cost": _layer_style,
    "compute_style_cost": _style,
    "total_cost": _total,
    "total_variation_cost": _variation,
    "value_and_gradient": _gradient,
    "match_colours": _colours,
}


def difference(got, expected, allowed, digits=5):
    """The expected answer and the one that came, in full, with how far apart they are and may be."""
    expected, got = np.asarray(expected), np.asarray(got)
    if not np.all(np.isfinite(got)):
        return (f"expected {array(expected, digits)}", f"got      {array(got, digits)}")
    told = f"difference {number(np.max(np.abs(got - expected)), digits)}, allowed {number(allowed, 2)}"
    if expected.ndim == 0:
        return (f"expected {number(expected, digits)}, got {number(got, digits)} ({told})",)
    return (f"expected {array(expected, digits)}", f"got      {array(got, digits)}", f"(largest {told})")

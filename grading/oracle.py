"""The right answers, in float64 NumPy.

Every function takes what the student's function takes and returns a float64 array. Layer outputs have
shape (1, nH, nW, nC). Equations are those of Gatys, Ecker and Bethge (2015) with the course's constants.
"""

import numpy as np

ALPHA, BETA = 10.0, 40.0


def content_cost(content_output, generated_output):
    """Content cost of the last layer: 1 / (4 nH nW nC) * sum (a_C - a_G)^2; a scalar."""
    a_C, a_G = as_float(content_output[-1]), as_float(generated_output[-1])
    return np.sum((a_C - a_G) ** 2) / (4 * a_C.size)


def gram_matrix(A):
    """Gram matrix A A^T; shapes (nC, nH*nW) -> (nC, nC)."""
    A = as_float(A)
    return A @ A.T


def unrolled(a):
    """Channels as rows, positions as columns; shapes (1, nH, nW, nC) -> (nC, nH*nW)."""
    a = as_float(a)
    return a.reshape(-1, a.shape[-1]).T


def layer_style_cost(a_S, a_G):
    """Style cost of one layer: 1 / (4 nC^2 (nH nW)^2) * sum (GS - GG)^2; a scalar."""
    difference = gram_matrix(unrolled(a_S)) - gram_matrix(unrolled(a_G))
    return np.sum(difference ** 2) / (4.0 * as_float(a_S).size ** 2)


def style_cost(style_output, generated_output, style_layers):
    """Weighted sum of the layers' style costs, sum_l lambda_l J_l; the last output, the content layer, is left out.

    `style_layers` is a list of (name, lambda) pairs, one for each output but the last.
    """
    costs = layer_style_costs(style_output, generated_output)
    return np.sum([weight * cost for (_, weight), cost in zip(style_layers, costs, strict=True)])


def layer_style_costs(style_output, generated_output):
    """Style cost of every output but the last; a list of scalars."""
    return [layer_style_cost(a_S, a_G) for a_S, a_G in zip(style_output[:-1], generated_output[:-1], strict=True)]


def total_cost(J_content, J_style, alpha=ALPHA, beta=BETA):
    """Total cost: alpha J_content + beta J_style."""
    return as_float(alpha * as_float(J_content) + beta * as_float(J_style))


def as_float(values):
    return np.asarray(values, dtype=np.float64)


def gradient(function, x, step=1e-4):
    """Central finite difference of an array-valued `function` at `x`; shape (*function(x).shape, *x.shape)."""
    x = as_float(x)
    slopes = [(function(x + nudge) - function(x - nudge)) / (2 * step) for nudge in nudges(x.shape, step)]
    slopes = np.stack(slopes, axis=-1)
    return slopes.reshape(slopes.shape[:-1] + x.shape)


def nudges(shape, step):
    size = int(np.prod(shape))
    return step * np.eye(size).reshape(size, *shape)


ORACLES = {"compute_content_cost": content_cost, "gram_matrix": gram_matrix,
           "compute_layer_style_cost": layer_style_cost, "compute_style_cost": style_cost, "total_cost": total_cost}

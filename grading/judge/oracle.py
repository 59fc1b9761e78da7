"""The right answers, in float64 NumPy.

Every function takes what the student's function takes and returns a float64 array. Layer outputs have
shape (1, nH, nW, nC). Equations are those of Gatys, Ecker and Bethge (2015) with the course's constants, and where it
is said those of others.
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
    return np.sum(difference**2) / (4.0 * as_float(a_S).size ** 2)


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


def total_variation_cost(image):
    """The mean squared difference of neighbours down plus that across; (1, nH, nW, nC) -> a scalar.

    Mahendran and Vedaldi (2015), section 3 with beta = 2, with means in place of sums.
    """
    down, across = (np.diff(as_float(image), axis=axis) for axis in (1, 2))
    return np.mean(down**2) + np.mean(across**2)


def value_and_gradient(pixels, cost, shape):
    """(J, dJ/dpixels) of a Cost in closed form; pixels (n,) are a picture of `shape` -> scalar, (n,)."""
    J, gradient = cost_and_slope(cost, as_float(pixels).reshape(shape))
    return J, gradient.ravel()


def cost_and_slope(cost, picture):
    """(J, dJ/dpicture) of a grading.exercises.case_functions.Cost at a picture of its shape."""
    power = POWERS[cost.kind]
    weights, apart = as_float(cost.weights), picture - as_float(cost.target)
    return np.sum(weights * apart**power), power * weights * apart ** (power - 1)


POWERS = {"squares": 2, "cubes": 3}


def match_colours(style_image, content_image, root):
    """The style picture with mean and covariance of the content's colours: x -> R_C R_S^-1 (x - mean_S) + mean_C.

    root: covariance (3, 3) -> R with R R^T = covariance. Gatys et al. (2016), Preserving Color in Neural Artistic Style
    Transfer, section 2.1. Shapes (1, H, W, 3), each picture with its own.
    """
    (mean_S, covariance_S), (mean_C, covariance_C) = moments(style_image), moments(content_image)
    A = root(covariance_C) @ np.linalg.inv(root(covariance_S))
    return ((rows(style_image) - mean_S) @ A.T + mean_C).reshape(np.shape(style_image))


def moments(image):
    """(mean (3,), covariance (3, 3)) of the colours of a picture (1, H, W, 3)."""
    pixels = rows(image)
    mean = np.mean(pixels, axis=0)
    return mean, (pixels - mean).T @ (pixels - mean) / len(pixels)


def rows(image):
    """A picture's pixels as rows: (1, H, W, 3) -> (H*W, 3)."""
    return as_float(image).reshape(-1, 3)


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


ORACLES = {
    "compute_content_cost": content_cost,
    "gram_matrix": gram_matrix,
    "compute_layer_style_cost": layer_style_cost,
    "compute_style_cost": style_cost,
    "total_cost": total_cost,
    "total_variation_cost": total_variation_cost,
    "value_and_gradient": value_and_gradient,
    "match_colours": match_colours,
}

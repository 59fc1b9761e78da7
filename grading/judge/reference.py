"""Right answers in TensorFlow, to stand in for earlier exercises while a later one is judged.

One bug then costs once: a later exercise is tried with the student's own earlier functions and, if that
fails, with these. They travel as source, each on its own, since a submission's process must not hold the answer
to an exercise that is not judged yet; so each imports what it needs, and calls the others by name.
"""

import inspect

STYLE_LAYERS = []  # the student's, where the probe runs these


def compute_content_cost(content_output, generated_output):
    """1 / (4 nH nW nC) * sum (a_C - a_G)^2 over the last of the layer outputs."""
    import tensorflow as tf

    a_C, a_G = content_output[-1], generated_output[-1]
    return tf.reduce_mean(tf.square(a_C - a_G)) / 4


def gram_matrix(A):
    """A A^T; shapes (nC, nH*nW) -> (nC, nC)."""
    import tensorflow as tf

    return tf.matmul(A, A, transpose_b=True)


def compute_layer_style_cost(a_S, a_G):
    """1 / (4 nC^2 (nH nW)^2) * sum (GS - GG)^2 for a_S and a_G of shape (1, nH, nW, nC)."""
    import tensorflow as tf

    S, G = (gram_matrix(tf.transpose(tf.reshape(a, [-1, a.shape[-1]]))) for a in (a_S, a_G))
    size = float(a_S.shape[1] * a_S.shape[2] * a_S.shape[3])
    return tf.reduce_sum(tf.square(S - G)) / (4 * size**2)


def compute_style_cost(style_image_output, generated_image_output, STYLE_LAYERS=STYLE_LAYERS):
    """sum_l lambda_l J_l over all outputs but the last."""
    layers = zip(style_image_output[:-1], generated_image_output[:-1], STYLE_LAYERS, strict=True)
    return sum(weight * compute_layer_style_cost(a_S, a_G) for a_S, a_G, (_, weight) in layers)


def total_cost(J_content, J_style, alpha=10, beta=40):
    """alpha J_content + beta J_style."""
    return alpha * J_content + beta * J_style


FUNCTIONS = {
    function.__name__: function
    for function in (compute_content_cost, gram_matrix, compute_layer_style_cost, compute_style_cost, total_cost)
}


def sources_before(number):
    """The source of the right answers to the exercises before the one of this number, by name."""
    return {name: inspect.getsource(FUNCTIONS[name]) for name in list(FUNCTIONS)[: number - 1]}

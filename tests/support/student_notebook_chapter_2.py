"""Notebooks of chapters 2 and 3, which were one: their solutions, their stubs, and a script of them."""

from tests.support.student_notebook import IMPORTS, stub

TOTAL_VARIATION_COST = """
def total_variation_cost(image):
    down = image[:, 1:] - image[:, :-1]
    across = image[:, :, 1:] - image[:, :, :-1]
    return tf.reduce_mean(tf.square(down)) + tf.reduce_mean(tf.square(across))
"""

VALUE_AND_GRADIENT = """
def value_and_gradient(pixels, cost, shape):
    picture = tf.constant(pixels.reshape(shape), tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(picture)
        J = cost(picture)
    gradient = tape.gradient(J, picture).numpy()
    return float(J), gradient.ravel().astype(np.float64)
"""

MATCH_COLORS = """
def moments(image):
    pixels = image.reshape(-1, 3)
    return pixels, pixels.mean(axis=0), np.cov(pixels, rowvar=False)

def match_colors(style_image, content_image, root):
    pixels_S, mean_S, covariance_S = moments(style_image)
    _, mean_C, covariance_C = moments(content_image)
    A = root(covariance_C) @ np.linalg.inv(root(covariance_S))
    matched = (pixels_S - mean_S) @ A.T + mean_C
    return matched.reshape(style_image.shape)
"""

SOLUTIONS_2 = {
    "total_variation_cost": TOTAL_VARIATION_COST,
    "value_and_gradient": VALUE_AND_GRADIENT,
    "match_colors": MATCH_COLORS,
}

STUBS_2 = {
    "total_variation_cost": stub("total_variation_cost", 7, "image"),
    "value_and_gradient": stub("value_and_gradient", 8, "pixels, cost, shape"),
    "match_colors": stub("match_colors", 9, "style_image, content_image, root"),
}


def script_2(**replaced):
    """A script with every exercise of chapters 2 and 3 solved but for the cells given by name."""
    return IMPORTS + "\n".join({**SOLUTIONS_2, **replaced}.values())

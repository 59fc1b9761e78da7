"""Chapter 2: the three functions behind a better and faster painting."""

from grading.exercises import picture_cases
from grading.exercises.exercise import Exercise

TOTAL_VARIATION_COST = Exercise(
    name="total_variation_cost",
    chapter=2,
    number=7,
    points=10,
    section="2",
    signature="total_variation_cost(image)",
    cases=picture_cases.variation_cases,
    gradient_paths=lambda args: [(0,)],
    properties=("even", "shifted", "scaled"),
    degree=2,
    tries="work the cost out on paper for a picture of 2 x 2 pixels, first down and then across",
    hints=(
        "How much do two pixels differ that lie one above the other, and how many such pairs does a picture have?",
        "Two slices of one picture, a row apart, hold all such pairs: image[:, 1:] and image[:, :-1]. Subtract, "
        "square, take the mean. The same for columns is another mean, and the cost is their sum.",
        "down = image[:, 1:] - image[:, :-1]\n"
        "across = image[:, :, 1:] - ...\n"
        "return tf.reduce_mean(tf.square(down)) + ...",
    ),
)

VALUE_AND_GRADIENT = Exercise(
    name="value_and_gradient",
    chapter=2,
    number=8,
    points=20,
    section="3",
    signature="value_and_gradient(pixels, cost, shape)",
    cases=picture_cases.gradient_cases,
    in_numpy=True,
    returns=("J", "the gradient"),
    tries="call it with a cost whose gradient you know, as lambda x: tf.reduce_sum(x ** 2): it must be 2 x",
    hints=(
        "SciPy speaks of vectors in float64. What does the cost want in their place, and what does SciPy want back?",
        "On the way in, a float32 tensor of the given shape, which a GradientTape has to be told to watch, for it is "
        "no Variable. On the way out, J as a number, and the gradient flattened again, in float64.",
        "x = tf.constant(pixels.reshape(shape), tf.float32)\n"
        "with tf.GradientTape() as tape:\n"
        "    tape.watch(...)\n"
        "    J = cost(...)\n"
        "gradient = tape.gradient(J, x).numpy()\n"
        "return float(J), gradient.reshape(...).astype(...)",
    ),
)

MATCH_COLOURS = Exercise(
    name="match_colours",
    chapter=2,
    number=9,
    points=20,
    section="6",
    signature="match_colours(style_image, content_image, root)",
    cases=picture_cases.colour_cases,
    in_numpy=True,
    properties=("itself", "of other sizes"),
    tries="print mean and covariance of the pixels that you return: they should be those of the content picture",
    hints=(
        "A picture's colours are a cloud of points in space. What must be done to one cloud, so that its centre and "
        "spread become those of another?",
        "Take the pixels as rows of three numbers. Move the style's mean to 0, undo its spread with the inverse of its "
        "root, give it the content's spread with the content's root, and move it to the content's mean.",
        "A = root(covariance_C) @ np.linalg.inv(root(...))\n"
        "matched = (pixels_S - mean_S) @ A.T + ...\n"
        "return matched.reshape(...)",
    ),
)

EXERCISES = (TOTAL_VARIATION_COST, VALUE_AND_GRADIENT, MATCH_COLOURS)

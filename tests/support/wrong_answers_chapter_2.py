"""Every known mistake in the exercises of chapters 2 and 3 as a student would write it; see wrong_answers_chapter_1."""

from tests.support.right_answers_chapter_1 import indented
from tests.support.student_notebook_chapter_2 import MATCH_COLORS, TOTAL_VARIATION_COST, VALUE_AND_GRADIENT
from tests.support.wrong_answers_train_step import edited


def _variation(name, *edits, state="wrong value", mistake=None):
    return "total_variation_cost", name, mistake or name, state, edited(TOTAL_VARIATION_COST, *edits)


def _of_variation(name, lines, state="wrong value", mistake=None):
    return (
        "total_variation_cost",
        name,
        mistake or name,
        state,
        "def total_variation_cost(image):\n" + indented(lines),
    )


DOWN, ACROSS = "image[:, 1:] - image[:, :-1]", "image[:, :, 1:] - image[:, :, :-1]"
OF_DOWN, OF_ACROSS = "tf.reduce_mean(tf.square(down))", "tf.reduce_mean(tf.square(across))"
ANSWER = f"{OF_DOWN} + {OF_ACROSS}"
CHANNELS = "image[..., 1:] - image[..., :-1]"

VARIATION = [
    _variation("absolute", ("tf.square", "tf.abs")),
    _variation("absolute-summed", ("reduce_mean(tf.square", "reduce_sum(tf.abs"), mistake="absolute+summed"),
    _of_variation("of-tensorflow", "return tf.image.total_variation(image)", mistake="absolute+summed"),
    _variation("summed", ("reduce_mean", "reduce_sum")),
    _variation("down-only", (f" + {OF_ACROSS}", "")),
    _variation("across-only", (f"{OF_DOWN} + ", "")),
    _variation("down-twice", (ACROSS, DOWN), mistake="down-only+doubled"),
    _variation("across-twice", (DOWN, ACROSS), mistake="across-only+doubled"),
    _variation("down-summed", (ANSWER, "tf.reduce_sum(tf.square(down))"), mistake="down-only+summed"),
    _variation("across-summed", (ANSWER, "tf.reduce_sum(tf.square(across))"), mistake="across-only+summed"),
    _variation("down-absolute", (ANSWER, "tf.reduce_mean(tf.abs(down))"), mistake="down-only+absolute"),
    _variation("across-absolute", (ANSWER, "tf.reduce_mean(tf.abs(across))"), mistake="across-only+absolute"),
    _variation(
        "pooled",
        (ANSWER, "tf.reduce_mean(tf.square(tf.concat([tf.reshape(down, [-1]), tf.reshape(across, [-1])], 0)))"),
    ),
    _variation(
        "all-numbers",
        (ANSWER, "(tf.reduce_sum(tf.square(down)) + tf.reduce_sum(tf.square(across))) / np.prod(image.shape)"),
    ),
    _variation("half", (ANSWER, f"({ANSWER}) / 2")),
    _variation("doubled", (ANSWER, f"2 * ({ANSWER})")),
    _variation(
        "absolute-half",
        (ANSWER, "(tf.reduce_mean(tf.abs(down)) + tf.reduce_mean(tf.abs(across))) / 2"),
        mistake="absolute+half",
    ),
    _variation(
        "summed-over-channels",
        (ANSWER, "tf.reduce_mean(tf.reduce_sum(down ** 2, -1)) + tf.reduce_mean(tf.reduce_sum(across ** 2, -1))"),
    ),
    _variation("one-axis-too-far", (ACROSS, CHANNELS), (DOWN, ACROSS), mistake="other-axes"),
    _variation("down-and-channels", (ACROSS, CHANNELS), mistake="other-axes"),
    _variation("channels-too", (ANSWER, f"{ANSWER} + tf.reduce_mean(tf.square({CHANNELS}))"), mistake="other-axes"),
    _variation("batch-axis", (ACROSS, DOWN), (DOWN, "image[1:] - image[:-1]")),
    _variation("wrapped", (DOWN, "image - tf.roll(image, 1, 1)"), (ACROSS, "image - tf.roll(image, 1, 2)")),
    _variation("root", (ANSWER, f"tf.sqrt({ANSWER})")),
    _variation("root-of-both", (ANSWER, f"tf.sqrt({OF_DOWN}) + tf.sqrt({OF_ACROSS})"), mistake="root"),
    _variation("lengths", (ANSWER, "tf.reduce_mean(tf.sqrt(down[:, :, :-1] ** 2 + across[:, :-1] ** 2))")),
    _variation("no-square", (ANSWER, "tf.reduce_mean(down) + tf.reduce_mean(across)")),
    _variation("no-square-other-way", (ANSWER, "-tf.reduce_mean(down) - tf.reduce_mean(across)"), mistake="no-square"),
    _variation("square-of-mean", (ANSWER, "tf.reduce_mean(down) ** 2 + tf.reduce_mean(across) ** 2")),
    _of_variation("diagonal", "return tf.reduce_mean((image[:, 1:, 1:] - image[:, :-1, :-1]) ** 2)"),
    _variation("two-apart", (DOWN, "image[:, 2:] - image[:, :-2]"), (ACROSS, "image[:, :, 2:] - image[:, :, :-2]")),
    _variation("other-shapes", (ANSWER, "tf.reduce_mean(tf.square(down) + tf.square(across))"), state="crashed"),
    _variation(
        "not-reduced",
        (f"{ANSWER}", "tf.reduce_mean(down ** 2, [1, 2]) + tf.reduce_mean(across ** 2, [1, 2])"),
        state="wrong shape",
        mistake="not-summed",
    ),
    _variation(
        "numpy",
        ("    down =", "    image = np.asarray(image)\n    down ="),
        state="wrong gradient",
        mistake="no-gradient",
    ),
    _variation(
        "float16",
        ("    down =", "    image = tf.cast(image, tf.float16)\n    down ="),
        (ANSWER, f"tf.cast({ANSWER}, tf.float32)"),
        mistake="half-precision",
    ),
    _variation(
        "bfloat16",
        ("    down =", "    image = tf.cast(image, tf.bfloat16)\n    down ="),
        (ANSWER, f"tf.cast({ANSWER}, tf.float32)"),
        mistake="half-precision",
    ),
    _variation(
        "integers",
        ("    down =", "    image = tf.cast(tf.cast(image, tf.int32), tf.float32)\n    down ="),
        mistake="decimals-cut-off",
    ),
]


def _gradient(name, *edits, state="wrong value", mistake=None):
    return "value_and_gradient", name, mistake or name, state, edited(VALUE_AND_GRADIENT, *edits)


RETURN = "float(J), gradient.ravel().astype(np.float64)"
SLOPE = "gradient.ravel().astype(np.float64)"
TAPE_GRADIENT = "tape.gradient(J, picture).numpy()"
WATCH = "        tape.watch(picture)\n"
RESHAPED = "pixels.reshape(shape)"
CHANNELS_FIRST = "np.moveaxis(pixels.reshape(1, 3, *shape[1:3]), 1, -1)"
SIDES = "np.swapaxes(pixels.reshape(1, shape[2], shape[1], 3), 1, 2)"

GRADIENT = [
    _gradient("swapped", (RETURN, f"{SLOPE}, float(J)"), state="wrong type"),
    _gradient("one-value", (RETURN, SLOPE), state="wrong type"),
    _gradient("J-alone", (RETURN, "float(J)"), state="wrong type", mistake="one-value"),
    _gradient("three-values", (RETURN, f"float(J), {SLOPE}, picture"), state="wrong type"),
    _gradient("J-tensor", ("float(J)", "J"), state="wrong type"),
    _gradient(
        "gradient-tensor",
        (".numpy()", ""),
        (SLOPE, "tf.cast(tf.reshape(gradient, [-1]), tf.float64)"),
        state="wrong type",
    ),
    _gradient("not-watched", (WATCH, ""), state="crashed"),
    _gradient(
        "watched-too-late",
        (WATCH, ""),
        ("    gradient =", "    tape.watch(picture)\n    gradient ="),
        state="crashed",
        mistake="not-watched",
    ),
    _gradient(
        "another-watched",
        ("cost(picture)", "cost(tf.constant(picture.numpy()))"),
        state="crashed",
        mistake="not-watched",
    ),
    _gradient(
        "none-returned", (WATCH, ""), (".numpy()", ""), (SLOPE, "gradient"), state="wrong type", mistake="not-watched"
    ),
    _gradient("cost-in-float64", (", tf.float32", ""), state="crashed"),
    _gradient("pixels-to-cost", ("cost(picture)", "cost(pixels)"), state="crashed", mistake="cost-in-float64"),
    _gradient("flat-picture", (RESHAPED, "pixels"), state="crashed"),
    _gradient("other-picture", (RESHAPED, "pixels.reshape(1, 3, *shape[1:3])"), state="crashed"),
    _gradient(
        "sides-not-swapped-back",
        (RESHAPED, "pixels.reshape(1, shape[2], shape[1], 3)"),
        state="crashed",
        mistake="other-picture",
    ),
    (
        "value_and_gradient",
        "inside-a-graph",
        "inside-a-graph",
        "crashed",
        "@tf.function\n" + VALUE_AND_GRADIENT.strip(),
    ),
    _gradient("float32-gradient", (".astype(np.float64)", ""), state="wrong dtype"),
    _gradient("not-flattened", (".ravel()", ""), state="wrong shape"),
    _gradient("ascent", (SLOPE, "-" + SLOPE)),
    _gradient("cost-negated", ("cost(picture)", "-cost(picture)"), mistake="ascent"),
    _gradient("mean", (SLOPE, SLOPE + " / pixels.size")),
    _gradient("cost-per-number", ("cost(picture)", "cost(picture) / pixels.size"), mistake="mean"),
    _gradient("times-size", (SLOPE, SLOPE + " * pixels.size")),
    _gradient("normalised", (".numpy()", ".numpy()\n    gradient = gradient / np.linalg.norm(gradient)")),
    _gradient("by-the-largest", (".numpy()", ".numpy()\n    gradient /= np.abs(gradient).max()"), mistake="normalised"),
    _gradient("by-the-mean", (".numpy()", ".numpy()\n    gradient /= np.abs(gradient).mean()"), mistake="normalised"),
    _gradient("stepped", (SLOPE, "pixels - " + SLOPE)),
    _gradient(
        "no-gradient", (WATCH, ""), (TAPE_GRADIENT, "tape.gradient(J, picture, unconnected_gradients='zero').numpy()")
    ),
    _gradient("other-order", (RESHAPED, "pixels.reshape(shape, order='F')"), (".ravel()", ".ravel('F')")),
    _gradient("picture-in-other-order", (RESHAPED, "pixels.reshape(shape, order='F')"), mistake="other-order"),
    _gradient("gradient-in-other-order", (".ravel()", ".ravel('F')"), mistake="other-order"),
    _gradient("channels-first", (RESHAPED, CHANNELS_FIRST), (".ravel()", ".transpose(0, 3, 1, 2).ravel()")),
    _gradient("picture-channels-first", (RESHAPED, CHANNELS_FIRST), mistake="channels-first"),
    _gradient("gradient-channels-first", (".ravel()", ".transpose(0, 3, 1, 2).ravel()"), mistake="channels-first"),
    _gradient("sides-swapped", (RESHAPED, SIDES), (".ravel()", ".swapaxes(1, 2).ravel()")),
    _gradient("picture-on-its-side", (RESHAPED, SIDES), mistake="sides-swapped"),
    _gradient("gradient-on-its-side", (".ravel()", ".swapaxes(1, 2).ravel()"), mistake="sides-swapped"),
    _gradient("changes-pixels", ("    return", "    pixels -= 0.01\n    return"), state="wrong property"),
]


def _colors(name, *edits, state="wrong value", mistake=None):
    return "match_colors", name, mistake or name, state, edited(MATCH_COLORS, *edits)


A = "root(covariance_C) @ np.linalg.inv(root(covariance_S))"
MOVED = "(pixels_S - mean_S) @ A.T + mean_C"
COVARIANCE = "np.cov(pixels, rowvar=False)"
MIXED = """
def match_colors(style_image, content_image, root):
    S, C = style_image.reshape(3, -1), content_image.reshape(3, -1)
    A = root(np.cov(C)) @ np.linalg.inv(root(np.cov(S)))
    out = A @ (S - S.mean(1, keepdims=True)) + C.mean(1, keepdims=True)
    return out.reshape(style_image.shape)
"""

COLORS = [
    _colors("mean-only", (MOVED, "pixels_S - mean_S + mean_C")),
    _colors(
        "deviations",
        (MOVED, "(pixels_S - mean_S) / np.sqrt(np.diag(covariance_S)) * np.sqrt(np.diag(covariance_C)) + mean_C"),
    ),
    _colors(
        "roots-of-deviations",
        (A, "root(np.diag(np.diag(covariance_C))) @ np.linalg.inv(root(np.diag(np.diag(covariance_S))))"),
        mistake="deviations",
    ),
    _colors(
        "one-deviation",
        (MOVED, "(pixels_S - style_image.mean()) / style_image.std() * content_image.std() + content_image.mean()"),
        mistake="deviations",
    ),
    _colors(
        "pictures-swapped",
        ("moments(style_image)", "moments(content)"),
        ("moments(content_image)", "moments(style_image)"),
        ("moments(content)", "moments(content_image)"),
        ("(style_image.shape)", "(content_image.shape)"),
        state="wrong shape",
    ),
    _colors("inverted", (A, "root(covariance_S) @ np.linalg.inv(root(covariance_C))")),
    _colors("reversed", (A, "np.linalg.inv(root(covariance_S)) @ root(covariance_C)")),
    _colors("transposed", ("A.T", "A")),
    _colors(
        "in-the-order-for-rows",
        ("A.T", "A"),
        (A, "np.linalg.inv(root(covariance_S)) @ root(covariance_C)"),
        mistake="transposed",
    ),
    _colors(
        "roots-transposed", (A, "root(covariance_C).T @ np.linalg.inv(root(covariance_S).T)"), mistake="transposed"
    ),
    _colors("no-inverse", (A, "root(covariance_C) @ root(covariance_S)")),
    _colors("style-left-in", (A, "root(covariance_C)")),
    _colors("whitened", (A, "np.linalg.inv(root(covariance_S))")),
    _colors("root-forgotten", (A, "covariance_C @ np.linalg.inv(covariance_S)")),
    _colors(
        "root-of-entries",
        (
            A,
            "np.sign(covariance_C) * np.sqrt(np.abs(covariance_C)) @ np.linalg.inv("
            "np.sign(covariance_S) * np.sqrt(np.abs(covariance_S)))",
        ),
    ),
    _colors("own-root", ("root(", "np.linalg.cholesky(")),
    _colors(
        "own-symmetric-root",
        ("    A =", "    def root(C):\n        w, V = np.linalg.eigh(C)\n        return V * np.sqrt(w) @ V.T\n    A ="),
        mistake="own-root",
    ),
    _colors("not-centred", (COVARIANCE, "pixels.T @ pixels / len(pixels)")),
    _colors(
        "centred-nowhere",
        (COVARIANCE, "pixels.T @ pixels / len(pixels)"),
        (MOVED, "pixels_S @ A.T"),
        mistake="not-centred",
    ),
    _colors("correlation", (COVARIANCE, "np.corrcoef(pixels, rowvar=False)")),
    _colors("clipped", (MOVED, f"np.clip({MOVED}, 0, 1)")),
    _colors("mean-not-added", (" + mean_C", "")),
    _colors("own-mean", ("+ mean_C", "+ mean_S")),
    _colors("mean-not-removed", ("(pixels_S - mean_S)", "pixels_S")),
    _colors("other-mean-removed", ("- mean_S", "- mean_C"), mistake="mean-not-removed"),
    ("match_colors", "channels-mixed", "channels-mixed", "wrong value", MIXED),
    _colors("pixels-for-channels", (", rowvar=False", ""), state="crashed"),
    _colors("returns-several", (".reshape(style_image.shape)", ".reshape(style_image.shape), A"), state="wrong type"),
    _colors("as-lists", (".reshape(style_image.shape)", ".reshape(style_image.shape).tolist()"), state="wrong type"),
    _colors("flat-picture", (".reshape(style_image.shape)", ""), state="wrong shape"),
    _colors(
        "not-divided", (COVARIANCE, "(pixels - pixels.mean(0)).T @ (pixels - pixels.mean(0))"), state="wrong property"
    ),
    _colors(
        "divided-by-the-other",
        (
            "    A =",
            "    n_S, n_C = style_image.size, content_image.size\n"
            "    covariance_S, covariance_C = covariance_S * n_S / n_C, covariance_C * n_C / "
            "n_S\n    A =",
        ),
        ("rowvar=False", "rowvar=False, bias=True"),
        state="wrong property",
        mistake="not-divided",
    ),
    _colors(
        "changes-picture",
        ("(pixels_S - mean_S)", "pixels_S"),
        ("    matched =", "    pixels_S -= mean_S\n    matched ="),
        state="wrong property",
    ),
]

WRONG_ANSWERS_2 = VARIATION + GRADIENT + COLORS

"""Every known mistake as a student would write it: (exercise, name, mistake, state, cell).

`name` tells apart several ways to make one mistake, and names the snapshot of the message.
"""

from tests.support.student_notebook import (
    COMPUTE_CONTENT_COST,
    COMPUTE_LAYER_STYLE_COST,
    COMPUTE_STYLE_COST,
    GRAM_MATRIX,
    STYLE_LAYERS,
    TOTAL_COST,
)
from tests.support.wrong_answers_train_step import STEP, edited


def _content(name, old, new, state="wrong value", mistake=None):
    return "compute_content_cost", name, mistake or name, state, edited(COMPUTE_CONTENT_COST, (old, new))


SUM = "tf.reduce_sum(tf.square(a_C - a_G))"
DIVISOR = "(4 * n_H * n_W * n_C)"
LAST = "content_output[-1], generated_output[-1]"
UNROLL = "tf.transpose(tf.reshape({a}, [n_H * n_W, n_C]))"
STRAIGHT = "tf.reshape({a}, [n_C, n_H * n_W])"

CONTENT = [
    (
        "compute_content_cost",
        "tensors-for-lists",
        "tensors-for-lists",
        "crashed",
        edited(COMPUTE_CONTENT_COST, (LAST, "content_output, generated_output"), (".shape", ".get_shape().as_list()")),
    ),
    _content("not-a-scalar", SUM, f"{SUM}[None, None]", "wrong shape"),
    _content("unfilled-template", "    return ", "    J = None\n    return J\n    return ", "wrong type"),
    _content("no-difference", "a_C - a_G", "a_C"),
    _content("no-difference-of-a_G", "a_C - a_G", "a_G", mistake="no-difference"),
    _content("product", "tf.square(a_C - a_G)", "a_C * a_G", mistake="no-difference"),
    _content("whole-list", LAST, "content_output, generated_output", "crashed"),
    (
        "compute_content_cost",
        "whole-list-stacked",
        "whole-list",
        "crashed",
        """
def compute_content_cost(content_output, generated_output):
    n_H, n_W, n_C = generated_output[-1].shape[1:]
    return tf.reduce_sum(tf.square(tf.subtract(content_output, generated_output))) / (4 * n_H * n_W * n_C)
""",
    ),
    _content("other-layer", LAST, "content_output[-2], generated_output[-2]", "crashed"),
    _content(
        "over-positions-only",
        "tf.square(a_C - a_G))",
        "tf.square(a_C - a_G), axis=[1, 2])",
        "wrong shape",
        "not-summed",
    ),
    _content("sizes-missing", DIVISOR, "4", mistake="fixed-sizes"),
    _content("first-layer", LAST, "content_output[0], generated_output[0]"),
    (
        "compute_content_cost",
        "all-layers",
        "all-layers",
        "wrong value",
        """
def compute_content_cost(content_output, generated_output):
    J = 0.0
    for a_C, a_G in zip(content_output, generated_output):
        J += tf.reduce_mean(tf.square(a_C - a_G)) / 4
    return J
""",
    ),
    _content("unrolled-differently", "a_C - a_G", f"{UNROLL.format(a='a_C')} - {STRAIGHT.format(a='a_G')}"),
    _content(
        "unrolled-differently-too",
        "a_C - a_G",
        f"{STRAIGHT.format(a='a_C')} - {UNROLL.format(a='a_G')}",
        mistake="unrolled-differently",
    ),
    _content("same-twice", LAST, "generated_output[-1], generated_output[-1]"),
    _content("absolute", "tf.square", "tf.abs"),
    _content("no-square", "tf.square(a_C - a_G)", "a_C - a_G"),
    _content("no-square-negative", "tf.square(a_C - a_G)", "a_G - a_C", mistake="no-square"),
    _content("square-of-sum", SUM, "tf.square(tf.reduce_sum(a_C - a_G))"),
    _content("squared-apart", "tf.square(a_C - a_G)", "tf.square(a_C) - tf.square(a_G)"),
    _content("square-root", SUM, "tf.norm(a_C - a_G)"),
    _content("no-quarter", DIVISOR, "(n_H * n_W * n_C)"),
    _content("mean", f"{SUM} / {DIVISOR}", "tf.reduce_mean(tf.square(a_C - a_G))", mistake="no-quarter"),
    _content("half", "(4 *", "(2 *"),
    _content("no-division", f" / {DIVISOR}", ""),
    _content("sizes-multiplied", DIVISOR, "4 * n_H * n_W * n_C"),
    _content("divided-twice", "tf.reduce_sum", "tf.reduce_mean"),
    _content("nH-squared", DIVISOR, "(4 * n_H * n_H * n_C)"),
    _content("nW-squared", DIVISOR, "(4 * n_W * n_W * n_C)"),
    _content("no-channels", DIVISOR, "(4 * n_H * n_W)"),
    _content("no-positions", DIVISOR, "(4 * n_C)"),
    _content("fixed-sizes", DIVISOR, "(4 * 25 * 25 * 512)"),
    _content(
        "absolute-no-quarter", f"{SUM} / {DIVISOR}", "tf.reduce_mean(tf.abs(a_C - a_G))", mistake="absolute+no-quarter"
    ),
    _content("numpy", SUM, "np.sum(np.square(a_C - a_G))", "wrong gradient", "no-gradient"),
    _content("to-list", f"{SUM} / {DIVISOR}", f"({SUM} / {DIVISOR}).numpy().tolist()", "wrong gradient", "no-gradient"),
    _content("constant", "a_C - a_G", "a_C - tf.constant(a_G.numpy())", "wrong gradient", "no-gradient"),
    _content("stop-gradient", "a_C - a_G", "a_C - tf.stop_gradient(a_G)", "wrong gradient", "no-gradient"),
]


def _gram(name, product, state="wrong shape", mistake=None):
    return (
        "gram_matrix",
        name,
        mistake or name,
        state,
        edited(GRAM_MATRIX, ("tf.matmul(A, A, transpose_b=True)", product)),
    )


GRAM = [
    _gram("transposed", "tf.matmul(A, A, transpose_a=True)"),
    _gram("no-transpose", "tf.matmul(A, A)", "crashed"),
    _gram("both-transposed", "tf.matmul(A, A, transpose_a=True, transpose_b=True)", "crashed"),
    _gram("reshaped", "tf.matmul(A, tf.reshape(A, [A.shape[1], A.shape[0]]))", "wrong value"),
    _gram("half", "tf.linalg.band_part(tf.matmul(A, A, transpose_b=True), 0, -1)", "wrong value"),
    _gram(
        "unit-rows",
        "tf.matmul(tf.math.l2_normalize(A, axis=1), tf.math.l2_normalize(A, axis=1), transpose_b=True)",
        "wrong value",
    ),
    _gram("elementwise", "A * A"),
    _gram("diagonal-only", "tf.reduce_sum(A * A, axis=1)"),
    _gram("summed", "tf.reduce_sum(A * A)"),
    _gram(
        "centred",
        "tf.matmul(A - tf.reduce_mean(A, 1, keepdims=True), A - tf.reduce_mean(A, 1, keepdims=True), transpose_b=True)",
        "wrong value",
    ),
    _gram("normalised", "tf.matmul(A, A, transpose_b=True) / A.shape[1]", "wrong value"),
    _gram("normalised-by-channels", "tf.matmul(A, A, transpose_b=True) / A.shape[0]", "wrong value", "normalised"),
    _gram(
        "normalised-by-size",
        "tf.matmul(A, A, transpose_b=True) / (A.shape[0] * A.shape[1])",
        "wrong value",
        "normalised",
    ),
    _gram(
        "normalised-by-twice-the-size",
        "tf.matmul(A, A, transpose_b=True) / (2 * A.shape[0] * A.shape[1])",
        "wrong value",
        "normalised",
    ),
    _gram("transposed-normalised", "tf.matmul(A, A, transpose_a=True) / A.shape[1]", mistake="transposed+normalised"),
    _gram("numpy", "np.dot(A, A.numpy().T)", "wrong gradient", "no-gradient"),
    _gram("constant", "tf.constant(np.matmul(A, np.transpose(A)))", "wrong gradient", "no-gradient"),
]


def _layer(name, *edits, state="wrong value", mistake=None):
    return "compute_layer_style_cost", name, mistake or name, state, edited(COMPUTE_LAYER_STYLE_COST, *edits)


STYLE_DIVISOR = "(4 * n_C**2 * (n_H * n_W)**2)"
S_UNROLLED = ("tf.transpose(tf.reshape(a_S, [n_H * n_W, n_C]))", "tf.reshape(a_S, [n_C, n_H * n_W])")
G_UNROLLED = ("tf.transpose(tf.reshape(a_G, [n_H * n_W, n_C]))", "tf.reshape(a_G, [n_C, n_H * n_W])")
STYLE_SUM = "tf.reduce_sum(tf.square(gram_matrix(S) - gram_matrix(G)))"

LAYER_STYLE = [
    _layer("no-difference", ("gram_matrix(S) - gram_matrix(G)", "gram_matrix(S)")),
    _layer("no-difference-of-a_G", ("gram_matrix(S) - gram_matrix(G)", "gram_matrix(G)"), mistake="no-difference"),
    _layer("no-transpose", S_UNROLLED, G_UNROLLED),
    _layer(
        "over-positions",
        ("tf.transpose(tf.reshape(a_S, [n_H * n_W, n_C]))", "tf.reshape(a_S, [n_H * n_W, n_C])"),
        ("tf.transpose(tf.reshape(a_G, [n_H * n_W, n_C]))", "tf.reshape(a_G, [n_H * n_W, n_C])"),
    ),
    _layer("unrolled-differently", S_UNROLLED),
    _layer("unrolled-differently-too", G_UNROLLED, mistake="unrolled-differently"),
    _layer("no-gram", ("gram_matrix(S) - gram_matrix(G)", "S - G")),
    _layer("same-twice", ("gram_matrix(G)", "gram_matrix(S)")),
    _layer("absolute", ("tf.square", "tf.abs")),
    _layer("no-square", ("tf.square(gram_matrix(S) - gram_matrix(G))", "gram_matrix(S) - gram_matrix(G)")),
    _layer(
        "no-square-negative",
        ("tf.square(gram_matrix(S) - gram_matrix(G))", "gram_matrix(G) - gram_matrix(S)"),
        mistake="no-square",
    ),
    _layer("square-of-sum", (STYLE_SUM, "tf.square(tf.reduce_sum(gram_matrix(S) - gram_matrix(G)))")),
    _layer(
        "squared-apart",
        ("tf.square(gram_matrix(S) - gram_matrix(G))", "tf.square(gram_matrix(S)) - tf.square(gram_matrix(G))"),
    ),
    _layer("square-root", (STYLE_SUM, "tf.norm(gram_matrix(S) - gram_matrix(G))")),
    _layer("gram-of-difference", ("gram_matrix(S) - gram_matrix(G)", "gram_matrix(S - G)")),
    _layer(
        "normalised-grams",
        ("gram_matrix(S) - gram_matrix(G)", "gram_matrix(S) / (n_H * n_W) - gram_matrix(G) / (n_H * n_W)"),
    ),
    _layer("no-quarter", (STYLE_DIVISOR, "(n_C**2 * (n_H * n_W)**2)")),
    _layer("half", ("(4 *", "(2 *")),
    _layer("four-squared", (STYLE_DIVISOR, "(4 * n_C * n_H * n_W)**2")),
    _layer("no-division", (f" / {STYLE_DIVISOR}", "")),
    _layer("sizes-multiplied", (STYLE_DIVISOR, STYLE_DIVISOR[1:-1])),
    _layer("positions-not-squared", ("(n_H * n_W)**2", "(n_H * n_W)")),
    _layer("channels-not-squared", ("n_C**2", "n_C")),
    _layer("sizes-not-squared", (STYLE_DIVISOR, "(4 * n_C * n_H * n_W)")),
    _layer("only-nW-squared", ("(n_H * n_W)**2", "n_H * n_W**2"), mistake="one-side-squared"),
    _layer("only-nH-squared", ("(n_H * n_W)**2", "n_W * n_H**2"), mistake="one-side-squared"),
    _layer("nH-squared", ("(n_H * n_W)**2", "(n_H * n_H)**2")),
    _layer("nW-squared", ("(n_H * n_W)**2", "(n_W * n_W)**2")),
    _layer("divided-twice", ("tf.reduce_sum", "tf.reduce_mean")),
    _layer("mean-only", (f"{STYLE_SUM} / {STYLE_DIVISOR}", STYLE_SUM.replace("sum", "mean"))),
    _layer("fixed-sizes", (STYLE_DIVISOR, "(4 * 64**2 * (400 * 400)**2)")),
    _layer(
        "no-transpose-no-quarter",
        S_UNROLLED,
        G_UNROLLED,
        (STYLE_DIVISOR, "(n_C**2 * (n_H * n_W)**2)"),
        mistake="no-transpose+no-quarter",
    ),
    _layer(
        "numpy",
        (STYLE_SUM, "np.sum(np.square(gram_matrix(S) - gram_matrix(G)))"),
        state="wrong gradient",
        mistake="no-gradient",
    ),
    _layer(
        "stop-gradient",
        ("gram_matrix(G)", "tf.stop_gradient(gram_matrix(G))"),
        state="wrong gradient",
        mistake="no-gradient",
    ),
]


def _style(name, *edits, state="wrong value", mistake=None):
    return "compute_style_cost", name, mistake or name, state, STYLE_LAYERS + edited(COMPUTE_STYLE_COST, *edits)


TERM = "J += weight * compute_layer_style_cost(a, g)"
BOTH = "style_image_output[:-1], generated_image_output[:-1]"


def _loop(name, body, mistake, state="wrong value"):
    return (
        "compute_style_cost",
        name,
        mistake,
        state,
        STYLE_LAYERS
        + f"""
def compute_style_cost(style_image_output, generated_image_output, STYLE_LAYERS=STYLE_LAYERS):
    J, S, G = 0.0, style_image_output, generated_image_output
    {body}
    return J
""",
    )


STYLE = [
    _style("shifted", (BOTH, "style_image_output[1:], generated_image_output[1:]")),
    _loop(
        "content-included",
        "for i in range(len(S)): J += STYLE_LAYERS[min(i, len(STYLE_LAYERS) - 1)][1] "
        "* compute_layer_style_cost(S[i], G[i])",
        "content-included",
    ),
    _loop(
        "content-included-unweighted",
        "for i in range(len(S)): J += ([w for _, w in STYLE_LAYERS] + [1.0])[i] * compute_layer_style_cost(S[i], G[i])",
        "content-included",
    ),
    _loop(
        "all-added-up", "for s, g in zip(S, G): J += compute_layer_style_cost(s, g)", "content-included+lambda-ignored"
    ),
    _loop(
        "all-averaged",
        "for s, g in zip(S, G): J += compute_layer_style_cost(s, g) / len(S)",
        "content-included+lambda-ignored",
    ),
    _loop(
        "all-weigh-a-fifth",
        "for s, g in zip(S, G): J += 0.2 * compute_layer_style_cost(s, g)",
        "content-included+lambda-fixed",
    ),
    _style("content-layer", (TERM, TERM.replace("a, g", "style_image_output[-1], generated_image_output[-1]"))),
    _style("first-layer", (TERM, TERM.replace("a, g", "style_image_output[0], generated_image_output[0]"))),
    _style("lambda-ignored", ("weight * compute", "compute")),
    _style(
        "lambda-averaged",
        ("weight * compute_layer_style_cost(a, g)", "compute_layer_style_cost(a, g) / len(STYLE_LAYERS)"),
        mistake="lambda-ignored",
    ),
    _style("lambda-fixed", ("weight * compute", "0.2 * compute")),
    _style("overwritten", ("J +=", "J =")),
    _style(
        "overwritten-unweighted", (TERM, "J = compute_layer_style_cost(a, g)"), mistake="overwritten+lambda-ignored"
    ),
    _style("returns-early", ("    return J", "        return J")),
    _style(
        "returns-early-unweighted",
        ("weight * compute", "compute"),
        ("    return J", "        return J"),
        mistake="returns-early+lambda-ignored",
    ),
    _style("divided-by-layers", ("return J", "return J / len(STYLE_LAYERS)")),
    _style("lambdas-normalised", ("return J", "return J / sum(weight for _, weight in STYLE_LAYERS)")),
    _style("lambdas-squared", ("weight * compute", "weight ** 2 * compute")),
    _style("lambdas-reversed", ("    for a", "    STYLE_LAYERS = STYLE_LAYERS[::-1]\n    for a")),
    _style(
        "numbers-for-lambdas",
        (f"for a, g, (_, weight) in zip({BOTH}, STYLE_LAYERS)", f"for weight, (a, g) in enumerate(zip({BOTH}))"),
    ),
    _style("last-style-layer-missing", (BOTH, "style_image_output[:-2], generated_image_output[:-2]")),
    _style(
        "first-style-layer-missing",
        (f"{BOTH}, STYLE_LAYERS", "style_image_output[1:-1], generated_image_output[1:-1], STYLE_LAYERS[1:]"),
    ),
    _style("name-for-lambda", ("(_, weight) in", "(weight, _) in"), state="crashed"),
    _style(
        "terms-in-a-list",
        ("J = 0.0", "J = []"),
        (TERM, "J.append(weight * compute_layer_style_cost(a, g))"),
        state="wrong type",
        mistake="returns-several",
    ),
    _style("content-cost", ("compute_layer_style_cost(a, g)", "compute_content_cost([a], [g])")),
    _style("same-twice", ("generated_image_output[:-1]", "style_image_output[:-1]")),
    _style("nothing-added", (TERM, "compute_layer_style_cost(a, g)"), mistake="same-twice", state="wrong value"),
    _style(
        "numpy",
        ("compute_layer_style_cost(a, g)", "compute_layer_style_cost(a, g).numpy()"),
        state="wrong gradient",
        mistake="no-gradient",
    ),
    _loop(
        "indexed-by-name",
        "for n, w in STYLE_LAYERS: J += w * compute_layer_style_cost(S[n], G[n])",
        "indexed-by-name",
        "crashed",
    ),
    _loop("always-five", "for i in range(5): J += compute_layer_style_cost(S[i], G[i])", "past-the-end", "crashed"),
]


def _total(name, answer, mistake=None, state="wrong value"):
    return (
        "total_cost",
        name,
        mistake or name,
        state,
        edited(TOTAL_COST, ("alpha * J_content + beta * J_style", answer)),
    )


TOTAL = [
    _total("swapped", "beta * J_content + alpha * J_style"),
    _total("hard-coded", "10 * J_content + 40 * J_style"),
    _total("hard-coded-swapped", "40 * J_content + 10 * J_style", "hard-coded+swapped"),
    _total("minus", "alpha * J_content - beta * J_style"),
    _total("minus-content", "beta * J_style - alpha * J_content", "minus"),
    _total("unweighted", "J_content + J_style"),
    _total("no-style", "alpha * J_content"),
    _total("no-content", "beta * J_style"),
    _total("alpha-only", "alpha * (J_content + J_style)"),
    _total("beta-missing", "alpha * J_content + J_style", "alpha-only"),
    _total("beta-only", "beta * (J_content + J_style)"),
    _total("alpha-missing", "J_content + beta * J_style", "beta-only"),
    _total("product", "alpha * J_content * beta * J_style"),
    _total("mean", "(alpha * J_content + beta * J_style) / 2"),
    _total("squared", "(alpha * J_content) ** 2 + (beta * J_style) ** 2"),
    _total("weights-added", "alpha + J_content + beta + J_style"),
    _total("ratio", "alpha / beta * J_content + J_style"),
    _total("two-values", "alpha * J_content, beta * J_style", "returns-several", "wrong type"),
    _total("averaged", "(alpha * J_content + beta * J_style) / (alpha + beta)"),
    (
        "total_cost",
        "swapped-defaults",
        "swapped-defaults",
        "wrong value",
        edited(TOTAL_COST, ("alpha=10, beta=40", "alpha=40, beta=10")),
    ),
    (
        "total_cost",
        "other-defaults",
        "other-defaults",
        "wrong value",
        edited(TOTAL_COST, ("alpha=10, beta=40", "alpha=1, beta=1")),
    ),
    (
        "total_cost",
        "numpy",
        "no-gradient",
        "wrong gradient",
        """
def total_cost(J_content, J_style, alpha=10, beta=40):
    return np.float32(alpha * J_content + beta * J_style)
""",
    ),
]


CASTS = [
    ("float16", "tf.float16", "half-precision"),
    ("bfloat16", "tf.bfloat16", "half-precision"),
    ("integers", "tf.int32", "decimals-cut-off"),
]


def _cast(exercise, source, *edits, casts=CASTS):
    """An exercise worked out in another type of number, and turned to float32 at the end."""
    return [
        (exercise, name, mistake, "wrong value", edited(source, *((old, new.format(dtype)) for old, new in edits)))
        for name, dtype, mistake in casts
    ]


def _in_float32(term):
    return term, f"tf.cast({term}, tf.float32)"


CAST = [
    *_cast(
        "compute_content_cost",
        COMPUTE_CONTENT_COST,
        _in_float32(SUM),
        (LAST, "tf.cast(content_output[-1], {0}), tf.cast(generated_output[-1], {0})"),
    ),
    *_cast(
        "gram_matrix",
        GRAM_MATRIX,
        ("    return", "    A = tf.cast(A, {0})\n    return"),
        _in_float32("tf.matmul(A, A, transpose_b=True)"),
    ),
    *_cast(
        "compute_layer_style_cost",
        COMPUTE_LAYER_STYLE_COST,
        _in_float32(STYLE_SUM),
        ("    S =", "    a_S, a_G = tf.cast(a_S, {0}), tf.cast(a_G, {0})\n    S ="),
    ),
    *_cast(
        "compute_style_cost",
        STYLE_LAYERS + COMPUTE_STYLE_COST,
        (TERM, "J += tf.cast(weight * tf.cast(compute_layer_style_cost(a, g), {0}), tf.float32)"),
        casts=CASTS[:2],
    ),
    *_cast(
        "compute_style_cost",
        STYLE_LAYERS + COMPUTE_STYLE_COST,
        ("(a, g)", "(*(tf.cast(tf.cast(x, {0}), tf.float32) for x in (a, g)))"),
        casts=CASTS[2:],
    ),
    *_cast(
        "total_cost",
        TOTAL_COST,
        (
            "alpha * J_content + beta * J_style",
            "tf.cast(alpha * tf.cast(J_content, {0}) + beta * tf.cast(J_style, {0}), tf.float32)",
        ),
        casts=CASTS[:2],
    ),
    (
        "compute_style_cost",
        "float16-and-back",
        "half-precision",
        "wrong gradient",
        STYLE_LAYERS
        + edited(COMPUTE_STYLE_COST, ("(a, g)", "(*(tf.cast(tf.cast(x, tf.float16), tf.float32) for x in (a, g)))")),
    ),
    (
        "total_cost",
        "whole-result",
        "decimals-cut-off",
        "wrong value",
        edited(TOTAL_COST, ("alpha * J_content + beta * J_style", "(alpha * J_content + beta * J_style) // 1.0")),
    ),
]

WRONG_ANSWERS = CONTENT + GRAM + LAYER_STYLE + STYLE + TOTAL + STEP + CAST

"""Right answers, written in different ways: exercise -> list of cells."""

from tests.support.right_answers_train_step import STEP
from tests.support.student_notebook import (
    COMPUTE_CONTENT_COST,
    COMPUTE_LAYER_STYLE_COST,
    COMPUTE_STYLE_COST,
    GRAM_MATRIX,
    STYLE_LAYERS,
    TOTAL_COST,
)


def _content(lines):
    return "def compute_content_cost(content_output, generated_output):\n" + indented(lines)


def _gram(lines):
    return "def gram_matrix(A):\n" + indented(lines)


def _layer(lines):
    return "def compute_layer_style_cost(a_S, a_G):\n" + indented(lines)


def _style(lines):
    return (
        STYLE_LAYERS
        + ("def compute_style_cost(style_image_output, generated_image_output, STYLE_LAYERS=STYLE_LAYERS):\n")
        + indented(lines)
    )


def _total(lines):
    return "def total_cost(J_content, J_style, alpha=10, beta=40):\n" + indented(lines)


def indented(lines):
    return "".join(f"    {line}\n" for line in lines.strip("\n").split("\n"))


UNROLLED = """
a_C, a_G = content_output[-1], generated_output[-1]
m, n_H, n_W, n_C = a_G.get_shape().as_list()
a_C_unrolled = tf.transpose(tf.reshape(a_C, shape=[n_H * n_W, n_C]))
a_G_unrolled = tf.transpose(tf.reshape(a_G, shape=[n_H * n_W, n_C]))
return 1 / (4 * n_H * n_W * n_C) * tf.reduce_sum(tf.square(tf.subtract(a_C_unrolled, a_G_unrolled)))
"""

CONTENT = [
    COMPUTE_CONTENT_COST,
    "@tf.function\n" + COMPUTE_CONTENT_COST.strip(),
    _content(UNROLLED),
    _content("return tf.reduce_mean((content_output[-1] - generated_output[-1]) ** 2) / 4"),
    _content(
        "d = content_output[-1] - generated_output[-1]\n"
        "return tf.einsum('bhwc,bhwc->', d, d) / (4.0 * tf.cast(tf.size(d), tf.float32))"
    ),
    _content(
        "d = tf.reshape(content_output[-1] - generated_output[-1], [1, -1])\n"
        "return tf.reshape(tf.matmul(d, d, transpose_b=True), [1]) / (4 * d.shape[1])"
    ),
    _content(
        "d = tf.reshape(content_output[-1] - generated_output[-1], [-1])\n"
        "return tf.tensordot(d, d, 1) / (4 * d.shape[0])"
    ),
    _content(
        "ops = keras.ops\nd = ops.subtract(content_output[-1], generated_output[-1])\n"
        "return ops.mean(ops.square(d)) / 4"
    ),
    _content(
        "a_C, a_G, J = content_output[-1], generated_output[-1], 0.0\n"
        "_, n_H, n_W, n_C = a_G.shape\n"
        "for h in range(n_H):\n    for w in range(n_W):\n        for c in range(n_C):\n"
        "            J += (a_C[0, h, w, c] - a_G[0, h, w, c]) ** 2\n"
        "return J / (4 * n_H * n_W * n_C)"
    ),
    _content(
        "d = tf.norm(content_output[-1] - generated_output[-1])\nreturn d * d / (4 * np.prod(content_output[-1].shape))"
    ),
    _content(
        "s = tf.cast(tf.shape(generated_output[-1]), tf.float32)\n"
        "return tf.reduce_sum(tf.math.squared_difference(content_output[-1], generated_output[-1])) "
        "/ (4.0 * s[1] * s[2] * s[3])"
    ),
]

CONTENT += [
    _content(
        "a, g = tf.keras.layers.Flatten()(content_output[-1]), tf.keras.layers.Flatten()(generated_output[-1])\n"
        "return tf.reduce_mean(keras.losses.mean_squared_error(a, g)) / 4"
    ),
    _content(
        "*_, a_C = content_output\n*_, a_G = generated_output\n"
        "return tf.nn.l2_loss(a_C - a_G) / (2 * tf.cast(tf.size(a_G), a_G.dtype))"
    ),
    _content(
        "C, G = (tf.cast(a[-1], tf.float64) for a in (content_output, generated_output))\n"
        "return tf.cast(tf.reduce_mean((C - G) ** 2) / 4, tf.float32)"
    ),
    _content(
        "pairs = zip(tf.unstack(content_output[-1][0]), tf.unstack(generated_output[-1][0]))\n"
        "total = tf.add_n([tf.reduce_sum((c - g) ** 2) for c, g in pairs])\n"
        "return total / (4 * np.prod(content_output[-1].shape))"
    ),
]

GRAM = [
    GRAM_MATRIX,
    "@tf.function\n" + GRAM_MATRIX.strip(),
    _gram("return tf.matmul(A, tf.transpose(A))"),
    _gram("return A @ tf.transpose(A)"),
    _gram("return tf.einsum('ip,jp->ij', A, A)"),
    _gram("return tf.tensordot(A, A, axes=[[1], [1]])"),
    _gram("return keras.ops.matmul(A, keras.ops.transpose(A))"),
    _gram("return tf.reduce_sum(A[:, None, :] * A[None, :, :], axis=-1)"),
    _gram("rows = tf.unstack(A)\nreturn tf.stack([tf.stack([tf.reduce_sum(a * b) for b in rows]) for a in rows])"),
    _gram("return tf.linalg.matmul(A, A, adjoint_b=True)"),
]

GRAM += [
    _gram("columns = tf.unstack(A, axis=1)\nreturn tf.add_n([a[:, None] * a[None, :] for a in columns])"),
    _gram("return tf.map_fn(lambda row: tf.linalg.matvec(A, row), A)"),
    _gram("G = tf.matmul(A[None], A[None], transpose_b=True)\nreturn tf.squeeze(G, 0)"),
    _gram("A = tf.cast(A, tf.float64)\nreturn tf.cast(tf.einsum('ij,kj->ik', A, A), tf.float32)"),
    _gram(
        "n = tf.shape(A)[0]\nrows = tf.TensorArray(tf.float32, size=n)\n"
        "for i in tf.range(n):\n    rows = rows.write(i, tf.reduce_sum(A * A[i], axis=1))\nreturn rows.stack()"
    ),
]

LAYER_STYLE = [
    COMPUTE_LAYER_STYLE_COST,
    "@tf.function\n" + COMPUTE_LAYER_STYLE_COST.strip(),
    _layer("""
_, n_H, n_W, n_C = a_G.get_shape().as_list()
a_S = tf.transpose(tf.reshape(a_S, [-1, n_C]))
a_G = tf.transpose(tf.reshape(a_G, [-1, n_C]))
GS, GG = gram_matrix(a_S), gram_matrix(a_G)
return 1 / (4 * n_C ** 2 * (n_H * n_W) ** 2) * tf.reduce_sum(tf.square(tf.subtract(GS, GG)))
"""),
    _layer("""
n = a_S.shape[1] * a_S.shape[2]
d = tf.einsum('bhwc,bhwd->cd', a_S, a_S) - tf.einsum('bhwc,bhwd->cd', a_G, a_G)
return tf.reduce_mean(d ** 2) / (4 * n ** 2)
"""),
    _layer("""
_, n_H, n_W, n_C = a_G.shape
S = tf.reshape(tf.transpose(a_S, [3, 0, 1, 2]), [n_C, -1])
G = tf.reshape(tf.transpose(a_G, [3, 0, 1, 2]), [n_C, -1])
return tf.reduce_sum((gram_matrix(S) - gram_matrix(G)) ** 2) / (2 * n_C * n_H * n_W) ** 2
"""),
    _layer("""
_, n_H, n_W, n_C = a_G.shape
S = tf.reshape(tf.transpose(a_S), [n_C, -1])
G = tf.reshape(tf.transpose(a_G), [n_C, -1])
return tf.reduce_sum((gram_matrix(S) - gram_matrix(G)) ** 2) / (4. * n_C ** 2 * n_H ** 2 * n_W ** 2)
"""),
    _layer("""
ops = keras.ops
n_C, n = a_G.shape[3], a_G.shape[1] * a_G.shape[2]
S, G = ops.reshape(a_S, (n, n_C)), ops.reshape(a_G, (n, n_C))
d = ops.matmul(ops.transpose(S), S) - ops.matmul(ops.transpose(G), G)
return ops.sum(ops.square(d)) / (4 * n_C ** 2 * n ** 2)
"""),
    _layer("""
shape = tf.cast(tf.shape(a_S), tf.float32)
size = shape[1] * shape[2] * shape[3]
S = tf.transpose(tf.reshape(a_S, [-1, a_S.shape[3]]))
G = tf.transpose(tf.reshape(a_G, [-1, a_G.shape[3]]))
return tf.reshape(tf.reduce_sum(((gram_matrix(S) - gram_matrix(G)) / size) ** 2) / 4, [1])
"""),
]

LAYER_STYLE += [
    _layer("""
S, G = (tf.reshape(tf.transpose(a[0], [2, 0, 1]), [a.shape[3], -1]) for a in (a_S, a_G))
GS, GG = gram_matrix(S), gram_matrix(G)
M, N = S.shape[1], S.shape[0]
return tf.reduce_sum((GS - GG) ** 2) / (4. * N ** 2 * M ** 2)
"""),
    _layer("""
def gram(a):
    return gram_matrix(keras.layers.Permute((2, 1))(tf.reshape(a, [1, -1, a.shape[-1]]))[0])
difference = (gram(a_S) - gram(a_G)) / tf.cast(tf.size(a_S), tf.float32)
return tf.nn.l2_loss(difference) / 2
"""),
]

STYLE = [
    STYLE_LAYERS + COMPUTE_STYLE_COST,
    STYLE_LAYERS + "@tf.function\n" + COMPUTE_STYLE_COST.strip(),
    _style("""
J_style = 0
a_S, a_G = style_image_output[:-1], generated_image_output[:-1]
for i, weight in zip(range(len(a_S)), STYLE_LAYERS):
    J_style_layer = compute_layer_style_cost(a_S[i], a_G[i])
    J_style += weight[1] * J_style_layer
return J_style
"""),
    _style(
        "pairs = zip(style_image_output, generated_image_output, STYLE_LAYERS)\n"
        "return sum(layer[1] * compute_layer_style_cost(a, g) for a, g, layer in pairs)"
    ),
    _style(
        "return tf.add_n([STYLE_LAYERS[i][1] * compute_layer_style_cost(style_image_output[i], "
        "generated_image_output[i])\n                 for i in range(len(STYLE_LAYERS))])"
    ),
    _style(
        "weights = tf.constant([w for _, w in STYLE_LAYERS], dtype=tf.float32)\n"
        "costs = tf.stack([compute_layer_style_cost(a, g) for a, g in "
        "zip(style_image_output[:-1], generated_image_output[:-1])])\n"
        "return tf.reduce_sum(weights * costs)"
    ),
    _style(
        "J = tf.constant(0.0)\nfor i, (name, weight) in enumerate(STYLE_LAYERS):\n"
        "    J = J + tf.multiply(weight, compute_layer_style_cost(style_image_output[i], "
        "generated_image_output[i]))\nreturn J"
    ),
    _style(
        "J = tf.zeros([1])\nfor i in range(len(style_image_output) - 1):\n"
        "    J += STYLE_LAYERS[i][1] * compute_layer_style_cost(style_image_output[i], "
        "generated_image_output[i])\nreturn J"
    ),
]

STYLE += [
    _style(
        "S, G = list(style_image_output), list(generated_image_output)\nS.pop()\nG.pop()\n"
        "costs = map(compute_layer_style_cost, S, G)\n"
        "return tf.math.accumulate_n([c * w for c, (_, w) in zip(costs, STYLE_LAYERS)])"
    ),
    _style(
        "*S, _ = style_image_output\n*G, _ = generated_image_output\nweights = dict(enumerate(w for _, w in "
        "STYLE_LAYERS))\nJ = 0.0\nfor i in weights:\n"
        "    J = J + weights[i] * compute_layer_style_cost(S[i], G[i])\nreturn tf.cast(J, tf.float32)"
    ),
    _style(
        "from functools import reduce\nterms = [w * compute_layer_style_cost(s, g) for s, g, (_, w) in "
        "zip(style_image_output, generated_image_output, STYLE_LAYERS)]\nreturn reduce(tf.add, terms)"
    ),
]

TOTAL = [
    TOTAL_COST,
    TOTAL_COST.replace("@tf.function", "@tf.function()"),
    TOTAL_COST.replace("@tf.function\n", ""),
    _total("return tf.add(tf.multiply(float(alpha), J_content), tf.multiply(float(beta), J_style))"),
    _total("return beta * J_style + J_content * alpha"),
    _total("return tf.reduce_sum(tf.stack([alpha * J_content, beta * J_style]))"),
    _total("return tf.tensordot(tf.cast([alpha, beta], tf.float32), tf.stack([J_content, J_style]), 1)"),
    _total("J = keras.ops.add(alpha * J_content, beta * J_style)\nreturn J"),
    _total("return tf.reshape(alpha * J_content + beta * J_style, [1])"),
]

TOTAL += [
    _total(
        "return tf.math.add_n([alpha * J_content, beta * J_style]) if tf.is_tensor(J_content) else "
        "alpha * J_content + beta * J_style"
    ),
    _total("weighted = [w * J for w, J in zip((alpha, beta), (J_content, J_style))]\nreturn sum(weighted)"),
]

# How any of the functions may be handed over, after its cell.
HANDED_OVER = {
    "lambda": "first = {name}\n{name} = lambda *args, **options: first(*args, **options)",
    "partial": "import functools\n{name} = functools.partial({name})",
    "object": "class Answer:\n    given = staticmethod({name})\n    def __call__(self, *args, **options):\n"
    "        return self.given(*args, **options)\n{name} = Answer()",
    "method": "class Answer:\n    def given(self, *args, **options):\n        return self.function(*args, **options)\n"
    "answer = Answer()\nanswer.function = {name}\n{name} = answer.given",
    "tf.Module": "class Answer(tf.Module):\n    def __init__(self, function):\n        super().__init__()\n"
    "        self.function = function\n    @tf.function\n    def __call__(self, *args, **options):\n"
    "        return self.function(*args, **options)\n{name} = Answer({name})",
}

RIGHT_ANSWERS = {
    "compute_content_cost": CONTENT,
    "gram_matrix": GRAM,
    "compute_layer_style_cost": LAYER_STYLE,
    "compute_style_cost": STYLE,
    "total_cost": TOTAL,
    "train_step": STEP,
}

"""Right answers to the exercises of chapters 2 and 3, written in different ways: exercise -> list of cells."""

from tests.support.right_answers_chapter_1 import indented
from tests.support.student_notebook_chapter_2 import MATCH_COLORS, TOTAL_VARIATION_COST, VALUE_AND_GRADIENT


def _variation(lines):
    return "def total_variation_cost(image):\n" + indented(lines)


def _gradient(lines, before=""):
    return before + "def value_and_gradient(pixels, cost, shape):\n" + indented(lines)


def _colors(lines, before=""):
    return before + "def match_colors(style_image, content_image, root):\n" + indented(lines)


VARIATION = [
    TOTAL_VARIATION_COST,
    "@tf.function\n" + TOTAL_VARIATION_COST.strip(),
    _variation(
        "return sum(tf.reduce_mean((a - b) ** 2) for a, b in (\n"
        "    (image[:, 1:], image[:, :-1]), (image[:, :, 1:], image[:, :, :-1])))"
    ),
    _variation(
        "_, n_H, n_W, n_C = image.shape\n"
        "down = image[:, :n_H - 1, :, :] - image[:, 1:, :, :]\n"
        "across = image[:, :, :n_W - 1, :] - image[:, :, 1:, :]\n"
        "return (tf.reduce_sum(down ** 2) / ((n_H - 1) * n_W * n_C)\n"
        "        + tf.reduce_sum(across ** 2) / (n_H * (n_W - 1) * n_C))"
    ),
    _variation(
        "down = tf.nn.l2_loss(image[:, 1:] - image[:, :-1]) / tf.cast(tf.size(image[:, 1:]), tf.float32)\n"
        "across = tf.nn.l2_loss(image[..., 1:, :] - image[..., :-1, :]) / float(tf.size(image[..., 1:, :]))\n"
        "return 2 * (down + across)"
    ),
    _variation(
        "ops = keras.ops\ndown, across = ops.diff(image, axis=1), ops.diff(image, axis=2)\n"
        "return ops.mean(ops.square(down)) + ops.mean(ops.square(across))"
    ),
    _variation(
        "dy, dx = tf.image.image_gradients(image)\n"
        "return tf.reduce_mean(dy[:, :-1] ** 2) + tf.reduce_mean(dx[:, :, :-1] ** 2)"
    ),
    _variation(
        "squares = [tf.math.squared_difference(image[:, 1:], image[:, :-1]),\n"
        "           tf.math.squared_difference(image[:, :, 1:], image[:, :, :-1])]\n"
        "return tf.reduce_sum(tf.concat([tf.reshape(a, [-1]) / float(np.prod(a.shape)) for a in squares], 0))"
    ),
    _variation(
        "rows, columns = tf.unstack(image, axis=1), tf.unstack(image, axis=2)\n"
        "def cost(lines):\n"
        "    steps = [b - a for a, b in zip(lines, lines[1:])]\n"
        "    return tf.add_n([tf.reduce_mean(s * s) for s in steps]) / len(steps)\n"
        "return tf.reshape(cost(rows) + cost(columns), [1])"
    ),
    _variation(
        "def cost(x):\n    d = x[1:] - x[:-1]\n    return tf.einsum('hwc,hwc->', d, d) / np.prod(d.shape)\n"
        "return cost(image[0]) + cost(tf.transpose(image[0], [1, 0, 2]))"
    ),
]

GRADIENT = [
    VALUE_AND_GRADIENT,
    _gradient(
        "picture = tf.Variable(np.float32(pixels).reshape(shape))\n"
        "with tf.GradientTape() as tape:\n    J = cost(picture)\n"
        "g = tape.gradient(J, picture)\n"
        "return np.float64(J), np.array(g, dtype=np.float64).flatten()"
    ),
    _gradient(
        "x = tf.constant(pixels)\n"
        "with tf.GradientTape() as tape:\n    tape.watch(x)\n"
        "    J = cost(tf.cast(tf.reshape(x, shape), tf.float32))\n"
        "return J.numpy().item(), tape.gradient(J, x).numpy()"
    ),
    _gradient(
        "J, g = compiled(tf.constant(pixels.reshape(shape).astype('float32')), cost)\n"
        "return float(J), g.numpy().reshape(-1).astype('float64')",
        before="@tf.function\ndef compiled(x, cost):\n    with tf.GradientTape() as tape:\n"
        "        tape.watch(x)\n        J = cost(x)\n    return J, tape.gradient(J, x)\n\n",
    ),
    _gradient(
        "graph = tf.function(lambda x: (lambda J: (J, tf.gradients(J, x)[0]))(cost(tf.reshape(x, shape))))\n"
        "J, g = graph(tf.cast(pixels, tf.float32))\nreturn [float(J), np.asarray(g, np.float64)]"
    ),
    _gradient(
        "x = tf.reshape(tf.convert_to_tensor(pixels, tf.float32), shape)\n"
        "with tf.GradientTape(watch_accessed_variables=False, persistent=True) as tape:\n"
        "    tape.watch([x])\n    J = cost(x)\n"
        "[g] = tape.gradient(J, [x])\n"
        "return np.float64(J.numpy()), tf.cast(tf.reshape(g, [-1]), tf.float64).numpy()"
    ),
    _gradient(
        "x = tf.constant(pixels, tf.float32)\n"
        "with tf.GradientTape() as tape:\n    tape.watch(x)\n    J = tf.squeeze(cost(tf.reshape(x, shape)))\n"
        "return np.asarray(J, np.float64), np.float64(tape.jacobian(J, x))"
    ),
    _gradient(
        "x, slopes = tf.constant(pixels.reshape(shape), tf.float32), []\n"
        "for n in range(pixels.size):\n"
        "    along = np.zeros(pixels.size, np.float32)\n    along[n] = 1\n"
        "    with tf.autodiff.ForwardAccumulator(x, tf.reshape(along, shape)) as forward:\n        J = cost(x)\n"
        "    slopes.append(float(forward.jvp(J)))\n"
        "return float(J), np.array(slopes)"
    ),
]

COLORS = [
    MATCH_COLORS,
    _colors(
        "S, C = style_image[0].reshape((-1, 3)).T, content_image[0].reshape((-1, 3)).T\n"
        "m_S, m_C = S.mean(1, keepdims=True), C.mean(1, keepdims=True)\n"
        "R_S, R_C = root(np.cov(S)), root(np.cov(C))\n"
        "out = R_C @ np.linalg.solve(R_S, S - m_S) + m_C\n"
        "return out.T.reshape(style_image.shape)"
    ),
    _colors(
        "def stats(picture):\n"
        "    x = np.float64(picture).reshape(-1, 3)\n    m = np.mean(x, 0)\n"
        "    return x - m, m, (x - m).T @ (x - m) / len(x)\n"
        "x, _, S = stats(style_image)\n_, m, C = stats(content_image)\n"
        "return (x @ np.linalg.inv(root(S)).T @ root(C).T + m).reshape(style_image.shape).astype(np.float32)"
    ),
    _colors(
        "mu_s, mu_c = (a.mean(axis=(0, 1, 2)) for a in (style_image, content_image))\n"
        "s, c = style_image - mu_s, content_image - mu_c\n"
        "S = np.einsum('bhwi,bhwj->ij', s, s) / (s.size // 3 - 1)\n"
        "C = np.einsum('bhwi,bhwj->ij', c, c) / (c.size // 3 - 1)\n"
        "A = root(C).dot(np.linalg.inv(root(S)))\n"
        "return np.einsum('ij,bhwj->bhwi', A, s) + mu_c"
    ),
    _colors(
        "S, C = (tf.reshape(tf.cast(a, tf.float64), [-1, 3]) for a in (style_image, content_image))\n"
        "s, c = S - tf.reduce_mean(S, 0), C - tf.reduce_mean(C, 0)\n"
        "cov_S = tf.matmul(s, s, transpose_a=True) / len(S)\n"
        "cov_C = tf.matmul(c, c, transpose_a=True) / len(C)\n"
        "A = tf.matmul(root(cov_C.numpy()), tf.linalg.inv(root(cov_S.numpy())))\n"
        "return tf.reshape(tf.matmul(s, A, transpose_b=True) + tf.reduce_mean(C, 0), style_image.shape)"
    ),
    _colors(
        "pixels = style_image.reshape(-1, 3)\ncolours = content_image.reshape(-1, 3)\n"
        "A = np.linalg.solve(root(np.cov(pixels.T, bias=True)).T, root(np.cov(colours.T, bias=True)).T)\n"
        "matched = (pixels - pixels.mean(0)) @ A + colours.mean(0)\n"
        "return matched.reshape(style_image.shape)"
    ),
    _colors(
        "x = style_image.reshape(-1, 3).astype(np.float64)\ny = content_image.reshape(-1, 3).astype(np.float64)\n"
        "def covariance(p):\n"
        "    m = p.mean(axis=0)\n"
        "    return sum(np.outer(q - m, q - m) for q in p) / p.shape[0]\n"
        "A = root(covariance(y)) @ np.linalg.pinv(root(covariance(x)))\n"
        "b = y.mean(axis=0) - A @ x.mean(axis=0)\n"
        "out = np.empty_like(x)\n"
        "for n in range(len(x)):\n    out[n] = A @ x[n] + b\n"
        "return out.reshape(style_image.shape)"
    ),
    _colors(
        "out, centre = style_image.copy(), content_image.mean((0, 1, 2))\n"
        "out -= out.mean((0, 1, 2))\n"
        "R = [root(np.cov(a.reshape(-1, 3), rowvar=False)) for a in (style_image, content_image)]\n"
        "out = out @ (R[1] @ np.linalg.inv(R[0])).T\nout += centre\nreturn out"
    ),
]

RIGHT_ANSWERS_2 = {
    "total_variation_cost": VARIATION,
    "value_and_gradient": GRADIENT,
    "match_colors": COLORS,
}

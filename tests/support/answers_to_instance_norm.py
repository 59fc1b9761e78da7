"""What students write for instance_norm: the stub, right answers, and a wrong one for each known mistake."""

from tests.support.right_answers_chapter_1 import indented
from tests.support.wrong_answers_train_step import edited

SETTING = "EPSILON = 1e-5\n"
STUB = SETTING + ('def instance_norm(x, gamma, beta):\n    raise NotImplementedError("Exercise 10: instance_norm")\n')

SOLUTION = (
    SETTING
    + """
def instance_norm(x, gamma, beta):
    mean = tf.reduce_mean(x, axis=[1, 2], keepdims=True)
    variance = tf.reduce_mean(tf.square(x - mean), axis=[1, 2], keepdims=True)
    return gamma * (x - mean) / tf.sqrt(variance + EPSILON) + beta
"""
)


def _defined(lines):
    return SETTING + "def instance_norm(x, gamma, beta):\n" + indented(lines)


RIGHT_ANSWERS = [
    SOLUTION,
    _defined(
        "mean, variance = tf.nn.moments(x, [1, 2], keepdims=True)\n"
        "return tf.nn.batch_normalization(x, mean, variance, beta, gamma, EPSILON)"
    ),
    _defined(
        "mean = tf.reduce_mean(x, (1, 2), keepdims=True)\n"
        "deviation = tf.sqrt(tf.math.reduce_variance(x, (1, 2), keepdims=True) + EPSILON)\n"
        "return (x - mean) / deviation * gamma + beta"
    ),
    _defined(
        "mean, variance = tf.nn.moments(x, axes=[1, 2])\n"
        "scale = gamma * tf.math.rsqrt(variance + EPSILON)\n"
        "return x * scale[:, None, None] + (beta - mean * scale)[:, None, None]"
    ),
    _defined(
        "n, _, _, n_C = x.shape\n"
        "rows = tf.reshape(x, [n, -1, n_C])\n"
        "rows = rows - tf.reduce_mean(rows, 1, keepdims=True)\n"
        "rows = rows / tf.sqrt(tf.reduce_mean(rows * rows, 1, keepdims=True) + EPSILON)\n"
        "return tf.reshape(rows * gamma + beta, tf.shape(x))"
    ),
    _defined(
        "def normalize(picture):\n"
        "    mean, variance = tf.nn.moments(picture, [0, 1])\n"
        "    return gamma * (picture - mean) / (variance + EPSILON) ** 0.5 + beta\n"
        "return tf.stack([normalize(picture) for picture in tf.unstack(x)])"
    ),
]


def _wrong(name, *edits, state="wrong value", mistake=None):
    return "instance_norm", name, mistake or name, state, edited(SOLUTION, *edits)


AXES, DEVIATION = "axis=[1, 2]", "tf.sqrt(variance + EPSILON)"
ANSWER = f"gamma * (x - mean) / {DEVIATION} + beta"

WRONG_ANSWERS = [
    _wrong("batch-norm", (AXES, "axis=[0, 1, 2]")),
    _wrong("layer-norm", (AXES, "axis=[1, 2, 3]")),
    _wrong("over-channels", (AXES, "axis=-1")),
    _wrong("over-everything", (f", {AXES}, keepdims=True", "")),
    _wrong("over-pictures", (AXES, "axis=0")),
    _wrong("along-the-height", (AXES, "axis=1"), mistake="one-axis"),
    _wrong("along-the-width", (AXES, "axis=2"), mistake="one-axis"),
    _wrong("no-keepdims", (", keepdims=True", ""), state="crashed"),
    _wrong("variance-for-deviation", (DEVIATION, "(variance + EPSILON)")),
    _wrong("multiplied", (f"/ {DEVIATION}", f"* {DEVIATION}")),
    _wrong("only-centered", (f" / {DEVIATION}", "")),
    _wrong("mean-left-in", (f"gamma * (x - mean) / {DEVIATION}", f"gamma * x / {DEVIATION}")),
    _wrong("second-moment", ("x - mean", "x")),
    _wrong(
        "sample-variance", ("return", "variance *= x.shape[1] * x.shape[2] / (x.shape[1] * x.shape[2] - 1)\n    return")
    ),
    _wrong("no-gamma", ("gamma * (x", "(x")),
    _wrong("no-beta", (" + beta", "")),
    _wrong("plain", ("gamma * (x", "(x"), (" + beta", "")),
    _wrong("swapped", (ANSWER, f"beta * (x - mean) / {DEVIATION} + gamma")),
    _wrong("beta-scaled", (ANSWER, f"gamma * ((x - mean) / {DEVIATION} + beta)")),
    _wrong("other-epsilon", ("1e-5", "1e-3")),
    _wrong("no-epsilon", (" + EPSILON", ""), state="wrong property"),
]

"""What students write for adain: the stub, right answers, and a wrong one for each known mistake."""

from tests.support import answers_to_instance_norm
from tests.support.right_answers_chapter_1 import indented
from tests.support.wrong_answers_train_step import edited

PARAMETERS = "content_features, style_features, alpha"
STUB = f'def adain({PARAMETERS}):\n    raise NotImplementedError("Exercise 11: adain")\n'

SOLUTION = (
    answers_to_instance_norm.SOLUTION
    + """
def adain(content_features, style_features, alpha):
    mean_S = tf.reduce_mean(style_features, axis=[1, 2], keepdims=True)
    std_S = tf.math.reduce_std(style_features, axis=[1, 2], keepdims=True)
    painted = instance_norm(content_features, std_S, mean_S)
    return alpha * painted + (1 - alpha) * content_features
"""
)

ALONE = """
def statistics(features):
    mean, variance = tf.nn.moments(features, axes=[1, 2], keepdims=True)
    return mean, tf.sqrt(variance + 1e-5)

def adain(content_features, style_features, alpha):
    mean_C, std_C = statistics(content_features)
    mean_S, std_S = statistics(style_features)
    painted = (content_features - mean_C) / std_C * std_S + mean_S
    return alpha * painted + (1 - alpha) * content_features
"""


def _defined(lines):
    return f"def adain({PARAMETERS}):\n" + indented(lines)


RIGHT_ANSWERS = [
    SOLUTION,
    ALONE,
    ALONE.replace(
        "alpha * painted + (1 - alpha) * content_features", "content_features + alpha * (painted - content_features)"
    ),
    answers_to_instance_norm.SOLUTION
    + _defined(
        "mean_S, variance_S = tf.nn.moments(style_features, [1, 2])\n"
        "painted = instance_norm(content_features, tf.sqrt(variance_S[0]), mean_S[0])\n"
        "return (1 - alpha) * content_features + alpha * painted"
    ),
    _defined(
        "mean_C, variance_C = tf.nn.moments(content_features, [1, 2], keepdims=True)\n"
        "mean_S, variance_S = tf.nn.moments(style_features, [1, 2], keepdims=True)\n"
        "normalized = (content_features - mean_C) * tf.math.rsqrt(variance_C + 1e-5)\n"
        "std = alpha * tf.sqrt(variance_S) + (1 - alpha) * tf.sqrt(variance_C)\n"
        "return normalized * std + alpha * mean_S + (1 - alpha) * mean_C"
    ),
    _defined(
        "mean_C, variance_C = tf.nn.moments(content_features, [1, 2], keepdims=True)\n"
        "mean_S, variance_S = tf.nn.moments(style_features, [1, 2], keepdims=True)\n"
        "painted = tf.nn.batch_normalization(content_features, mean_C, variance_C, mean_S, variance_S ** 0.5, 1e-5)\n"
        "return tf.add(tf.multiply(painted, alpha), tf.multiply(content_features, 1.0 - alpha))"
    ),
]


def _wrong(name, *edits, state="wrong value", mistake=None):
    return "adain", name, mistake or name, state, edited(ALONE, *edits)


PAINTED = "(content_features - mean_C) / std_C * std_S + mean_S"
MIX = "alpha * painted + (1 - alpha) * content_features"
EXCHANGED = ("content_features, style_features, alpha):", "style_features, content_features, alpha):")

WRONG_ANSWERS = [
    _wrong("swapped", EXCHANGED, state="wrong shape"),
    _wrong("features-mixed", (f"painted = {PAINTED}", "painted = style_features"), state="crashed"),
    _wrong("style-unused", ("mean_S, std_S = statistics(style", "mean_S, std_S = statistics(content")),
    _wrong("gamma-beta-swapped", ("* std_S + mean_S", "* mean_S + std_S")),
    (
        "adain",
        "gamma-beta-swapped-in-the-call",
        "gamma-beta-swapped",
        "wrong value",
        edited(SOLUTION, ("std_S, mean_S)", "mean_S, std_S)")),
    ),
    _wrong("not-normalized", (PAINTED, "content_features * std_S + mean_S")),
    _wrong("mean-only", (PAINTED, "content_features - mean_C + mean_S")),
    _wrong("deviation-only", ("* std_S + mean_S", "* std_S + mean_C")),
    _wrong("not-divided", (" / std_C", "")),
    _wrong("no-style-deviation", (" * std_S", "")),
    _wrong("no-style-mean", (" * std_S + mean_S", " * std_S")),
    _wrong("mean-not-removed", ("(content_features - mean_C)", "content_features")),
    _wrong("variances", ("tf.sqrt(variance + 1e-5)", "variance + 1e-5"), mistake="variance-for-deviation"),
    _wrong("variance-of-the-style", ("* std_S +", "* std_S ** 2 +"), mistake="variance-for-deviation"),
    _wrong("all-channels-together", ("axes=[1, 2]", "axes=[1, 2, 3]")),
    _wrong("no-keepdims", (", keepdims=True", ""), state="crashed"),
    _wrong("alpha-ignored", (MIX, "painted")),
    _wrong("alpha-reversed", (MIX, "(1 - alpha) * painted + alpha * content_features")),
    _wrong("content-missing", (MIX, "alpha * painted")),
    _wrong("content-added", (MIX, "alpha * painted + content_features")),
    _wrong("no-epsilon", (" + 1e-5", ""), state="wrong property"),
]

"""The tests that a student's cell calls, one per exercise.

Each shows a verdict (a box in a notebook, text elsewhere) and returns a `Result`, whose `passed` is True or False. No
test raises an error because of what a student wrote; `assert_passed`, with which the test cells of the chapters end,
raises one that says the verdict in one line.

>>> import tensorflow as tf
>>> def gram_matrix(A):
...     return tf.matmul(A, A, transpose_b=True)
>>> result = gram_matrix_test(gram_matrix)
gram_matrix: visible tests passed
>>> result.passed
True
"""

from collections.abc import Callable
from typing import Any

from grading.grade_function import grade_function
from grading.judge.outcomes import Outcome
from grading.reports.notebook_cells import show_hint, show_progress, show_verdict
from grading.result import Result

__all__ = [
    "adain_test",
    "compute_content_cost_test",
    "compute_layer_style_cost_test",
    "compute_style_cost_test",
    "gram_matrix_test",
    "hint",
    "instance_norm_test",
    "match_colors_test",
    "match_colours_test",
    "perceptual_step_test",
    "progress",
    "total_cost_test",
    "total_variation_cost_test",
    "train_step_test",
    "value_and_gradient_test",
]

_outcomes: dict[str, Outcome] = {}
_hints_shown: dict[str, int] = {}


def compute_content_cost_test(target: Callable) -> Result:
    """Test exercise 1: J = 1 / (4 nH nW nC) * sum (a_C - a_G)^2 of the last layer.

    Args:
        target: your compute_content_cost(content_output, generated_output) -> scalar float32 tensor. Both arguments are
            lists of layer outputs, (1, nH, nW, nC) each.

    >>> import tensorflow as tf
    >>> def compute_content_cost(content_output, generated_output):
    ...     return tf.reduce_mean((content_output[-1] - generated_output[-1]) ** 2) / 4
    >>> compute_content_cost_test(compute_content_cost)
    compute_content_cost: visible tests passed
    <compute_content_cost: passed>
    """
    return _test("compute_content_cost", target)


def gram_matrix_test(target: Callable) -> Result:
    """Test exercise 2: the Gram matrix A A^T.

    Args:
        target: your gram_matrix(A) -> float32 tensor (nC, nC). A is a tensor (nC, nH*nW), one row per channel.

    >>> import tensorflow as tf
    >>> gram_matrix_test(lambda A: tf.matmul(A, A, transpose_b=True))
    gram_matrix: visible tests passed
    <gram_matrix: passed>
    """
    return _test("gram_matrix", target)


def compute_layer_style_cost_test(target: Callable) -> Result:
    """Test exercise 3: J = 1 / (4 nC^2 (nH nW)^2) * sum (G_S - G_G)^2 for the Gram matrices G_S and G_G of one layer.

    Args:
        target: your compute_layer_style_cost(a_S, a_G) -> scalar float32 tensor. Both arguments are outputs of one
            layer, (1, nH, nW, nC). It may call your gram_matrix.

    >>> compute_layer_style_cost_test(None).outcome
    compute_layer_style_cost: not attempted
      compute_layer_style_cost is None: it is not written yet.
      Try: define compute_layer_style_cost(a_S, a_G) (section 4.3)
    'not attempted'
    """
    return _test("compute_layer_style_cost", target)


def compute_style_cost_test(target: Callable) -> Result:
    """Test exercise 4: J = sum over the style layers of lambda_l times the layer's style cost.

    Args:
        target: your compute_style_cost(style_image_output, generated_image_output, STYLE_LAYERS) -> scalar float32
            tensor. The first two are lists of layer outputs whose last entry, the content layer's, is left out;
            STYLE_LAYERS is a list of (name, lambda). It may call your earlier functions.

    >>> compute_style_cost_test(None).passed
    compute_style_cost: not attempted
      compute_style_cost is None: it is not written yet.
      Try: define compute_style_cost(style_image_output, generated_image_output,
      STYLE_LAYERS=STYLE_LAYERS) (section 4.4)
    False
    """
    return _test("compute_style_cost", target)


def total_cost_test(target: Callable) -> Result:
    """Test exercise 5: J = alpha J_content + beta J_style.

    Args:
        target: your total_cost(J_content, J_style, alpha=10, beta=40) -> scalar. The costs are scalar float32 tensors
            or Python numbers.

    >>> result = total_cost_test(lambda J_content, J_style, alpha=10, beta=40: J_content + J_style)
    total_cost: wrong value
      J_content = 5, J_style = 9, alpha = 7, beta = 9
      expected 116, got 14 (difference 102, allowed 0.12)
      This is J_content + J_style, without the weights.
      Try: alpha * J_content + beta * J_style, with the names of the arguments (section 4.5)
    >>> result.mistake
    'unweighted'
    """
    return _test("total_cost", target)


def train_step_test(target: Callable, generated_image: Any = None) -> Result:
    """Test exercise 6: one step of the optimizer on the picture, on a small network and a picture of the test's own.

    Neither your picture nor your optimizer is changed.

    Args:
        target: your train_step(generated_image) -> J, a scalar float32 tensor. The argument is a tf.Variable
            (1, H, W, 3) in [0, 1]. It uses your vgg_model_outputs, a_S, a_C, optimizer and earlier functions.
        generated_image: your own picture, a tf.Variable; the test then also says whether your optimizer still belongs
            to another picture.

    >>> train_step_test(None).outcome
    train_step: not attempted
      train_step is None: it is not written yet.
      Try: define train_step(generated_image) (section 5)
    'not attempted'
    """
    return _test("train_step", target, generated_image=generated_image)


def total_variation_cost_test(target: Callable) -> Result:
    """Test exercise 7: the mean squared difference of neighboring pixels down, plus that across.

    Args:
        target: your total_variation_cost(image) -> scalar float32 tensor. image is a tensor (1, nH, nW, nC).

    >>> import tensorflow as tf
    >>> def total_variation_cost(image):
    ...     down, across = image[:, 1:] - image[:, :-1], image[:, :, 1:] - image[:, :, :-1]
    ...     return tf.reduce_mean(down**2) + tf.reduce_mean(across**2)
    >>> total_variation_cost_test(total_variation_cost)
    total_variation_cost: visible tests passed
    <total_variation_cost: passed>
    """
    return _test("total_variation_cost", target)


def value_and_gradient_test(target: Callable) -> Result:
    """Test exercise 8: a cost and its gradient as SciPy needs them, on costs whose gradients are known.

    Args:
        target: your value_and_gradient(pixels, cost, shape) -> (J, gradient), a number and a float64 array (n,).
            pixels is a float64 array (n,), cost takes a float32 tensor of the given shape.

    >>> value_and_gradient_test(None).outcome
    value_and_gradient: not attempted
      value_and_gradient is None: it is not written yet.
      Try: define value_and_gradient(pixels, cost, shape) (section 3)
    'not attempted'
    """
    return _test("value_and_gradient", target)


def match_colors_test(target: Callable) -> Result:
    """Test exercise 9: a style picture with the mean and covariance of the content picture's colors, with two roots.

    Args:
        target: your match_colors(style_image, content_image, root) -> float array of style_image's shape. The pictures
            are float32 arrays (1, H, W, 3); root takes a covariance (3, 3) to a matrix R with R R^T = covariance.

    >>> match_colors_test(None).outcome
    match_colors: not attempted
      match_colors is None: it is not written yet.
      Try: define match_colors(style_image, content_image, root) (section 2)
    'not attempted'
    """
    return _test("match_colors", target)


match_colours_test = match_colors_test  # its name in notebooks that were handed out earlier


def instance_norm_test(target: Callable) -> Result:
    """Test exercise 10: gamma (x - mean) / sqrt(variance + EPSILON) + beta, with EPSILON = 1e-5.

    Args:
        target: your instance_norm(x, gamma, beta) -> float32 tensor in the shape of x, which is (n, nH, nW, nC). Each
            channel of each picture has a mean and a variance of its own. gamma and beta have shape (nC,).

    >>> import tensorflow as tf
    >>> def instance_norm(x, gamma, beta):
    ...     mean, variance = tf.nn.moments(x, [1, 2], keepdims=True)
    ...     return gamma * (x - mean) / tf.sqrt(variance + 1e-5) + beta
    >>> instance_norm_test(instance_norm)
    instance_norm: visible tests passed
    <instance_norm: passed>
    """
    return _test("instance_norm", target)


def adain_test(target: Callable) -> Result:
    """Test exercise 11: the content's features with the style's mean and standard deviation in each channel.

    Args:
        target: your adain(content_features, style_features, alpha) -> float32 tensor in the shape of content_features,
            (n, nH, nW, nC). style_features has shape (1, nH', nW', nC). alpha is a number from 0 to 1: how much of the
            style. It may call your instance_norm.

    >>> adain_test(None).outcome
    adain: not attempted
      adain is None: it is not written yet.
      Try: define adain(content_features, style_features, alpha) (section 3)
    'not attempted'
    """
    return _test("adain", target)


def perceptual_step_test(target: Callable) -> Result:
    """Test exercise 12: one step of the optimizer on the weights of a painter, a small one of the test's own.

    Args:
        target: your perceptual_step(painter, network, optimizer, photographs, cost) -> J, a scalar float32 tensor.
            painter: a Keras model, photographs (n, H, W, 3) -> pictures (n, H, W, 3). network: a frozen Keras model,
            pictures -> list of activations. optimizer: a Keras optimizer, built for the painter's weights. cost: a
            function of two such lists, of the pictures and of the photographs, to a scalar.

    >>> perceptual_step_test(None).outcome
    perceptual_step: not attempted
      perceptual_step is None: it is not written yet.
      Try: define perceptual_step(painter, network, optimizer, photographs, cost) (section 4)
    'not attempted'
    """
    return _test("perceptual_step", target)


def hint(exercise: str | Callable) -> None:
    """Show a hint for an exercise. Each exercise has three; every call shows the next one.

    Args:
        exercise: the exercise's name, or your function.

    >>> hint("total_cost")
    total_cost, hint 1 of 3
      Two costs pull at the picture. Which weight belongs to which cost?
    """
    show_hint(exercise, _hints_shown)


def progress(chapter: int | None = None) -> None:
    """Show a table of a chapter's exercises, with the points of those whose visible tests passed.

    Args:
        chapter: the chapter's number; by default the chapter of the exercise tested last, or the first.
    """
    show_progress(chapter, _outcomes)


def _test(name, target, **options):
    outcome = grade_function(name, target, **options)
    _outcomes.pop(name, None)  # so that the exercise tested last is the last entry
    _outcomes[name] = outcome
    return show_verdict(outcome)

"""Exercise 9, match_colors: its answer key, with checks and laws of its own."""

import numpy as np

from grading.judge.judgement import LAW_TOLERANCE, Judgement, must_equal
from grading.judge.match_colors.formulas import MISTAKES, match_colors, moments
from grading.judge.mistakes import AnswerKey
from grading.judge.numbers import Comparison, allowed, array, close, difference, expected_and_got

COVARIANCE_TOLERANCE = 0.15  # so that both divisors, n and n - 1, are right


def describe(style_image, content_image, root):
    kinds = {"cholesky": "Cholesky's, a lower triangle", "symmetric": "the symmetric one, from eigenvectors"}
    (_, style_H, style_W, _), (_, content_H, content_W, _) = style_image.shape, content_image.shape
    sizes = f"style_image has {style_H} x {style_W} pixels and content_image {content_H} x {content_W} pixels"
    return [f"{sizes}; root is {kinds[root.kind]}"]


class PictureJudgement(Judgement):
    """The checks of a picture."""

    changed_input = "after the call, a picture that was passed in has other values"

    def type_lines(self, case, result):
        if result.text("type") in ("NumPy array", "tf.Tensor") and result.array("shape") is not None:
            return ()
        return (Comparison("a NumPy array", result.text("type")),)

    def dtype_lines(self, case, result):
        if result.unreadable or "float" not in result.text("dtype"):
            return (Comparison("float32 or float64", result.text("dtype")),)
        return ()

    def compare(self, case, got, expected):
        return (*_first_wrong_pixel(case.args[0], got, expected), *_compare_moments(got, case.args[1]))


def _first_wrong_pixel(style_image, got, right):
    limit = allowed(right)
    _, row, column = np.argwhere(np.any(~(np.abs(got - right) <= limit), axis=-1))[0]
    before, got, right = (picture[0, row, column] for picture in (style_image, got, right))
    return f"the pixel in row {row}, column {column}, which was {array(before)}:", *difference(got, right, limit)


def _compare_moments(got, content_image):
    """The mean and covariance of the answer, and what they should be."""
    if not np.all(np.isfinite(got)):
        return
    for name, of_got, expected in zip(("mean", "covariance"), moments(got), moments(content_image), strict=True):
        if close(of_got, expected):
            yield f"{name} of your answer: right, the same as the content picture's"
        else:
            yield f"{name} of your answer: {array(of_got, 3)}"
            yield f"{name} of the content picture: {array(expected, 3)}"


def unchanged_by_itself(results):
    """A picture matched with itself stays as it is."""
    case, result = results["itself"]
    return must_equal(
        case, result, case.args[0], "both pictures are the same here, so the answer should be the same too"
    )


def same_moments_for_other_sizes(results):
    """The answer has the content's mean and covariance, however many pixels either picture has."""
    case, result = results["sizes"]
    for name, got, expected, tolerance in zip(
        ("mean", "covariance"),
        moments(result.value),
        moments(case.args[1]),
        (LAW_TOLERANCE, COVARIANCE_TOLERANCE),
        strict=True,
    ):
        if not close(got, expected, tolerance):
            why = (
                f"the pictures have different numbers of pixels here, which should not matter: the {name} of the answer"
            )
            return case, (why, *expected_and_got(expected, got))
    return None


KEY = AnswerKey(
    right_answer=match_colors,
    describe=describe,
    laws=(unchanged_by_itself, same_moments_for_other_sizes),
    mistakes=MISTAKES,
    judgement=PictureJudgement,
)

"""Exercise 9, match_colors: right answer, its own checks and laws, and known mistakes."""

from functools import partial

import numpy as np

from grading.exercises.match_colors import CHOLESKY, SYMMETRIC
from grading.judge.general_mistakes import RETURNS_SEVERAL, changes_inputs, returns_type
from grading.judge.judgement import LAW_TOLERANCE, Judgement, must_equal
from grading.judge.mistakes import AnswerKey, advise, crashes, wrong, wrong_property, wrong_shape, wrong_type
from grading.judge.numbers import Comparison, allowed, array, as_float, close, difference, expected_and_got

inverse = np.linalg.inv
TOLERANCES = {"mean": LAW_TOLERANCE, "covariance": 0.15}  # with both divisors of a covariance, n and n - 1


def match_colors(style_image, content_image, root):
    """The style picture with mean and covariance of the content's colors: x -> R_C R_S^-1 (x - mean_S) + mean_C.

    root: covariance (3, 3) -> R with R R^T = covariance. Shapes (1, H, W, 3), each picture with its own H and W.
    Gatys et al. (2016), Preserving Color in Neural Artistic Style Transfer, section 2.1.
    """
    return transformed(right_matrix)(style_image, content_image, root)


def moments(image):
    """(mean (3,), covariance (3, 3)) of the colors of a picture (1, H, W, 3)."""
    pixels = rows(image)
    return np.mean(pixels, axis=0), covariance_matrix(pixels)


def rows(image):
    """A picture's pixels as rows: (1, H, W, 3) -> (H*W, 3)."""
    return as_float(image).reshape(-1, 3)


def covariance_matrix(pixels):
    return np.cov(pixels, rowvar=False, bias=True)


def right_matrix(R_S, R_C):
    return R_C @ inverse(R_S)


def transformed(A=right_matrix, subtract=(1, 0), add=(0, 1), covariance=covariance_matrix):
    """The formula with another matrix `A(R_S, R_C)`, other means, or another covariance(pixels).

    subtract, add: how often the means (mean_S, mean_C) are subtracted before and added after the matrix.
    """

    def formula(style_image, content_image, root):
        S, C = rows(style_image), rows(content_image)
        means = np.array([S.mean(axis=0), C.mean(axis=0)])
        matrix = A(root(covariance(S)), root(covariance(C)))
        return ((S - np.dot(subtract, means)) @ matrix.T + np.dot(add, means)).reshape(np.shape(style_image))

    return formula


def _transformed(id_, *changed, **changes):
    return wrong(id_, transformed(*changed, **changes))


def _either_covariance(id_, says, A):
    """The mistake with both divisors of a covariance, n and n - 1, which do not cancel here."""
    pair = _transformed(id_, A), _transformed(id_, A, covariance=partial(np.cov, rowvar=False))
    return tuple(mistake.because(says) for mistake in pair)


def _with_root(own):
    return lambda style_image, content_image, root: match_colors(style_image, content_image, own)


def _second_moment(pixels):
    return pixels.T @ pixels / len(pixels)


def _scaled(axis):
    """Each channel (axis 0), or all numbers together (None), scaled to the content's mean and standard deviation."""

    def formula(style_image, content_image, root):
        S, C = rows(style_image), rows(content_image)
        scaled = (S - S.mean(axis)) / S.std(axis) * C.std(axis) + C.mean(axis)
        return scaled.reshape(np.shape(style_image))

    return formula


def _with_mixed_channels(style_image, content_image, root):
    """Pictures cut into three rows by a reshape alone, which mixes the channels."""
    S, C = (np.reshape(as_float(image), (3, -1)).T.reshape(1, 1, -1, 3) for image in (style_image, content_image))
    return rows(match_colors(S, C, root)).T.reshape(np.shape(style_image))


def _not_divided(evidence):
    """Whether the spread is off by the ratio of the numbers of pixels, or by its square root."""
    return any(
        close(result.value, _widened(case, power))
        for case, result in evidence.law_pairs
        if case.role == "sizes"
        for power in (1 / 2, 1)
    )


def _widened(case, power):
    style_image, content_image, _ = case.args
    mean, _ = moments(content_image)
    return (match_colors(*case.args) - mean) * (np.size(content_image) / np.size(style_image)) ** power + mean


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
    why = "both pictures are the same here, so the answer should be the same too"
    return must_equal(case, result, case.args[0], why)


def same_moments_for_other_sizes(results):
    """The answer has the content's mean and covariance, however many pixels either picture has."""
    case, result = results["sizes"]
    why = "the pictures have different numbers of pixels here, which should not matter:"
    for got, expected, (name, tolerance) in zip(
        moments(result.value), moments(case.args[1]), TOLERANCES.items(), strict=True
    ):
        if not close(got, expected, tolerance):
            return case, (f"{why} the {name} of the answer", *expected_and_got(expected, got))
    return None


MATRIX = "A = root(covariance_C) @ np.linalg.inv(root(covariance_S))"
COVARIANCE = "np.cov(pixels, rowvar=False), or centered.T @ centered / n with centered = pixels - mean"
WHOLE = "(pixels_S - mean_S) @ A.T + mean_C"
COLUMNS = "A x is for colors in columns. For pixels in rows it is pixels @ A.T."

MISTAKES = advise(
    f"{MATRIX}, and {WHOLE}",
    _transformed("mean-only", lambda S, C: np.eye(3)).because(
        "Only the mean is matched. The colors still have the spread of the style picture."
    ),
    wrong("deviations", _scaled(axis=0)).because(
        "Each channel is scaled by its own standard deviation. The covariance also says how the channels vary "
        "together, and that is not matched."
    ),
    wrong("deviations", _scaled(axis=None)).because(
        "All channels are treated as one list of numbers, with one mean and one standard deviation."
    ),
    wrong(
        "pictures-swapped", lambda style_image, content_image, root: match_colors(content_image, style_image, root)
    ).because("The two pictures are swapped: this is the content picture in the style's colors."),
    _transformed("transposed", lambda S, C: right_matrix(S, C).T).because(
        f"The matrix is applied from the wrong side, as its transpose. {COLUMNS}"
    ),
    _transformed("transposed", lambda S, C: C.T @ inverse(S.T)).because(
        "The roots are transposed, or in the order for rows. This is right only if the root is symmetric, as R R^T "
        f"is the covariance and R^T R is not. {COLUMNS}"
    ),
    MATRIX,
    _transformed("inverted", lambda S, C: S @ inverse(C)).because(
        "The matrix transforms the content's colors into the style's. It should be the other way round."
    ),
    _transformed("reversed", lambda S, C: inverse(S) @ C).because(
        "The two factors are in the wrong order. The style's spread is undone first, so R_S^-1 is next to the color."
    ),
    *_either_covariance("no-inverse", "The style's root is not inverted.", lambda S, C: C @ S),
    *_either_covariance("style-left-in", "The inverse of the style's root is missing.", lambda S, C: C),
    *_either_covariance("whitened", "The content's root is missing.", lambda S, C: inverse(S)),
    wrong("root-forgotten", _with_root(lambda covariance: covariance)).because(
        "The covariances are used instead of their roots. Colors transformed by A have the covariance A S A^T, "
        "with A twice, so A is made of roots."
    ),
    wrong("root-of-entries", _with_root(lambda covariance: np.sign(covariance) * np.sqrt(np.abs(covariance)))).because(
        "This takes the square root of every number. root computes a matrix R with R R^T = covariance."
    ),
    "root(covariance), the argument, instead of a root of your own",
    *(
        wrong("own-root", _with_root(root)).because(f"The code always uses {name} root, whatever `root` is.")
        for name, root in (("Cholesky's", CHOLESKY), ("the symmetric", SYMMETRIC))
    ),
    COVARIANCE,
    _transformed("not-centred", covariance=_second_moment).because(
        "The mean is not subtracted before the covariance is computed, so bright pictures seem to have a large spread."
    ),
    _transformed("correlation", covariance=partial(np.corrcoef, rowvar=False)).because(
        "These are correlations, as np.corrcoef computes them. They do not contain the spread of each channel."
    ),
    crashes("pixels-for-channels", ["the root takes a covariance matrix of shape"]).because(
        "The covariance compares pixels instead of channels: np.cov takes rows as variables."
    ),
    wrong_property("not-divided", _not_divided).because(
        "The result is right if both pictures have the same number of pixels. Otherwise the covariance must be "
        "divided by the number of pixels of its own picture."
    ),
    WHOLE,
    _transformed("not-centred", subtract=(0, 0), add=(0, 0), covariance=_second_moment).because(
        "No mean is subtracted, neither for the covariance nor before the colors are transformed."
    ),
    _transformed("mean-not-added", add=(0, 0)).because("The content's mean is not added at the end."),
    _transformed("own-mean", add=(1, 0)).because("The style's mean is added at the end, not the content's."),
    _transformed("mean-not-removed", subtract=(0, 0)).because("The style's mean is not subtracted first."),
    _transformed("mean-not-removed", subtract=(0, 1)).because(
        "The content's mean is subtracted first. Subtract the style's mean instead."
    ),
    wrong("clipped", lambda *args: np.clip(match_colors(*args), 0, 1)).because(
        "Colors below 0 and above 1 are cut off. The covariance needs them; they are clipped when the picture is "
        "shown.",
        "leave the clipping to the cell that shows the picture",
    ),
    "image.reshape(-1, 3) for pixels as rows, and .reshape(style_image.shape) at the end",
    wrong("channels-mixed", _with_mixed_channels).because(
        "A reshape to three rows mixes the channels, because the numbers are stored pixel by pixel, three each."
    ),
    wrong_shape(
        "flat-picture", lambda e: any(result.shape is not None and len(result.shape) == 2 for result in e.results)
    ).because("The pixels are returned as a list of colors. A picture has the shape of style_image."),
    "return only the picture, a NumPy array",
    wrong_type(
        "returns-several",
        lambda e: any(r.returned and r.text("type") in ("tuple", "list") and r.shape is None for r in e.results),
    ).because(RETURNS_SEVERAL),
    wrong_type("as-lists", returns_type("list")).because(
        "The picture is returned as nested lists, as .tolist() makes them."
    ),
    wrong_property("changes-picture", changes_inputs).because(
        "The function changes the picture it is given, as -= and += do. The next call then gets another picture.",
        "pixels = pixels - mean, which makes a new array",
    ),
)

LAWS = (unchanged_by_itself, same_moments_for_other_sizes)
KEY = AnswerKey(match_colors, describe, MISTAKES, LAWS, judgement=PictureJudgement)

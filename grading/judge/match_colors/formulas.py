"""Exercise 9, match_colors: the right formula, and the wrong ones with the other known mistakes."""

import numpy as np

from grading.exercises.match_colors import CHOLESKY, SYMMETRIC
from grading.judge.general_mistakes import RETURNS_SEVERAL, changes_inputs, returns_type
from grading.judge.mistakes import advise, crashes, wrong, wrong_property, wrong_shape, wrong_type
from grading.judge.numbers import as_float, close

inverse = np.linalg.inv


def match_colors(style_image, content_image, root):
    """The style picture with mean and covariance of the content's colors: x -> R_C R_S^-1 (x - mean_S) + mean_C.

    root: covariance (3, 3) -> R with R R^T = covariance. Shapes (1, H, W, 3), each picture with its own H and W.
    Gatys et al. (2016), Preserving Color in Neural Artistic Style Transfer, section 2.1.
    """
    return transformed(right_matrix)(style_image, content_image, root)


def moments(image):
    """(mean (3,), covariance (3, 3)) of the colors of a picture (1, H, W, 3)."""
    pixels = rows(image)
    mean = np.mean(pixels, axis=0)
    return mean, (pixels - mean).T @ (pixels - mean) / len(pixels)


def rows(image):
    """A picture's pixels as rows: (1, H, W, 3) -> (H*W, 3)."""
    return as_float(image).reshape(-1, 3)


def right_matrix(R_S, R_C):
    """A = R_C R_S^-1."""
    return R_C @ np.linalg.inv(R_S)


def transformed(A, subtract=(1, 0), add=(0, 1), covariance=None):
    """The formula with another matrix `A(R_S, R_C)`, other means, or another covariance(pixels).

    subtract, add: how often the means (mean_S, mean_C) are subtracted before and added after the matrix.
    """

    def formula(style_image, content_image, root):
        S, C = rows(style_image), rows(content_image)
        means = np.array([S.mean(axis=0), C.mean(axis=0)])
        spread = covariance or (lambda pixels: np.cov(pixels.T, bias=True))
        matrix = A(root(spread(S)), root(spread(C)))
        return ((S - np.dot(subtract, means)) @ matrix.T + np.dot(add, means)).reshape(np.shape(style_image))

    return formula


def _either_covariance(id_, A, says):
    """The mistake with both divisors of a covariance, n and n - 1, which do not cancel here."""
    return wrong(id_, transformed(A), says), wrong(
        id_, transformed(A, covariance=lambda pixels: np.cov(pixels.T)), says
    )


def _with_root(own):
    """The right formula with its own root instead of the given one."""
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


MATRIX = "A = root(covariance_C) @ np.linalg.inv(root(covariance_S))"
COVARIANCE = "np.cov(pixels, rowvar=False), or centered.T @ centered / n with centered = pixels - mean"
WHOLE = "(pixels_S - mean_S) @ A.T + mean_C"
COLUMNS = "A x is for colors in columns. For pixels in rows it is pixels @ A.T."

MISTAKES = (
    *advise(
        f"{MATRIX}, and {WHOLE}",
        wrong(
            "mean-only",
            transformed(lambda R_S, R_C: np.eye(3)),
            "Only the mean is matched. The colors still have the spread of the style picture.",
        ),
        wrong(
            "deviations",
            _scaled(axis=0),
            "Each channel is scaled by its own standard deviation. The covariance also says how the channels vary "
            "together, and that is not matched.",
        ),
        wrong(
            "deviations",
            _scaled(axis=None),
            "All channels are treated as one list of numbers, with one mean and one standard deviation.",
        ),
        wrong(
            "pictures-swapped",
            lambda style_image, content_image, root: match_colors(content_image, style_image, root),
            "The two pictures are swapped: this is the content picture in the style's colors.",
        ),
        wrong(
            "transposed",
            transformed(lambda R_S, R_C: right_matrix(R_S, R_C).T),
            f"The matrix is applied from the wrong side, as its transpose. {COLUMNS}",
        ),
        wrong(
            "transposed",
            transformed(lambda R_S, R_C: R_C.T @ inverse(R_S.T)),
            "The roots are transposed, or in the order for rows. This is right only if the root is symmetric, as R R^T "
            f"is the covariance and R^T R is not. {COLUMNS}",
        ),
    ),
    *advise(
        MATRIX,
        wrong(
            "inverted",
            transformed(lambda R_S, R_C: R_S @ inverse(R_C)),
            "The matrix transforms the content's colors into the style's. It should be the other way round.",
        ),
        wrong(
            "reversed",
            transformed(lambda R_S, R_C: inverse(R_S) @ R_C),
            "The two factors are in the wrong order. The style's spread is undone first, so R_S^-1 is next to the "
            "color.",
        ),
        *_either_covariance("no-inverse", lambda R_S, R_C: R_C @ R_S, "The style's root is not inverted."),
        *_either_covariance("style-left-in", lambda R_S, R_C: R_C, "The inverse of the style's root is missing."),
        *_either_covariance("whitened", lambda R_S, R_C: inverse(R_S), "The content's root is missing."),
        wrong(
            "root-forgotten",
            _with_root(lambda covariance: covariance),
            "The covariances are used instead of their roots. Colors transformed by A have the covariance A S A^T, "
            "with A twice, so A is made of roots.",
        ),
        wrong(
            "root-of-entries",
            _with_root(lambda covariance: np.sign(covariance) * np.sqrt(np.abs(covariance))),
            "This takes the square root of every number. root computes a matrix R with R R^T = covariance.",
        ),
    ),
    *advise(
        "root(covariance), the argument, instead of a root of your own",
        *(
            wrong("own-root", _with_root(root), f"The code always uses {name} root, whatever `root` is.")
            for name, root in (("Cholesky's", CHOLESKY), ("the symmetric", SYMMETRIC))
        ),
    ),
    *advise(
        COVARIANCE,
        wrong(
            "not-centred",
            transformed(right_matrix, covariance=_second_moment),
            "The mean is not subtracted before the covariance is computed, so bright pictures seem to have a large "
            "spread.",
        ),
        wrong(
            "correlation",
            transformed(right_matrix, covariance=lambda pixels: np.corrcoef(pixels.T)),
            "These are correlations, as np.corrcoef computes them. They do not contain the spread of each channel.",
        ),
        crashes(
            "pixels-for-channels",
            ["the root takes a covariance matrix of shape"],
            "The covariance compares pixels instead of channels: np.cov takes rows as variables.",
        ),
        wrong_property(
            "not-divided",
            _not_divided,
            "The result is right if both pictures have the same number of pixels. Otherwise the covariance must be "
            "divided by the number of pixels of its own picture.",
        ),
    ),
    *advise(
        WHOLE,
        wrong(
            "not-centred",
            transformed(right_matrix, (0, 0), (0, 0), _second_moment),
            "No mean is subtracted, neither for the covariance nor before the colors are transformed.",
        ),
        wrong("mean-not-added", transformed(right_matrix, add=(0, 0)), "The content's mean is not added at the end."),
        wrong(
            "own-mean",
            transformed(right_matrix, add=(1, 0)),
            "The style's mean is added at the end, not the content's.",
        ),
        wrong(
            "mean-not-removed", transformed(right_matrix, subtract=(0, 0)), "The style's mean is not subtracted first."
        ),
        wrong(
            "mean-not-removed",
            transformed(right_matrix, subtract=(0, 1)),
            "The content's mean is subtracted first. Subtract the style's mean instead.",
        ),
    ),
    wrong(
        "clipped",
        lambda *args: np.clip(match_colors(*args), 0, 1),
        "Colors below 0 and above 1 are cut off. The covariance needs them; they are clipped when the picture is "
        "shown.",
        "leave the clipping to the cell that shows the picture",
    ),
    *advise(
        "image.reshape(-1, 3) for pixels as rows, and .reshape(style_image.shape) at the end",
        wrong(
            "channels-mixed",
            _with_mixed_channels,
            "A reshape to three rows mixes the channels, because the numbers are stored pixel by pixel, three each.",
        ),
        wrong_shape(
            "flat-picture",
            lambda e: any(result.shape is not None and len(result.shape) == 2 for result in e.results),
            "The pixels are returned as a list of colors. A picture has the shape of style_image.",
        ),
    ),
    *advise(
        "return only the picture, a NumPy array",
        wrong_type(
            "returns-several",
            lambda e: any(r.returned and r.text("type") in ("tuple", "list") and r.shape is None for r in e.results),
            RETURNS_SEVERAL,
        ),
        wrong_type(
            "as-lists", returns_type("list"), "The picture is returned as nested lists, as .tolist() makes them."
        ),
    ),
    wrong_property(
        "changes-picture",
        changes_inputs,
        "The function changes the picture it is given, as -= and += do. The next call then gets another picture.",
        "pixels = pixels - mean, which makes a new array",
    ),
)

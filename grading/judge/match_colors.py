"""Known mistakes in match_colours."""

import numpy as np

from grading.exercises.case_functions import ROOTS
from grading.judge.case_result import close
from grading.judge.mistake import Mistake
from grading.judge.oracle import match_colours, moments, rows

inverse = np.linalg.inv


def _mapped(A):
    """The formula that moves colours by another matrix, `A(style root, content root)`."""

    def formula(style_image, content_image, root):
        (mean_S, covariance_S), (mean_C, covariance_C) = moments(style_image), moments(content_image)
        matrix = A(root(covariance_S), root(covariance_C))
        return ((rows(style_image) - mean_S) @ matrix.T + mean_C).reshape(np.shape(style_image))

    return formula


def _unbiased(A):
    """The same with n - 1 in the covariances, where the divisors do not cancel."""

    def formula(style_image, content_image, root):
        n = rows(style_image).shape[0]
        return _mapped(A)(style_image, content_image, lambda covariance: root(covariance * n / (n - 1)))

    return formula


def _with_roots_of(matrix):
    """The formula that takes the roots of another matrix of the pixels, `matrix(pixels)`."""

    def formula(style_image, content_image, root):
        S, C = rows(style_image), rows(content_image)
        A = root(matrix(C)) @ inverse(root(matrix(S)))
        return ((S - S.mean(axis=0)) @ A.T + C.mean(axis=0)).reshape(np.shape(style_image))

    return formula


def _moved(before, after):
    """The right matrix between other shifts: `before` is taken off and `after` put on, of (mean_S, mean_C)."""

    def formula(style_image, content_image, root):
        (mean_S, covariance_S), (mean_C, covariance_C) = moments(style_image), moments(content_image)
        A = root(covariance_C) @ inverse(root(covariance_S))
        off, on = before(mean_S, mean_C), after(mean_S, mean_C)
        return ((rows(style_image) - off) @ A.T + on).reshape(np.shape(style_image))

    return formula


def _rooted(own):
    """The right formula with a root of its own in place of the one that is given."""
    return lambda style_image, content_image, root: match_colours(style_image, content_image, own)


def _second_moment(pixels):
    return pixels.T @ pixels / len(pixels)


def _correlation(pixels):
    return np.corrcoef(pixels.T)


def _deviations(style_image, content_image, root):
    S, C = rows(style_image), rows(content_image)
    scaled = (S - S.mean(axis=0)) / S.std(axis=0) * C.std(axis=0) + C.mean(axis=0)
    return scaled.reshape(np.shape(style_image))


def _one_deviation(style_image, content_image, root):
    S, C = rows(style_image), rows(content_image)
    return ((S - S.mean()) / S.std() * C.std() + C.mean()).reshape(np.shape(style_image))


def _mean_only(style_image, content_image, root):
    (mean_S, _), (mean_C, _) = moments(style_image), moments(content_image)
    return np.asarray(style_image) - mean_S + mean_C


def _raw(style_image, content_image, root):
    """No mean removed anywhere."""
    S, C = rows(style_image), rows(content_image)
    return (S @ (root(_second_moment(C)) @ inverse(root(_second_moment(S)))).T).reshape(np.shape(style_image))


def _channels_first(style_image, content_image, root):
    """With pictures cut into three rows by a reshape alone, which mixes the channels."""

    def mixed(image):
        return np.reshape(np.asarray(image, np.float64), (3, -1)).T

    S, C = mixed(style_image), mixed(content_image)
    as_pictures = S.reshape(1, 1, -1, 3), C.reshape(1, 1, -1, 3)
    return rows(match_colours(*as_pictures, root)).T.reshape(np.shape(style_image))


def _clipped(style_image, content_image, root):
    return np.clip(match_colours(style_image, content_image, root), 0, 1)


def _not_divided(evidence):
    """Whether the spread is off by how many times as many pixels the content has, or by the root of that."""
    return any(
        close(trial.value, _widened(case, power))
        for case, trial in evidence.laws
        if case.role == "sizes"
        for power in (1 / 2, 1)
    )


def _widened(case, power):
    style_image, content_image, _ = case.args
    mean, _ = moments(content_image)
    return (match_colours(*case.args) - mean) * (np.size(content_image) / np.size(style_image)) ** power + mean


def _flat(evidence):
    return any(trial.shape is not None and len(trial.shape) == 2 for trial in evidence.trials)


def _crashed_in_root(evidence):
    return evidence.raised("the root takes a covariance matrix of shape")


COLUMNS = "A moves colours that stand in columns, A x. Where pixels are rows, it is pixels @ A.T"
MATRIX = "A = root(covariance_C) @ np.linalg.inv(root(covariance_S))"
CENTRED = "np.cov(pixels, rowvar=False), or centred.T @ centred / n with centred = pixels - mean"
WHOLE = "(pixels_S - mean_S) @ A.T + mean_C"

MISTAKES = (
    Mistake(
        "mean-only",
        formula=_mean_only,
        says="Only the mean is matched. The colours still spread as those of the style picture.",
        tries=MATRIX + ", and " + WHOLE,
    ),
    Mistake(
        "deviations",
        formula=_deviations,
        says="Each channel is scaled by itself, with its own deviation. How the channels go together, which the rest "
        "of the covariance says, is not matched.",
        tries=MATRIX,
    ),
    Mistake(
        "deviations",
        formula=_one_deviation,
        says="All channels are taken together as one list of numbers, with one mean and one deviation.",
        tries="mean and covariance of the pixels as rows of three: pixels = image.reshape(-1, 3)",
    ),
    Mistake(
        "pictures-swapped",
        formula=lambda style_image, content_image, root: match_colours(content_image, style_image, root),
        says="The two pictures have changed places: that is the content picture in the style's colours.",
        tries="move the style's pixels: " + WHOLE,
    ),
    Mistake(
        "inverted",
        formula=_mapped(lambda R_S, R_C: R_S @ inverse(R_C)),
        says="The matrix leads from the content's colours to the style's. It should lead the other way.",
        tries=MATRIX,
    ),
    Mistake(
        "reversed",
        formula=_mapped(lambda R_S, R_C: inverse(R_S) @ R_C),
        says="The two factors stand in the wrong order: the style's spread must be undone first, so its inverse stands "
        "next to the colour.",
        tries=MATRIX,
    ),
    Mistake(
        "transposed",
        formula=_mapped(lambda R_S, R_C: (R_C @ inverse(R_S)).T),
        says="The matrix meets the pixels from the wrong side, as its transpose. " + COLUMNS + ".",
        tries=WHOLE,
    ),
    Mistake(
        "transposed",
        formula=_mapped(lambda R_S, R_C: R_C.T @ inverse(R_S.T)),
        says="The roots are transposed, or stand in the order for rows without being so: right where a root is "
        "symmetric, and wrong for Cholesky's, since R R^T is the covariance, and R^T R is not. " + COLUMNS + ".",
        tries=MATRIX + ", and " + WHOLE,
    ),
    Mistake(
        "no-inverse",
        formula=_mapped(lambda R_S, R_C: R_C @ R_S),
        says="The style's root is not inverted: its spread must be undone before the content's is given.",
        tries=MATRIX,
    ),
    Mistake(
        "no-inverse",
        formula=_unbiased(lambda R_S, R_C: R_C @ R_S),
        says="The style's root is not inverted: its spread must be undone before the content's is given.",
        tries=MATRIX,
    ),
    Mistake(
        "style-left-in",
        formula=_mapped(lambda R_S, R_C: R_C),
        says="The style's own spread is not undone: the inverse of its root is missing.",
        tries=MATRIX,
    ),
    Mistake(
        "style-left-in",
        formula=_unbiased(lambda R_S, R_C: R_C),
        says="The style's own spread is not undone: the inverse of its root is missing.",
        tries=MATRIX,
    ),
    Mistake(
        "whitened",
        formula=_mapped(lambda R_S, R_C: inverse(R_S)),
        says="The style's spread is undone, and the content's is not given: its root is missing.",
        tries=MATRIX,
    ),
    Mistake(
        "whitened",
        formula=_unbiased(lambda R_S, R_C: inverse(R_S)),
        says="The style's spread is undone, and the content's is not given: its root is missing.",
        tries=MATRIX,
    ),
    Mistake(
        "root-forgotten",
        formula=_rooted(lambda covariance: covariance),
        says="The covariances themselves are used. Moved by A, a covariance S becomes A S A^T, with A twice: so A is "
        "made of roots.",
        tries=MATRIX,
    ),
    Mistake(
        "root-of-entries",
        formula=_rooted(lambda covariance: np.sign(covariance) * np.sqrt(np.abs(covariance))),
        says="A root is taken of every entry. R is a matrix with R R^T = covariance, which root gives.",
        tries=MATRIX,
    ),
    Mistake(
        "own-root",
        formula=_rooted(ROOTS["cholesky"]),
        says="It takes Cholesky's root whatever `root` is given. The covariance is matched, with other colours than "
        "those asked for.",
        tries="root(covariance) in place of np.linalg.cholesky(covariance)",
    ),
    Mistake(
        "own-root",
        formula=_rooted(ROOTS["symmetric"]),
        says="It takes the symmetric root whatever `root` is given. The covariance is matched, with other colours than "
        "those asked for.",
        tries="root(covariance) in place of a root of your own",
    ),
    Mistake(
        "not-centred",
        formula=_with_roots_of(_second_moment),
        says="The mean is not taken off before the covariance is worked out: bright pictures then seem to spread far.",
        tries=CENTRED,
    ),
    Mistake(
        "not-centred",
        formula=_raw,
        says="No mean is taken off anywhere, neither for the covariance nor before the colours are moved.",
        tries=CENTRED + "; then " + WHOLE,
    ),
    Mistake(
        "correlation",
        formula=_with_roots_of(_correlation),
        says="Those are the correlations, which have lost how far each channel spreads.",
        tries="np.cov in place of np.corrcoef",
    ),
    Mistake(
        "clipped",
        formula=_clipped,
        says="Colours beyond 0 and 1 are cut off. They are needed for the covariance, and are cut where the picture is "
        "shown.",
        tries="leave the clipping to the cell that shows the picture",
    ),
    Mistake(
        "mean-not-added",
        formula=_moved(lambda mean_S, mean_C: mean_S, lambda mean_S, mean_C: 0),
        says="The content's mean is not put on at the end: the colours lie around black.",
        tries=WHOLE,
    ),
    Mistake(
        "own-mean",
        formula=_moved(lambda mean_S, mean_C: mean_S, lambda mean_S, mean_C: mean_S),
        says="The style's own mean is put back at the end, in place of the content's.",
        tries=WHOLE,
    ),
    Mistake(
        "mean-not-removed",
        formula=_moved(lambda mean_S, mean_C: 0, lambda mean_S, mean_C: mean_C),
        says="The style's mean is not taken off before the matrix moves the colours.",
        tries=WHOLE,
    ),
    Mistake(
        "mean-not-removed",
        formula=_moved(lambda mean_S, mean_C: mean_C, lambda mean_S, mean_C: mean_C),
        says="The content's mean is taken off before the matrix moves the colours. It is the style's that must go.",
        tries=WHOLE,
    ),
    Mistake(
        "channels-mixed",
        formula=_channels_first,
        says="The pictures are cut into three rows by a reshape, which mixes the channels: the numbers lie pixel by "
        "pixel, three and three.",
        tries="image.reshape(-1, 3), and .T after it where channels should be rows",
    ),
    Mistake(
        "pixels-for-channels",
        state="crashed",
        symptom=_crashed_in_root,
        says="The covariance is not that of the three channels. np.cov takes rows for variables: with pixels as rows "
        "it compares pixels.",
        tries=CENTRED,
    ),
    Mistake(
        "returns-several",
        state="wrong type",
        symptom=lambda e: any(
            trial.text("type") in ("tuple", "list") and trial.shape is None for trial in e.trials if trial.returned
        ),
        says="Several values came back, in a list or a tuple: a comma after `return` makes one too.",
        tries="return the picture alone",
    ),
    Mistake(
        "as-lists",
        state="wrong type",
        symptom=lambda e: any(trial.text("type") == "list" and trial.shape is not None for trial in e.trials),
        says="The picture came back as lists of lists of numbers.",
        tries="return the NumPy array itself, without .tolist()",
    ),
    Mistake(
        "flat-picture",
        state="wrong shape",
        symptom=_flat,
        says="The pixels came back as a list of colours. A picture has the shape of style_image.",
        tries="end with .reshape(style_image.shape)",
    ),
    Mistake(
        "not-divided",
        state="wrong property",
        symptom=_not_divided,
        says="Right where both pictures have as many pixels. Elsewhere the spread is off by the ratio of their "
        "numbers: the covariance is not divided by its number of pixels, or by the other picture's.",
        tries=CENTRED,
    ),
    Mistake(
        "changes-picture",
        state="wrong property",
        symptom=lambda e: any(trial.text("inputs") == "changed" for trial in e.trials),
        says="The function changes the picture it is given, as -= and += do, so that the next call gets another.",
        tries="pixels = pixels - mean, which makes a new array",
    ),
)

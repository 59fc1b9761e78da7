"""Exercise 9: one picture in the colors of another."""

from dataclasses import dataclass

import numpy as np

from grading.exercises.exercise import Case, Draw, Exercise

LEAST_VARIANCE = 0.01  # of a picture's colors in any direction, so that roots are well-conditioned


@dataclass(frozen=True)
class Root:
    """A function of a covariance matrix (3, 3) to a matrix R with R R^T = covariance.

    kind: "cholesky" for a lower triangular R, "symmetric" for a symmetric one.
    """

    kind: str

    def __call__(self, covariance):
        covariance = np.asarray(covariance)
        if covariance.shape != (3, 3):
            raise ValueError(f"the root takes a covariance matrix of shape (3, 3), got {covariance.shape}")
        if self.kind == "cholesky":
            return np.linalg.cholesky(covariance)
        variances, axes = np.linalg.eigh(covariance)
        return axes * np.sqrt(np.maximum(variances, 0)) @ axes.T


CHOLESKY, SYMMETRIC = Root("cholesky"), Root("symmetric")


def cases(seed):
    draw = Draw(seed)
    same = _colorful(draw, 3, 3)
    return [
        Case("small", "value", (_colorful(draw, 2, 3), _contrasting(draw, 3, 2), CHOLESKY)),
        Case("symmetric", "value", (_colorful(draw, 3, 4), _contrasting(draw, 2, 6), SYMMETRIC)),
        Case("wide", "value", (_colorful(draw, 2, 5), _contrasting(draw, 5, 2), CHOLESKY)),
        Case("tall", "value", (_colorful(draw, 6, 2), _contrasting(draw, 4, 3), SYMMETRIC)),
        Case("itself", "itself", (same, same.copy(), CHOLESKY)),
        Case("sizes", "sizes", (_colorful(draw, 3, 5), _contrasting(draw, 6, 7), SYMMETRIC)),
    ]


def _colorful(draw, n_H, n_W):
    return _varied_picture(draw, lambda: draw.array(1, n_H, n_W, 3, low=1, high=7) / 8)


def _contrasting(draw, n_H, n_W):
    """Colors at the ends of their range, so that colors matched to them leave the range."""
    return _varied_picture(draw, lambda: draw.array(1, n_H, n_W, 3, low=0, high=1))


def _varied_picture(draw, draw_channels):
    """A picture (1, nH, nW, 3) whose channels are correlated, and whose colors vary in every direction."""
    order = draw.order(3)
    while True:
        first, second, third = np.moveaxis(draw_channels(), -1, 0)
        picture = np.stack([first, (3 * second + first) / 4, (third + second) / 2], axis=-1)[..., order]
        pixels = picture.reshape(-1, 3)
        if np.linalg.eigvalsh(np.cov(pixels.T, bias=True))[0] > LEAST_VARIANCE:
            return picture


EXERCISE = Exercise(
    name="match_colors",
    former_names=("match_colours",),
    chapter=3,
    number=9,
    points=20,
    section="2",
    heading="Keeping colors",
    signature="match_colors(style_image, content_image, root)",
    cases=cases,
    in_numpy=True,
    tries="print mean and covariance of the pixels you return: they should be those of the content picture",
    hints=(
        "A picture's colors are a cloud of points in space. How can one cloud get the center and spread of another?",
        "Take the pixels as rows of three numbers. Subtract the style's mean, undo its spread with the inverse of its "
        "root, apply the content's spread with the content's root, and add the content's mean.",
        "A = root(covariance_C) @ np.linalg.inv(root(...))\n"
        "matched = (pixels_S - mean_S) @ A.T + ...\n"
        "return matched.reshape(...)",
    ),
)

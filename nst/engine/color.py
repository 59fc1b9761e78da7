"""Keeping the content picture's colours: two ways after Gatys et al. (2016).

L. A. Gatys, M. Bethge, A. Hertzmann, E. Shechtman, "Preserving Color in Neural Artistic Style Transfer".
Pictures are float32 (1, H, W, 3), RGB in [0, 1].
"""

import numpy as np

LUMINANCE = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601
RIDGE = 1e-5  # of a variance: the colours of a grey picture span no volume


def with_colours_of(generated_image, content_image):
    """The luminance of G with the colours of C: G is moved along grey until each pixel has its own luminance.

    C + (Y_G - Y_C), the same in all three channels. Both pictures have one size. This is the last step of the paper's
    luminance-only transfer, in RGB where the paper has YIQ. The paper paints the luminance pictures themselves, the
    style's brought to the mean and deviation of the content's; here G was painted in colour, and the style's colours
    had their part in it.
    """
    shift = (generated_image - content_image) @ LUMINANCE
    return np.clip(content_image + shift[..., None], 0, 1).astype(np.float32)


def matched_colours(style_image, content_image):
    """The style picture with the mean and the covariance of the content picture's colours.

    x -> L_C L_S^-1 (x - mean_S) + mean_C, where L L^T is the covariance (Cholesky), one of the paper's two ways to
    match colours by a linear map. The sizes may differ.
    """
    (mean_S, root_S), (mean_C, root_C) = _moments(style_image), _moments(content_image)
    matched = (style_image - mean_S) @ np.linalg.solve(root_S.T, root_C.T) + mean_C
    return np.clip(matched, 0, 1).astype(np.float32)


def _moments(image):
    """(mean colour (3,), Cholesky factor of the covariance (3, 3)) of a picture."""
    pixels = np.asarray(image, np.float64).reshape(-1, 3)
    covariance = np.cov(pixels.T) + RIDGE * np.eye(3)
    return pixels.mean(axis=0), np.linalg.cholesky(covariance)

"""Keep the content picture's colors: two ways after Gatys et al. (2016).

L. A. Gatys, M. Bethge, A. Hertzmann, E. Shechtman, "Preserving Color in Neural Artistic Style Transfer".
Pictures are float32 (1, H, W, 3), RGB in [0, 1].
"""

import numpy as np

LUMINANCE = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601
RIDGE = 1e-5  # added to the variances: a gray picture's covariance has no inverse


def keep_content_colors(generated_image, content_image):
    """Combine the luminance of G with the colors of C: C + (Y_G - Y_C), the same shift in all three channels.

    generated_image, content_image: (1, H, W, 3), one size. Returns float32 (1, H, W, 3) in [0, 1].

    This is the last step of the paper's luminance-only transfer, in RGB instead of YIQ. The paper stylizes luminance
    pictures, with the style's mean and deviation matched to the content's; here G was painted in color.

    >>> gray, red = np.full((1, 1, 1, 3), 0.5, np.float32), np.array([[[[0.5, 0.2, 0.2]]]], np.float32)
    >>> keep_content_colors(gray, red).round(2).ravel().tolist()  # 0.21 lighter, as gray is lighter than red
    [0.7099999785423279, 0.4099999964237213, 0.4099999964237213]
    """
    shift = (generated_image - content_image) @ LUMINANCE
    return np.clip(content_image + shift[..., None], 0, 1).astype(np.float32)


def match_colors(style_image, content_image):
    """Give the style picture the mean and the covariance of the content picture's colors.

    x -> L_C L_S^-1 (x - mean_S) + mean_C, where L L^T is the covariance (Cholesky), one of the paper's two ways to
    match colors by a linear map. style_image, content_image: (1, H, W, 3), any sizes. Returns the style picture's new
    colors, float32 (1, H, W, 3) in [0, 1].
    """
    (mean_S, root_S), (mean_C, root_C) = _moments(style_image), _moments(content_image)
    matched = (style_image - mean_S) @ np.linalg.solve(root_S.T, root_C.T) + mean_C
    return np.clip(matched, 0, 1).astype(np.float32)


def _moments(image):
    """Return (mean color (3,), Cholesky factor of the covariance (3, 3)) of a picture."""
    pixels = np.asarray(image, np.float64).reshape(-1, 3)
    covariance = np.cov(pixels.T) + RIDGE * np.eye(3)
    return pixels.mean(axis=0), np.linalg.cholesky(covariance)

"""The metrics of the scorer, one formula each, on NumPy arrays."""

import numpy as np
from scipy.ndimage import laplace
from skimage.metrics import structural_similarity

DIRECTIONS = 64
LUMINANCE = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601
EPSILON = 1e-12


def gram_matrix(activation):
    """The Gram matrix divided by the number of positions: (1, H, W, C) -> (C, C)."""
    rows = activation.reshape(-1, activation.shape[-1])
    return rows.T @ rows / np.float32(len(rows))


def relative_distance(a, b):
    """|a - b| / |b|, Frobenius norms: 0 for equal arrays, 1 when a is 0; no upper limit."""
    return float(np.linalg.norm(a - b) / (np.linalg.norm(b) + EPSILON))


def sorted_projections(activation):
    """Activations projected on 64 fixed random directions, each sorted: (1, H, W, C) -> (H * W, 64)."""
    rows = activation.reshape(-1, activation.shape[-1])
    directions = np.random.default_rng(19).standard_normal((rows.shape[1], DIRECTIONS)).astype(np.float32)
    return np.sort(rows @ (directions / np.linalg.norm(directions, axis=0)), axis=0)


def sliced_wasserstein(a, b):
    """The 2-Wasserstein distance of sorted projections, root mean square over directions, relative to b's spread.

    sqrt(mean (a - b)^2) / sqrt(mean (b - mean_b)^2), (positions, directions) each (Rabin et al. 2011): 0 for the
    same distribution, 1 for a picture that has b's mean everywhere; no upper limit.
    """
    return relative_distance(a - b.mean(0), b - b.mean(0))


def luminance(pixels):
    """(H, W, 3) uint8 -> (H, W) float32 in [0, 255]."""
    return pixels.astype(np.float32) @ LUMINANCE


def structural_similarity_of(pixels, original):
    """SSIM of the luminances (Wang et al. 2004; scikit-image, 7 x 7 windows): 1 for the same picture, at least -1."""
    return float(structural_similarity(luminance(pixels), luminance(original), data_range=255.0))


def high_frequency_energy(pixels):
    """Mean square of the Laplacian of the luminance, in gray levels squared; 0 for an even picture."""
    return float(np.mean(laplace(luminance(pixels)) ** 2))


def frame_figure(pixels, content):
    """How much a picture's outermost pixels stand out: about 1 without a frame, no upper limit.

    Saturation, and size of the Laplacian, of the outer 4 pixels over those of the pixels 8 to 40 from the edge; each
    ratio divided by the content picture's own or by 1, whichever is larger; the larger of the two results.
    pixels, content: (H, W, 3) uint8 of the same size, at least 64 a side.
    """
    ratios, own = (_edge_ratios(picture) for picture in (pixels, content))
    return float(np.max(ratios / np.maximum(own, 1)))


def _edge_ratios(pixels):
    """(saturation, size of the Laplacian) of the outer 4 pixels over those of the pixels 8 to 40 from the edge."""
    rows, columns = (np.minimum(np.arange(side), np.arange(side)[::-1]) for side in pixels.shape[:2])
    distance = np.minimum(rows[:, None], columns)
    outer, inner = distance < 4, (distance >= 8) & (distance < 40)
    saturation = np.ptp(pixels.astype(np.float32), axis=-1)
    return np.array(
        [
            (figure[outer].mean() + EPSILON) / (figure[inner].mean() + EPSILON)
            for figure in (saturation, np.abs(laplace(luminance(pixels))))
        ]
    )


def clipped_share(pixels):
    """Share of the color values that are 0 or 255, in [0, 1]."""
    return float(np.mean((pixels == 0) | (pixels == 255)))

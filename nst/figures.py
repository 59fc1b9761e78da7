"""Figures: pictures in a row, feature maps, plots; shown in a notebook with a description for those who cannot see."""

import base64
import io

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display

from nst import images

WIDTH = 9.6  # inches; at 100 dpi what a notebook page shows without scaling
GRID = 7.2  # of a grid, whose pictures are many and small


def show(figure, alt, path=None):
    """Display a matplotlib figure, with alt text, on white so that it reads in light and dark themes; close it.

    alt: one sentence that says what there is to see; it stands in for the figure where pictures cannot be shown.
    path: also write the figure to this file, a JPEG.
    """
    figure.patch.set_facecolor("white")
    file = io.BytesIO()
    figure.savefig(file, format="jpeg", dpi=100, bbox_inches="tight", pil_kwargs={"quality": 88})
    plt.close(figure)
    encoded = base64.b64encode(file.getvalue()).decode("ascii")
    display({"image/jpeg": encoded, "text/plain": alt}, metadata={"image/jpeg": {"alt": alt}}, raw=True)
    if path is not None:
        images.save_bytes(file.getvalue(), path)


def row(pictures, titles, alt, path=None):
    """Show pictures side by side at one height, each under its title.

    pictures: a list of (1, H, W, 3) in [0, 1]. path: also write the row to this file.
    """
    ratios = [np.shape(picture)[2] / np.shape(picture)[1] for picture in pictures]
    figure, axes = plt.subplots(
        1,
        len(pictures),
        width_ratios=ratios,
        squeeze=False,
        layout="constrained",
        figsize=(WIDTH, (WIDTH - 0.1 * len(pictures)) / sum(ratios) + 0.35),
    )
    for axis, picture, title in zip(axes[0], pictures, titles, strict=True):
        axis.imshow(images.to_uint8(picture))
        axis.set_title(title, fontsize=11)
        axis.axis("off")
    show(figure, alt, path)


def grid(rows, row_titles, column_titles, alt, path=None):
    """Show rows of pictures of one size, with titles to the left of the rows and above the columns.

    rows: a list of lists of (1, H, W, 3) in [0, 1], all of one length. path: also write the grid to this file.
    """
    _, height, width, _ = np.shape(rows[0][0])
    size = GRID, GRID / len(column_titles) * height / width * len(rows) + 0.35
    figure, axes = plt.subplots(len(rows), len(column_titles), squeeze=False, layout="constrained", figsize=size)
    for axis, picture in zip(axes.flat, [picture for row in rows for picture in row], strict=True):
        axis.imshow(images.to_uint8(picture))
        axis.set(xticks=[], yticks=[])
        axis.spines[:].set_visible(False)
    for axis, title in zip(axes[:, 0], row_titles, strict=True):
        axis.set_ylabel(title, fontsize=11)
    for axis, title in zip(axes[0], column_titles, strict=True):
        axis.set_title(title, fontsize=11)
    show(figure, alt, path)


def triptych(content_image, style_image, generated_image, path=None):
    """Show content | style | generated, the three pictures of every transfer; each (1, H, W, 3) in [0, 1]."""
    row(
        [content_image, style_image, generated_image],
        ["content", "style", "generated"],
        "Three pictures side by side: the content picture, the style picture, and the generated one, which shows "
        "the content in the colours and strokes of the style.",
        path,
    )


def feature_maps(activations, titles, alt, count=6):
    """Show the most active channels of some layers: one row a layer, bright where the channel answers.

    activations: a list of (1, nH, nW, nC), not negative. count: channels a row.
    """
    figure, axes = plt.subplots(
        len(activations),
        count,
        squeeze=False,
        layout="constrained",
        figsize=(WIDTH, len(activations) * (WIDTH / count * 0.76 + 0.3)),
    )
    for line, layer, title in zip(axes, activations, titles, strict=True):
        maps = np.asarray(layer)[0]
        inside = maps[2:-2, 2:-2]  # a channel that only answers to the picture's border shows nothing of it
        busiest = np.argsort(-inside.std((0, 1)), kind="stable")[:count]
        for axis, channel in zip(line, busiest, strict=True):
            axis.imshow(maps[..., channel], cmap="gray")
            axis.axis("off")
        line[0].set_title(title, fontsize=11, loc="left")
    show(figure, alt)

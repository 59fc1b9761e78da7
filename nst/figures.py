"""Show pictures in a row, feature maps and plots in a notebook, each with an alternative text."""

import base64
import io

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display

from nst import images

WIDTH = 9.6  # inches: at 100 dpi the width of a notebook page
GRID_WIDTH = 7.2  # inches: a grid has many small pictures


def show(figure, alt, path=None):
    """Display a matplotlib figure and close it. The background is white, for light and dark themes.

    alt: one sentence that describes the figure, for readers who cannot see it.
    path: a file name ending in .jpg, to write the figure to it, too.
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

    pictures: a list of (1, H, W, 3) in [0, 1]. titles: one for each. alt, path: see `show`.
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

    rows: a list of lists of (1, H, W, 3) in [0, 1], all of one length. alt, path: see `show`.
    """
    _, height, width, _ = np.shape(rows[0][0])
    size = GRID_WIDTH, GRID_WIDTH / len(column_titles) * height / width * len(rows) + 0.35
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
    """Show the content, style and generated picture of a transfer; each (1, H, W, 3) in [0, 1]. path: see `show`."""
    row(
        [content_image, style_image, generated_image],
        ["content", "style", "generated"],
        "Three pictures side by side: the content picture, the style picture, and the generated one, which shows "
        "the content in the colors and strokes of the style.",
        path,
    )


def feature_maps(activations, titles, alt, count=6):
    """Show the most active channels of some layers: one row per layer, bright where a channel is active.

    activations: a list of (1, nH, nW, nC), not negative. titles: one for each. alt: see `show`. count: channels per
    row.
    """
    figure, axes = plt.subplots(
        len(activations),
        count,
        squeeze=False,
        layout="constrained",
        figsize=(WIDTH, len(activations) * (WIDTH / count * 0.76 + 0.3)),
    )
    for row_axes, layer, title in zip(axes, activations, titles, strict=True):
        maps = np.asarray(layer)[0]
        inside = maps[2:-2, 2:-2]  # ignores channels that are active only along the border
        most_active = np.argsort(-inside.std((0, 1)), kind="stable")[:count]
        for axis, channel in zip(row_axes, most_active, strict=True):
            axis.imshow(maps[..., channel], cmap="gray")
            axis.axis("off")
        row_axes[0].set_title(title, fontsize=11, loc="left")
    show(figure, alt)

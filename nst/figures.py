"""Show pictures and plots in a notebook as wide as the cell, each with an alternative text."""

import io
from html import escape

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

from foundation.notebook import show_html
from nst import images
from nst.notebook.html import STYLE, encode_jpeg, make_image

WIDTH = 9.6  # inches of a plot
RESOLUTION = 125  # pixels in an inch
LONGEST = 640  # pixels of a picture in a figure of several
FIGURE_STYLE = """<style>
.nst-row{display:flex;flex-wrap:wrap;gap:10px 8px;align-items:flex-end}
.nst-plot{background:#fff;border-radius:3px;max-width:1000px}
.nst-triptych{display:grid;grid-template-columns:1fr 2fr;gap:8px}
.nst-triptych>figure{width:auto!important}
.nst-triptych>:last-child{grid-column:2;grid-row:1/3}
.nst table.nst-grid{border-collapse:collapse;border:0;width:100%;max-width:880px;table-layout:fixed;margin:0}
.nst .nst-grid tr,.nst .nst-grid th,.nst .nst-grid td{background:none!important;border:0!important;color:inherit}
.nst .nst-grid th,.nst .nst-grid td{padding:0 8px 8px 0;text-align:left!important;vertical-align:middle;max-width:none;
font-weight:400;font-size:13px;white-space:normal;overflow-wrap:anywhere}
.nst-grid tr>:first-child{width:16%}
</style>"""


def show(figure, alt, path=None):
    """Display a matplotlib figure and close it. The background is white, for light and dark themes.

    alt: one sentence that describes the figure, for readers who cannot see it.
    path: a picture file, to write the figure to it, too.
    """
    figure.patch.set_facecolor("white")
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=RESOLUTION, bbox_inches="tight")
    plt.close(figure)
    picture = Image.open(file).convert("RGB")
    encoded = io.BytesIO()
    picture.save(encoded, format="webp", quality=88)
    _show_figure(
        f'<figure class="nst-plot">{make_image(encoded.getvalue(), alt, kind="webp", size=picture.size)}</figure>', alt
    )
    if path is not None:
        images.save(np.asarray(picture) / 255, path)


def row(pictures, titles, alt, path=None):
    """Show pictures side by side at one height, each under its title.

    pictures: a list of (1, H, W, 3) or (H, W, 3) in [0, 1], or 8-bit. titles: one for each. alt: see `show`. path: a
    file for the pictures side by side.
    """
    pictures = [images.to_floats(picture) for picture in pictures]
    ratios = [_ratio(picture) for picture in pictures]
    figures = "".join(
        _make_figure(picture, title, int(98 * ratio / sum(ratios)), f";flex:{ratio:.3f} 1 {110 * ratio:.0f}px")
        for picture, title, ratio in zip(pictures, titles, ratios, strict=True)
    )
    _show_figure(f'<div class="nst-row" role="group" aria-label="{escape(alt)}">{figures}</div>', alt)
    if path is not None:
        _save_row(pictures, path)


def grid(rows, row_titles, column_titles, alt):
    """Show rows of pictures of one size, with titles to the left of the rows and above the columns.

    rows: a list of lists of (1, H, W, 3) in [0, 1], all of one length. alt: see `show`.
    """
    head = "".join(f'<th scope="col">{escape(title)}</th>' for title in column_titles)
    body = "".join(
        f'<tr><th scope="row">{escape(row_title)}</th>'
        + "".join(
            f"<td>{_make_image(picture, f'{row_title}, {column_title}')}</td>"
            for picture, column_title in zip(pictures, column_titles, strict=True)
        )
        + "</tr>"
        for pictures, row_title in zip(rows, row_titles, strict=True)
    )
    _show_figure(
        f'<table class="nst-grid" aria-label="{escape(alt)}"><thead><tr><td></td>{head}</tr></thead>{body}</table>', alt
    )


def triptych(content_image, style_image, generated_image, path=None):
    """Show the generated picture of a transfer, large, beside its content and its style.

    Each picture: (1, H, W, 3) in [0, 1]. path: see `row`.
    """
    alt = (
        "Three pictures: the content picture, the style picture, and the generated one, which shows the content in the "
        "colors and strokes of the style."
    )
    pictures = [images.to_floats(picture) for picture in (content_image, style_image, generated_image)]
    figures = "".join(
        _make_figure(picture, title, width, longest=longest)
        for picture, title, width, longest in zip(
            pictures,
            ("content", "style", "generated"),
            (49, 49, 98),
            (LONGEST // 2, LONGEST // 2, 2 * LONGEST),
            strict=True,
        )
    )
    _show_figure(f'<div class="nst-triptych" role="group" aria-label="{escape(alt)}">{figures}</div>', alt)
    if path is not None:
        _save_row(pictures, path)


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


def _show_figure(html, alt):
    show_html(f'<div class="nst">{STYLE}{FIGURE_STYLE}{html}</div>', alt)


def _make_figure(picture, title, width, style="", longest=LONGEST):
    """width: in percent, where <style> is not allowed, as in a notebook that the reader has not run."""
    return (
        f'<figure style="display:inline-block;margin:0;width:{width}%{style}"><figcaption>{escape(title)}</figcaption>'
        f"{_make_image(picture, title, longest)}</figure>"
    )


def _make_image(picture, alt, longest=LONGEST):
    data, size = encode_jpeg(picture, longest)
    return make_image(data, alt, size=size)


def _ratio(picture):
    return np.shape(picture)[2] / np.shape(picture)[1]


def _save_row(pictures, path):
    """Write pictures side by side at the height of the first, with white between them."""
    height = np.shape(pictures[0])[1]
    gap = np.ones((1, height, 8, 3), np.float32)
    parts = [
        part for picture in pictures for part in (images.resize(picture, height, round(height * _ratio(picture))), gap)
    ]
    images.save(np.concatenate(parts[:-1], axis=2), path)

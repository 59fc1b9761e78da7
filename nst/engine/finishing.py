"""The last step of a painting: the content's colors, where they are kept, and its pixels, where no style paints."""

import numpy as np

from nst.engine.color import keep_content_colors


def finish_picture(picture, content_image, styles, preserve_color):
    """Apply preserve_color="luminance" and the content masks to a generated picture.

    picture, content_image: (1, H, W, 3). styles: a list of nst.engine.losses.Style. preserve_color: see
    `nst.stylize`; "statistics" has been applied to the style pictures. Returns (1, H, W, 3).
    """
    if preserve_color == "luminance":
        picture = keep_content_colors(picture, content_image)
    if styles[0].content_mask is None:
        return picture
    painted = np.clip(sum(style.content_mask for style in styles), 0, 1)[None, ..., None]
    return painted * picture + (1 - painted) * content_image

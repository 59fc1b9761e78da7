"""What a descent begins with: the first picture of a run, and that of each larger size."""

import numpy as np

from nst import images
from nst.fast.paint import paint_first_picture


def begin(init, content_image, styles, seed):
    """Return the first picture of a run, (1, H, W, 3): that of content_image's size.

    init, seed: see nst.stylize. content_image: (1, H, W, 3). styles: a list of nst.engine.losses.Style, at this size.
    """
    if init == "content":
        return content_image
    if init == "fast":
        return paint_first_picture(content_image, styles)
    return np.random.default_rng(seed).uniform(size=content_image.shape).astype(np.float32)


def enlarge(image, content_image, init):
    """Enlarge a picture to the size of content_image, (1, H, W, 3).

    In a run that does not start from noise, add the content's detail that the smaller size could not represent: the
    descent need not find it again.
    """
    height, width = content_image.shape[1:3]
    enlarged = images.resize(image, height, width)
    if init == "noise":
        return enlarged
    blurred = images.resize(images.resize(content_image, *image.shape[1:3]), height, width)
    return np.clip(enlarged + content_image - blurred, 0, 1)

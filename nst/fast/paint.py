"""Paint a picture in one pass, with the interface of nst.stylize."""

import time
from dataclasses import asdict
from pathlib import Path

import numpy as np

from nst.engine.finishing import finish_picture
from nst.engine.inputs import Picture, Pictures, WeightedPictures, read_inputs
from nst.engine.precision import fastest_precision
from nst.engine.result import Result
from nst.fast.memory import choose_rows, require_memory
from nst.fast.painter import hash_decoder, load_painter, mix_styles, stack_styles
from nst.fast.settings import FastSettings
from nst.network.weights import POCKET_SHA256

ONE_COLOR = 0.5 / 255  # standard deviation of the pixels of a picture that has only one


def paint_fast(
    content: Picture,
    style: WeightedPictures,
    *,
    size: int = 512,
    alpha: float = 1.0,
    preserve_color: str | None = None,
    precision: str = "auto",
    decoder: str | Path | None = None,
    content_masks: Pictures | None = None,
    style_masks: Pictures | None = None,
) -> Result:
    """Paint the content picture in the style of another in one pass through two networks, in about a second.

    `nst.stylize` takes longer and comes nearer to the style; see nst.fast for the method.

    content: a picture file, its bytes, a file opened in binary mode, a PIL image, or an array or tensor (1, H, W, 3)
        or (H, W, 3), RGB in [0, 1] or 8-bit: all that nst.images.load takes.
    style: one of these, or a list of them with equal shares, or a dict {picture file: share}. Several styles are
        mixed, unless they have content_masks.
    size: pixels on the longest side of the result, 16 to 8192.
    alpha: how much of the style, from 0 to 1.
    preserve_color: None; "luminance" keeps the content's colors and takes only light and dark from the style;
        "statistics" first gives the style picture the mean and covariance of the content's colors.
    precision: of the convolutions: "float32", "bfloat16", or "auto", the faster of the two on this processor.
    decoder: a file that tools.train_fast has written, for example for one style; None: the bundled one.
    content_masks: for each style a mask, white where it paints: a picture as above, or (H, W) in [0, 1]. The content
        picture is not changed where no mask is white. Where masks overlap, styles are blended by their shares.
    style_masks: for each style a mask, white where it is taken from, or None.

    Returns a Result with the picture, float32 (1, H, W, 3), settings, timings and notes; it has no curves or scores.
    Raises SettingsError for a wrong argument, NotEnoughMemoryError, nst.images.PictureError, and
    nst.network.weights.WeightsError.

    >>> from nst.paths import IMAGES
    >>> result = paint_fast(IMAGES / "louvre.jpg", IMAGES / "monet.jpg", size=64)
    >>> result.picture.shape
    (1, 48, 64, 3)
    """
    start = time.monotonic()
    settings = FastSettings(size, alpha, preserve_color, precision, decoder)
    inputs = read_inputs(content, style, content_masks, style_masks, settings, settings.style_size)
    require_memory(inputs.content_image.shape[1:3])
    precision = fastest_precision() if settings.precision == "auto" else settings.precision
    painter = load_painter(precision, settings.decoder)
    rows = choose_rows(*inputs.content_image.shape[1:3])
    statistics, masks = measure_styles(painter, inputs.styles)
    picture, _ = painter.paint(inputs.content_image, statistics, settings.alpha, masks, rows=rows)
    picture = finish_picture(picture, inputs.content_image, inputs.styles, settings.preserve_color)
    timings = {"seconds": round(time.monotonic() - start, 2), "stages": []}
    return Result(
        picture,
        [],
        describe_settings(settings, precision, inputs.files),
        timings,
        {},
        [*inputs.notes, *note_flat_styles(inputs)],
    )


def paint_first_picture(content_image, styles):
    """Return the picture (1, H, W, 3) that nst.stylize begins with if init="fast".

    content_image: (1, H, W, 3). styles: a list of nst.engine.losses.Style.
    """
    painter = load_painter(fastest_precision())
    statistics, masks = measure_styles(painter, styles)
    picture, _ = painter.paint(content_image, statistics, masks=masks, rows=choose_rows(*content_image.shape[1:3]))
    return finish_picture(picture, content_image, styles, None)


def measure_styles(painter, styles):
    """Return (five Statistics, masks of their regions (R, H, W) or None) of a list of nst.engine.losses.Style.

    What belongs to no content mask is a region, too: finish_picture gives it the content's pixels again.
    """
    measured = [painter.measure_style(style.image, style.style_mask) for style in styles]
    mixture = mix_styles(measured, [style.share for style in styles])
    if styles[0].content_mask is None:
        return mixture, None
    masks = np.stack([style.content_mask for style in styles])
    rest = np.clip(1 - masks.sum(0), 0, 1)
    shares = np.array([style.share * len(styles) for style in styles], np.float32)[:, None, None]
    if not rest.any():
        return stack_styles(measured), shares * masks
    return stack_styles([*measured, mixture]), np.concatenate([shares * masks, rest[None]])


def describe_settings(settings, precision, files):
    """Return a dict for JSON: all settings, the precision that was used, the SHA-256 of both networks, the files."""
    networks = {"pocket_vgg19": POCKET_SHA256, "fast_decoder": hash_decoder(settings.decoder)}
    return {**asdict(settings), "precision": precision, "networks": networks, "files": files}


def note_flat_styles(inputs):
    """Return a note for each style picture of one color."""
    return [
        f"{name} has only one color, so there is nothing of a style in it but that color."
        for name, style in zip(inputs.files["style"], inputs.styles, strict=True)
        if style.image.std((1, 2)).max() < ONE_COLOR
    ]

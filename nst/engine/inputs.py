"""What a run paints from: files or arrays -> pictures of one size, and styles with their shares and masks."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nst import images
from nst.engine.checkpoint import fingerprint
from nst.engine.color import matched_colours
from nst.engine.losses import Style
from nst.engine.masks import load_mask
from nst.engine.run import scaled
from nst.engine.settings import is_number, require


@dataclass(frozen=True)
class Sources:
    """content_image: (1, H, W, 3). styles: a list of Style. files: {"content": the file's name, "style": [...], and
    masks if there are any}; an array is called "array".
    """

    content_image: np.ndarray
    styles: list
    files: dict

    @property
    def fingerprints(self):
        """By which a run tells its pictures and masks from others."""
        return {"content": fingerprint(self.content_image), "styles": [_fingerprints(style) for style in self.styles]}


def read_sources(content, style, content_masks, style_masks, chosen):
    """The Sources of a run; what each argument may be, `nst.stylize` says. chosen: its Settings.

    Raises SettingsError and nst.images.PictureError.
    """
    given = list(style.items()) if isinstance(style, dict) else [(picture, 1) for picture in _listed(style)]
    require(given, "style", style, "at least one picture")
    pictures, shares = zip(*given, strict=True)
    require(all(is_number(share) and share > 0 for share in shares), "style", list(shares), "shares above 0")
    shares = [float(share) for share in shares]  # JSON cannot hold NumPy's
    content_image = _picture(content, chosen.size, "content")
    style_images = [_picture(picture, chosen.size, "style") for picture in pictures]
    where = _masks(content_masks, [content_image] * len(pictures), "content_masks")
    whence = _masks(style_masks, style_images, "style_masks")
    require(
        all(mask is None for mask in where) or all(mask is not None for mask in where),
        "content_masks",
        f"{sum(mask is not None for mask in where)} masks for {len(pictures)} styles",
        "a mask for each style",
    )
    if chosen.preserve_color == "statistics":
        style_images = [matched_colours(image, content_image) for image in style_images]
    styles = [
        Style(image, share / sum(shares), inside, outside)
        for image, share, inside, outside in zip(style_images, shares, where, whence, strict=True)
    ]
    masks = {"content_masks": content_masks, "style_masks": style_masks}
    return Sources(
        content_image,
        styles,
        {
            "content": _name(content),
            "style": [_name(picture) for picture in pictures],
            **{role: [_name(mask) for mask in _listed(named)] for role, named in masks.items() if named is not None},
        },
    )


def _picture(picture, size, role):
    if not isinstance(picture, np.ndarray):
        return images.load(picture, size)
    if picture.size:  # or else its shape is what is wrong
        low, high = picture.min(), picture.max()
        require(
            low >= -1e-6 and high <= 1 + 1e-6,
            role,
            f"an array with values from {low:g} to {high:g}",
            "values from 0 to 1; 8-bit pixels are to be divided by 255",
        )
    return scaled(images.to_uint8(picture)[None] / np.float32(255), size)


def _masks(masks, pictures, role):
    if masks is None:
        return [None] * len(pictures)
    masks = _listed(masks)
    require(
        len(masks) == len(pictures), role, f"{len(masks)} masks for {len(pictures)} styles", "a mask for each style"
    )
    return [
        None if mask is None else load_mask(mask, picture, role) for mask, picture in zip(masks, pictures, strict=True)
    ]


def _listed(one_or_more):
    return one_or_more if isinstance(one_or_more, (list, tuple)) else [one_or_more]


def _name(picture):
    if picture is None:
        return None
    return "array" if isinstance(picture, np.ndarray) else Path(picture).name


def _fingerprints(style):
    return [
        fingerprint(style.image),
        style.share,
        *(None if mask is None else fingerprint(mask) for mask in (style.content_mask, style.style_mask)),
    ]

"""Read the inputs of a run: files or arrays become a content picture and a list of styles with shares and masks."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
from PIL import Image

from nst import images
from nst.engine.checkpoint import fingerprint
from nst.engine.color import match_colors
from nst.engine.losses import Style
from nst.engine.masks import load_mask
from nst.engine.settings import SettingsError, is_number, require
from nst.pictures.arrays import is_array
from nst.pictures.sources import describe

Picture = str | os.PathLike | np.ndarray | Image.Image | bytes | BinaryIO | Any  # Any: arrays of other libraries
Pictures = Picture | Sequence[Picture]
WeightedPictures = Pictures | Mapping[str | os.PathLike, float]


@dataclass(frozen=True)
class Inputs:
    """The inputs of a run.

    content_image: (1, H, W, 3). styles: a list of Style. files: {"content": the file's name, "style": [names]}, with
    "content_masks" and "style_masks" if there are any; an array is called "array". notes: what was guessed or ignored.
    """

    content_image: np.ndarray
    styles: list
    files: dict
    notes: list

    @property
    def fingerprints(self):
        """What identifies the pictures and masks in a checkpoint."""
        return {"content": fingerprint(self.content_image), "styles": [_fingerprints(style) for style in self.styles]}


def read_inputs(content, style, content_masks, style_masks, settings, style_size=None):
    """Return the Inputs of a run; for the first four arguments see `nst.stylize`.

    settings: has a size and preserve_color. style_size: pixels on the longest side of style pictures; None: the size.
    Raises SettingsError and nst.images.PictureError.
    """
    weighted = list(style.items()) if isinstance(style, Mapping) else [(picture, 1) for picture in _as_list(style)]
    require(weighted, "style", style, "at least one picture")
    pictures, shares = zip(*weighted, strict=True)
    require(all(is_number(share) and share > 0 for share in shares), "style", list(shares), "shares above 0")
    total = float(sum(shares))
    notes = []
    content_image = _read_picture(content, settings.size, "content", notes)
    style_images = [_read_picture(picture, style_size or settings.size, "style", notes) for picture in pictures]
    masks_of_content = _read_masks(content_masks, [content_image] * len(pictures), "content_masks", notes)
    masks_of_styles = _read_masks(style_masks, style_images, "style_masks", notes)
    require(
        len({mask is None for mask in masks_of_content}) == 1,
        "content_masks",
        f"{sum(mask is not None for mask in masks_of_content)} masks for {len(pictures)} styles",
        "a mask for each style",
    )
    if settings.preserve_color == "statistics":
        style_images = [match_colors(image, content_image) for image in style_images]
    styles = [
        Style(image, float(share) / total, content_mask, style_mask)
        for image, share, content_mask, style_mask in zip(
            style_images, shares, masks_of_content, masks_of_styles, strict=True
        )
    ]
    files = {"content": name_picture(content), "style": [name_picture(picture) for picture in pictures]}
    for role, masks in (("content_masks", content_masks), ("style_masks", style_masks)):
        if masks is not None:
            files[role] = [name_picture(mask) for mask in _as_list(masks)]
    return Inputs(content_image, styles, files, list(dict.fromkeys(notes)))


def name_picture(picture):
    """Return the name of a picture's file; an array is called "array", a PIL image without a file "PIL image"."""
    return None if picture is None else describe(picture)


def title_pictures(content, style):
    """Return a title for a result.

    >>> title_pictures("images/louvre.jpg", ["monet.jpg", "wave.jpg"])
    'louvre.jpg in the style of monet.jpg and wave.jpg'
    """
    styles = list(style) if isinstance(style, Mapping) else _as_list(style)
    return f"{name_picture(content)} in the style of {' and '.join(map(name_picture, styles))}"


def _read_picture(picture, size, role, notes):
    try:
        image, more = images.load_with_notes(picture, size, role)
    except images.PictureError as error:
        if is_array(picture):  # there is no file to blame, but an argument
            raise SettingsError(str(error)) from None
        raise
    notes.extend(more)
    return image


def _read_masks(masks, pictures, role, notes):
    if masks is None:
        return [None] * len(pictures)
    masks = _as_list(masks)
    require(
        len(masks) == len(pictures), role, f"{len(masks)} masks for {len(pictures)} styles", "a mask for each style"
    )
    loaded = []
    for mask, picture in zip(masks, pictures, strict=True):
        gray, more = (None, []) if mask is None else load_mask(mask, picture, role)
        loaded.append(gray)
        notes.extend(more)
    return loaded


def _as_list(value):
    return value if isinstance(value, (list, tuple)) else [value]


def _fingerprints(style):
    return [
        fingerprint(style.image),
        style.share,
        *(None if mask is None else fingerprint(mask) for mask in (style.content_mask, style.style_mask)),
    ]

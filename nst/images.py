"""Read and write pictures: files <-> float32 arrays (1, H, W, 3), RGB in [0, 1]. Only pictures inside use uint8."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from numbers import Integral
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps, PngImagePlugin

from nst.pictures.arrays import is_array, read_array, require_0_to_1, to_numpy
from nst.pictures.decoding import decode, put_on
from nst.pictures.errors import PictureError
from nst.pictures.icc import SRGB_PROFILE
from nst.pictures.sources import SUFFIXES, find_source
from nst.pictures.writing import writing_picture

SMALLEST_SIDE = 16  # VGG-19 halves a picture four times on its way to block 5
LARGEST_SIDE = 2048
LARGEST_SIZE = 8192  # only if it is given explicitly
SETTINGS_KEY = "nst"
PERCEPTUAL = b"\0"  # of PNG's chunk sRGB


def load(picture: Any, size: int | None = None) -> np.ndarray:
    """Read a picture.

    The picture is rotated as its EXIF data says and converted to RGB: colors are converted to sRGB by the file's color
    profile; transparent pixels become white; gray, palette, CMYK, 16-bit and float pictures are converted; an animation
    gives its first frame. A message says where something was guessed or ignored, such as the range of 16-bit values.

    picture: a file that Pillow can read (JPEG, PNG, WebP, GIF, TIFF, BMP ...), or HEIC with the package pillow-heif:
        its name, its bytes, or a file opened in binary mode. A bare name is looked for in the current folder, which is
        the notebook's, and in images/; so is a name in images/. Or a PIL image, or an array or tensor (1, H, W, 3) or
        (H, W, 3) of floats in [0, 1] or of 8-bit integers; also gray or with alpha.
    size: pixels on the longest side of the result, 16 to 8192; the aspect ratio is kept, but no side gets shorter than
        16. None: the picture's own size; a picture longer than 2048 pixels is then scaled to 2048, and a message is
        printed.

    Returns float32 (1, H, W, 3), RGB in [0, 1], a new array. Raises PictureError if the file is missing, empty,
    damaged, not a picture, too small, or so large that decoding could exhaust the memory.

    >>> from nst.paths import IMAGES
    >>> load(IMAGES / "louvre.jpg", size=64).shape
    (1, 48, 64, 3)
    """
    image, notes = load_with_notes(picture, size)
    for note in notes:
        print(note)
    return image


def load_with_notes(picture: Any, size: int | None = None, role: str = "picture") -> tuple[np.ndarray, list[str]]:
    """The same as `load`, with the messages as a list. role: what the picture is called where it has no name."""
    fits = isinstance(size, Integral) and not isinstance(size, bool) and SMALLEST_SIDE <= size <= LARGEST_SIZE
    if size is not None and not fits:
        raise PictureError(
            f"size={size!r}: the longest side must have from {SMALLEST_SIDE} to {LARGEST_SIZE} pixels. "
            f"At 2048, a step already takes about 40 times as long as at 320."
        )
    if is_array(picture):
        return _load_array(picture, size, role)
    source = find_source(picture, role)
    decoded = decode(source, size or LARGEST_SIDE)
    if min(decoded.size) < SMALLEST_SIDE:
        raise PictureError(
            f"{source.name}: the picture has {_format_size(decoded.size)} pixels. Both sides must have at least "
            f"{SMALLEST_SIDE}, because the network halves a picture four times."
        )
    longest, notes = _choose_side(source.short_name, decoded.size, size)
    height, width = resized_shape(decoded.size[1], decoded.size[0], longest)
    opaque = put_on(decoded.picture, "white").resize((width, height), Image.Resampling.LANCZOS)
    return np.asarray(opaque, np.float32)[None] / 255.0, [*decoded.notes, *notes]


def load_lightness(picture: Any) -> np.ndarray:
    """Read the lightness of a picture at its own size; transparent pixels are black.

    picture: see `load`. Returns float32 (H, W) in [0, 1]. Raises PictureError as `load` does.
    """
    decoded = decode(find_source(picture), LARGEST_SIZE, convert_colors=False)
    return np.asarray(put_on(decoded.picture, "black").convert("L"), np.float32) / 255.0


def resized_shape(height: int, width: int, longest: int) -> tuple[int, int]:
    """Return (height, width) of a picture scaled to `longest` pixels on its longest side, with no side below 16.

    >>> resized_shape(600, 800, 320)
    (240, 320)
    """
    scale = longest / max(height, width)
    return max(SMALLEST_SIDE, round(height * scale)), max(SMALLEST_SIDE, round(width * scale))


def cover(image: np.ndarray, height: int, width: int) -> np.ndarray:
    """Scale a picture until it covers height x width, and crop it to its middle; the aspect ratio is kept.

    image: (1, H, W, 3) or (H, W, 3), RGB in [0, 1] or 8-bit, or a PIL image. Returns float32 (1, height, width, 3) in
    [0, 1].

    >>> cover(np.zeros((1, 90, 40, 3), np.float32), 20, 30).shape
    (1, 20, 30, 3)
    """
    picture = Image.fromarray(to_uint8(image))
    covering = ImageOps.fit(picture, (width, height), Image.Resampling.LANCZOS)
    return np.asarray(covering, np.float32)[None] / 255.0


def resize(image: np.ndarray, height: int, width: int) -> np.ndarray:
    """Scale a picture to height x width without rounding to 8 bits.

    image: (1, H, W, 3) or (H, W, 3), RGB in [0, 1] or 8-bit, or a PIL image. Returns float32 (1, height, width, 3),
    clipped to [0, 1].
    """
    channels = [
        np.asarray(Image.fromarray(channel).resize((width, height), Image.Resampling.LANCZOS))
        for channel in np.moveaxis(to_floats(image)[0], -1, 0)
    ]
    return np.clip(np.stack(channels, axis=-1), 0, 1)[None]


def resize_longest(image: np.ndarray, longest: int) -> np.ndarray:
    """Scale a picture to `longest` pixels on its longest side; otherwise as `resize`.

    >>> resize_longest(np.zeros((1, 60, 80, 3), np.float32), 40).shape
    (1, 30, 40, 3)
    """
    pixels = to_floats(image)
    return resize(pixels, *resized_shape(pixels.shape[1], pixels.shape[2], longest))


def to_floats(image: Any) -> np.ndarray:
    """Return a picture as a new array, float32 (1, H, W, 3). Values outside [0, 1] stay.

    image: (1, H, W, 3) or (H, W, 3), RGB in [0, 1] or 8-bit, or a PIL image. Raises PictureError for another shape.

    >>> to_floats(np.full((2, 2, 3), 255, np.uint8)).max()
    np.float32(1.0)
    """
    pixels = _to_pixels(image)
    floats = pixels.astype(np.float32)
    return (floats / np.float32(255) if pixels.dtype == np.uint8 else floats)[None]


def to_uint8(image: np.ndarray) -> np.ndarray:
    """Convert a picture to 8-bit pixels, rounded to the nearest; values outside [0, 1] are clipped.

    image: (1, H, W, 3) or (H, W, 3), RGB in [0, 1] or 8-bit, or a PIL image. Returns uint8 (H, W, 3), a new array.
    Raises PictureError for another shape, for NaN or infinite values, and for floats that are plainly not in [0, 1].

    >>> to_uint8(np.full((1, 1, 1, 3), 0.5)).tolist()
    [[[128, 128, 128]]]
    """
    pixels = _to_pixels(image)
    if pixels.dtype == np.uint8:
        return pixels.copy()
    pixels = pixels.astype(np.float32)
    if not np.isfinite(pixels).all():
        raise PictureError(
            "This picture has NaN or infinite pixels, so it was not written. The optimization "
            "has diverged: start again with a smaller learning rate."
        )
    require_0_to_1(pixels)
    return np.rint(np.clip(pixels, 0, 1) * 255).astype(np.uint8)


def save(image: np.ndarray, path: str | Path, settings: dict | None = None) -> Path:
    """Write a picture in the format of the file's suffix, with pixels rounded (not truncated) to 8 bits, in sRGB.

    image: (1, H, W, 3) or (H, W, 3), RGB in [0, 1] or 8-bit, or a PIL image. settings: a dict for JSON, which a PNG
    file stores and read_settings reads. The file says that its colors are sRGB, where its format can. It is written
    completely or not at all. Returns its path.
    Raises PictureError if the picture is not finite or the file cannot be written.
    """
    if not isinstance(path, (str, os.PathLike)):
        raise PictureError(f"path: got {path!r}, expected the name of a picture file.")
    path = Path(path)
    require_picture_name(path)
    suffix = path.suffix.lower()
    options: dict[str, Any] = {"quality": 92} if suffix in (".jpg", ".jpeg", ".webp") else {}
    if suffix == ".png":
        options["pnginfo"] = PngImagePlugin.PngInfo()
        options["pnginfo"].add(b"sRGB", PERCEPTUAL)
        if settings is not None:
            options["pnginfo"].add_text(SETTINGS_KEY, json.dumps(settings, sort_keys=True))
    elif suffix not in (".bmp", ".gif"):
        options["icc_profile"] = SRGB_PROFILE
    picture = Image.fromarray(to_uint8(image))
    with writing_picture(path) as partial:
        picture.save(partial, **options)
    return path


def require_picture_name(path: Path) -> None:
    """Raise PictureError if `save` cannot write such a file: a folder, or a suffix that is not a picture format."""
    if path.is_dir():
        raise PictureError(f"{path}: this is a folder. Give the name of a picture file in it.")
    if path.suffix.lower() not in SUFFIXES:
        raise PictureError(f"{path}: the name does not end in a picture format. Use one of {' '.join(SUFFIXES)}.")


def save_bytes(encoded: bytes, path: str | Path) -> Path:
    """Write a picture that is already encoded, completely or not at all. Returns the path."""
    with writing_picture(path) as partial:
        partial.write_bytes(encoded)
    return Path(path)


def save_settings(settings: dict, path: str | Path) -> Path:
    """Write the settings of a run (a dict) as JSON, completely or not at all. Returns the path."""
    with writing_picture(path) as partial:
        partial.write_text(json.dumps(settings, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return Path(path)


def read_settings(picture: Any) -> dict | None:
    """Read the settings that `save` stored in a PNG; None if there are none.

    picture: see `load`. Raises PictureError if it is not a picture.
    """
    source = find_source(picture)
    text = decode(source, LARGEST_SIDE).info.get(SETTINGS_KEY)
    return None if text is None else json.loads(text)


def save_gif(images: Sequence[np.ndarray], path: str | Path, seconds: float = 4.0, size: int = 320) -> Path:
    """Write pictures as an endless animation; the last picture stays for another second.

    images: a list of (1, H, W, 3) in [0, 1], all of one shape. seconds: length of the animation. size: pixels on the
    longest side. Returns the path.
    """
    frames = [_resize(Image.fromarray(to_uint8(image)), size) for image in images]
    palette = Image.fromarray(np.concatenate([frames[0], frames[-1]])).quantize()  # a palette for each takes seconds
    frames = [frame.quantize(palette=palette) for frame in frames]
    durations = [int(1000 * seconds / len(frames))] * (len(frames) - 1) + [1000]
    with writing_picture(path) as partial:
        frames[0].save(partial, save_all=True, append_images=frames[1:], duration=durations, loop=0)
    return Path(path)


def _format_size(size):
    return f"{size[0]} x {size[1]}"


def _load_array(array, size, role):
    pixels, notes = read_array(array, role)
    longest, more = _choose_side(role, pixels.shape[1::-1], size)
    rounded = Image.fromarray(np.rint(pixels * 255).astype(np.uint8))
    return resize_longest(np.asarray(put_on(rounded, "white"), np.float32) / np.float32(255), longest), notes + more


def _choose_side(name, size, wanted):
    """The longest side of the result, and a list of notes."""
    longest = wanted or max(size)
    if wanted is not None or longest <= LARGEST_SIDE:
        return longest, []
    times = size[0] * size[1] / (320 * 240)
    note = (
        f"{name} has {_format_size(size)} pixels: one step would take about {times:.0f} times as long as at "
        f"320 x 240. It is scaled to {LARGEST_SIDE} on its longest side; size=... sets another size."
    )
    return LARGEST_SIDE, [note]


def _to_pixels(image):
    """A picture as an array (H, W, 3), of 8-bit integers or of floats."""
    if isinstance(image, Image.Image):
        return np.asarray(put_on(decode(find_source(image), LARGEST_SIZE).picture, "white"))
    pixels = to_numpy(image, "picture") if is_array(image) else np.asarray(image, np.float32)
    if pixels.ndim == 4 and pixels.shape[0] == 1:
        pixels = pixels[0]
    if pixels.ndim != 3 or pixels.shape[-1] != 3:
        raise PictureError(f"A picture has shape (1, H, W, 3); this array has shape {np.shape(image)}.")
    if pixels.dtype == np.uint8 and pixels.max(initial=0) <= 1:
        return pixels.astype(np.float32)  # black and white as 0 and 1, as `load` takes them
    return pixels


def _resize(picture, longest):
    height, width = resized_shape(picture.height, picture.width, longest)
    return picture.resize((width, height), Image.Resampling.LANCZOS)

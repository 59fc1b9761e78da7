"""Read and write pictures: files <-> float32 arrays (1, H, W, 3), RGB in [0, 1]. Only this module uses uint8."""

from __future__ import annotations

import json
import struct
import warnings
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps, PngImagePlugin, UnidentifiedImageError

from foundation.atomic_write import write_atomically
from nst import heic, paths

SMALLEST_SIDE = 16  # VGG-19 halves a picture four times on its way to block 5
LARGEST_SIDE = 2048
LARGEST_SIZE = 8192  # only if it is given explicitly
SETTINGS_KEY = "nst"
DAMAGED = "the picture is damaged or incomplete ({reason}). Save or download it again."
SUFFIXES = (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
READABLE = (*SUFFIXES, *heic.SUFFIXES)


class PictureError(ValueError):
    """A picture that cannot be read or written; the message names the file and what to do."""


def load(path: str | Path, size: int | None = None) -> np.ndarray:
    """Read a picture file.

    The picture is rotated as its EXIF data says and converted to RGB: transparent pixels become white; gray, palette,
    CMYK and 16-bit pictures are converted; an animation gives its first frame.

    path: any file that Pillow can read (JPEG, PNG, WebP, GIF, TIFF, BMP ...), and HEIC with the package pillow-heif. A
        bare name is looked for in the current folder, which is the notebook's, and in images/; so is a name in images/.
    size: pixels on the longest side of the result, 16 to 8192; the aspect ratio is kept, but no side gets shorter than
        16. None: the picture's own size; a picture longer than 2048 pixels is then scaled to 2048, and a message is
        printed.

    Returns float32 (1, H, W, 3), RGB in [0, 1]. Raises PictureError if the file is missing, empty, damaged, not a
    picture, too small, or so large that decoding could exhaust the memory.

    >>> from nst.paths import IMAGES
    >>> load(IMAGES / "louvre.jpg", size=64).shape
    (1, 48, 64, 3)
    """
    if size is not None and not SMALLEST_SIDE <= size <= LARGEST_SIZE:
        raise PictureError(
            f"size={size}: the longest side must have from {SMALLEST_SIDE} to {LARGEST_SIZE} pixels. "
            f"At 2048, a step already takes about 40 times as long as at 320."
        )
    path = _find_file(path)
    picture = _decode(path)
    if min(picture.size) < SMALLEST_SIDE:
        raise PictureError(
            f"{path}: the picture has {_format_size(picture.size)} pixels. Both sides must have at least "
            f"{SMALLEST_SIDE}, because the network halves a picture four times."
        )
    picture = _resize(picture, size or _affordable_side(path, picture.size))
    return np.asarray(picture, np.float32)[None] / 255.0


def load_lightness(path: str | Path) -> np.ndarray:
    """Read the lightness of a picture file at its own size; transparent pixels are black.

    Returns float32 (H, W) in [0, 1]. Raises PictureError as `load` does.
    """
    path = _find_file(path)
    return np.asarray(_decode(path, behind="black").convert("L"), np.float32) / 255.0


def resized_shape(height: int, width: int, longest: int) -> tuple[int, int]:
    """Return (height, width) of a picture scaled to `longest` pixels on its longest side, with no side below 16.

    >>> resized_shape(600, 800, 320)
    (240, 320)
    """
    scale = longest / max(height, width)
    return max(SMALLEST_SIDE, round(height * scale)), max(SMALLEST_SIDE, round(width * scale))


def cover(image: np.ndarray, height: int, width: int) -> np.ndarray:
    """Scale a picture until it covers height x width, and crop it to its middle; the aspect ratio is kept.

    image: float32 (1, H, W, 3) in [0, 1]. Returns float32 (1, height, width, 3) in [0, 1].

    >>> cover(np.zeros((1, 90, 40, 3), np.float32), 20, 30).shape
    (1, 20, 30, 3)
    """
    picture = Image.fromarray(to_uint8(image))
    covering = ImageOps.fit(picture, (width, height), Image.Resampling.LANCZOS)
    return np.asarray(covering, np.float32)[None] / 255.0


def resize(image: np.ndarray, height: int, width: int) -> np.ndarray:
    """Scale a picture (1, H, W, 3) to height x width without rounding to 8 bits.

    Returns float32 (1, height, width, 3), clipped to [0, 1].
    """
    channels = [
        np.asarray(Image.fromarray(channel).resize((width, height), Image.Resampling.LANCZOS))
        for channel in np.moveaxis(np.asarray(image, np.float32)[0], -1, 0)
    ]
    return np.clip(np.stack(channels, axis=-1), 0, 1)[None]


def resize_longest(image: np.ndarray, longest: int) -> np.ndarray:
    """Scale a picture (1, H, W, 3) to `longest` pixels on its longest side; otherwise as `resize`.

    >>> resize_longest(np.zeros((1, 60, 80, 3), np.float32), 40).shape
    (1, 30, 40, 3)
    """
    return resize(image, *resized_shape(image.shape[1], image.shape[2], longest))


def to_uint8(image: np.ndarray) -> np.ndarray:
    """Convert a picture to 8-bit pixels, rounded to the nearest; values outside [0, 1] are clipped.

    image: (1, H, W, 3) or (H, W, 3). Returns uint8 (H, W, 3). Raises PictureError for another shape, and for NaN or
    infinite values.

    >>> to_uint8(np.full((1, 1, 1, 3), 0.5)).tolist()
    [[[128, 128, 128]]]
    """
    pixels = np.asarray(image, np.float32)
    if pixels.ndim == 4 and pixels.shape[0] == 1:
        pixels = pixels[0]
    if pixels.ndim != 3 or pixels.shape[-1] != 3:
        raise PictureError(f"A picture has shape (1, H, W, 3); this array has shape {np.shape(image)}.")
    if not np.isfinite(pixels).all():
        raise PictureError(
            "This picture has NaN or infinite pixels, so it was not written. The optimization "
            "has diverged: start again with a smaller learning rate."
        )
    return np.rint(np.clip(pixels, 0, 1) * 255).astype(np.uint8)


def save(image: np.ndarray, path: str | Path, settings: dict | None = None) -> Path:
    """Write a picture in the format of the file's suffix, with pixels rounded (not truncated) to 8 bits.

    image: (1, H, W, 3) or (H, W, 3), RGB in [0, 1]. settings: a dict for JSON, which a PNG file stores and
    read_settings reads. The file is written completely or not at all. Returns its path.
    Raises PictureError if the picture is not finite or the file cannot be written.
    """
    path = Path(path)
    require_picture_name(path)
    options: dict[str, Any] = {"quality": 92} if path.suffix.lower() in (".jpg", ".jpeg", ".webp") else {}
    if settings is not None and path.suffix.lower() == ".png":
        options["pnginfo"] = PngImagePlugin.PngInfo()
        options["pnginfo"].add_text(SETTINGS_KEY, json.dumps(settings, sort_keys=True))
    picture = Image.fromarray(to_uint8(image))
    with _writing(path) as partial:
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
    with _writing(path) as partial:
        partial.write_bytes(encoded)
    return Path(path)


def save_settings(settings: dict, path: str | Path) -> Path:
    """Write the settings of a run (a dict) as JSON, completely or not at all. Returns the path."""
    with _writing(path) as partial:
        partial.write_text(json.dumps(settings, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return Path(path)


def read_settings(path: str | Path) -> dict | None:
    """Read the settings that `save` stored in a PNG; None if there are none."""
    with Image.open(path) as picture:
        text = picture.info.get(SETTINGS_KEY)
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
    with _writing(path) as partial:
        frames[0].save(partial, save_all=True, append_images=frames[1:], duration=durations, loop=0)
    return Path(path)


def _format_size(size):
    return f"{size[0]} x {size[1]}"


def _find_file(path):
    """The absolute path of a picture, so that a message shows the folder, too."""
    path = Path(path).absolute()
    usual = (Path.cwd(), paths.IMAGES)
    folders = dict.fromkeys((path.parent, *usual)) if path.parent in usual else (path.parent,)
    path = next((folder / path.name for folder in folders if (folder / path.name).is_file()), path)
    if path.is_dir():
        raise PictureError(f"{path}: this is a folder. Give the name of a picture file in it.")
    if not path.exists():
        raise PictureError(f"{path}: there is no such file.{''.join(map(_list_pictures, folders))}")
    if path.stat().st_size == 0:
        raise PictureError(f"{path}: the file is empty. Save or download it again.")
    return path


def _list_pictures(folder, most=20):
    names = sorted(file.name for file in folder.glob("*") if file.suffix.lower() in READABLE)
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f" {folder} contains {', '.join(names[:most])}{more}." if names else ""


def _decode(path, behind="white"):
    try:
        if heic.is_heic(path) and not heic.add_reader():
            raise UnidentifiedImageError
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Pillow can repair, such as damaged EXIF data
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as picture:
                return _as_rgb(ImageOps.exif_transpose(picture), behind)
    except UnidentifiedImageError:
        if heic.is_heic(path):
            words = DAMAGED.format(reason="no picture in it") if heic.add_reader() else heic.HOW_TO_READ
            raise PictureError(f"{path}: {words}") from None
        raise PictureError(
            f"{path}: this is not a picture that Pillow can read, despite its name. "
            f"It begins with {_first_bytes(path)!r}."
        ) from None
    except PermissionError as error:
        raise PictureError(f"{path}: the file cannot be read ({error.strerror}). Change its permissions.") from None
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise PictureError(
            f"{path}: its header announces more than {(Image.MAX_IMAGE_PIXELS or 0) / 1e6:.0f} million pixels; "
            f"decoding them could exhaust the memory. Scale the picture down first."
        ) from None
    except (OSError, SyntaxError, ValueError, EOFError, struct.error) as error:
        raise PictureError(f"{path}: {DAMAGED.format(reason=error)}") from None


def _first_bytes(path):
    with path.open("rb") as file:
        return file.read(12)


def _as_rgb(picture, behind):
    if picture.mode.startswith("I"):  # 16-bit gray
        gray = np.asarray(picture, np.float64) / 257
        return Image.fromarray(np.rint(np.clip(gray, 0, 255)).astype(np.uint8)).convert("RGB")
    if picture.has_transparency_data:
        layers = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", layers.size, behind), layers).convert("RGB")
    return picture.convert("RGB")


def _affordable_side(path, size):
    longest = max(size)
    if longest <= LARGEST_SIDE:
        return longest
    times = size[0] * size[1] / (320 * 240)
    print(
        f"{path.name} has {_format_size(size)} pixels: one step would take about {times:.0f} times as long as at "
        f"320 x 240. It is scaled to {LARGEST_SIDE} on its longest side; size=... sets another size."
    )
    return LARGEST_SIDE


def _resize(picture, longest):
    width, height = picture.size
    height, width = resized_shape(height, width, longest)
    return picture.resize((width, height), Image.Resampling.LANCZOS)


@contextmanager
def _writing(path):
    try:
        with write_atomically(path) as partial:
            yield partial
    except OSError as error:
        raise PictureError(
            f"{path}: could not be written ({error.strerror or error}). "
            f"No partial file was left. Choose another folder, or free some disk space."
        ) from None

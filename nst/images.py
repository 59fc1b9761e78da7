"""Pictures: file <-> float32 array of shape (1, H, W, 3), RGB in [0, 1]. uint8 exists only here."""

import difflib
import json
import struct
import warnings
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, PngImagePlugin, UnidentifiedImageError

from foundation.atomic_write import write_atomically

SMALLEST_SIDE = 16  # VGG-19 halves a picture four times on its way to block 5
LARGEST_SIDE = 2048
LARGEST_SIZE = 8192  # what may be asked for by name
SETTINGS_KEY = "nst"
SUFFIXES = (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")


class PictureError(ValueError):
    """A picture that cannot be read or written; the message names the file and what to do."""


def load(path, size=None):
    """Read a picture file as the network wants it.

    The picture is turned as its EXIF data says and converted to RGB: transparency is laid over white, grey,
    palette, CMYK and 16-bit pictures are converted, of an animation the first frame is taken.

    path: any file that Pillow reads (JPEG, PNG, WebP, GIF, TIFF, BMP ...).
    size: the longest side of the result in pixels, 16 to 8192, aspect kept, but no side below 16; None keeps the
        picture's own size, but a picture longer than 2048 pixels is scaled to that, with a line that says what it
        would have cost.
    Returns a float32 array of shape (1, H, W, 3), RGB in [0, 1].
    Raises PictureError when the file is missing, empty, damaged, no picture, too small or a decompression bomb.
    """
    path = Path(path).absolute()  # so that a message says where a bare name was looked for
    if size is not None and not SMALLEST_SIDE <= size <= LARGEST_SIZE:
        raise PictureError(
            f"size={size}: the longest side must have from {SMALLEST_SIDE} to {LARGEST_SIZE} pixels. "
            f"At 2048, a step already costs about 40 times as much as at 320."
        )
    _require_file(path)
    picture = _decode(path)
    if min(picture.size) < SMALLEST_SIDE:
        raise PictureError(
            f"{path}: the picture is {_by(picture.size)} pixels. Both sides must have at least "
            f"{SMALLEST_SIDE}, since the network halves a picture four times."
        )
    picture = _resize(picture, size or _affordable_side(path, picture.size))
    return np.asarray(picture, np.float32)[None] / 255.0


def load_lightness(path):
    """The lightness of a picture file at its own size: float32 (H, W) in [0, 1], black where it is transparent.

    Raises PictureError when the file is missing, empty, damaged, no picture or a decompression bomb.
    """
    path = Path(path).absolute()
    _require_file(path)
    return np.asarray(_decode(path, behind="black").convert("L"), np.float32) / 255.0


def resized_shape(height, width, longest):
    """(height, width) of a picture whose longest side is made `longest`: aspect kept, but no side below 16."""
    scale = longest / max(height, width)
    return tuple(max(SMALLEST_SIDE, round(side * scale)) for side in (height, width))


def cover(image, height, width):
    """Scale and crop a picture so that it covers height x width: the middle is kept, nothing is squashed.

    image: float32 (1, H, W, 3) in [0, 1]. Returns float32 (1, height, width, 3) in [0, 1].
    """
    picture = Image.fromarray(to_uint8(image))
    covering = ImageOps.fit(picture, (width, height), Image.Resampling.LANCZOS)
    return np.asarray(covering, np.float32)[None] / 255.0


def resize(image, height, width):
    """Scale a picture to height x width without rounding it to 8 bits: float32 (1, H, W, 3), clipped to [0, 1]."""
    channels = [
        Image.fromarray(channel).resize((width, height), Image.Resampling.LANCZOS)
        for channel in np.moveaxis(np.asarray(image, np.float32)[0], -1, 0)
    ]
    return np.clip(np.stack(channels, axis=-1), 0, 1)[None]


def to_uint8(image):
    """The picture as 8-bit pixels, rounded to the nearest: (1, H, W, 3) or (H, W, 3) in [0, 1] -> (H, W, 3).

    Values outside [0, 1] are clipped. Raises PictureError for another shape and for NaN or infinity.
    """
    pixels = np.asarray(image, np.float32)
    if pixels.ndim == 4 and pixels.shape[0] == 1:
        pixels = pixels[0]
    if pixels.ndim != 3 or pixels.shape[-1] != 3:
        raise PictureError(f"A picture has shape (1, H, W, 3); this array has shape {np.shape(image)}.")
    if not np.isfinite(pixels).all():
        raise PictureError(
            "This picture holds NaN or infinite pixels, so it was not written. The optimisation "
            "has diverged: start again with a smaller learning rate."
        )
    return np.rint(np.clip(pixels, 0, 1) * 255).astype(np.uint8)


def save(image, path, settings=None):
    """Write a picture, pixels rounded (not truncated) to 8 bits, in the format that the file's suffix names.

    image: (1, H, W, 3) or (H, W, 3), RGB in [0, 1]. settings: a dict that JSON can hold; a PNG carries it, and
    read_settings gives it back. The file appears complete or not at all. Returns its path.
    Raises PictureError when the picture is not finite or the file cannot be written.
    """
    path = Path(path)
    require_picture_name(path)
    options = {"quality": 92} if path.suffix.lower() in (".jpg", ".jpeg", ".webp") else {}
    if settings is not None and path.suffix.lower() == ".png":
        options["pnginfo"] = PngImagePlugin.PngInfo()
        options["pnginfo"].add_text(SETTINGS_KEY, json.dumps(settings, sort_keys=True))
    picture = Image.fromarray(to_uint8(image))
    with _written(path) as partial:
        picture.save(partial, **options)
    return path


def require_picture_name(path):
    """Raise PictureError where `save` could write no such file: its suffix names no format, or it is a folder."""
    if path.is_dir():
        raise PictureError(f"{path}: this is a folder. Name a picture file in it.")
    if path.suffix.lower() not in SUFFIXES:
        raise PictureError(
            f"{path}: {path.suffix or 'no suffix'} names no picture format. Use one of {' '.join(SUFFIXES)}."
        )


def save_bytes(encoded, path):
    """Write a picture that is already encoded, whole or not at all. Returns the path."""
    with _written(path) as partial:
        partial.write_bytes(encoded)
    return Path(path)


def save_settings(settings, path):
    """Write the settings of a run (a dict) as JSON, whole or not at all. Returns the path."""
    with _written(path) as partial:
        partial.write_text(json.dumps(settings, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return Path(path)


def read_settings(path):
    """The settings that `save` put into a PNG, or None when it carries none."""
    with Image.open(path) as picture:
        text = picture.info.get(SETTINGS_KEY)
    return None if text is None else json.loads(text)


def save_gif(images, path, seconds=4.0, size=320):
    """Write pictures as an endless animation of the given length; the last one stays for a second.

    images: a list of (1, H, W, 3) in [0, 1], all of one shape. size: longest side in pixels. Returns the path.
    """
    frames = [_resize(Image.fromarray(to_uint8(image)), size) for image in images]
    durations = [int(1000 * seconds / len(frames))] * (len(frames) - 1) + [1000]
    with _written(path) as partial:
        frames[0].save(partial, save_all=True, append_images=frames[1:], duration=durations, loop=0)
    return Path(path)


def _by(size):
    return f"{size[0]} x {size[1]}"


def _require_file(path):
    if path.is_dir():
        raise PictureError(f"{path}: this is a folder. Name a picture file in it.")
    if not path.exists():
        there = sorted(p.name for p in path.parent.glob("*") if p.suffix.lower() in SUFFIXES)
        near = difflib.get_close_matches(path.name, there, n=3) or there[:8]
        hint = f" In that folder are: {', '.join(near)}." if near else ""
        raise PictureError(f"{path}: there is no such file.{hint}")
    if path.stat().st_size == 0:
        raise PictureError(f"{path}: the file is empty. Save or download it again.")


def _decode(path, behind="white"):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Pillow can mend, such as damaged EXIF data
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as picture:
                return _as_rgb(ImageOps.exif_transpose(picture), behind)
    except UnidentifiedImageError:
        raise PictureError(
            f"{path}: this is not a picture that Pillow can read, whatever its name says. "
            f"It begins with {_first_bytes(path)!r}."
        ) from None
    except PermissionError as error:
        raise PictureError(f"{path}: the file cannot be read ({error.strerror}). Change its permissions.") from None
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise PictureError(
            f"{path}: its header promises more than {Image.MAX_IMAGE_PIXELS / 1e6:.0f} million pixels; "
            f"decoding them could exhaust the memory. Scale the picture down first."
        ) from None
    except (OSError, SyntaxError, ValueError, EOFError, struct.error) as error:
        raise PictureError(
            f"{path}: the picture is damaged or incomplete ({error}). Save or download it again."
        ) from None


def _first_bytes(path):
    with path.open("rb") as file:
        return file.read(12)


def _as_rgb(picture, behind):
    if picture.mode.startswith("I"):  # 16-bit grey
        grey = np.asarray(picture, np.float64) / 257
        return Image.fromarray(np.rint(np.clip(grey, 0, 255)).astype(np.uint8)).convert("RGB")
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
        f"{path.name} is {_by(size)} pixels: one step would cost about {times:.0f} times as much as at 320 x 240. "
        f"Scaled to {LARGEST_SIDE} on its longest side; size=... chooses another."
    )
    return LARGEST_SIDE


def _resize(picture, longest):
    width, height = picture.size
    height, width = resized_shape(height, width, longest)
    return picture.resize((width, height), Image.Resampling.LANCZOS)


@contextmanager
def _written(path):
    try:
        with write_atomically(path) as partial:
            yield partial
    except OSError as error:
        raise PictureError(
            f"{path}: could not be written ({error.strerror or error}). "
            f"Nothing was left behind; choose another folder or make room."
        ) from None

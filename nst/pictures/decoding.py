"""Decode a picture: its kind, size, values, colors and orientation become an upright picture of 8 bits in sRGB."""

import threading
import warnings
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import EpsImagePlugin, Image, ImageOps, UnidentifiedImageError

from nst.assets.file_kinds import HEAD, RAW, identify_kind
from nst.engine.available_memory import available_bytes
from nst.pictures import color_profiles, deep_pixels, optional_readers, png_chunks
from nst.pictures.errors import PictureError
from nst.pictures.sources import Source

DAMAGED = "the picture is damaged or incomplete ({reason}). Save or download it again."
UNREAD_VARIETY = "this is {what} of a variety that is not read here ({reason}). Save it as an ordinary JPEG or PNG."
VARIETIES = (
    "unsupported",
    "not supported",
    "cannot handle",
    "cannot find loader",
    "not available",
    "unknown",
    "unrecognized",
    "not implemented",
)
ANIMATED = ("GIF", "PNG", "WEBP", "AVIF")
LARGE = 89_478_485  # pixels, Pillow's own limit: up to here everything is decoded at its full size
HUGE = 200_000_000  # pixels
BYTES_PER_PIXEL = {"1": 1, "L": 1, "P": 5, "I": 24, "F": 24, "I;16": 24}  # while it is decoded; 6 for others
BYTES_PER_PIXEL_IF_DEEP = 60  # of colors with 16 bits, which may be decoded again
MOST_EXPANSION = 3000  # bytes of pixels for each byte of the file: PNG reaches 1,000 and GIF nearly 3,000 at one color
MOST_EXPANSION_IF_HUGE = 150
EXPANDS_FURTHER = ("WEBP", "AVIF", "HEIF", "JXL", "JPEG2000")
SHARE_OF_MEMORY = 0.5
ORIENTATION, SUBFILE_TYPE, SUBFILES, DNG_VERSION = 0x0112, 254, 330, 50706
_limit_lock = threading.Lock()


@dataclass(frozen=True)
class Decoded:
    """A picture that is ready to use.

    picture: a PIL image in RGB or RGBA, sRGB, upright. size: (width, height) of the whole picture, which a very large
    one no longer has. notes: sentences about what was guessed or ignored. info: what Pillow knows of the file.
    """

    picture: Image.Image
    size: tuple
    notes: list
    info: dict


def decode(source: Source, longest: int, *, convert_colors: bool = True) -> Decoded:
    """Decode a Source. Raises PictureError.

    longest: the side that will be needed; pictures above 89 million pixels are decoded at a reduced size, not below
    twice that. convert_colors: whether to apply color profiles; not for masks, whose values are not colors.
    """
    try:
        missing = None if source.is_decoded else optional_readers.prepare_reader(source.read(HEAD))
        if missing is not None:
            raise PictureError(f"{source.name}: {missing}")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Pillow can repair, such as damaged EXIF data
            return _decode(source, longest, convert_colors)
    except PictureError:
        raise
    except UnidentifiedImageError:
        return _decode_unidentified(source)
    except PermissionError as error:
        raise PictureError(
            f"{source.name}: the file cannot be read ({error.strerror}). Change its permissions."
        ) from None
    except MemoryError:
        raise PictureError(
            f"{source.name}: there is not enough memory to decode this picture. Scale it down first."
        ) from None
    except Exception as error:  # Pillow fails on damaged files in many ways
        raise _explain(source, error) from None


def put_on(picture, background):
    """Return a picture in RGB or RGBA without alpha, on a background of that color where it is transparent."""
    if picture.mode != "RGBA":
        return picture
    return Image.alpha_composite(Image.new("RGBA", picture.size, background), picture).convert("RGB")


def _decode(source, longest, convert_colors):
    with _opened(source) as original:
        png = _read_png(source, original)
        size = original.size
        notes = _describe_frames(source, original.format)
        if not source.is_decoded:
            _refuse_raw(source, original)
            if size[0] * size[1] > LARGE:
                _require_memory(source, original, deep_pixels.has_16_bits(original, png))
                original.draft(None, tuple(max(1, 2 * longest * side // max(size)) for side in size))
        stored = original.getexif().get(ORIENTATION, 1)  # loading turns a TIFF picture
        original.load()
        info, orientation = dict(original.info), original.getexif().get(ORIENTATION, 1)
        picture, more = deep_pixels.convert_deep(original, png, source.name)
        notes += more
        if not source.is_decoded and deep_pixels.has_lost_bits(original, png):
            picture, more = deep_pixels.decode_again(original, source, png)
            notes, orientation = notes + more, stored
        if picture.width * picture.height > LARGE:
            picture = _reduce(picture, longest)
        if convert_colors:
            picture, more = color_profiles.to_srgb(picture, original, png)
            notes += more
        else:
            picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    return _finish(source, picture, size, orientation, notes, info)


def _finish(source, picture, size, orientation, notes, info):
    """The Decoded of a picture, turned upright. size: of the file, or already upright."""
    if orientation in range(2, 9):
        picture.getexif()[ORIENTATION] = orientation
        picture = ImageOps.exif_transpose(picture)
    width, height = size if (size[0] < size[1]) == (picture.width < picture.height) else size[::-1]
    return Decoded(picture, (width, height), [f"{source.short_name}: {note}" for note in notes], info)


@contextmanager
def _opened(source):
    """The PIL image of a Source, not loaded; the size of a file is checked later, in place of Pillow's own check."""
    if source.is_decoded:
        yield source.file
        return
    with _limit_lock:
        limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
        try:
            picture = Image.open(source.file if isinstance(source.file, Path) else source.open())
        finally:
            Image.MAX_IMAGE_PIXELS = limit
    with picture:
        yield picture


def _read_png(source, original):
    if source.is_decoded or original.format != "PNG":
        return None
    with source.open() as file:
        return png_chunks.read_facts(file)


def _describe_frames(source, kind):
    """Notes about pictures after the first. A second reader counts them, since that may change what is read next."""
    if source.is_decoded or kind not in (*ANIMATED, "TIFF"):
        return []
    frames = 1
    with suppress(Exception), _opened(source) as other:  # whatever is wrong with the second, the first counts
        frames = getattr(other, "n_frames", 1)
    if frames < 2:
        return []
    if kind == "TIFF":
        return [f"it has {frames} pages; the first is used."]
    return [f"it is an animation of {frames} pictures; the first is used."]


def _refuse_raw(source, original):
    """Refuse raw photographs, which TIFF readers take for the small preview in them."""
    if original.format not in ("TIFF", "DNG"):
        return
    tags = original.tag_v2
    preview = int(tags.get(SUBFILE_TYPE, 0) or 0) & 1 and SUBFILES in tags
    if DNG_VERSION in tags or preview or identify_kind(source.read(HEAD), source.name) == RAW:
        raise PictureError(f"{source.name}: this is {RAW.name}, which is not read here. {RAW.advice}")


def _require_memory(source, original, deep):
    """Refuse a large picture if decoding it could exhaust the memory, or if its file is too short to be one."""
    width, height = original.size
    pixels = width * height
    words = f"{source.name}: its header announces {width} x {height} pixels"
    bits = {"1": 1, "L": 8, "P": 8}.get(original.mode, 24)
    most = MOST_EXPANSION_IF_HUGE if pixels > HUGE else np.inf if original.format in EXPANDS_FURTHER else MOST_EXPANSION
    if pixels * bits / 8 > source.size * most:
        raise PictureError(
            f"{words}, far more than its {source.size:,} bytes can hold, so it was not decoded: it could exhaust the "
            "memory. Save the picture again, scaled down."
        )
    need = pixels * (BYTES_PER_PIXEL_IF_DEEP if deep else BYTES_PER_PIXEL.get(original.mode, 6))
    if original.format in ("JPEG", "MPO") and original.mode in ("RGB", "L"):
        need = pixels * 3  # decoded at a reduced size; a progressive one keeps its coefficients
    free = SHARE_OF_MEMORY * available_bytes()
    if need > free:
        raise PictureError(
            f"{words}, which take about {need / 1e9:.1g} GB to decode; {free / 1e9:.1g} GB can be used for it. "
            "Scale the picture down first, or close other programs."
        )


def _reduce(picture, longest):
    factor = max(picture.size) // (2 * longest)
    if factor < 2:
        return picture
    icc, transparency = picture.info, picture.has_transparency_data
    if picture.mode not in ("L", "LA", "RGB", "RGBA", "CMYK", "LAB", "YCbCr"):
        picture = picture.convert("RGBA" if transparency else "L" if picture.mode == "1" else "RGB")
    reduced = picture.reduce(factor)
    reduced.info = icc
    return reduced


def _decode_unidentified(source):
    """A file that Pillow does not know: another reader, or the name of what it is."""
    head = source.read(HEAD)
    kind = identify_kind(head, source.name)
    if kind is not None:
        raise PictureError(f"{source.name}: this is {kind.name}, which is not read here. {kind.advice}")
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        picture, notes, orientation = deep_pixels.read_tiff_picture(source)
        converted, more = color_profiles.to_srgb(picture, picture, None)
        return _finish(source, converted, picture.size, orientation, notes + more, {})
    if optional_readers.read_brands(head) or head.startswith(optional_readers.JPEG_XL_HEADS):
        raise PictureError(f"{source.name}: {DAMAGED.format(reason='no picture in it')}")
    if head.startswith(b"\xff\xd8\xff"):
        raise PictureError(f"{source.name}: {_explain_jpeg(source.read())}")
    if head.startswith((png_chunks.SIGNATURE, b"GIF8", b"BM", b"RIFF")):
        raise PictureError(f"{source.name}: {DAMAGED.format(reason='its header cannot be read')}")
    despite = ", despite its name" if isinstance(source.file, Path) else ""
    start = head[:12]
    if start.isascii() and "".join(start.decode().split()).isprintable():
        raise PictureError(f"{source.name}: this is text, not a picture{despite}. It begins with {start.decode()!r}.")
    raise PictureError(f"{source.name}: this is not a picture that Pillow can read{despite}. It begins with {start!r}.")


def _explain_jpeg(content):
    place = 2
    while place + 9 < len(content) and content[place] == 0xFF:
        marker, length = content[place + 1], int.from_bytes(content[place + 2 : place + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            bits = content[place + 4]
            if bits != 8 or marker in (0xC3, 0xC7, 0xCB, 0xCF):
                reason = f"{bits} bits per channel{', lossless' if marker not in (0xC0, 0xC1, 0xC2) else ''}"
                return UNREAD_VARIETY.format(what="a JPEG picture", reason=reason)
            break
        if marker == 0xF7:
            return UNREAD_VARIETY.format(what="a JPEG picture", reason="JPEG-LS")
        place += 2 + length
    return DAMAGED.format(reason="its header cannot be read")


def _explain(source, error):
    """The PictureError for a file of a known kind that cannot be decoded."""
    if source.is_decoded:
        reason = error or "its file is closed"
        return PictureError(f"{source.name}: this PIL image cannot be read ({reason}). Open it again.")
    head = source.read(HEAD)
    if head.startswith((b"%!PS", b"\xc5\xd0\xd3\xc6")) and not EpsImagePlugin.has_ghostscript():
        return PictureError(
            f"{source.name}: this is a PostScript drawing (EPS), which Pillow reads only with the program Ghostscript, "
            "and that is not installed. Install Ghostscript, or export the drawing as PNG."
        )
    kind = identify_kind(head, source.name)
    if kind is not None and not head.startswith((b"%!PS", b"\xc5\xd0\xd3\xc6", b"8BPS")):
        return PictureError(f"{source.name}: this is {kind.name}, which is not read here. {kind.advice}")
    if any(word in str(error).lower() for word in VARIETIES):
        what = kind.name if kind is not None else "a picture"
        return PictureError(f"{source.name}: {UNREAD_VARIETY.format(what=what, reason=error)}")
    return PictureError(f"{source.name}: {DAMAGED.format(reason=error)}")

"""The samples of pictures with more than 8 bits: Pillow cuts those with several channels to 8, or cannot read them.

PNG files are then decoded by TensorFlow, TIFF files by tifffile.
"""

import warnings

import numpy as np
from PIL import Image

from nst.pictures.errors import PictureError
from nst.pictures.value_ranges import Stated, to_8_bits

BITS, PHOTOMETRIC, END, SAMPLE_FORMAT, SIGNED_END = 258, 262, 281, 339, 341  # tags of TIFF
ORIENTATION, PROFILE = 274, 34675
WHITE_IS_ZERO, SIGNED = 0, 2
DEEP_MODES = ("I", "F", "I;16", "I;16B", "I;16L", "I;16N")
DARK_BYTES = 64  # where all high bytes of 16 bits are below this, 14 bits or fewer are used
SAVE_AGAIN = "Save it with 8 bits, as PNG or as TIFF without compression."


def convert_deep(picture, png, name):
    """Return a loaded picture with 8 bits, and notes. name: for messages. png: PngFacts or None."""
    if picture.mode in DEEP_MODES:
        values = np.asarray(picture)
        stated = _read_stated(picture, png)
        if stated.bits == 32 and picture.format == "TIFF" and values.dtype == np.int32:
            values = values.view(np.uint32)  # Pillow has no unsigned integers of 32 bits
        pixels, notes = to_8_bits(values, stated, name)
        gray = Image.fromarray(pixels)
        if isinstance(picture.info.get("transparency"), int):
            gray.putalpha(Image.fromarray(np.where(values == picture.info["transparency"], 0, 255).astype(np.uint8)))
        return gray, notes
    if picture.format == "TIFF" and picture.mode == "L" and _sample_format(picture) == SIGNED:
        pixels, notes = to_8_bits(np.asarray(picture).view(np.int8), Stated(7), name)
        return Image.fromarray(pixels), notes
    return picture, []


def has_16_bits(picture, png):
    """Whether a file has 16 bits for each color, of which Pillow reads 8."""
    if png is not None:
        return png.bits == 16 and picture.mode not in DEEP_MODES
    return picture.format == "TIFF" and picture.mode in ("RGB", "RGBA") and 16 in _read_tag(picture, BITS, ())


def has_lost_bits(picture, png):
    """Whether the 8 bits that Pillow has read of 16 are nearly black, because fewer than 16 are used."""
    return has_16_bits(picture, png) and max(band[1] for band in _color_extrema(picture)) < DARK_BYTES


def decode_again(picture, source, png):
    """The picture with 8 bits, and notes, of a file of which Pillow has lost bits; not turned."""
    if png is None:
        values = _read_tiff(source)[0]
    else:
        from nst.quiet_tensorflow import tensorflow as tf  # only such files need it

        values = tf.io.decode_png(source.read(), dtype=tf.uint16).numpy()
    return _join_channels(values, _read_stated(picture, png), source.name)


def read_tiff_picture(source):
    """A TIFF file that Pillow cannot read as a picture of 8 bits with its profile, notes, and its orientation."""
    values, profile, orientation = _read_tiff(source)
    bits = values.dtype.itemsize * 8 - (values.dtype.kind == "i")
    picture, notes = _join_channels(values, Stated(bits), source.name)
    if profile is not None:
        picture.info["icc_profile"] = profile
    return picture, notes, orientation


def _read_tiff(source):
    """(samples (H, W, channels), color profile, orientation) of a TIFF file's first page."""
    kind = "unknown values"
    try:
        import tifffile  # only such files need it

        with warnings.catch_warnings(), source.open() as file, tifffile.TiffFile(file) as tiff:
            warnings.simplefilter("ignore")
            page = tiff.pages[0]
            kind = f"{page.samplesperpixel} channels of {page.bitspersample} bits, compression {page.compression.name}"
            if page.photometric.name not in ("MINISBLACK", "MINISWHITE", "RGB"):
                raise ValueError(f"colors as {page.photometric.name}")
            values = page.asarray()
            if page.planarconfig == tifffile.PLANARCONFIG.SEPARATE and values.ndim == 3:
                values = np.moveaxis(values, 0, -1)
            if page.photometric.name == "MINISWHITE":
                values = values.max() - values
            tags = {code: page.tags[code].value for code in (PROFILE, ORIENTATION) if code in page.tags}
    except Exception as error:  # tifffile fails on damaged files in many ways
        raise PictureError(
            f"{source.name}: this TIFF picture cannot be decoded here: {kind} ({error}). {SAVE_AGAIN}"
        ) from None
    values = values[..., None] if values.ndim == 2 else values
    if values.ndim != 3 or values.shape[-1] not in (1, 2, 3, 4):
        raise PictureError(f"{source.name}: this TIFF picture has {kind}; a picture has 1 to 4 channels. {SAVE_AGAIN}")
    return values, tags.get(PROFILE), int(tags.get(ORIENTATION, 1))


def _join_channels(values, stated, name):
    channels = values.shape[-1]
    color = values[..., : channels - (channels in (2, 4))]
    pixels, notes = to_8_bits(color, stated, name)
    picture = Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels)
    if channels in (2, 4):
        alpha = values[..., -1].astype(np.float64)
        opaque = alpha.max() if alpha.max() > 0 else 1.0
        picture.putalpha(Image.fromarray(np.rint(255 * np.clip(alpha / opaque, 0, 1)).astype(np.uint8)))
    return picture, notes


def _color_extrema(picture):
    extrema = picture.getextrema()
    extrema = extrema if isinstance(extrema[0], tuple) else (extrema,)
    return extrema[:-1] if picture.mode in ("LA", "RGBA") else extrema


def _read_stated(picture, png):
    if png is not None:
        used = max(png.significant_bits[: 1 if png.color_type in (0, 4) else 3]) if png.significant_bits else None
        return Stated(png.bits, used if used is not None and used < png.bits else None)
    if picture.format == "TIFF":
        bits = max(_read_tag(picture, BITS, (1,)))
        signed = _sample_format(picture) == SIGNED
        ends = [*_read_tag(picture, END, ()), *_read_tag(picture, SIGNED_END, ())]
        return Stated(
            bits - signed,
            bits if bits in (10, 12, 14) else None,
            max((end for end in ends if isinstance(end, (int, float)) and end > 0), default=None),
            _read_tag(picture, PHOTOMETRIC, (1,))[0] == WHITE_IS_ZERO,
        )
    return Stated(32 if picture.mode == "I" and picture.format != "PPM" else 16)


def _sample_format(picture):
    return _read_tag(picture, SAMPLE_FORMAT, (1,))[0]


def _read_tag(picture, tag, default):
    value = picture.tag_v2.get(tag, default)
    return value if isinstance(value, tuple) else (value,)

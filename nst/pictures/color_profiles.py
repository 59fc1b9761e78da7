"""Convert a picture's colors to sRGB by the color profile in its file, or by what else a file says of its colors.

Without any of these a picture is sRGB, and its pixels stay as they are; so they do if the profile is sRGB itself.
"""

import io
import struct

import numpy as np
from PIL import Image, ImageCms

from nst.pictures import icc

BLACK_POINT_COMPENSATION = 0x2000  # of LittleCMS; ImageCms has a name for it since Pillow 10.3
SAME = 2  # of 255: a profile that moves no color by more than this is sRGB
SPACES = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK", "Lab ": "LAB"}
BROKEN = "its color profile is damaged or of an unknown kind and was ignored, so colors may be a little off."
MISFIT = "its color profile is for {space} and does not fit its pixels, so it was ignored; colors may be a little off."
HDR = "it has more brightness than a screen shows (HDR), which was ignored: it may look pale or dark."
SRGB_GAMMA = 1 / 2.2
SRGB_CHROMATICITY = (0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)
CICP_PRIMARIES = {1: icc.SRGB_PRIMARIES, 9: icc.REC_2020_PRIMARIES, 12: icc.DISPLAY_P3_PRIMARIES}
CICP_CURVES = {1: icc.REC_709_CURVE, 6: icc.REC_709_CURVE, 8: 1.0, 13: icc.SRGB_CURVE, 14: icc.REC_709_CURVE}
EXIF_IFD, INTEROPERABILITY_IFD, COLOR_SPACE, INTEROPERABILITY_INDEX = 0x8769, 0xA005, 0xA001, 1
PROFILE_ERRORS = (ImageCms.PyCMSError, OSError, ValueError, TypeError)


def to_srgb(picture, original, png=None):
    """Convert a picture of 8 bits to sRGB; return it as RGB or RGBA, and a list of notes.

    picture: a PIL image in any mode of 8 bits. original: the PIL image as it was opened, which has the profile and the
    EXIF data. png: the PngFacts of a PNG file.
    """
    layers = picture.convert("RGBA") if picture.has_transparency_data else None
    try:
        profile, notes = _find_profile(original, png)
    except (np.linalg.LinAlgError, struct.error, OverflowError):  # numbers of PNG that are not those of a space
        profile, notes = None, [BROKEN]
    if profile is None and picture.mode == "LAB":
        profile = ImageCms.createProfile("LAB")
    if profile is not None:
        converted, more = _apply(picture, profile)
        notes += more
        if converted is not None:
            if layers is not None:
                converted.putalpha(layers.getchannel("A"))
            return converted, notes
    return (picture.convert("RGB") if layers is None else layers), notes


def _find_profile(original, png):
    """The profile that a file states (bytes), or None for sRGB; and a list of notes."""
    info = original.info
    if png is not None and png.cicp is not None:
        primaries, transfer = png.cicp[:2]
        if primaries in CICP_PRIMARIES and transfer in CICP_CURVES:
            return icc.make_profile("cICP", CICP_PRIMARIES[primaries], CICP_CURVES[transfer]), []
        return info.get("icc_profile"), [HDR]
    if "icc_profile" in info:
        return (info["icc_profile"], []) if info["icc_profile"] else (None, [BROKEN])
    if "srgb" in info:
        return None, []
    if "gamma" in info or "chromaticity" in info:
        return _read_gamma(info.get("gamma"), info.get("chromaticity")), []
    if _is_adobe_rgb(original):
        return icc.make_profile("Adobe RGB", icc.ADOBE_RGB_PRIMARIES, icc.ADOBE_RGB_GAMMA), []
    return None, []


def _read_gamma(gamma, chromaticity):
    """The profile of PNG's gAMA and cHRM; None if they are sRGB's, as far as these can say so."""
    gamma = SRGB_GAMMA if gamma is None else gamma
    chromaticity = SRGB_CHROMATICITY if chromaticity is None else chromaticity
    curve = icc.SRGB_CURVE if abs(gamma / SRGB_GAMMA - 1) < 0.05 else 1 / gamma if 0.1 <= gamma <= 10 else None
    usual = np.allclose(chromaticity, SRGB_CHROMATICITY, atol=0.005)
    if curve is None or (usual and curve is icc.SRGB_CURVE) or min(chromaticity) <= 0:
        return None
    points = list(zip(chromaticity[::2], chromaticity[1::2], strict=True))
    return icc.make_profile("gAMA and cHRM", points[1:], curve, white=points[0])


def _is_adobe_rgb(original):
    """Whether a camera says so in EXIF data, as the standard of file names (DCF) provides for Adobe RGB."""
    try:
        exif = original.getexif()
        if exif.get_ifd(INTEROPERABILITY_IFD).get(INTEROPERABILITY_INDEX) == "R03":
            return True
        return exif.get_ifd(EXIF_IFD).get(COLOR_SPACE) == 2
    except Exception:  # Pillow fails on damaged EXIF data in many ways, and it is not needed
        return False


def _apply(picture, profile):
    """The picture in sRGB, or None if the profile cannot be used or is sRGB; and a list of notes."""
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(profile) if isinstance(profile, bytes) else profile)
        space = profile.profile.xcolor_space
        mode = SPACES.get(space)
        if not _fits(picture.mode, mode):
            return None, [MISFIT.format(space=space.strip())]
        transform = ImageCms.buildTransform(
            profile,
            ImageCms.createProfile("sRGB"),
            mode,
            "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            BLACK_POINT_COMPENSATION,
        )
        if _is_srgb(transform, mode):
            return None, []
        return ImageCms.applyTransform(picture.convert(mode), transform), []
    except PROFILE_ERRORS:
        return None, [BROKEN]


def _fits(picture_mode, profile_mode):
    if profile_mode is None:
        return False
    if picture_mode in ("CMYK", "LAB"):
        return picture_mode == profile_mode
    if profile_mode == "L":
        return picture_mode in ("1", "L", "LA", "La")
    return profile_mode == "RGB"


def _is_srgb(transform, mode):
    """Whether a transform changes no color that anybody could see."""
    if mode not in ("RGB", "L"):
        return False
    levels = np.linspace(0, 255, 16 if mode == "RGB" else 256).astype(np.uint8)
    samples = (
        np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(64, 64, 3) if mode == "RGB" else levels[None]
    )
    changed = np.asarray(ImageCms.applyTransform(Image.fromarray(samples), transform), np.int16)
    return np.abs(changed - (samples if mode == "RGB" else samples[..., None])).max() <= SAME

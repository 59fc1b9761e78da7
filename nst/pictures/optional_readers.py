"""Kinds of pictures that Pillow reads only with another package: HEIC, JPEG XL and, in old versions, AVIF."""

from importlib import import_module

from PIL import features

from nst.assets.file_kinds import PICTURE_BRANDS

SUFFIXES = (".heic", ".heif", ".jxl")
HEIC = (
    "this is a HEIC picture, as iPhones take them, and the package that reads it is not installed. Install it with "
    "python -m pip install pillow-heif, or save the picture as JPEG (on the iPhone: Settings, Camera, Formats, Most "
    "Compatible)."
)
AVIF = (
    "this is an AVIF picture, and this version of Pillow does not read it. Install a newer one with python -m pip "
    "install --upgrade pillow, or save the picture as JPEG or PNG."
)
JPEG_XL = (
    "this is a JPEG XL picture, and the package that reads it is not installed. Install it with python -m pip install "
    "pillow-jxl-plugin, or save the picture as JPEG or PNG."
)
AVIF_BRANDS = {b"avif", b"avis"}
JPEG_XL_HEADS = (b"\xff\x0a", b"\x00\x00\x00\x0cJXL \r\n\x87\n")


def prepare_reader(head):
    """Let Pillow read a file that begins with `head`, if a package for its kind is installed.

    Returns None, or what to do if the package is missing.
    """
    brands = read_brands(head)
    if brands & AVIF_BRANDS:  # AVIF may call itself mif1 first
        reads = "avif" in features.modules and features.check("avif")  # older versions do not know the word
        return None if reads or _register("pillow_heif", "register_avif_opener") else AVIF
    if brands and head[8:12] in PICTURE_BRANDS:
        return None if _register("pillow_heif", "register_heif_opener") else HEIC
    if head.startswith(JPEG_XL_HEADS):
        return None if _register("pillow_jxl") else JPEG_XL
    return None


def read_brands(head):
    """The brands of an ISO media file (HEIC, AVIF, MP4 ...): a set of four letters each; empty for another file."""
    if head[4:8] != b"ftyp":
        return set()
    end = min(int.from_bytes(head[:4], "big"), len(head))
    return {head[8:12], *(head[place : place + 4] for place in range(16, end, 4))}


def _register(package, function=None):
    try:
        module = import_module(package)  # importing pillow_jxl registers it
        if function is not None:
            getattr(module, function)()
    except (ImportError, AttributeError):
        return False
    return True

"""HEIC photographs, as iPhones take them: read with the package pillow-heif where it is installed."""

SUFFIXES = (".heic", ".heif")
BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
HOW_TO_READ = (
    "this is a HEIC picture, as iPhones take them, and the package that reads it is not installed. Install it with "
    "python -m pip install pillow-heif, or save the picture as JPEG (on the iPhone: Settings, Camera, Formats, Most "
    "Compatible)."
)


def is_heic(path):
    """Return whether a file begins as a HEIC picture does, whatever its name."""
    with path.open("rb") as file:
        head = file.read(12)
    return head[4:8] == b"ftyp" and head[8:] in BRANDS


def add_reader():
    """Let Pillow read HEIC pictures; return whether it can, which takes the package pillow-heif."""
    try:
        from pillow_heif import register_heif_opener
    except ImportError:
        return False
    register_heif_opener()
    return True

"""What a PNG file says about itself and Pillow does not tell: bits per sample, significant bits, coded colors."""

import struct
from dataclasses import dataclass

SIGNATURE = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class PngFacts:
    """bits: per sample, 1 to 16. color_type: PNG's number for it. significant_bits, cicp: of sBIT and cICP, or None."""

    bits: int
    color_type: int
    significant_bits: tuple | None = None
    cicp: tuple | None = None


def read_facts(file):
    """Return the PngFacts of an open file, or None if it is not a PNG file."""
    if file.read(8) != SIGNATURE:
        return None
    found = {}
    for kind, data in _iterate_chunks(file):
        found.setdefault(kind, data)
    header = found.get(b"IHDR", b"")
    if len(header) < 13:
        return None
    return PngFacts(
        header[8],
        header[9],
        tuple(found[b"sBIT"]) if found.get(b"sBIT") else None,
        tuple(found[b"cICP"]) if len(found.get(b"cICP", b"")) == 4 else None,
    )


def _iterate_chunks(file):
    """(kind, data) of the chunks before the pixels; long ones without their data."""
    while len(head := file.read(8)) == 8:
        length, kind = struct.unpack(">I4s", head)
        if kind == b"IDAT":
            return
        yield kind, file.read(length) if length <= 64 else b""
        file.seek(4 if length <= 64 else length + 4, 1)

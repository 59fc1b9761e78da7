"""Make ICC profiles of RGB color spaces from their primaries and tone curve (ICC.1:2010, a matrix profile)."""

import struct

import numpy as np

D65 = (0.3127, 0.3290)
D50_XYZ = np.array([0.9642, 1.0, 0.8249])  # of the space in which profiles meet
SRGB_PRIMARIES = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
ADOBE_RGB_PRIMARIES = ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06))
DISPLAY_P3_PRIMARIES = ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))
REC_2020_PRIMARIES = ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046))
ADOBE_RGB_GAMMA = 563 / 256
SRGB_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
REC_709_CURVE = (1 / 0.45, 1 / 1.099, 0.099 / 1.099, 1 / 4.5, 0.081)
BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])


def make_profile(name, primaries, curve, white=D65):
    """Return an ICC profile (bytes); the same arguments give the same bytes.

    primaries: (x, y) of red, green and blue. curve: an exponent, or the five numbers of ICC's parametric curve 3.
    white: (x, y) of the white point.
    """
    adaptation = _adapt_to_d50(_to_xyz(white))
    columns = np.stack([_to_xyz(primary) for primary in primaries], axis=1)
    matrix = adaptation @ (columns * np.linalg.solve(columns, _to_xyz(white)))
    tone = _make_curve(curve)
    tags = {
        b"desc": _make_text(name),
        b"cprt": _make_text("No copyright, use freely"),
        b"wtpt": _make_xyz(D50_XYZ),
        b"chad": b"sf32\0\0\0\0" + _fixed(adaptation.ravel()),
        **{tag: _make_xyz(column) for tag, column in zip((b"rXYZ", b"gXYZ", b"bXYZ"), matrix.T, strict=True)},
        b"rTRC": tone,
        b"gTRC": tone,
        b"bTRC": tone,
    }
    return _assemble(tags)


def _to_xyz(chromaticity):
    x, y = chromaticity
    return np.array([x / y, 1.0, (1 - x - y) / y])


def _adapt_to_d50(white):
    return np.linalg.solve(BRADFORD, np.diag(BRADFORD @ D50_XYZ / (BRADFORD @ white)) @ BRADFORD)


def _fixed(numbers):
    return struct.pack(f">{len(numbers)}i", *(round(float(number) * 65536) for number in numbers))


def _make_xyz(xyz):
    return b"XYZ \0\0\0\0" + _fixed(xyz)


def _make_text(text):
    encoded = text.encode("utf-16-be")
    return b"mluc\0\0\0\0" + struct.pack(">II4sII", 1, 12, b"enUS", len(encoded), 28) + encoded


def _make_curve(curve):
    if isinstance(curve, tuple):
        return b"para\0\0\0\0" + struct.pack(">HH", 3, 0) + _fixed(curve)
    return b"para\0\0\0\0" + struct.pack(">HH", 0, 0) + _fixed((curve,))


def _assemble(tags):
    table, body, places = b"", b"", {}
    start = 128 + 4 + 12 * len(tags)
    for tag, data in tags.items():
        if data not in places:
            places[data] = start + len(body)
            body += data + bytes(-len(data) % 4)
        table += tag + struct.pack(">II", places[data], len(data))
    size = start + len(body)
    date = struct.pack(">6H", 2000, 1, 1, 0, 0, 0)
    header = struct.pack(">I4xI4s4s4s", size, 0x04300000, b"mntr", b"RGB ", b"XYZ ") + date + b"acsp"
    header += bytes(28) + _fixed(D50_XYZ)
    return header.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


SRGB_PROFILE = make_profile("sRGB", SRGB_PRIMARIES, SRGB_CURVE)

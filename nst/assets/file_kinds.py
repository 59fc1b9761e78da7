"""Recognize kinds of files by how they begin, to name a good file of a kind that is not read here."""

import re
from dataclasses import dataclass
from pathlib import Path

HEAD = 4096  # bytes that are enough to recognize a kind
EXPORT = "Open it in the program that it is from, and export it as PNG or JPEG."
PICK_FRAME = "Open it in a video player, and save one frame as PNG or JPEG."
DEVELOP = "Develop it in a photo program, and export it as JPEG, or as TIFF or PNG with 8 or 16 bits."
UNPACK = "Unpack it, and give the file that you need from it."
WRONG_FILE = "Give the name of the file that you need."
NETWORK = "It holds the weights of a network."
ARRAY = "Load it with NumPy, and give the array."


@dataclass(frozen=True)
class FileKind:
    """name: with its article, such as 'a PDF document'. advice: one sentence for somebody who needs a picture."""

    name: str
    advice: str


PICTURE_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis")
RAW_SUFFIX = re.compile(
    r"\.(3fr|arw|cr2|cr3|crw|dcr|dng|erf|iiq|kdc|mef|mos|mrw|nef|nrw|orf|pef|raf|raw|rw2|rwl|sr2|srf|srw|x3f)", re.I
)
RAW = FileKind("a raw photograph of a camera", DEVELOP)
_HEADS = (
    (0, b"%PDF", "a PDF document", "Export the page, or the picture in it, as PNG or JPEG."),
    (0, b"8BPS", "a Photoshop file", EXPORT),
    (0, b"gimp xcf", "a GIMP file", EXPORT),
    (0, b"\x00\xffKA", "an Affinity file", EXPORT),
    (0, b"%!PS", "a PostScript drawing", "Export it as PNG."),
    (0, b"\xc5\xd0\xd3\xc6", "a PostScript drawing", "Export it as PNG."),
    (0, b"\xd7\xcd\xc6\x9a", "a Windows drawing (WMF)", "Export it as PNG."),
    (40, b" EMF", "a Windows drawing (EMF)", "Export it as PNG."),
    (0, b"AT&TFORM", "a DjVu document", "Export the page as PNG or JPEG."),
    (0, b"II\xbc\x01", "a JPEG XR picture", EXPORT),
    (0, b"v/1\x01", "an OpenEXR picture", "Export it as PNG, or as TIFF with 16 bits."),
    (0, b"#?R", "a Radiance HDR picture", "Export it as PNG, or as TIFF with 16 bits."),
    (128, b"DICM", "a DICOM file of a medical device", "Export the picture as PNG or TIFF."),
    (0, b"GRIB", "weather data (GRIB)", "Load them with a package for them, and give the array."),
    (0, b"BUFR", "weather data (BUFR)", "Load them with a package for them, and give the array."),
    (0, b"BPG\xfb", "a BPG picture", EXPORT),
    (0, b"FLIF", "a FLIF picture", EXPORT),
    (0, b"FUJIFILMCCD-RAW", RAW.name, DEVELOP),
    (0, b"IIRO", RAW.name, DEVELOP),
    (0, b"IIRS", RAW.name, DEVELOP),
    (0, b"MMOR", RAW.name, DEVELOP),
    (0, b"IIU\x00", RAW.name, DEVELOP),
    (0, b"FOVb", RAW.name, DEVELOP),
    (0, b"\x00MRM", RAW.name, DEVELOP),
    (6, b"HEAPCCDR", RAW.name, DEVELOP),
    (8, b"CR\x02", RAW.name, DEVELOP),
    (4, b"ftypcrx ", RAW.name, DEVELOP),
    (4, b"moov", "a video", PICK_FRAME),
    (4, b"mdat", "a video", PICK_FRAME),
    (4, b"wide", "a video", PICK_FRAME),
    (0, b"\x1aE\xdf\xa3", "a video", PICK_FRAME),
    (8, b"AVI ", "a video", PICK_FRAME),
    (0, b"\x00\x00\x01\xba", "a video", PICK_FRAME),
    (0, b"\x00\x00\x01\xb3", "a video", PICK_FRAME),
    (0, b"FLV\x01", "a video", PICK_FRAME),
    (0, b"OggS", "a sound or video file", PICK_FRAME),
    (0, b"0&\xb2u\x8ef\xcf\x11", "a video", PICK_FRAME),
    (0, b"ID3", "a sound file", WRONG_FILE),
    (8, b"WAVE", "a sound file", WRONG_FILE),
    (0, b"fLaC", "a sound file", WRONG_FILE),
    (0, b"\x93NUMPY", "a NumPy array", ARRAY),
    (0, b"MATLAB 5.0", "a MATLAB file", "Load it with scipy.io.loadmat, and give the array."),
    (0, b"\x89HDF\r\n\x1a\n", "an HDF5 file", "If it holds a picture, load it with h5py, and give the array."),
    (4, b"TFL3", "a network of TensorFlow Lite", NETWORK),
    (0, b"Rar!\x1a\x07", "a RAR archive", UNPACK),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", UNPACK),
    (0, b"\x1f\x8b", "a gzip archive", UNPACK),
    (0, b"BZh", "a bzip2 archive", UNPACK),
    (0, b"\xfd7zXZ\x00", "an XZ archive", UNPACK),
    (257, b"ustar", "a tar archive", UNPACK),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a Microsoft Office document", "Save the picture in it as PNG or JPEG."),
    (
        0,
        b"\x00\x05\x16\x07",
        "a file in which macOS keeps notes about another one",
        "The picture has the same name without ._ in front.",
    ),
    (0, b"L\x00\x00\x00\x01\x14\x02\x00", "a Windows shortcut", "Give the name of the file that it leads to."),
    (
        0,
        b"bplist00",
        "a property list of macOS, perhaps in place of a file that is still in iCloud",
        "Download the picture in Finder first.",
    ),
    (0, b"\x7fELF", "a program", WRONG_FILE),
    (0, b"SQLite format 3", "a database", WRONG_FILE),
)
_IN_ZIPS = (
    (b"word/", "a Word document", "Save the picture in it as PNG or JPEG."),
    (b"ppt/", "a PowerPoint document", "Save the picture in it as PNG or JPEG."),
    (b"xl/", "an Excel document", "Save the picture in it as PNG or JPEG."),
    (b"mimetypeapplication/vnd.oasis", "an OpenDocument file", "Save the picture in it as PNG or JPEG."),
    (b"mimetypeapplication/x-krita", "a Krita file", EXPORT),
    (b"mimetypeimage/openraster", "an OpenRaster picture", EXPORT),
    (b"data.pkl", "a PyTorch file", NETWORK),
    (b"model.weights.h5", "a Keras model", NETWORK),
    (b".npy", "NumPy arrays", ARRAY),
)


def identify_kind(head, name=""):
    """Return the FileKind of a file, or None for one that is not known, among them all kinds that Pillow reads.

    head: its first bytes, HEAD at most. name: its name, which tells raw photographs from TIFF pictures.

    >>> identify_kind(b"%PDF-1.7").name
    'a PDF document'
    """
    if RAW_SUFFIX.fullmatch(Path(name).suffix) and head[:2] in (b"II", b"MM"):
        return RAW
    for place, magic, what, advice in _HEADS:
        if head[place : place + len(magic)] == magic:
            return FileKind(what, advice)
    if head[4:8] == b"ftyp" and head[8:12] not in PICTURE_BRANDS:
        return FileKind("a video", PICK_FRAME)
    if head.startswith(b"PK\x03\x04"):
        return next(
            (FileKind(what, advice) for mark, what, advice in _IN_ZIPS if mark in head),
            FileKind("a zip archive", UNPACK),
        )
    return _identify_weights(head) or _identify_text(head)


def _identify_weights(head):
    if head[8:10] == b'{"' and int.from_bytes(head[:8], "little") < 100_000_000:
        return FileKind("a safetensors file", NETWORK)
    if re.match(rb"\x80[\x02-\x05]", head):
        return FileKind("a Python pickle, such as an old PyTorch file", NETWORK)
    if head[:1] == b"\x08" and (b"pytorch" in head[:64] or b"onnx" in head[:256].lower() or head[2:3] == b"\x12"):
        return FileKind("an ONNX network", NETWORK)
    if b"caffe" in head[:256].lower() or (head[:1] == b"\x0a" and b"VGG" in head[:64]):
        return FileKind("a Caffe network", NETWORK)
    return None


def _identify_text(head):
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if b"<svg" in head and start.startswith(b"<"):
        return FileKind("an SVG drawing", "Export it as PNG, for example with Inkscape or a browser.")
    if start.startswith((b"<!", b"<html", b"<HTML", b"<head", b"<body")):
        return FileKind(
            "an HTML page", "Open the page in a browser, and save the picture itself: right-click, Save image as."
        )
    if start.startswith(b"{") and b'"cells"' in head:
        return FileKind("a notebook", "Save the picture in it as PNG or JPEG.")
    if start.startswith(b"version https://git-lfs.github.com/spec/"):
        return FileKind("a Git LFS pointer", "Get the file itself with git lfs pull.")
    if start.startswith(b"[InternetShortcut]"):
        return FileKind("a link to a web address", "Download the picture, and give its file name.")
    return None

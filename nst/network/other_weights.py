"""Name the weight files of other networks and programs, which are good files, but not what is read here."""

import zipfile
from pathlib import Path

from foundation.printable import printable_line
from nst.assets.file_kinds import HEAD, identify_kind

LAYOUTS = (
    "Expected a .npz file with arrays such as block1_conv1/kernel, or a .h5 file in the layout of the published "
    "VGG-19. python -m nst fetch vgg19 downloads that one."
)
READ_KINDS = ("a zip archive", "NumPy arrays", "an HDF5 file")
PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"II*\0", b"MM\0*", b"BM")
VGG16 = {f"block{block}_conv{number}" for block in range(1, 6) for number in range(1, 3 if block < 3 else 4)}
MOST, LONGEST = 5, 60  # names that are listed, and characters of each


def describe_other_kind(path):
    """Return what a file is, such as 'a PyTorch file', if it is neither .npz nor .h5; else None."""
    if Path(path).is_dir():
        return "a folder, such as a SavedModel of TensorFlow"
    with Path(path).open("rb") as file:
        head = file.read(HEAD)
    if head.startswith(PICTURES):
        return "a picture"
    kind = identify_kind(head, Path(path).name)
    if head.startswith(b"PK"):
        return _describe_zip(path)
    return None if kind is None or kind.name in READ_KINDS else kind.name


def _describe_zip(path):
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (OSError, zipfile.BadZipFile):
        return None  # damaged, which reading it will say
    if any(name.endswith(".npy") for name in names) or not names:
        return None
    if any(name.endswith("data.pkl") for name in names):
        return "a PyTorch file"
    if "model.weights.h5" in names:
        return "a Keras model (.keras)"
    return f"a zip archive with {_list(names)}"


def describe_other_layers(found, names):
    """Why the layers of a weight file are not those of VGG-19. found: those that are; names: all names in the file."""
    if set(found) == VGG16:
        return f"found {', '.join(found)}. These are the layers of VGG-16, another network. {LAYOUTS}"
    if not found and names:
        return f"found none; the file has {_list(names)}. {LAYOUTS}"
    return f"found {', '.join(found) or 'none'}."


def _list(names):
    more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
    return ", ".join(printable_line(name[:LONGEST]) for name in sorted(names)[:MOST]) + more

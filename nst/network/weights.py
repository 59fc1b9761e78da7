"""Weight files of VGG-19: find the one to use, verify it, and read it."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from foundation.printable import printable_sentence
from nst.assets.catalog import VGG19
from nst.assets.sniffing import identify_wrong_file
from nst.network.layers import LAYERS
from nst.network.other_weights import LAYOUTS, describe_other_kind, describe_other_layers
from nst.paths import BUNDLED, RESTORE
from nst.stored_arrays import StoredArray, open_npz

POCKET_FILE = BUNDLED / "pocket_vgg19.npz"
POCKET_SHA256 = "c9e3eebd8476616ee4f7886c73ae8bf1d0063658d31eaf3e42e7c7d768c479e8"
VGG19_FILE = VGG19.path
CHOICES = ("auto", "pocket", "vgg19")
PUBLISHED = "Network: VGG-19, the published weights."
FLOATS = ("float16", "float32", "float64")
MAX_REASON = 300  # characters
MAX_CHANNELS = 1024  # of a layer; VGG-19 has 512


class WeightsError(ValueError):
    """A weight file that cannot be used; the message names the file, what was expected and what to do."""


@dataclass(frozen=True)
class Weights:
    """The weight file to use: its network's name, its path, and the line that announces it."""

    name: str
    path: Path
    announcement: str


def find_weights(choice: str | Path | None = None) -> Weights:
    """Find a weight file; nothing is downloaded.

    choice: "pocket" (the bundled network), "vgg19" (the published one, which must be in pretrained-model/), "auto"
        (vgg19 if it is there and its checksum is right, otherwise pocket), or the path of a .npz or .h5 file. None:
        the value of the environment variable NST_WEIGHTS, or "auto" if it is not set.

    Returns Weights. Raises WeightsError if the file is missing or its checksum is wrong.

    >>> find_weights("pocket").name
    'pocket_vgg19'
    """
    if choice is not None and (not isinstance(choice, (str, os.PathLike)) or "\0" in str(choice)):
        raise WeightsError(f"weights: got {choice!r}, expected {', '.join(CHOICES)} or the path of a weight file.")
    choice = str(choice or os.environ.get("NST_WEIGHTS") or "auto")
    if choice == "auto":
        return _vgg19_or_pocket()
    if choice == "vgg19":
        return _vgg19()
    if choice == "pocket":
        return _pocket()
    return _from_path(Path(choice))


def read_weights(path: str | Path, layers: Sequence[str] = LAYERS) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Read a weight file.

    path: a .npz file with arrays named "block1_conv1/kernel" and "block1_conv1/bias", or a .h5 file in the published
        Keras layout. The file may contain only the first layers: the network then ends there. A kernel of 8-bit whole
        numbers is multiplied by "block1_conv1/scale", a number for each of its output channels.
    layers: the names to expect, in the order of the network; by default the sixteen of VGG-19.

    Returns {layer name: (kernel, bias)} in the order of the network. kernel: float32 (3, 3, channels in, channels out);
    bias: float32 (channels out,). Raises WeightsError if the file is damaged, is not a weight file, or if the channels
    of one layer do not fit the next.

    >>> kernel, bias = read_weights(POCKET_FILE)["block1_conv1"]
    >>> kernel.shape, bias.shape
    ((3, 3, 3, 32), (32,))
    """
    path = Path(path)
    with open_arrays(path) as arrays:
        return _read_layers(path, arrays, layers)


@contextmanager
def open_arrays(path: Path) -> Iterator[dict[str, Any]]:
    """{name: StoredArray} of a .npz or .h5 file for a `with` block, with None for what is not an array of a layer.

    Raises WeightsError if the file is damaged or not a weight file, also for errors of the block.
    """
    _refuse_wrong_file(path)
    try:
        with open_npz(path) if _begins_with(path, b"PK") else _open_h5(path) as arrays:
            yield arrays
    except (WeightsError, MemoryError):
        raise
    except Exception as error:  # zipfile, NumPy and h5py raise errors of any type on damaged files
        raise WeightsError(
            f"{path}: the weight file is damaged or incomplete ({printable_sentence(str(error)[:MAX_REASON])}). Delete "
            "it and get it again."
        ) from None


def require_bundled(path: Path, sha256: str) -> None:
    """Raise WeightsError unless a weight file that comes with the course is there and has its checksum."""
    require_file(path, f"It comes with the course. {RESTORE}")
    if not _has_checksum(path, f"sha256:{sha256}"):
        _refuse_wrong_file(path)
        raise WeightsError(
            f"{path}: the checksum of the bundled network is wrong (expected SHA-256 {sha256}). {RESTORE}"
        )


def _vgg19_or_pocket():
    if not VGG19_FILE.is_file():
        return _pocket("python -m nst fetch vgg19 gets the full VGG-19, 80 MB")
    _require_readable(VGG19_FILE)
    if not _has_checksum(VGG19_FILE, VGG19.hash):
        return _pocket(
            f"{VGG19_FILE.name} exists, but its checksum is wrong; python -m nst fetch vgg19 downloads it again"
        )
    return _vgg19()


def _pocket(remark="chosen by name"):
    require_bundled(POCKET_FILE, POCKET_SHA256)
    return Weights("pocket_vgg19", POCKET_FILE, f"Network: Pocket VGG-19, bundled ({remark}).")


def _vgg19():
    require_file(VGG19_FILE, "Download it with python -m nst fetch vgg19 (80 MB), or use the bundled network, pocket.")
    if not _has_checksum(VGG19_FILE, VGG19.hash):
        _refuse_wrong_file(VGG19_FILE)
        raise WeightsError(
            f"{VGG19_FILE}: the checksum is wrong (expected {VGG19.checksum}). The file is "
            f"incomplete, or a different one. Download it again with python -m nst fetch vgg19."
        )
    return Weights("vgg19", VGG19_FILE, PUBLISHED)


def _from_path(path):
    require_file(path, f"Give the path of a .npz or .h5 file, or one of {', '.join(CHOICES)}.")
    if path.resolve() == VGG19_FILE.resolve():
        return _vgg19()
    if path.resolve() == POCKET_FILE.resolve():
        return _pocket()
    if path.stat().st_size == VGG19.size and _has_checksum(path, VGG19.hash):  # a copy of it
        return Weights("vgg19", path, PUBLISHED)
    return Weights("vgg19_from_file", path, f"Network: VGG-19 with unpublished weights from {path.name}.")


def require_file(path: Path, advice: str) -> None:
    """Raise WeightsError, with the advice, unless `path` is a file that can be read."""
    if path.is_dir():
        raise WeightsError(f"{path}: this is {describe_other_kind(path)}, not a weight file. {LAYOUTS}")
    if not path.is_file():
        raise WeightsError(f"{path}: there is no such weight file. {advice}")
    _require_readable(path)


def _require_readable(path):
    try:
        path.open("rb").close()
    except OSError as error:
        raise WeightsError(
            f"{path}: the weight file cannot be read ({error.strerror}). Change its permissions."
        ) from None


def _has_checksum(path, expected):
    algorithm, digest = expected.split(":")
    return hashlib.new(algorithm, path.read_bytes()).hexdigest() == digest


def _refuse_wrong_file(path):
    wrong = identify_wrong_file(path)
    if wrong:
        what, cause = wrong
        raise WeightsError(f"{path}: this is {what}, not a weight file ({cause}). Delete it and get it again.")
    other = describe_other_kind(path)
    if other:
        raise WeightsError(f"{path}: this is {other}, which is not read here. {LAYOUTS}")


def _begins_with(path, magic):
    with path.open("rb") as file:
        return file.read(len(magic)) == magic


@contextmanager
def _open_h5(path):
    """{name: StoredArray} of a .h5 file, with None for what is not an array of a layer."""
    import h5py  # only the full network's file needs it, and it takes a while to import

    def list_own(group):  # not links, which may lead to other files
        names = (name for name in group if isinstance(group.get(name, getlink=True), h5py.HardLink))
        return [(name, group[name]) for name in names]

    arrays = {}
    with h5py.File(path, "r") as file:
        for layer, group in list_own(file):
            arrays[layer] = None
            for array in (
                (item for _, item in list_own(group) if isinstance(item, h5py.Dataset))
                if isinstance(group, h5py.Group)
                else ()
            ):
                if array.shape is not None and not array.external and not array.is_virtual:
                    kind = "kernel" if array.ndim == 4 else "bias"
                    arrays[f"{layer}/{kind}"] = StoredArray(array.shape, array.dtype, partial(array.__getitem__, ()))
        yield arrays


def _read_layers(path, arrays, layers):
    names = [name for name in layers if f"{name}/kernel" in arrays]
    if not names or names != list(layers[: len(names)]):
        raise WeightsError(
            f"{path}: expected the layers {layers[0]} ... {layers[-1]} without a gap, "
            f"{describe_other_layers(names, [name for name in arrays if arrays[name] is None] or list(arrays))}"
        )
    weights, channels = {}, 3
    for name in names:
        kernel = arrays[f"{name}/kernel"]
        if len(kernel.shape) != 4 or kernel.shape[:3] != (3, 3, channels):
            raise WeightsError(
                f"{path}: the kernel of {name} has shape {kernel.shape}, expected (3, 3, {channels}, channels out)."
            )
        channels = kernel.shape[-1]
        weights[name] = read_layer(path, arrays, name)
    return weights


def read_layer(path: Path, arrays: dict[str, Any], name: str) -> tuple[np.ndarray, np.ndarray]:
    """(kernel, bias) of a layer in float32, once its kernel has the right shape.

    A kernel of 8-bit whole numbers is multiplied by the scales of its output channels. Raises WeightsError.
    """
    kernel = arrays[f"{name}/kernel"]
    channels = kernel.shape[-1]
    if not 1 <= min(kernel.shape) <= max(kernel.shape) <= MAX_CHANNELS:
        raise WeightsError(f"{path}: {name} has {channels} channels, expected 1 to {MAX_CHANNELS}.")
    bias = _read_vector(path, arrays, name, "bias", channels)
    scale = 1
    if kernel.dtype == np.int8:
        scale = _read_vector(path, arrays, name, "scale", channels, " for 8-bit weights")
    return _read_numbers(path, name, "kernel", kernel) * scale, bias


def _read_vector(path, arrays, name, part, channels, purpose=""):
    vector = arrays.get(f"{name}/{part}")
    if vector is None or vector.shape != (channels,):
        found = "is missing" if vector is None else f"has shape {vector.shape}"
        raise WeightsError(f"{path}: the {part} of {name} {found}, expected ({channels},){purpose}.")
    return _read_numbers(path, name, part, vector)


def _read_numbers(path, name, part, array):
    """A part of a layer in float32. Only kernels may have 8 bits."""
    if array.dtype not in FLOATS and not (part == "kernel" and array.dtype == np.int8):
        raise WeightsError(f"{path}: the {part} of {name} has the type {array.dtype}, expected float32.")
    with np.errstate(over="ignore"):
        numbers = array.read().astype(np.float32)
    if not np.isfinite(numbers).all():
        raise WeightsError(
            f"{path}: the {part} of {name} has numbers that are not finite in float32. The training that made it "
            "failed, or the file is damaged: get it again."
        )
    return numbers

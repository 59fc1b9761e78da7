"""Weight files of VGG-19: find the one to use, verify it, and read it."""

import hashlib
import os
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nst.assets.catalog import VGG19
from nst.assets.sniffing import identify_wrong_file
from nst.network.layers import LAYERS
from nst.network.other_weights import LAYOUTS, describe_other_kind, describe_other_layers
from nst.paths import BUNDLED, RESTORE

POCKET_FILE = BUNDLED / "pocket_vgg19.npz"
POCKET_SHA256 = "c9e3eebd8476616ee4f7886c73ae8bf1d0063658d31eaf3e42e7c7d768c479e8"
VGG19_FILE = VGG19.path
CHOICES = ("auto", "pocket", "vgg19")
PUBLISHED = "Network: VGG-19, the published weights."
DAMAGE = (OSError, ValueError, EOFError, KeyError, RuntimeError, zipfile.BadZipFile, zlib.error)  # NumPy's, h5py's


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
    arrays, names = read_arrays(path)
    return _checked(path, arrays, layers, names)


def read_arrays(path: Path) -> tuple[dict[str, np.ndarray], list[str]]:
    """Read the arrays of a .npz or .h5 file, as {name: array}, and the names of all that it contains.

    Raises WeightsError if the file is damaged or not a weight file.
    """
    _refuse_wrong_file(path)
    try:
        return _read_npz(path) if _begins_with(path, b"PK") else _read_h5(path)
    except DAMAGE as error:
        raise WeightsError(
            f"{path}: the weight file is damaged or incomplete ({error}). Delete it and get it again."
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


def _read_npz(path):
    # Opened here, since np.load leaves a damaged file open.
    with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
        return {key: archive[key] for key in archive.files}, archive.files


def _read_h5(path):
    import h5py  # only the full network's file needs it, and it takes a while to import

    arrays = {}
    with h5py.File(path, "r") as file:
        groups = {name: group for name, group in file.items() if isinstance(group, h5py.Group)}
        for layer, group in groups.items():
            for array in (item for item in group.values() if isinstance(item, h5py.Dataset)):
                arrays[f"{layer}/{'kernel' if array.ndim == 4 else 'bias'}"] = array[()]
        return arrays, list(file)


def _checked(path, arrays, layers, names_in_file):
    names = [name for name in layers if f"{name}/kernel" in arrays]
    if not names or names != list(layers[: len(names)]):
        raise WeightsError(
            f"{path}: expected the layers {layers[0]} ... {layers[-1]} without a gap, "
            f"{describe_other_layers(names, names_in_file)}"
        )
    weights, channels = {}, 3
    for name in names:
        kernel, bias = arrays[f"{name}/kernel"], arrays.get(f"{name}/bias")
        if kernel.ndim != 4 or kernel.shape[:3] != (3, 3, channels):
            raise WeightsError(
                f"{path}: the kernel of {name} has shape {kernel.shape}, expected (3, 3, {channels}, channels out)."
            )
        channels = kernel.shape[-1]
        if bias is None or bias.shape != (channels,):
            found = "is missing" if bias is None else f"has shape {bias.shape}"
            raise WeightsError(f"{path}: the bias of {name} {found}, expected ({channels},).")
        weights[name] = scale_kernel(path, name, kernel, arrays.get(f"{name}/scale")), bias.astype(np.float32)
    return weights


def scale_kernel(path: Path, name: str, kernel: np.ndarray, scale: np.ndarray | None) -> np.ndarray:
    """Return a kernel in float32; one of 8-bit whole numbers is multiplied by the scales of its output channels."""
    if kernel.dtype != np.int8:
        return kernel.astype(np.float32)
    if scale is None or scale.shape != kernel.shape[-1:]:
        found = "is missing" if scale is None else f"has shape {scale.shape}"
        raise WeightsError(f"{path}: the scale of {name} {found}, expected {kernel.shape[-1:]} for 8-bit weights.")
    return kernel * scale.astype(np.float32)

"""The arrays in a file that a stranger may have written: their shapes and types first, their values only on request.

A header can claim any size, and compressed values can be a thousand times as large as their file. So nothing is
allocated by what a file says before the reader has compared it with what it expects.
"""

import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

MAX_ARRAYS = 1000
HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}


@dataclass(frozen=True)
class StoredArray:
    """An array that has not been read. read() returns it; compressed: whether its file may be much smaller."""

    shape: tuple
    dtype: np.dtype
    read: Callable[[], np.ndarray]
    compressed: bool = False


@contextmanager
def open_npz(path: Path) -> Iterator[dict[str, StoredArray]]:
    """{name: StoredArray} of a .npz file, for a `with` block. Pickled objects are refused.

    Raises what zipfile and NumPy raise on damaged files, which is any exception.
    """
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        if len(entries) > MAX_ARRAYS:
            raise ValueError(f"it has {len(entries)} arrays")
        yield {entry.filename.removesuffix(".npy"): _read_header(archive, entry) for entry in entries}


def _read_header(archive, entry):
    with archive.open(entry) as file:
        version = np.lib.format.read_magic(file)
        if version not in HEADERS:
            raise ValueError(f"{entry.filename} has the unknown format {version}")
        shape, _, dtype = HEADERS[version](file)
        if dtype.hasobject:
            raise ValueError(f"{entry.filename} is a pickled object")
        begin = file.tell()
    if min(shape, default=1) < 0 or begin + np.prod(shape, dtype=object) * dtype.itemsize != entry.file_size:
        raise ValueError(f"{entry.filename} has another length than its shape {shape} needs")

    def read():
        with archive.open(entry) as file:
            return np.lib.format.read_array(file, allow_pickle=False)

    return StoredArray(shape, dtype, read, entry.compress_type != zipfile.ZIP_STORED)

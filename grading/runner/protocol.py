"""The format of messages between grader and worker: frames of bytes, and arrays as .npz without pickles.

The reader trusts nothing: a frame longer than its limit, or an array that does not match its header, is a
`ProtocolError`.
"""

import io
import struct
import zipfile
from typing import Any, BinaryIO

import numpy as np

HEADER = struct.Struct(">Q")
MAX_BYTES = 32_000_000  # of a frame; the largest answer of the probe has 8 million
READY = b"ready"  # the worker's first frame, when TensorFlow is imported
MAX_NOTES = 20  # about statements that failed, in one answer


class ProtocolError(Exception):
    """The bytes received are not a valid message."""


class CutOffError(ProtocolError):
    """The pipe ended in the middle of a message, as when its process is killed."""


def send(stream: BinaryIO, payload: bytes) -> None:
    """Write one frame."""
    stream.write(HEADER.pack(len(payload)) + payload)
    stream.flush()


def receive(stream: BinaryIO) -> bytes | None:
    """Read the next frame; None if the pipe has ended. Raises ProtocolError."""
    header = stream.read(HEADER.size)
    if not header:
        return None
    if len(header) < HEADER.size:
        raise CutOffError("a frame is cut off")
    if (length := HEADER.unpack(header)[0]) > MAX_BYTES:
        raise ProtocolError("a frame begins with an invalid header")
    payload = stream.read(length)
    if len(payload) < length:
        raise CutOffError("a frame is cut off")
    return payload


def pack(arrays: dict[str, Any]) -> bytes:
    """Arrays, numbers and strings by name, as the bytes of an uncompressed .npz.

    >>> unpack(pack({"value": [1.0, 2.0]}))
    {'value': array([1., 2.])}
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, value in arrays.items():
            with archive.open(f"{name}.npy", "w") as entry:
                np.lib.format.write_array(entry, np.asarray(value), allow_pickle=False)
    return buffer.getvalue()


def unpack(payload: bytes) -> dict[str, np.ndarray]:
    """The arrays by name. Raises ProtocolError for any other bytes, before it allocates much memory."""
    try:
        with zipfile.ZipFile(io.BytesIO(payload)) as archive:
            entries = archive.infolist()
            if sum(entry.file_size for entry in entries) > MAX_BYTES:
                raise ProtocolError("the arrays are too large")
            if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries):  # so they may be larger
                raise ProtocolError("the arrays are compressed")
            return {entry.filename.removesuffix(".npy"): _read_array(archive.read(entry)) for entry in entries}
    except Exception as error:  # a forged archive can make zipfile and NumPy fail in any way
        raise ProtocolError(f"not a valid archive of arrays: {type(error).__name__}: {error}") from None


def _read_array(data):
    stream = io.BytesIO(data)
    if np.lib.format.read_magic(stream) != (1, 0):
        raise ProtocolError("an array has an unknown format version")
    shape, _, dtype = np.lib.format.read_array_header_1_0(stream)
    count = int(np.prod(shape, dtype=object))
    # Elements of size zero would fit here in any number, and be expensive to compare later.
    if dtype.hasobject or count * dtype.itemsize != len(data) - stream.tell() or count > max(1, len(data)):
        raise ProtocolError("an array does not match its header")
    stream.seek(0)
    return np.lib.format.read_array(stream, allow_pickle=False)

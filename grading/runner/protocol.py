"""The format of messages between grader and worker: frames of bytes, and in an answer texts and arrays of numbers.

An answer is the length of an index, the index in JSON, and the numbers of all arrays one after the other. The reader
trusts nothing: what is not in these bounds is a `ProtocolError`, found in a time that grows with the length alone.
"""

import json
import math
import struct
from typing import Any, BinaryIO

import numpy as np

HEADER = struct.Struct(">Q")
MAX_BYTES = 32_000_000  # of a frame; the largest answer of the probe has 8 million
MAX_INDEX = 1_000_000  # bytes
MAX_ENTRIES = 500
MAX_NAME = 100  # characters
MAX_TEXT = 4000  # characters; longer texts are cut before they are sent
MAX_DIMENSIONS = 64  # of NumPy
DTYPES = ("<f8", "<f4", "<i8", "<i4", "|i1", "|u1", "|b1")
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


def pack(values: dict[str, Any]) -> bytes:
    """Arrays, numbers and strings by name, as bytes. Strings longer than MAX_TEXT are cut.

    >>> unpack(pack({"value": [1.0, 2.0], "status": "returned"}))
    {'value': array([1., 2.]), 'status': array('returned', dtype='<U8')}
    """
    entries: list[list] = []
    data: list[bytes] = []
    for name, value in values.items():
        array = np.asarray(value)
        if array.dtype.kind == "U":
            entries.append([name, str(array)[:MAX_TEXT]])
        else:
            array = np.asarray(array, dtype=array.dtype.newbyteorder("<"))
            entries.append([name, array.dtype.str, array.shape])
            data.append(array.tobytes())
    index = json.dumps(entries).encode()
    return b"".join([HEADER.pack(len(index)), index, *data])


def unpack(payload: bytes) -> dict[str, np.ndarray]:
    """The arrays by name, strings as arrays too. Raises ProtocolError for any other bytes."""
    try:
        length = HEADER.unpack_from(payload)[0]
        if length > MAX_INDEX:
            raise ProtocolError("the index is too long")
        entries = json.loads(payload[HEADER.size : HEADER.size + length])
        _require(isinstance(entries, list) and len(entries) <= MAX_ENTRIES, "too many entries, or none")
        return dict(_read_entries(entries, memoryview(payload)[HEADER.size + length :]))
    except ProtocolError:
        raise
    except Exception as error:  # forged bytes can make json and NumPy fail in any way
        raise ProtocolError(f"not a valid answer: {type(error).__name__}") from None


def _read_entries(entries, data):
    for name, kind, *shapes in entries:
        _require(isinstance(name, str) and len(name) <= MAX_NAME, "a name is too long, or not a text")
        if not shapes:
            _require(isinstance(kind, str) and len(kind) <= MAX_TEXT, "a text is too long, or not a text")
            yield name, np.asarray(kind)
            continue
        [shape] = shapes
        _require(kind in DTYPES, "an array of another type")
        _require(isinstance(shape, list) and len(shape) <= MAX_DIMENSIONS, "an array of too many dimensions")
        _require(all(type(size) is int and 0 <= size <= 2**40 for size in shape), "an array of an impossible size")
        dtype, count = np.dtype(kind), math.prod(shape)
        _require(count * dtype.itemsize <= len(data), "an array is larger than its numbers")
        yield name, np.frombuffer(data, dtype, count).reshape(shape)
        data = data[count * dtype.itemsize :]
    _require(not data, "numbers of no array")


def _require(holds, reason):
    if not holds:
        raise ProtocolError(reason)

"""What goes over the private pipe: frames of bytes, and arrays in the format of .npz, without pickles.

The reading end trusts nothing: a frame longer than its limit, and arrays that are not what their headers say, are a
`WireError`.
"""

import io
import struct
import zipfile

import numpy as np

HEADER = struct.Struct(">Q")
LONGEST = 32_000_000  # bytes; the largest answer that the probe brings back has 8 million


class WireError(Exception):
    """What came over the pipe is no answer."""


def send(stream, payload):
    stream.write(HEADER.pack(len(payload)) + payload)
    stream.flush()


def receive(stream):
    """The next frame, or None where the pipe has ended."""
    header = stream.read(HEADER.size)
    if not header:
        return None
    if len(header) < HEADER.size or (length := HEADER.unpack(header)[0]) > LONGEST:
        raise WireError("the beginning of a frame is not one")
    payload = stream.read(length)
    if len(payload) < length:
        raise WireError("a frame has broken off")
    return payload


def packed(arrays):
    """Arrays, numbers and strings by name, as the bytes of an uncompressed .npz."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, value in arrays.items():
            with archive.open(f"{name}.npy", "w") as entry:
                np.lib.format.write_array(entry, np.asarray(value), allow_pickle=False)
    return buffer.getvalue()


def unpacked(payload):
    """The arrays by name; WireError for anything else, before anything large is made of it."""
    try:
        with zipfile.ZipFile(io.BytesIO(payload)) as archive:
            entries = archive.infolist()
            if sum(entry.file_size for entry in entries) > LONGEST:
                raise WireError("the arrays are too large")
            if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries):  # and may be larger than they say
                raise WireError("the arrays are compressed")
            return {entry.filename.removesuffix(".npy"): _array(archive.read(entry)) for entry in entries}
    except Exception as error:  # who forges an archive may make zipfile and NumPy trip in any way
        raise WireError(f"no arrays: {type(error).__name__}: {error}") from None


def _array(data):
    stream = io.BytesIO(data)
    if np.lib.format.read_magic(stream) != (1, 0):
        raise WireError("an array in another version of the format")
    shape, _, dtype = np.lib.format.read_array_header_1_0(stream)
    count = int(np.prod(shape, dtype=object))
    # Elements without a size would cost nothing here, in any number, and all the more where they are compared.
    if dtype.hasobject or count * dtype.itemsize != len(data) - stream.tell() or count > max(1, len(data)):
        raise WireError("an array is not what its header says")
    stream.seek(0)
    return np.lib.format.read_array(stream, allow_pickle=False)

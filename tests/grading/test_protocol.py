"""What goes over the pipe comes out as it went in, and anything else is refused before it costs anything."""

import contextlib
import io
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from grading.runner import protocol

names = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20)
values = arrays(
    st.sampled_from(["f8", "f4", "i8", "u1"]), array_shapes(max_dims=3, max_side=4), elements=st.integers(0, 9)
) | st.text(st.characters(codec="utf-8", exclude_characters="\0"))


def entry(data, compression=zipfile.ZIP_STORED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        archive.writestr("a.npy", data)
    return buffer.getvalue()


def header(text):
    """The beginning of an .npy file of version 1.0."""
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


@given(st.dictionaries(names, values, max_size=4))
def test_arrays_and_strings_come_out_as_they_went_in(sent):
    received = protocol.unpack(protocol.pack(sent))
    assert received.keys() == sent.keys()
    for name, value in sent.items():
        np.testing.assert_array_equal(received[name], np.asarray(value))


@given(st.lists(st.binary(max_size=100), max_size=4))
def test_frames_come_out_one_by_one_and_then_the_end(frames):
    stream = io.BytesIO()
    for frame in frames:
        protocol.send(stream, frame)
    stream.seek(0)
    assert [protocol.receive(stream) for _ in frames] == frames
    assert protocol.receive(stream) is None


@given(st.binary(max_size=200))
def test_bytes_that_are_no_arrays_are_refused(payload):
    with pytest.raises(protocol.ProtocolError):
        protocol.unpack(payload)


@pytest.mark.parametrize("frame", [b"\0\0", protocol.HEADER.pack(2**60) + b"x", protocol.HEADER.pack(10) + b"x"])
def test_a_frame_that_is_none_is_refused(frame):
    with pytest.raises(protocol.ProtocolError):
        protocol.receive(io.BytesIO(frame))


@pytest.mark.parametrize(
    "data",
    [
        header("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n") + b"x",
        header("{'descr': '<f8', 'fortran_order': False, 'shape': (10**9, 10**9), }\n") + b"x",
        header("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000, 1000000000), }\n") + b"x",
        header("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }\n"),
        header("{'descr': '|S0', 'fortran_order': False, 'shape': (10000000000000,), }\n"),
        header("{'descr': '<U0', 'fortran_order': False, 'shape': (10000000, 1000000), }\n"),
        header("{'descr': '<f8', 'fortran_order': False, 'shape': (%s,), }\n" % ("9" * 400)),
        header("{'descr': {}, 'fortran_order': False, 'shape': (1,), }\n") + b"x",
        header("{["),
        header("(" * 5000),
        header("__import__('os')\n"),
        b"\x93NUMPY\x03\x00",
        b"",
    ],
    ids=[
        "objects",
        "no literal",
        "larger than it is",
        "negative",
        "no size",
        "no size in two dimensions",
        "a number too large",
        "a type of no kind",
        "an end that never comes",
        "too deep",
        "code",
        "another version",
        "nothing",
    ],
)
def test_an_array_that_is_not_what_its_header_says_is_refused(data):
    with pytest.raises(protocol.ProtocolError):
        protocol.unpack(entry(data))


def test_a_bomb_is_refused_unopened():
    with pytest.raises(protocol.ProtocolError, match="too large"):
        protocol.unpack(entry(b"\0" * (protocol.MAX_BYTES + 1), zipfile.ZIP_DEFLATED))


@pytest.mark.parametrize("compression", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_is_compressed_is_refused_for_it_may_be_larger_than_it_says(compression):
    with pytest.raises(protocol.ProtocolError, match="compressed"):
        protocol.unpack(
            entry(header("{'descr': '|u1', 'fortran_order': False, 'shape': (1,), }\n") + b"x", compression)
        )


@given(st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=6))
def test_an_answer_with_bytes_of_somebody_elses_is_an_answer_or_refused(changes):
    payload = bytearray(protocol.pack({"value": np.arange(6.0), "name": "gram_matrix"}))
    for place, byte in changes:
        payload[place % len(payload)] = byte
    with contextlib.suppress(protocol.ProtocolError):
        assert all(isinstance(array, np.ndarray) for array in protocol.unpack(bytes(payload)).values())

"""What goes over the pipe comes out as it went in, and anything else is refused before it costs anything."""

import contextlib
import io
import json
import time

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


def forged(index, data=b""):
    """An answer with any index: text, or what json can write."""
    text = (index if isinstance(index, str) else json.dumps(index)).encode()
    return protocol.HEADER.pack(len(text)) + text + data


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


FORGED = {
    "objects": forged([["a", "|O", [1]]], b"x" * 8),
    "texts in arrays": forged([["a", "<U1", [1]]], b"x" * 4),
    "larger than it is": forged([["a", "<f8", [10**9, 10**9]]], b"x"),
    "negative": forged([["a", "<f8", [-1]]]),
    "a size that is no whole number": forged([["a", "<f8", [1e300]]]),
    "a number too large": forged('[["a", "<f8", [%s]]]' % ("9" * 100_000)),
    "too many dimensions": forged([["a", "|u1", [1] * 65]], b"x"),
    "20,000 dimensions": forged([["a", "|u1", [2**30] * 20_000]], b"x"),
    "numbers of no array": forged([["a", "|u1", [1]]], b"xx"),
    "a long text": forged([["a", "x" * (protocol.MAX_TEXT + 1)]]),
    "a long name": forged([["x" * (protocol.MAX_NAME + 1), "x"]]),
    "a name that is none": forged([[["a"], "x"]]),
    "too many entries": forged([["a", "x"]] * (protocol.MAX_ENTRIES + 1)),
    "an index of another kind": forged({"a": "x"}),
    "not finished": forged('[["a"'),
    "too deep": forged("[" * 500_000),
    "a long index": forged(" " * (protocol.MAX_INDEX + 1)),
    "an index longer than everything": protocol.HEADER.pack(2**60) + b"[]",
    "nothing": b"",
}


@pytest.mark.parametrize("name", FORGED)
def test_an_answer_out_of_bounds_is_refused_at_once(name):
    began = time.process_time()
    with pytest.raises(protocol.ProtocolError):
        protocol.unpack(FORGED[name])
    assert time.process_time() - began < 1


def test_a_long_text_is_cut_before_it_is_sent():
    assert str(protocol.unpack(protocol.pack({"a": "x" * 10_000}))["a"]) == "x" * protocol.MAX_TEXT


@given(st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=6))
def test_an_answer_with_bytes_of_somebody_elses_is_an_answer_or_refused(changes):
    payload = bytearray(protocol.pack({"value": np.arange(6.0), "name": "gram_matrix"}))
    for place, byte in changes:
        payload[place % len(payload)] = byte
    with contextlib.suppress(protocol.ProtocolError):
        assert all(isinstance(array, np.ndarray) for array in protocol.unpack(bytes(payload)).values())

"""Weight files that were made to do harm are refused by their headers, in little memory."""

import io
import tracemalloc
import zipfile

import h5py
import numpy as np
import pytest

from nst.network.weights import MAX_CHANNELS, WeightsError, read_weights
from tests.nst.test_weights import LAYERS, arrays_of, npz

KERNEL, BIAS = "block1_conv1/kernel", "block1_conv1/bias"
ONE_LAYER = arrays_of(LAYERS[:1])


def header(shape, kind="<f4", text=None):
    """The first bytes of an array in a .npz file."""
    text = (text or str({"descr": kind, "fortran_order": False, "shape": shape})).encode()
    text += b" " * (-(11 + len(text)) % 64) + b"\n"
    return b"\x93NUMPY\x01\0" + len(text).to_bytes(2, "little") + text


def zipped(contents):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(f"{name}.npy", content)
    return buffer.getvalue()


def h5(fill):
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        fill(file.create_group("block1_conv1"))
    return buffer.getvalue()


def fill_sparsely(group):
    group.create_dataset("W", (3, 3, 3, 500_000_000), "f4", chunks=(3, 3, 3, 1000))
    group.create_dataset("b", (500_000_000,), "f4", chunks=(1000,))


def fill_from_other_file(group):
    group.create_dataset("W", (3, 3, 3, 4), "f4", external=[("/etc/passwd", 0, 432)])
    group.create_dataset("b", data=np.zeros(4, "f4"))


def fill_with_links(group):
    group["W"], group["b"] = h5py.ExternalLink("/other.h5", "x"), h5py.SoftLink("/nowhere")


def fill_with_text(group):
    group.create_dataset("W", data=np.zeros((3, 3, 3, 4), "f4"))
    group.create_dataset("b", data=np.array([b"a"] * 4))


LENGTH = "has another length than its shape"
CRAFTED = {
    "more memory than there is": (zipped({KERNEL: header((3, 3, 3, 2**40)), BIAS: header((2**40,))}), LENGTH),
    "more values than the file has": (zipped({KERNEL: header((3, 3, 3, 2**22)), BIAS: header((2**22,))}), LENGTH),
    "negative": (zipped({KERNEL: header((3, 3, 3, -1)), BIAS: header((-1,))}), LENGTH),
    "no channels": (npz({KERNEL: np.zeros((3, 3, 3, 0)), BIAS: np.zeros(0)}), "has 0 channels, expected 1 to"),
    "many channels": (
        npz({KERNEL: np.zeros((3, 3, 3, MAX_CHANNELS + 1)), BIAS: np.zeros(MAX_CHANNELS + 1)}),
        f"block1_conv1 has {MAX_CHANNELS + 1} channels, expected 1 to {MAX_CHANNELS}.",
    ),
    "a header that is not closed": (zipped({KERNEL: header((), text="{" + "(" * 3000)}), "damaged or incomplete"),
    "no header": (zipped({KERNEL: b"hello"}), "damaged or incomplete"),
    "not numbers": (npz({**ONE_LAYER, KERNEL: np.full((3, 3, 3, 4), np.nan)}), "are not finite in float32"),
    "too large for float32": (npz({**ONE_LAYER, KERNEL: np.full((3, 3, 3, 4), 1e300)}), "are not finite in float32"),
    "infinite biases": (npz({**ONE_LAYER, BIAS: np.full(4, -np.inf)}), "the bias of block1_conv1 has numbers that"),
    "infinite scales": (
        npz({KERNEL: np.ones((3, 3, 3, 4), np.int8), BIAS: np.zeros(4), "block1_conv1/scale": np.full(4, np.inf)}),
        "the scale of block1_conv1 has numbers that",
    ),
    "8-bit biases": (npz({**ONE_LAYER, BIAS: np.zeros(4, np.int8)}), "has the type int8, expected float32."),
    **{
        f"numbers of type {kind}": (npz({**ONE_LAYER, KERNEL: np.zeros((3, 3, 3, 4), kind)}), "expected float32.")
        for kind in ("complex64", "U1", "bool", "M8[s]", "uint8", [("a", "f4")])
    },
    "chunks that are not there": (h5(fill_sparsely), "block1_conv1 has 500000000 channels"),
    "values of another file": (h5(fill_from_other_file), "found none; the file has block1_conv1."),
    "links": (h5(fill_with_links), "found none; the file has block1_conv1."),
    "texts": (h5(fill_with_text), "has the type |S1, expected float32."),
    "names for a terminal": (npz({"\x1b[31m" + "x" * 5000: np.zeros(1)}), r"the file has \x1b[31m" + "x" * 55 + "."),
    "many arrays": (zipped(dict.fromkeys(map(str, range(1001)), b"")), "damaged or incomplete (it has 1001 arrays)"),
}


@pytest.mark.parametrize(("data", "expected"), CRAFTED.values(), ids=CRAFTED)
def test_a_crafted_file_is_refused_in_words_and_in_little_memory(tmp_path, data, expected):
    (tmp_path / "weights").write_bytes(data)
    tracemalloc.start()
    try:
        with pytest.raises(WeightsError) as caught:
            read_weights(tmp_path / "weights")
        assert tracemalloc.get_traced_memory()[1] < 20e6
    finally:
        tracemalloc.stop()
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / 'weights'}: ")
    assert expected in message
    assert message.isprintable()
    assert len(message) < 1000


def test_arrays_that_are_not_weights_are_not_read(tmp_path):
    other = header((20_000_000,)) + bytes(80_000_000)
    contents = {name: header(array.shape) + array.tobytes() for name, array in ONE_LAYER.items()}
    (tmp_path / "weights.npz").write_bytes(zipped({**contents, "other": other}))
    del other
    tracemalloc.start()
    try:
        assert list(read_weights(tmp_path / "weights.npz")) == ["block1_conv1"]
        assert tracemalloc.get_traced_memory()[1] < 20e6
    finally:
        tracemalloc.stop()

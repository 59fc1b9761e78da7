"""Weight files are read in both formats, and every bad one is named."""

import io
import zipfile

import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from nst.network.layers import LAYERS
from nst.network.other_weights import LAYOUTS
from nst.network.weights import WeightsError, find_weights, read_weights

STUB = (
    b"version https://git-lfs.github.com/spec/v1\n"
    b"oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 80134624\n"
)
PAGE = b"<!DOCTYPE html><html><title>Sign in</title></html>"


def arrays_of(layers=LAYERS, channels=4, kind=np.float32):
    """Random arrays for the first layers of a network with few channels."""
    rng, arrays, before = np.random.default_rng(19), {}, 3
    for name in layers:
        arrays[f"{name}/kernel"] = rng.normal(0, 0.3, (3, 3, before, channels)).astype(kind)
        arrays[f"{name}/bias"] = rng.normal(0, 0.1, channels).astype(kind)
        before = channels
    return arrays


def npz(arrays):
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def h5(arrays):
    """The layout of the published file: a group for each layer, block1_conv1_W_1:0 and block1_conv1_b_1:0 in it."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file.create_group("input_1")
        for key, array in arrays.items():
            layer, _, part = key.partition("/")
            file.create_dataset(f"{layer}/{layer}_{'W' if part == 'kernel' else 'b'}_1:0", data=array)
        file.create_group("block1_pool")
    return buffer.getvalue()


@pytest.fixture
def file(tmp_path):
    def write(name, data):
        (tmp_path / name).write_bytes(data)
        return tmp_path / name

    return write


def complaint(call, *arguments):
    with pytest.raises(WeightsError) as caught:
        call(*arguments)
    return str(caught.value)


@pytest.mark.parametrize("write", [npz, h5])
@pytest.mark.parametrize("kind", [np.float32, np.float16])
def test_a_file_gives_sixteen_layers_in_float32(file, write, kind):
    arrays = arrays_of(kind=kind)
    read = read_weights(file("weights", write(arrays)))
    assert tuple(read) == LAYERS
    for name, (kernel, bias) in read.items():
        assert (kernel.dtype, bias.dtype) == (np.float32, np.float32)
        assert np.array_equal(kernel, arrays[f"{name}/kernel"].astype(np.float32))
        assert np.array_equal(bias, arrays[f"{name}/bias"].astype(np.float32))


def in_8_bits(arrays):
    kernels = [key for key in arrays if key.endswith("/kernel")]
    for key in kernels:
        channels = arrays[key].shape[-1]
        arrays[key] = np.arange(arrays[key].size).reshape(arrays[key].shape).astype(np.int8)
        arrays[key.replace("kernel", "scale")] = np.linspace(0.5, 1.5, channels, dtype=np.float32)
    return arrays


def test_a_kernel_of_8_bits_is_multiplied_by_the_scale_of_its_channel(file):
    arrays = in_8_bits(arrays_of(LAYERS[:2]))
    kernel, bias = read_weights(file("small.npz", npz(arrays)))["block1_conv2"]
    assert (kernel.dtype, bias.dtype) == (np.float32, np.float32)
    assert np.array_equal(kernel[..., 1], arrays["block1_conv2/kernel"][..., 1] * arrays["block1_conv2/scale"][1])


@pytest.mark.parametrize(("scale", "found"), [(None, "is missing"), (np.ones(3, np.float32), "has shape (3,)")])
def test_a_kernel_of_8_bits_without_its_scale_is_refused(file, scale, found):
    arrays = in_8_bits(arrays_of(LAYERS[:1]))
    channels = arrays["block1_conv1/scale"].size
    arrays["block1_conv1/scale"] = scale
    path = file("small.npz", npz({key: array for key, array in arrays.items() if array is not None}))
    assert complaint(read_weights, path) == (
        f"{path}: the scale of block1_conv1 {found}, expected ({channels},) for 8-bit weights."
    )


@pytest.mark.parametrize("count", [1, 8, 15])
def test_a_file_may_hold_the_first_layers_only(file, count):
    assert tuple(read_weights(file("prefix.npz", npz(arrays_of(LAYERS[:count]))))) == LAYERS[:count]


def test_the_order_in_the_file_does_not_matter(file):
    arrays = arrays_of()
    assert tuple(read_weights(file("shuffled.npz", npz(dict(sorted(arrays.items(), reverse=True)))))) == LAYERS


IMPOSTORS = {
    "an HTML page": (
        PAGE,
        "an HTML page",
        "a login page, a network filter or a server error page was sent instead",
    ),
    "a Git LFS pointer": (STUB, "a Git LFS pointer", "it comes from a copy of a repository without its Git LFS files"),
    "an empty file": (b"", "an empty file", "the download stopped before it began"),
}


@pytest.mark.parametrize(("data", "what", "cause"), IMPOSTORS.values(), ids=IMPOSTORS.keys())
def test_what_came_in_the_place_of_weights_is_named(file, data, what, cause):
    path = file("weights.h5", data)
    assert complaint(read_weights, path) == (
        f"{path}: this is {what}, not a weight file ({cause}). Delete it and get it again."
    )


def refused_as_damaged(path, reason=""):
    message = complaint(read_weights, path)
    assert message.startswith(f"{path}: the weight file is damaged or incomplete (")
    assert message.endswith("). Delete it and get it again.")
    return reason in message


@pytest.mark.parametrize("write", [npz, h5])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.99])
def test_a_truncated_file_is_called_damaged(file, write, part):
    whole = write(arrays_of())
    assert refused_as_damaged(file("weights", whole[: int(part * len(whole))]))


def zipped(**files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return buffer.getvalue()


def picture():
    buffer = io.BytesIO()
    Image.new("RGB", (16, 16)).save(buffer, "PNG")
    return buffer.getvalue()


OTHERS = {
    "vgg19.pth": (zipped(archive__data_dot_pkl=b"x", archive__data__0=b"x"), "a PyTorch file"),
    "old.pth": (b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.", "a Python pickle, such as an old PyTorch file"),
    "vgg19.pkl": (b"\x80\x04\x95 a pickle, say", "a Python pickle, such as an old PyTorch file"),
    "vgg19.safetensors": (b'\x40\0\0\0\0\0\0\0{"features.0.weight":{"dtype":"F32"}}', "a safetensors file"),
    "vgg19.keras": (zipped(model_dot_weights_dot_h5=b"x", config_dot_json=b"{}"), "a Keras model (.keras)"),
    "vgg19.mat": (b"MATLAB 5.0 MAT-file, Platform: PCWIN64", "a MATLAB file"),
    "vgg19.npy": (b"\x93NUMPY\x01\0v\0{'descr': '|O'}", "a NumPy array"),
    "vgg19.tflite": (b"\x1c\0\0\0TFL3", "a network of TensorFlow Lite"),
    "vgg19.onnx": (b"\x08\x07\x12\x07pytorch\x1a\x051.1", "an ONNX network"),
    "vgg19.caffemodel": (b"\x0a\x11VGG_ILSVRC_19_lay", "a Caffe network"),
    "vgg19.tar": (b"\0" * 257 + b"ustar", "a tar archive"),
    "vgg19.h5": (picture(), "a picture"),
    "paper.h5": (b"%PDF-1.4", "a PDF document"),
    "course.zip": (zipped(vgg19_dot_h5=b"x"), "a zip archive with vgg19.h5"),
}


@pytest.mark.parametrize(("name", "data", "what"), [(name, *rest) for name, rest in OTHERS.items()], ids=OTHERS)
def test_a_good_file_of_another_kind_is_named_and_not_called_damaged(file, name, data, what):
    path = file(name, data)
    assert complaint(read_weights, path) == f"{path}: this is {what}, which is not read here. {LAYOUTS}"


def test_a_folder_is_not_called_missing(tmp_path):
    assert complaint(find_weights, tmp_path) == (
        f"{tmp_path}: this is a folder, such as a SavedModel of TensorFlow, not a weight file. {LAYOUTS}"
    )


@pytest.mark.parametrize("choice", [True, 3, b"vgg19", ["vgg19"], {"a": 1}, "vgg\0.h5"])
def test_what_is_no_name_of_weights_is_refused_by_name(choice):
    assert complaint(find_weights, choice) == (
        f"weights: got {choice!r}, expected auto, pocket, vgg19 or the path of a weight file."
    )


def test_vgg16_is_named(file):
    layers = [f"block{block}_conv{number}" for block in range(1, 6) for number in range(1, 3 if block < 3 else 4)]
    assert complaint(read_weights, file("vgg16.h5", h5(arrays_of(layers)))).endswith(
        f"block5_conv3. These are the layers of VGG-16, another network. {LAYOUTS}"
    )


def test_pickled_objects_are_never_loaded(file):
    arrays = arrays_of()
    arrays["block1_conv1/kernel"] = np.array([print], object)
    assert refused_as_damaged(file("pickled.npz", npz(arrays)), "block1_conv1/kernel.npy is a pickled object")


def test_a_missing_layer_is_seen_from_the_gap(file):
    arrays = {key: array for key, array in arrays_of(LAYERS[:4]).items() if "block1_conv2" not in key}
    path = file("gap.npz", npz(arrays))
    assert complaint(read_weights, path) == (
        f"{path}: expected the layers block1_conv1 ... block5_conv4 without a gap, found block1_conv1, block2_conv1, "
        "block2_conv2."
    )


def test_weights_of_another_network_are_refused(file):
    path = file("other.npz", npz({"dense/kernel": np.zeros((3, 3))}))
    assert complaint(read_weights, path) == (
        f"{path}: expected the layers block1_conv1 ... block5_conv4 without a gap, found none; the file has "
        f"dense/kernel. {LAYOUTS}"
    )


def test_weights_that_keras_nests_deeper_are_refused(file):
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as other:
        other.create_dataset("block1_conv1/vars/0", data=np.zeros((3, 3, 3, 64)))
    path = file("model.weights.h5", buffer.getvalue())
    assert complaint(read_weights, path) == (
        f"{path}: expected the layers block1_conv1 ... block5_conv4 without a gap, found none; the file has "
        f"block1_conv1. {LAYOUTS}"
    )


@pytest.mark.parametrize("shape", [(3, 3, 5, 4), (5, 5, 4, 4), (4, 3, 3, 4), (3, 3, 4), ()])
def test_a_kernel_of_the_wrong_shape_is_named(file, shape):
    arrays = arrays_of(LAYERS[:3])
    arrays["block1_conv2/kernel"] = np.zeros(shape, np.float32)
    path = file("shape.npz", npz(arrays))
    assert complaint(read_weights, path) == (
        f"{path}: the kernel of block1_conv2 has shape {shape}, expected (3, 3, 4, channels out)."
    )


def test_a_bias_of_the_wrong_shape_is_named(file):
    path = file("shape.npz", npz({**arrays_of(LAYERS[:1]), "block1_conv1/bias": np.zeros(5)}))
    assert complaint(read_weights, path) == f"{path}: the bias of block1_conv1 has shape (5,), expected (4,)."


def test_a_missing_bias_is_named(file):
    arrays = arrays_of(LAYERS[:1])
    del arrays["block1_conv1/bias"]
    path = file("bias.npz", npz(arrays))
    assert complaint(read_weights, path) == f"{path}: the bias of block1_conv1 is missing, expected (4,)."


def refusal(path):
    try:
        read_weights(path)
    except WeightsError as error:
        return str(error)
    return None


WHOLE = {"npz": npz(arrays_of(LAYERS[:2])), "h5": h5(arrays_of(LAYERS[:2]))}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(data=st.data(), kind=st.sampled_from(sorted(WHOLE)))
def test_a_damaged_file_is_read_or_refused_but_never_crashes(file, data, kind):
    damaged = bytearray(WHOLE[kind][: data.draw(st.integers(0, len(WHOLE[kind])))])
    for _ in range(data.draw(st.integers(0, 5)) if damaged else 0):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    path = file("damaged", damaged)
    assert refusal(path) is None or refusal(path).startswith(str(path))

"""Weight files: which one is used, and every bad one named."""

import hashlib
import io
import os
import socket
import subprocess
import sys

import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nst import paths, weights
from nst.registry import Work
from nst.weights import LAYERS, WeightsError, find_weights, read_weights

STUB = (b"version https://git-lfs.github.com/spec/v1\n"
        b"oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 80134624\n")
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


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with a small bundled network, no VGG-19, no network connection and no NST_WEIGHTS."""
    bundled = tmp_path / "pocket_vgg19.npz"
    bundled.write_bytes(npz(arrays_of()))
    monkeypatch.setattr(weights, "POCKET_FILE", bundled)
    monkeypatch.setattr(weights, "POCKET_SHA256", hashlib.sha256(bundled.read_bytes()).hexdigest())
    monkeypatch.setattr(weights, "VGG19_FILE", tmp_path / "vgg19.h5")
    monkeypatch.delenv("NST_WEIGHTS", raising=False)
    monkeypatch.setattr(socket, "socket", None)
    return tmp_path


@pytest.fixture
def vgg19(project, monkeypatch):
    """The same project, with the published file in its place."""
    published = h5(arrays_of())
    (project / "vgg19.h5").write_bytes(published)
    digest = hashlib.md5(published, usedforsecurity=False).hexdigest()
    monkeypatch.setattr(weights, "VGG19", Work("vgg19", "weights", "https://example.org/vgg19.h5", f"md5:{digest}",
                                               len(published), "vgg19.h5", "VGG-19", "CC BY 4.0"))
    return project / "vgg19.h5"


def complaint(call, *arguments):
    with pytest.raises(WeightsError) as caught:
        call(*arguments)
    return str(caught.value)


# --- which file ------------------------------------------------------------------------------------------------


def test_auto_without_vgg19_is_the_bundled_network_and_names_the_command_that_gets_the_other(project):
    chosen = find_weights()
    assert (chosen.name, chosen.path) == ("pocket_vgg19", project / "pocket_vgg19.npz")
    assert chosen.announcement == (
        "Network: Pocket VGG-19, bundled (python -m nst fetch vgg19 gets the full VGG-19, 80 MB).")


def test_auto_is_vgg19_when_it_is_here_and_whole(vgg19):
    chosen = find_weights("auto")
    assert (chosen.name, chosen.path) == ("vgg19", vgg19)
    assert chosen.announcement == "Network: VGG-19, the published weights."


def test_auto_passes_over_a_damaged_vgg19_and_says_so(vgg19):
    vgg19.write_bytes(vgg19.read_bytes()[:-1])
    chosen = find_weights()
    assert chosen.name == "pocket_vgg19"
    assert chosen.announcement == (
        "Network: Pocket VGG-19, bundled (vgg19.h5 is there, but its checksum is wrong; "
        "python -m nst fetch vgg19 gets it again).")


def test_pocket_is_the_bundled_network_even_when_vgg19_is_here(vgg19, project):
    chosen = find_weights("pocket")
    assert chosen.path == project / "pocket_vgg19.npz"
    assert chosen.announcement == "Network: Pocket VGG-19, bundled (chosen by name)."


def test_the_environment_chooses_when_the_call_does_not(vgg19, monkeypatch):
    monkeypatch.setenv("NST_WEIGHTS", "pocket")
    assert find_weights().name == "pocket_vgg19"
    assert find_weights("vgg19").name == "vgg19"


def test_an_empty_environment_variable_is_auto(project, monkeypatch):
    monkeypatch.setenv("NST_WEIGHTS", "")
    assert find_weights().name == "pocket_vgg19"


def test_a_path_is_announced_as_unpublished_weights(project, file):
    path = file("mine.npz", npz(arrays_of()))
    assert find_weights(path) == find_weights(str(path))
    assert find_weights(path).announcement == "Network: VGG-19 with unpublished weights from mine.npz."


def test_the_path_of_the_published_file_is_the_published_network(vgg19):
    assert find_weights(vgg19) == find_weights("vgg19")


def test_an_unknown_choice_is_told_what_there_is(project, monkeypatch):
    monkeypatch.setenv("NST_WEIGHTS", "vgg16")
    assert complaint(find_weights) == (
        "vgg16: there is no such weight file. Give the path of a .npz or .h5 file, or one of auto, pocket, vgg19.")


def test_vgg19_insists_on_the_published_file(project):
    assert complaint(find_weights, "vgg19") == (
        f"{project / 'vgg19.h5'}: there is no such weight file. Get it with python -m nst fetch vgg19 (80 MB), or "
        "choose the bundled pocket network.")


def test_another_file_in_the_place_of_the_published_one_is_refused(vgg19):
    expected = weights.VGG19.checksum
    vgg19.write_bytes(h5(arrays_of(channels=5)))
    assert complaint(find_weights, "vgg19") == (
        f"{vgg19}: the checksum is wrong (expected {expected}). The file is incomplete or another one. Get it again "
        "with python -m nst fetch vgg19.")


def test_a_git_lfs_stub_in_the_place_of_the_published_file_is_named(vgg19):
    vgg19.write_bytes(STUB)
    assert complaint(find_weights, "vgg19") == (
        f"{vgg19}: this is a Git-LFS stub, not a weight file (it comes from a copy of a repository that Git LFS had "
        "not completed). Delete it and get it again.")


def test_the_bundled_network_is_the_one_that_the_checksum_names_and_has_sixteen_layers():
    chosen = find_weights("pocket")
    assert chosen.path == paths.PRETRAINED / "pocket_vgg19.npz"
    assert tuple(read_weights(chosen.path)) == LAYERS


def test_a_bundled_network_that_was_changed_is_refused(project):
    path = project / "pocket_vgg19.npz"
    path.write_bytes(npz(arrays_of(channels=5)))
    assert complaint(find_weights, "pocket") == (
        f"{path}: the checksum of the bundled network is wrong (expected SHA-256 {weights.POCKET_SHA256}). Restore it "
        "with git checkout pretrained-model.")


def test_a_bundled_network_that_is_missing_can_be_restored(project):
    path = project / "pocket_vgg19.npz"
    path.unlink()
    assert complaint(find_weights, "pocket") == (
        f"{path}: there is no such weight file. It belongs to the repository: restore it with git checkout "
        "pretrained-model.")


def test_choosing_weights_imports_nothing_that_downloads():
    code = "import sys, nst.weights; print(sorted({'requests', 'pooch', 'tensorflow'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=paths.ROOT, env=os.environ, timeout=60, check=True,
                          capture_output=True, text=True).stdout == "[]\n"


# --- reading ---------------------------------------------------------------------------------------------------


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


@pytest.mark.parametrize("count", [1, 8, 15])
def test_a_file_may_hold_the_first_layers_only(file, count):
    assert tuple(read_weights(file("prefix.npz", npz(arrays_of(LAYERS[:count]))))) == LAYERS[:count]


def test_the_order_in_the_file_does_not_matter(file):
    arrays = arrays_of()
    assert tuple(read_weights(file("shuffled.npz", npz(dict(sorted(arrays.items(), reverse=True)))))) == LAYERS


IMPOSTORS = {
    "an HTML page": (
        PAGE, "an HTML page", "a login page, a filter of your network or a server's error page came instead"),
    "a Git-LFS stub": (
        STUB, "a Git-LFS stub", "it comes from a copy of a repository that Git LFS had not completed"),
    "an empty file": (b"", "an empty file", "the download was cut off before it began"),
}


@pytest.mark.parametrize(("data", "what", "cause"), IMPOSTORS.values(), ids=IMPOSTORS.keys())
def test_what_came_in_the_place_of_weights_is_named(file, data, what, cause):
    path = file("weights.h5", data)
    assert complaint(read_weights, path) == (
        f"{path}: this is {what}, not a weight file ({cause}). Delete it and get it again.")


def refused_as_damaged(path, reason=""):
    message = complaint(read_weights, path)
    assert message.startswith(f"{path}: the weight file is damaged or incomplete (")
    assert message.endswith("). Delete it and get it again.")
    return reason in message


@pytest.mark.parametrize("write", [npz, h5])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.99])
def test_a_truncated_file_is_called_damaged(file, write, part):
    whole = write(arrays_of())
    assert refused_as_damaged(file("weights", whole[:int(part * len(whole))]))


def test_a_file_of_another_kind_is_called_damaged(file):
    assert refused_as_damaged(file("weights.h5", b"\x80\x04\x95 a pickle, say"))


def test_pickled_objects_are_never_loaded(file):
    arrays = arrays_of()
    arrays["block1_conv1/kernel"] = np.array([print], object)
    assert refused_as_damaged(file("pickled.npz", npz(arrays)), "allow_pickle=False")


def test_a_missing_layer_is_seen_from_the_gap(file):
    arrays = {key: array for key, array in arrays_of(LAYERS[:4]).items() if "block1_conv2" not in key}
    path = file("gap.npz", npz(arrays))
    assert complaint(read_weights, path) == (
        f"{path}: expected the layers block1_conv1 ... block5_conv4 without a gap, found block1_conv1, block2_conv1, "
        "block2_conv2.")


def test_weights_of_another_network_are_refused(file):
    path = file("other.npz", npz({"dense/kernel": np.zeros((3, 3))}))
    assert complaint(read_weights, path) == (
        f"{path}: expected the layers block1_conv1 ... block5_conv4 without a gap, found none of them.")


def test_weights_that_keras_nests_deeper_are_refused(file):
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as other:
        other.create_dataset("block1_conv1/vars/0", data=np.zeros((3, 3, 3, 64)))
    path = file("model.weights.h5", buffer.getvalue())
    assert complaint(read_weights, path) == (
        f"{path}: expected the layers block1_conv1 ... block5_conv4 without a gap, found none of them.")


@pytest.mark.parametrize("shape", [(3, 3, 5, 4), (5, 5, 4, 4), (4, 3, 3, 4), (3, 3, 4), ()])
def test_a_kernel_of_the_wrong_shape_is_named(file, shape):
    arrays = arrays_of(LAYERS[:3])
    arrays["block1_conv2/kernel"] = np.zeros(shape, np.float32)
    path = file("shape.npz", npz(arrays))
    assert complaint(read_weights, path) == (
        f"{path}: the kernel of block1_conv2 has shape {shape}, expected (3, 3, 4, channels out).")


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


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(data=st.data(), kind=st.sampled_from(sorted(WHOLE)))
def test_a_damaged_file_is_read_or_refused_but_never_crashes(file, data, kind):
    damaged = bytearray(WHOLE[kind][:data.draw(st.integers(0, len(WHOLE[kind])))])
    for _ in range(data.draw(st.integers(0, 5)) if damaged else 0):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    path = file("damaged", damaged)
    assert refusal(path) is None or refusal(path).startswith(str(path))

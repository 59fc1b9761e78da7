"""Which weight file is used: said in one line, never downloaded, refused when it is not the one it should be."""

import hashlib
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from nst import paths
from nst.assets.catalog import Work
from nst.network import weights
from nst.network.layers import LAYERS
from nst.network.weights import WeightsError, find_weights, read_weights
from tests.nst.test_weights import STUB, arrays_of, complaint, h5, npz


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
    monkeypatch.setattr(
        weights,
        "VGG19",
        Work(
            "vgg19",
            "weights",
            "https://example.org/vgg19.h5",
            f"md5:{digest}",
            len(published),
            "vgg19.h5",
            "VGG-19",
            "CC BY 4.0",
        ),
    )
    return project / "vgg19.h5"


def test_auto_without_vgg19_is_the_bundled_network_and_names_the_command_that_gets_the_other(project):
    chosen = find_weights()
    assert (chosen.name, chosen.path) == ("pocket_vgg19", project / "pocket_vgg19.npz")
    assert chosen.announcement == (
        "Network: Pocket VGG-19, bundled (python -m nst fetch vgg19 gets the full VGG-19, 80 MB)."
    )


def test_auto_is_vgg19_when_it_is_here_and_whole(vgg19):
    chosen = find_weights("auto")
    assert (chosen.name, chosen.path) == ("vgg19", vgg19)
    assert chosen.announcement == "Network: VGG-19, the published weights."


def test_auto_passes_over_a_damaged_vgg19_and_says_so(vgg19):
    vgg19.write_bytes(vgg19.read_bytes()[:-1])
    chosen = find_weights()
    assert chosen.name == "pocket_vgg19"
    assert chosen.announcement == (
        "Network: Pocket VGG-19, bundled (vgg19.h5 exists, but its checksum is wrong; "
        "python -m nst fetch vgg19 downloads it again)."
    )


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


def test_a_path_to_the_bundled_network_is_that(project):
    assert find_weights(project / "pocket_vgg19.npz").name == "pocket_vgg19"


def test_a_file_that_may_not_be_read_is_named(project, monkeypatch):
    (project / "mine.npz").write_bytes(npz(arrays_of()))

    def forbidden(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", forbidden)
    with pytest.raises(WeightsError) as caught:
        find_weights(project / "mine.npz")
    assert str(caught.value) == (
        f"{project / 'mine.npz'}: the weight file cannot be read (Permission denied). Change its permissions."
    )


def test_a_vgg19_that_may_not_be_read_is_named(vgg19, monkeypatch):
    def forbidden(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", forbidden)
    with pytest.raises(WeightsError, match=r"vgg19\.h5: the weight file cannot be read"):
        find_weights()


def test_a_path_is_announced_as_unpublished_weights(project):
    path = project / "mine.npz"
    path.write_bytes(npz(arrays_of()))
    assert find_weights(path) == find_weights(str(path))
    assert find_weights(path).announcement == "Network: VGG-19 with unpublished weights from mine.npz."


def test_the_path_of_the_published_file_is_the_published_network(vgg19):
    assert find_weights(vgg19) == find_weights("vgg19")


def test_an_unknown_choice_is_told_what_there_is(project, monkeypatch):
    monkeypatch.setenv("NST_WEIGHTS", "vgg16")
    assert complaint(find_weights) == (
        "vgg16: there is no such weight file. Give the path of a .npz or .h5 file, or one of auto, pocket, vgg19."
    )


def test_vgg19_insists_on_the_published_file(project):
    assert complaint(find_weights, "vgg19") == (
        f"{project / 'vgg19.h5'}: there is no such weight file. Download it with python -m nst fetch vgg19 (80 MB), "
        "or use the bundled network, pocket."
    )


def test_another_file_in_the_place_of_the_published_one_is_refused(vgg19):
    expected = weights.VGG19.checksum
    vgg19.write_bytes(h5(arrays_of(channels=5)))
    assert complaint(find_weights, "vgg19") == (
        f"{vgg19}: the checksum is wrong (expected {expected}). The file is incomplete, or a different one. "
        "Download it again with python -m nst fetch vgg19."
    )


def test_a_git_lfs_stub_in_the_place_of_the_published_file_is_named(vgg19):
    vgg19.write_bytes(STUB)
    assert complaint(find_weights, "vgg19") == (
        f"{vgg19}: this is a Git LFS pointer, not a weight file (it comes from a copy of a repository without "
        "its Git LFS files). Delete it and get it again."
    )


def test_the_bundled_network_is_the_one_that_the_checksum_names_and_has_sixteen_layers():
    chosen = find_weights("pocket")
    assert chosen.path == paths.PRETRAINED / "pocket_vgg19.npz"
    assert tuple(read_weights(chosen.path)) == LAYERS


def test_a_bundled_network_that_was_changed_is_refused(project):
    path = project / "pocket_vgg19.npz"
    path.write_bytes(npz(arrays_of(channels=5)))
    assert complaint(find_weights, "pocket") == (
        f"{path}: the checksum of the bundled network is wrong (expected SHA-256 {weights.POCKET_SHA256}). "
        f"{paths.RESTORE}"
    )


def test_a_bundled_network_that_is_missing_can_be_restored(project):
    path = project / "pocket_vgg19.npz"
    path.unlink()
    assert complaint(find_weights, "pocket") == (
        f"{path}: there is no such weight file. It comes with the course. {paths.RESTORE}"
    )


def test_choosing_weights_imports_nothing_that_downloads():
    code = "import sys, nst.network.weights; print(sorted({'requests', 'pooch', 'tensorflow'} & set(sys.modules)))"
    assert (
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=paths.ROOT,
            env=os.environ,
            timeout=60,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        == "[]\n"
    )

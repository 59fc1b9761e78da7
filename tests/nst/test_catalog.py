"""The catalog: what can be downloaded, complete and consistent."""

import re
from urllib.parse import urlsplit

import pytest

from nst import paths
from nst.assets.catalog import VGG19, WORKS

ALL = pytest.mark.parametrize("work", WORKS.values(), ids=WORKS.keys())
DIGITS = {"sha256": 64, "md5": 32}


def test_there_are_seven_pictures_and_vgg19():
    assert [(work.name, work.kind) for work in WORKS.values()] == [
        ("louvre_photo", "content"),
        ("tubingen_photo", "content"),
        ("hokusai_great_wave", "style"),
        ("monet_poppy_field", "style"),
        ("munch_the_scream", "style"),
        ("turner_shipwreck", "style"),
        ("van_gogh_starry_night", "style"),
        ("vgg19", "weights"),
    ]


@ALL
def test_each_work_is_found_under_its_own_name(work):
    assert WORKS[work.name] is work


@ALL
def test_each_checksum_is_whole(work):
    algorithm, digest = work.hash.split(":")
    assert re.fullmatch(f"[0-9a-f]{{{DIGITS[algorithm]}}}", digest)
    assert work.checksum == f"{algorithm} {digest}"


@ALL
def test_each_address_is_encrypted_and_plain(work):
    address = urlsplit(work.url)
    assert address.scheme == "https"
    assert address.hostname in {"raw.githubusercontent.com", "storage.googleapis.com"}
    assert re.fullmatch(r"[\w./-]+", address.path)


@ALL
def test_a_picture_is_pinned_to_one_commit(work):
    if work.kind != "weights":
        assert re.search(r"/[0-9a-f]{40}/", work.url)


@ALL
def test_each_work_tells_what_it_is_and_whose_in_letters_any_console_prints(work):
    assert work.title.isascii()
    assert work.license.isascii()
    assert min(len(work.title), len(work.license)) > 5
    assert work.size > 100_000


@ALL
def test_pictures_and_weights_have_folders_of_their_own(work):
    folder = paths.PRETRAINED if work.kind == "weights" else paths.IMAGES / "downloaded"
    assert work.path == folder / work.file


def test_no_two_works_share_a_file_or_a_checksum():
    assert len({work.path for work in WORKS.values()}) == len(WORKS)
    assert len({work.hash for work in WORKS.values()}) == len(WORKS)


def test_vgg19_is_the_file_that_keras_publishes():
    assert VGG19 is WORKS["vgg19"]
    assert VGG19.file == "vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5"
    assert (VGG19.hash, VGG19.size) == ("md5:253f8cb515780f3b799900260a226db6", 80_134_624)

"""What comes in the place of a picture or of weights is recognized."""

import pytest

from nst.assets.sniffing import identify_wrong_file

STUB = (
    b"version https://git-lfs.github.com/spec/v1\n"
    b"oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 80134624\n"
)
PAGES = [
    b"<!DOCTYPE html><html><title>Sign in</title></html>",
    b"\xef\xbb\xbf\r\n  <!doctype HTML>\n<p>Welcome to our Wi-Fi",
    b"<!-- filter 3.1 --><HTML><body>blocked",
    b"<html lang='en'>",
]


@pytest.fixture
def file(tmp_path):
    def write(data):
        (tmp_path / "file").write_bytes(data)
        return tmp_path / "file"

    return write


def test_a_git_lfs_stub_is_recognized(file):
    assert identify_wrong_file(file(STUB)) == (
        "a Git LFS pointer",
        "it comes from a copy of a repository without its Git LFS files",
    )


@pytest.mark.parametrize("page", PAGES)
def test_a_web_page_is_recognized(file, page):
    assert identify_wrong_file(file(page)) == (
        "an HTML page",
        "a login page, a network filter or a server error page was sent instead",
    )


def test_an_empty_file_is_recognized(file):
    assert identify_wrong_file(file(b"")) == ("an empty file", "the download stopped before it began")


@pytest.mark.parametrize(
    "data",
    [
        b"\x89HDF\r\n\x1a\n",
        b"PK\x03\x04",
        b"\xff\xd8\xff\xe0\x00\x10JFIF",
        b"\xff\xd8\xff\xe1 see <html> in the comment",
        b"version 2",
        b"<svg/>",
    ],
)
def test_other_files_are_not_suspected(file, data):
    assert identify_wrong_file(file(data)) is None

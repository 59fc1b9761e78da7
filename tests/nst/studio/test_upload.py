"""An upload in parts: limits are checked before anything is sent, and while it comes."""

import pytest

from nst.studio.upload import LARGEST, UploadError, UploadReceiver


@pytest.fixture
def receiver():
    return UploadReceiver(largest=1000)


def test_a_file_comes_in_parts(receiver):
    receiver.begin("photo.jpg", 5)
    assert receiver.add(b"abc") is None
    assert receiver.received == 3
    assert receiver.add(b"de") == ("photo.jpg", b"abcde")


def test_a_large_file_is_refused_before_any_of_it_is_sent():
    with pytest.raises(UploadError) as refusal:
        UploadReceiver().begin("photo.tif", 200_000_000)
    assert str(refusal.value) == (
        "photo.tif: the file has 200 MB, and at most 30 MB can be uploaded. Scale the picture down first, or save it "
        "as a JPEG."
    )
    assert LARGEST == 30_000_000


@pytest.mark.parametrize("size", [0, -1, None, "5", 1.5])
def test_a_file_without_bytes_is_refused(receiver, size):
    with pytest.raises(UploadError, match="the file is empty"):
        receiver.begin("photo.jpg", size)


def test_more_bytes_than_announced_are_refused(receiver):
    receiver.begin("photo.jpg", 3)
    with pytest.raises(UploadError, match="more bytes came than were announced"):
        receiver.add(b"abcd")
    assert receiver.received == 0


def test_bytes_that_nobody_announced_are_refused(receiver):
    with pytest.raises(UploadError, match="not announced"):
        receiver.add(b"abc")


def test_after_a_refusal_the_next_file_is_taken(receiver):
    with pytest.raises(UploadError):
        receiver.begin("large.jpg", 2000)
    receiver.begin("small.jpg", 1)
    assert receiver.add(b"a") == ("small.jpg", b"a")


def test_a_second_file_replaces_one_that_never_ended(receiver):
    receiver.begin("first.jpg", 100)
    receiver.add(b"abc")
    receiver.begin("second.jpg", 2)
    assert receiver.add(b"de") == ("second.jpg", b"de")

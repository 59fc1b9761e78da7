"""Files that are not what their name says: what came instead of a picture or of weights."""

from pathlib import Path

_LFS = b"version https://git-lfs.github.com/spec/"
_PAGE = (b"<!doctype html", b"<html", b"<head", b"<body")
_BLANK = b"\xef\xbb\xbf \t\r\n"


def impostor(path):
    """What the file really is, as ('an HTML page', likely cause), or None when nothing gives it away.

    Knows the three things that come in a binary file's place: nothing at all, a Git-LFS stub (the 130 bytes
    that Git stores for a large file), and a web page (a login form, a filter's notice, an error sent with
    status 200).
    """
    with Path(path).open("rb") as file:
        begin = file.read(1024)
    if not begin:
        return "an empty file", "the download was cut off before it began"
    if begin.startswith(_LFS):
        return "a Git-LFS stub", "it comes from a copy of a repository that Git LFS had not completed"
    if begin.lstrip(_BLANK).startswith(b"<") and any(mark in begin.lower() for mark in _PAGE):
        return "an HTML page", "a login page, a filter of your network or a server's error page came instead"
    return None

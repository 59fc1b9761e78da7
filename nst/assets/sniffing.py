"""Recognize files that are not what their name says, such as a web page saved as a picture."""

from pathlib import Path

_LFS = b"version https://git-lfs.github.com/spec/"
_HTML = (b"<!doctype html", b"<html", b"<head", b"<body")
_BLANK = b"\xef\xbb\xbf \t\r\n"


def identify_wrong_file(path):
    """Return ('an HTML page', likely cause) for a file that replaced a binary file by mistake, or None.

    Three such files are recognized: an empty file, a Git LFS pointer (the 130 bytes that Git stores in place of a
    large file), and a web page (a login form, a network filter's notice, an error page sent with status 200).
    """
    with Path(path).open("rb") as file:
        beginning = file.read(1024)
    if not beginning:
        return "an empty file", "the download stopped before it began"
    if beginning.startswith(_LFS):
        return "a Git LFS pointer", "it comes from a copy of a repository without its Git LFS files"
    if beginning.lstrip(_BLANK).startswith(b"<") and any(mark in beginning.lower() for mark in _HTML):
        return "an HTML page", "a login page, a network filter or a server error page was sent instead"
    return None

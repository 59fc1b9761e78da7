"""The files of a painting: OUT, and beside it its settings and its checkpoint. Their names, and the room for them."""

import hashlib
import sys
import tempfile
from pathlib import Path

from foundation.atomic_write import require_room
from nst import images
from nst.images import PictureError

LONGEST_NAME = 255  # bytes in UTF-8: the limit of Linux; those of Windows and macOS are not lower
SETTINGS, CHECKPOINT = ".run.json", ".checkpoint.npz"
ROOM_PER_PIXEL = 3  # bytes of a picture that cannot be compressed
ROOM_FOR_RECORD = 16 * 1024  # bytes of a record, which is in a PNG, too


def settings_path(out):
    """Return the path of a picture's settings: mine.run.json for mine.png, mine.jpg.run.json for mine.jpg."""
    return out.with_name(_own_stem(out) + SETTINGS)


def checkpoint_path(out):
    """Return the path of a picture's checkpoint: mine.checkpoint.npz for mine.png, mine.jpg.checkpoint.npz for .jpg."""
    return out.with_name(_own_stem(out) + CHECKPOINT)


def fit_name(stem):
    """Return a name for `stem`.png that is not too long, with a hash in place of what is cut off.

    >>> fit_name("louvre_monet")
    'louvre_monet'
    """
    longest = LONGEST_NAME - len(CHECKPOINT)
    encoded = stem.encode("utf-8", "surrogateescape")
    if len(encoded) <= longest:
        return stem
    ending = f"-{hashlib.sha256(encoded).hexdigest()[:8]}"
    return encoded[: longest - len(ending)].decode("utf-8", "ignore") + ending


def find_excess(out):
    """Return how much too long the name of a picture is, in words; None if it is not."""
    length = len(checkpoint_path(out).name.encode("utf-8", "surrogateescape"))
    if length <= LONGEST_NAME:
        return None
    most = LONGEST_NAME - length + len(out.name.encode("utf-8", "surrogateescape"))
    return f"the name has {most + length - LONGEST_NAME} bytes; at most {most} leave room for {CHECKPOINT}"


def room_for_picture(size):
    """Return the bytes that a picture of `size` pixels on its longest side, and its settings, take at most."""
    return ROOM_PER_PIXEL * size**2 + 2 * ROOM_FOR_RECORD


def require_output(out, size, require_name=images.require_picture_name):
    """Raise PictureError if a picture of `size` pixels on its longest side cannot be written: better before the work.

    require_name: raises PictureError for a name with another suffix. Nothing is created.
    """
    if excess := find_excess(out):
        raise PictureError(f"{out}: {excess}. Choose a shorter name with --out.")
    require_name(out)
    try:
        require_room(out.parent, room_for_picture(size))
    except OSError as error:
        raise PictureError(
            f"{out}: the picture cannot be written there ({error.strerror or error}). Nothing was computed. Choose "
            "another folder with --out, or free some disk space."
        ) from None


def require_other_file(out, *sources):
    """Raise PictureError if the result would overwrite a picture that it is made from."""
    for source in map(Path, sources):
        if out.exists() and source.exists() and out.samefile(source):
            raise PictureError(
                f"{out}: the result would overwrite {source}, which it is made from. Choose another name with --out."
            )


def save_files(picture, record, out):
    """Save a picture and its settings. Raises PictureError if the picture cannot be saved."""
    images.save(picture, out, settings=record)
    try:
        images.save_settings(record, settings_path(out))
    except PictureError as error:
        print(f"{out} has the picture, but its settings are missing. {error}", file=sys.stderr)


def save_elsewhere(result, out):
    """Save a picture that has neither its place nor a checkpoint to the folder for temporary files; say where it is."""
    try:
        path = images.save(result.picture, Path(tempfile.mkdtemp(prefix="nst-"), out.name), settings=result.record)
    except (OSError, PictureError):
        return "There is no checkpoint either: free some disk space, and run the command again."
    return f"{path} has the picture. Move it to where you want it."


def _own_stem(out):
    """Two pictures whose names differ in their suffix have different stems."""
    return out.stem if out.suffix == ".png" else out.name

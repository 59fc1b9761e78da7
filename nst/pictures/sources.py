"""Where a picture comes from: a file, its bytes, an open file or a PIL image, with the name that messages use."""

import io
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from nst import paths
from nst.pictures import optional_readers
from nst.pictures.errors import PictureError

SUFFIXES = (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
READABLE = (*SUFFIXES, ".avif", *optional_readers.SUFFIXES)
IN_MEMORY = (bytes, bytearray, memoryview)
NEEDED = "expected the name of a picture file, a PIL image, an array, bytes, or a file opened in binary mode"


@dataclass(frozen=True)
class Source:
    """A picture that is not decoded yet. name: for messages; file: a path, bytes, or a PIL image."""

    name: str
    file: Path | bytes | Image.Image

    @property
    def short_name(self):
        """The name without folders."""
        return self.file.name if isinstance(self.file, Path) else self.name

    @property
    def is_decoded(self):
        """Whether this is a PIL image, which somebody else has opened."""
        return isinstance(self.file, Image.Image)

    @property
    def size(self):
        """The length in bytes; not for PIL images."""
        return self.file.stat().st_size if isinstance(self.file, Path) else len(self.file)

    def open(self):
        """The file opened in binary mode; not for PIL images."""
        return self.file.open("rb") if isinstance(self.file, Path) else io.BytesIO(self.file)

    def read(self, count=-1):
        """The first bytes, or all."""
        with self.open() as file:
            return file.read(count)


def find_source(picture, role="picture"):
    """Return the Source of what a user gives as a picture. Raises PictureError if it is missing, empty or no picture.

    picture: a path (a bare name is also looked for in the current folder and in images/), a PIL image, bytes, or a file
    opened in binary mode. role: what it is called if its type is wrong.
    """
    if isinstance(picture, Image.Image):
        return Source(describe(picture), picture)
    if isinstance(picture, (str, os.PathLike)) and not isinstance(os.fspath(picture), bytes):
        path = _find_file(picture)
        return Source(str(path), path)
    if isinstance(picture, IN_MEMORY):
        content = bytes(picture)
    elif hasattr(picture, "read"):
        content = _read_open_file(picture)
    else:
        raise PictureError(f"{role}: got {_describe_type(picture)}, {NEEDED}.")
    if not content:
        raise PictureError(f"{describe(picture)}: there are no bytes in it. Save or download the picture again.")
    return Source(describe(picture), content)


def describe(picture):
    """What a picture is called in a message or a record.

    >>> describe("photos/cat.jpg"), describe(b"...")
    ('cat.jpg', 'bytes')
    """
    if isinstance(picture, (str, os.PathLike)):
        return Path(os.fsdecode(picture)).name
    if isinstance(picture, Image.Image):
        file = getattr(picture, "filename", "")
        return Path(os.fsdecode(file)).name if file else "PIL image"
    if isinstance(picture, IN_MEMORY):
        return "bytes"
    name = getattr(picture, "name", None)
    if hasattr(picture, "read"):
        return Path(name).name if isinstance(name, str) else "open file"
    return "array" if hasattr(picture, "shape") else type(picture).__name__


def _describe_type(value):
    if value is None:
        return "None"
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeioAEIO' else 'a'} {name}"


def _read_open_file(file):
    with suppress(OSError, ValueError, AttributeError):  # what cannot go back to its beginning is read from where it is
        file.seek(0)
    try:
        content = file.read()
    except (OSError, ValueError) as error:  # closed, or text that cannot be decoded
        raise PictureError(f"{describe(file)}: this open file cannot be read ({error}). Open it with 'rb'.") from None
    if isinstance(content, str):
        raise PictureError(f"{describe(file)}: this file is open as text. Open it in binary mode: open(name, 'rb').")
    return bytes(content)


def _find_file(path):
    """The absolute path of a picture, so that a message shows the folder, too."""
    if str(path).startswith(("http://", "https://", "ftp://", "data:")):
        raise PictureError(f"{str(path)[:200]}: this is a web address. Download the picture, and give its file name.")
    if "\0" in str(path):
        raise PictureError(f"{str(path)!r}: a file name cannot contain the character NUL. Correct the name.")
    path = Path(path).absolute()
    usual = (Path.cwd(), paths.IMAGES)
    folders = dict.fromkeys((path.parent, *usual)) if path.parent in usual else (path.parent,)
    try:
        path = next((folder / path.name for folder in folders if (folder / path.name).is_file()), path)
        if path.is_dir():
            raise PictureError(f"{path}: this is a folder. Give the name of a picture file in it.")
        if not path.exists():
            raise PictureError(f"{path}: there is no such file.{''.join(map(_list_pictures, folders))}")
        if not path.is_file():
            raise PictureError(f"{path}: this is a device or a pipe, not a file. Save the picture to a file first.")
        if path.stat().st_size == 0:
            raise PictureError(f"{path}: the file is empty. Save or download it again.")
    except OSError as error:  # such as a name that is too long
        raise PictureError(f"{path}: this file cannot be found ({error.strerror or error}). Check its name.") from None
    return path


def _list_pictures(folder, most=20):
    names = sorted(file.name for file in folder.glob("*") if file.suffix.lower() in READABLE)
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f" {folder} contains {', '.join(names[:most])}{more}." if names else ""

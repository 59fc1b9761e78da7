"""The pictures to choose from: those of the course, downloaded works, and what visitors have uploaded."""

import hashlib
import io
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from foundation.atomic_write import write_atomically
from nst import images, paths
from nst.assets.catalog import WORKS
from nst.images import PictureError
from nst.notebook.html import encode_jpeg
from nst.pictures.sources import READABLE

UPLOADS = "studio/uploads"  # in output/
THUMBNAIL = 144  # pixels
CHECKED_SIZE = 256  # pixels at which an uploaded picture is decoded once, to see whether it can be
LONGEST_NAME = 60  # characters of an uploaded file's name that are kept
CONTENT_IMAGES = ("louvre", "pasargadae", "persepolis", "turbulence")
STYLE_IMAGES = ("abstract_blue", "kashi", "monet", "starry_night")
KINDS = {
    **{work.name: work.kind for work in WORKS.values()},
    **dict.fromkeys(CONTENT_IMAGES, "content"),
    **dict.fromkeys(STYLE_IMAGES, "style"),
}


@dataclass(frozen=True)
class ShelfPicture:
    """A picture to choose.

    key: what a request calls it, such as "images/louvre.jpg". title: for readers. kind: "content" or "style", what it
    is meant for; None if that is not known.
    """

    key: str
    path: Path
    title: str
    kind: str | None


class Shelf:
    """All pictures that a request can name. A key that is not listed is refused, whatever file it might lead to."""

    def __init__(self, pictures=None, uploads=None):
        """pictures: the course's folder of pictures. uploads: the folder for uploaded ones. None: the usual ones."""
        pictures = Path(pictures or paths.IMAGES)
        self.uploads = Path(uploads or paths.OUTPUT / UPLOADS)
        self._folders = {"uploads": self.uploads, "images": pictures, "downloads": pictures / "downloaded"}

    def list_pictures(self):
        """Return all ShelfPictures: uploaded ones first, the newest before the others."""
        found = []
        for name, folder in self._folders.items():
            is_upload = name == "uploads"
            paths = folder.glob("*/*" if is_upload else "*")
            files = [path for path in paths if path.suffix.lower() in READABLE and path.is_file()]
            files.sort(key=lambda path: (-path.stat().st_mtime if is_upload else 0, path.name))
            for path in files:
                key = f"{name}/{path.relative_to(folder).as_posix()}"
                kind = None if is_upload else KINDS.get(path.stem)
                found.append(ShelfPicture(key, path, re.sub("[-_]", " ", path.stem), kind))
        return found

    def find(self, key):
        """Return the path of a picture. Raises PictureError if it is not on the shelf."""
        for picture in self.list_pictures():
            if picture.key == key:
                return picture.path
        raise PictureError(f"{key}: this picture is not there any more. Choose or upload it again.")

    def add(self, name, content):
        """Keep an uploaded picture; return its key. Raises PictureError if it is not a picture that can be used.

        name: of the visitor's file. content: its bytes.
        """
        file = io.BytesIO(content)
        file.name = name
        images.load_with_notes(file, CHECKED_SIZE)
        path = self.uploads / hashlib.sha256(content).hexdigest()[:8] / _make_safe(name)
        with write_atomically(path) as partial:
            partial.write_bytes(content)
        return f"uploads/{path.parent.name}/{path.name}"

    def make_thumbnail(self, key):
        """Return a JPEG file of at most 144 x 144 pixels."""
        path = self.find(key)
        return _encode_thumbnail(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=500)
def _encode_thumbnail(path, _changed):
    picture, _ = images.load_with_notes(path, 2 * THUMBNAIL)
    return encode_jpeg(picture, THUMBNAIL)[0]


def _make_safe(name):
    """A file name with letters, digits and - only, and a suffix by which a picture is known.

    >>> _make_safe("../My photo.JPG")
    'My-photo.jpg'
    """
    path = Path(name.replace("\\", "/"))
    suffix = path.suffix.lower() if path.suffix.lower() in READABLE else ".jpg"
    return (re.sub(r"[^A-Za-z0-9]+", "-", path.stem).strip("-")[:LONGEST_NAME] or "picture") + suffix

"""Read submissions from files, folders and zip archives. Nothing is unpacked to disk.

A location (`open_location`) has `list_files(budget)`, [(name, function that returns the content in bytes or an
UnreadableError), ...] of all files in it; `list_entries()`, [(name, location), ...] of what is directly in it; and
`is_container`, whether it is a folder or contains one. Names that begin with a dot, and the files that macOS adds, are
skipped. A file that cannot be read raises nothing: its content is an UnreadableError.
"""

import io
import stat
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from grading.submissions.cells import MAX_FILE_BYTES, UnreadableError, too_large

MAX_ENTRIES = 20_000  # of one archive
MAX_SUBMISSION_BYTES = 4 * MAX_FILE_BYTES
ARCHIVE = ".zip"
MACOS_FOLDER = "__MACOSX"


class Budget:
    """The number of bytes of one submission that may still be read."""

    def __init__(self) -> None:
        self._left = MAX_SUBMISSION_BYTES

    def refuse(self, name: str, size: int, reserve: int = 0) -> str:
        """Why a file of this size is not read, "" if it is. `reserve` bytes must stay for other files."""
        if size > MAX_FILE_BYTES:
            return too_large(name)
        if size > self._left - reserve:
            return (
                f"{name} was not read: the files of this submission are larger than {MAX_SUBMISSION_BYTES / 1e6:.0f} "
                "MB together, the limit. Submit only the notebook."
            )
        self._left -= size
        return ""


def open_location(path: Path) -> "Unreadable | File | Folder | Archive":
    """The location at a path. Archives are recognized by their suffix; links and devices are not read."""
    try:
        if path.is_symlink():
            return Unreadable(path.name, path.is_dir(), f"{path.name} is a link. Submit the file itself.")
        if path.is_dir():
            next(path.iterdir(), None)  # raises an error if it may not be listed
            return Folder(path)
        if not path.is_file():
            return Unreadable(path.name, False, f"{path.name} is not a regular file. Submit the notebook itself.")
    except OSError as error:
        return Unreadable(path.name, True, _no_permission(path.name, error))
    return Archive(path.open, path.name) if path.suffix.lower() == ARCHIVE else File(path, path.name)


@dataclass(frozen=True)
class Unreadable:
    """Something that is not read, and why."""

    name: str
    is_container: bool
    reason: str

    def list_files(self, budget):
        return [(self.name, lambda: UnreadableError(self.reason))]

    def list_entries(self):
        return []


@dataclass(frozen=True)
class File:
    path: Path
    name: str
    is_container = False

    def list_files(self, budget):
        return [(self.name, lambda: self._read(budget))]

    def list_entries(self):
        return []

    def _read(self, budget):
        try:
            if reason := budget.refuse(self.name, self.path.stat().st_size):
                return UnreadableError(reason)
            with self.path.open("rb") as file:
                return file.read(MAX_FILE_BYTES)
        except OSError as error:
            return UnreadableError(_no_permission(self.name, error))


@dataclass(frozen=True)
class Folder:
    path: Path
    is_container = True

    def list_files(self, budget):
        """All files below it, at any depth; archives are opened, archives in them are not."""
        files = []
        for path in sorted(self.path.rglob("*")):
            if _is_skipped(path.relative_to(self.path).as_posix()):
                continue
            name, location = path.relative_to(self.path.parent).as_posix(), open_location(path)
            files += [] if isinstance(location, Folder) else replace(location, name=name).list_files(budget)
        return files

    def list_entries(self):
        return [(path.name, open_location(path)) for path in sorted(self.path.iterdir()) if not _is_skipped(path.name)]


@dataclass(frozen=True)
class Archive:
    """A zip archive, or the folder in it with the path `under`. open_file(mode) opens it as a file."""

    open_file: Callable
    name: str
    under: tuple = ()
    nested: bool = False

    @property
    def is_container(self):
        return not self.under or any(len(_parts(name)) > len(self.under) for name in self._names())

    def list_files(self, budget):
        """Its files; an archive in it is opened, and an archive in that is not."""
        names = [name for name in self._names() if not _is_skipped(name)]
        if not names:
            reason = f"{self.name} is not a zip archive that can be read, or it is empty. "
            reason += "Create it again, or submit the notebook itself."
            return Unreadable(self.name, False, reason).list_files(budget)
        return [file for name in names for file in self._open_entry(name, budget)]

    def list_entries(self):
        depth = len(self.under)
        tops = dict.fromkeys(_parts(name)[depth] for name in self._names() if len(_parts(name)) > depth)
        return [(top, replace(self, under=(*self.under, top))) for top in sorted(tops) if not _is_skipped(top)]

    def _names(self):
        try:
            with self.open_file("rb") as file, zipfile.ZipFile(file) as archive:
                names = [entry.filename for entry in archive.infolist()[:MAX_ENTRIES] if not entry.is_dir()]
        except Exception:  # zipfile and zlib raise errors of any type on damaged archives
            return []
        return [name for name in names if _parts(name) and _parts(name)[: len(self.under)] == self.under]

    def _open_entry(self, name, budget):
        """The entry as a list of one file; if it is an archive, its files."""
        if not name.lower().endswith(ARCHIVE) or self.nested:
            return [(name, lambda: self._read(name, budget))]
        content = self._read(name, budget, reserve=MAX_FILE_BYTES)  # for a notebook beside it
        if isinstance(content, UnreadableError):
            return [(name, lambda: content)]
        return Archive(lambda mode: io.BytesIO(content), name, nested=True).list_files(budget)

    def _read(self, name, budget, reserve=0):
        where = f"{name} in {self.name}"
        try:
            with self.open_file("rb") as file, zipfile.ZipFile(file) as archive:
                entry = archive.getinfo(name)
                if reason := _find_danger(entry):
                    return UnreadableError(f"{where} {reason}. Submit the notebook itself.")
                if reason := budget.refuse(where, entry.file_size, reserve):
                    return UnreadableError(reason)
                with archive.open(entry) as content:
                    return content.read(entry.file_size)  # unpacks no more than this
        except Exception as error:  # of any type: see above
            return UnreadableError(f"{where} cannot be unpacked: {error}. Create the zip archive again.")


def _parts(name):
    return PurePosixPath(name).parts


def _find_danger(entry):
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in "".join(path.parts[:1]):
        return "has a path outside of its folder"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "is a link"
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # others cannot be unpacked in parts
        return "is compressed in an unusual way (expected: deflate)"
    return "is encrypted" if entry.flag_bits & 1 else ""


def _no_permission(name, error):
    return f"{name} cannot be read: {error.strerror or error}. Change its permissions, or submit it again."


def _is_skipped(name):
    return any(part.startswith(".") or part == MACOS_FOLDER for part in _parts(name) if part != "..")

"""Read submissions from files, folders and zip archives. Only a zip inside a zip is unpacked, into a temporary file.

A location (`open_location`) is a `File`, or a container with `list_entries()`: [(name, location), ...] of what is
directly in it. A file that cannot be read raises nothing: its content is an UnreadableError.
"""

import contextlib
import io
import re
import shutil
import stat
import tempfile
import weakref
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path

from grading.submissions.cells import MAX_FILE_BYTES, UnreadableError, too_large
from grading.submissions.zip_names import decode_names

MAX_SUBMISSION_BYTES = 4 * MAX_FILE_BYTES
MAX_FOLDERS = 30  # in each other, in a zip: a longer path is not divided further
ARCHIVE = ".zip"
DRIVE = re.compile("[A-Za-z]:/")  # Windows forbids other colons in names; elsewhere they are usual
TIGHTEST = 10  # times that a harmless zip becomes smaller if it is packed in another
MAX_LIST = 4_000_000  # bytes of a zip's own list of what is in it: about 30,000 files
NO_TIME = (1980, 1, 1, 0, 0, 0)  # what a zip contains where the time is not known
OPEN_ARCHIVES = 4  # at the same time: a class, a section, a student, and a zip in the student's


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


@dataclass(frozen=True)
class File:
    """A file, or a container that cannot be read. read(budget) returns its bytes or an UnreadableError.

    modified: its time stamp, if there is one.
    """

    read: Callable
    is_container: bool = False
    modified: datetime | None = None

    def list_entries(self):
        return []


@dataclass(frozen=True)
class Folder:
    path: Path
    is_container = True

    def list_names(self):
        return [path.name for path in self.path.iterdir()]

    def list_entries(self):
        return [(path.name, open_location(path)) for path in sorted(self.path.iterdir())]


@dataclass(frozen=True, eq=False)
class Archive:
    """A zip archive. open_file() returns it as an open file.

    claimed: its size in bytes if it is packed in another zip so tightly that it may be a bomb, otherwise 0. max_list:
    the limit, in bytes, of its own list of what is in it, all of which is read at once.
    """

    name: str
    open_file: Callable
    claimed: int = 0
    max_list: int = MAX_LIST
    modified: datetime | None = None
    is_container = True

    @property
    def problem(self) -> str:
        """Why it cannot be read, or ""."""
        return _open(self)[2]

    @property
    def guessed_encoding(self) -> str:
        """The encoding of its names if that is only a guess, or ""."""
        return _open(self)[3]

    def list_entries(self):
        return ZippedFolder(self, ()).list_entries()


@dataclass(frozen=True)
class ZippedFolder:
    archive: Archive
    path: tuple
    is_container = True

    def list_names(self):
        return list(self._find_contents())

    def list_entries(self):
        return [
            (name, ZippedFolder(self.archive, (*self.path, name)) if isinstance(one, dict) else one)
            for name, one in sorted(self._find_contents().items())
        ]

    def _find_contents(self):
        contents = _open(self.archive)[1]
        for name in self.path:
            contents = contents[name]
        return contents


class _ListedFile:
    """The open file of a zip, of which no more is read at once than its list may have."""

    def __init__(self, archive, file):
        self._archive, self._file = archive, file

    def read(self, size=-1):
        if size > self._archive.max_list:
            raise UnreadableError(f"{self._archive.name} contains too many files. Submit the notebook itself.")
        return self._file.read(size)

    def __getattr__(self, name):
        return getattr(self._file, name)


def refuse_location(reason: str, is_container: bool = False) -> File:
    """A location that is not read, and why."""
    return File(lambda budget: UnreadableError(reason), is_container)


def open_location(path: Path) -> "File | Folder | Archive":
    """The location at a path. Archives are recognized by their suffix; links and devices are not read."""
    try:
        if path.is_symlink():
            return refuse_location(f"{path.name} is a link. Submit the file itself.", path.is_dir())
        if path.is_dir():
            next(path.iterdir(), None)  # raises an error if it may not be listed
            return Folder(path)
        if not path.is_file():
            return refuse_location(f"{path.name} is not a regular file. Submit the notebook itself.")
    except OSError as error:
        return refuse_location(_no_permission(path.name, error), True)
    modified = datetime.fromtimestamp(int(path.stat().st_mtime))
    if path.suffix.lower() == ARCHIVE:
        return Archive(path.name, partial(path.open, "rb"), modified=modified)
    return File(partial(_read_file, path), modified=modified)


def _read_file(path, budget):
    try:
        if reason := budget.refuse(path.name, path.stat().st_size):
            return UnreadableError(reason)
        with path.open("rb") as file:
            return file.read(MAX_FILE_BYTES)
    except OSError as error:
        return UnreadableError(_no_permission(path.name, error))


@lru_cache(OPEN_ARCHIVES)
def _open(archive):
    """(the open archive, {name: location, or the same of a folder}, why it cannot be read, the guessed encoding)."""
    try:
        with contextlib.ExitStack() as stack:
            opened = zipfile.ZipFile(_ListedFile(archive, stack.enter_context(archive.open_file())))
            names, encoding = decode_names(opened.infolist())
            contents = {}
            for name, entry in zip(names, opened.infolist(), strict=True):
                _add_entry(contents, name.replace("\\", "/"), entry, archive)
            if contents:
                weakref.finalize(opened, stack.pop_all().close)
                return opened, contents, "", encoding
    except UnreadableError as error:
        return None, {}, str(error), ""
    except Exception:  # zipfile and zlib raise errors of any type on damaged archives
        pass
    reason = f"{archive.name} is not a zip archive that can be read, or it is empty. "
    return None, {}, reason + "Create it again, or submit the notebook itself.", ""


def _add_entry(contents, name, entry, archive):
    folders = [part for part in name.split("/", MAX_FOLDERS) if part not in ("", ".")]
    last = None if name.endswith("/") or not folders else folders.pop()
    for folder in folders:
        if not isinstance(contents.get(folder), dict):
            contents[folder] = {}
        contents = contents[folder]
    if last in contents:  # two files of one name, which may be two students'
        last = f"{Path(last).stem} ({len(contents)}){Path(last).suffix}"
    if last and last.lower().endswith(ARCHIVE):
        claimed = entry.file_size if entry.file_size > TIGHTEST * entry.compress_size else 0
        unpack = partial(_unpack_archive, archive, name, entry, claimed)
        contents[last] = Archive(name, unpack, claimed, modified=_read_time(entry))
    elif last:
        contents[last] = File(partial(_read_entry, archive, name, entry), modified=_read_time(entry))


def _read_time(entry):
    """The time stamp of an entry; None where the program that made the zip wrote none, or an impossible one."""
    with contextlib.suppress(ValueError):
        return datetime(*entry.date_time) if entry.date_time > NO_TIME else None


def _unpack_archive(archive, name, entry, claimed):
    if claimed > MAX_FILE_BYTES:
        raise UnreadableError(too_large(name))
    with contextlib.ExitStack() as stack:
        file = _unpack(archive, name, entry, stack.enter_context(tempfile.TemporaryFile()))
        stack.pop_all()
    return file


def _read_entry(archive, name, entry, budget):
    try:
        if reason := budget.refuse(f"{name} in {archive.name}", entry.file_size):
            return UnreadableError(reason)
        return _unpack(archive, name, entry, io.BytesIO()).getvalue()
    except UnreadableError as error:
        return error


def _unpack(archive, name, entry, target):
    where = f"{name} in {archive.name}"
    if danger := _find_danger(name, entry):
        raise UnreadableError(f"{where} {danger}. Submit the notebook itself.")
    try:
        with _open(archive)[0].open(entry) as content:  # which ends where the size that it states does
            shutil.copyfileobj(content, target)
    except Exception as error:  # of any type: see above
        raise UnreadableError(f"{where} cannot be unpacked: {error}. Create the zip archive again.") from None
    return target


def _find_danger(name, entry):
    if name.startswith("/") or DRIVE.match(name) or ".." in name.split("/"):
        return "has a path outside of its folder"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "is a link"
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # others cannot be unpacked in parts
        return "is compressed in an unusual way (expected: deflate)"
    return "is encrypted" if entry.flag_bits & 1 else ""


def _no_permission(name, error):
    return f"{name} cannot be read: {error.strerror or error}. Change its permissions, or submit it again."

"""Where submissions lie: files, folders, and archives, which are read where they are. Nothing is unpacked to disk.

A place has `files(budget)`, [(name, function that gives the content in bytes or an UnreadableError), ...] of all that
lies in it; `inside()`, [(name, place), ...] of what lies directly in it; and `holds_many`, whether it is a folder of
some kind. Names that begin with a dot are skipped, and so is what macOS adds. What cannot be read raises nothing: it is
an UnreadableError, and an archive that is damaged from its beginning on is empty.
"""

import io
import stat
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from grading.submissions.cells import LARGEST, UnreadableError

MOST_ENTRIES = 20_000  # of one archive that are looked at
MOST_BYTES = 4 * LARGEST  # of one submission that are read
ARCHIVE = ".zip"
NOT_THEIRS = "__MACOSX"


class Budget:
    """How many bytes of one submission may still be read."""

    def __init__(self):
        self._left = MOST_BYTES

    def refuses(self, name, size, spare=0):
        """Why a file of this size is not to be read, which leaves `spare` bytes; else nothing, and it is counted."""
        if size > LARGEST:
            return (
                f"{name} has more than {LARGEST / 1e6:.0f} MB, which is the most that is read. "
                "Clear the notebook's outputs, and hand it in again."
            )
        if size > self._left - spare:
            return (
                f"{name} was not read: with it there would be more than {MOST_BYTES / 1e6:.0f} MB, which is the "
                "most that is read of one submission. Hand in the notebook alone."
            )
        self._left -= size
        return ""


def at(path):
    """The place at a path. Archives are known by their suffix; links, devices and what is locked are refused."""
    try:
        if path.is_symlink():
            return Refused(
                path.name, path.is_dir(), f"{path.name} is a link to another place. Put the file itself there."
            )
        if path.is_dir():
            next(path.iterdir(), None)  # raises where one may not look into it
            return Folder(path)
        if not path.is_file():
            return Refused(path.name, False, f"{path.name} is no ordinary file. Put the notebook itself there.")
    except OSError as error:
        return Refused(path.name, True, _locked(path.name, error))
    return Archive(path.open, path.name) if path.suffix.lower() == ARCHIVE else File(path, path.name)


@dataclass(frozen=True)
class Refused:
    """Something that is not read."""

    name: str
    holds_many: bool
    why: str

    def files(self, budget):
        return [(self.name, lambda: UnreadableError(self.why))]

    def inside(self):
        return []


@dataclass(frozen=True)
class File:
    path: Path
    name: str
    holds_many = False

    def files(self, budget):
        return [(self.name, lambda: self._read(budget))]

    def inside(self):
        return []

    def _read(self, budget):
        try:
            if why := budget.refuses(self.name, self.path.stat().st_size):
                return UnreadableError(why)
            with self.path.open("rb") as file:
                return file.read(LARGEST)
        except OSError as error:
            return UnreadableError(_locked(self.name, error))


@dataclass(frozen=True)
class Folder:
    path: Path
    holds_many = True

    def files(self, budget):
        """Those below it at any depth; the first archives on the way are looked into."""
        found = []
        for path in sorted(self.path.rglob("*")):
            if _skipped(path.relative_to(self.path).as_posix()):
                continue
            name, place = path.relative_to(self.path.parent).as_posix(), at(path)
            found += [] if isinstance(place, Folder) else replace(place, name=name).files(budget)
        return found

    def inside(self):
        return [(path.name, at(path)) for path in sorted(self.path.iterdir()) if not _skipped(path.name)]


@dataclass(frozen=True)
class Archive:
    """A zip, or what lies in it under the parts of a path; `opened(mode)` gives it as a file."""

    opened: Callable
    name: str
    under: tuple = ()
    nested: bool = False

    @property
    def holds_many(self):
        return not self.under or any(len(_parts(name)) > len(self.under) for name in self._names())

    def files(self, budget):
        """Its files; an archive in the archive is looked into, and one in that is not."""
        names = [name for name in self._names() if not _skipped(name)]
        if not names:
            return [
                (
                    self.name,
                    lambda: UnreadableError(
                        f"{self.name} is no zip that can be read, or is empty. "
                        "Make it again, or hand in the notebook itself."
                    ),
                )
            ]
        return [file for name in names for file in self._file(name, budget)]

    def inside(self):
        depth = len(self.under)
        tops = dict.fromkeys(_parts(name)[depth] for name in self._names() if len(_parts(name)) > depth)
        return [(top, replace(self, under=(*self.under, top))) for top in sorted(tops) if not _skipped(top)]

    def _names(self):
        try:
            with self.opened("rb") as file, zipfile.ZipFile(file) as archive:
                names = [entry.filename for entry in archive.infolist()[:MOST_ENTRIES] if not entry.is_dir()]
        except Exception:  # of a damaged archive, zipfile and what unpacks for it raise anything
            return []
        return [name for name in names if _parts(name) and _parts(name)[: len(self.under)] == self.under]

    def _file(self, name, budget):
        """The entry as a list of one file, or the files of an archive in the archive."""
        if not name.lower().endswith(ARCHIVE) or self.nested:
            return [(name, lambda: self._read(name, budget))]
        content = self._read(name, budget, spare=LARGEST)  # for a notebook that lies beside it
        if isinstance(content, UnreadableError):
            return [(name, lambda: content)]
        return Archive(lambda mode: io.BytesIO(content), name, nested=True).files(budget)

    def _read(self, name, budget, spare=0):
        where = f"{name} in {self.name}"
        try:
            with self.opened("rb") as file, zipfile.ZipFile(file) as archive:
                entry = archive.getinfo(name)
                if why := _unsafe(entry):
                    return UnreadableError(f"{where} {why}. Hand in the notebook itself.")
                if why := budget.refuses(where, entry.file_size, spare):
                    return UnreadableError(why)
                with archive.open(entry) as content:
                    return content.read(entry.file_size)  # unpacks no more than that
        except Exception as error:  # of a damaged archive, zipfile and what unpacks for it raise anything
            return UnreadableError(f"{where} cannot be unpacked: {error}. Make the zip again.")


def _parts(name):
    return PurePosixPath(name).parts


def _unsafe(entry):
    """Why an entry of an archive is not read, or nothing."""
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in "".join(path.parts[:1]):
        return "would be unpacked outside of its folder"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "is a link to another place"
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # what cannot be unpacked bit by bit
        return "is packed in an unusual way (expected: deflate)"
    return "is encrypted" if entry.flag_bits & 1 else ""


def _locked(name, error):
    return f"{name} cannot be read: {error.strerror or error}. Give yourself the right to read it, or hand it in again."


def _skipped(name):
    return any(part.startswith(".") or part == NOT_THEIRS for part in _parts(name) if part != "..")

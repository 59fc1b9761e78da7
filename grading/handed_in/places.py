"""Where submissions lie: files, folders, and archives, which are read where they are. Nothing is unpacked to disk.

A place has `files()`, [(name, function that gives the content in bytes or an UnreadableError), ...] of all that lies
in it; `inside()`, [(name, place), ...] of what lies directly in it; and `holds_many`, whether it is a folder of some
kind. Names that begin with a dot are skipped, and so is what macOS adds.
"""

import io
import stat
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from grading.handed_in.cells import LARGEST, UnreadableError

MOST_ENTRIES = 20_000  # of one archive that are looked at
ARCHIVE = ".zip"
NOT_THEIRS = "__MACOSX"


def at(path):
    """The place at a path. Archives are known by their suffix, links and devices are refused."""
    if path.is_symlink():
        return Refused(path.name, path.is_dir(), f"{path.name} is a link to another place. Put the file itself there.")
    if path.is_dir():
        return Folder(path)
    if not path.is_file():
        return Refused(path.name, False, f"{path.name} is no ordinary file. Put the notebook itself there.")
    return Archive(path.open, path.name) if path.suffix.lower() == ARCHIVE else File(path, path.name)


@dataclass(frozen=True)
class Refused:
    """Something that is not read."""

    name: str
    holds_many: bool
    why: str

    def files(self):
        return [(self.name, lambda: UnreadableError(self.why))]

    def inside(self):
        return []


@dataclass(frozen=True)
class File:
    path: Path
    name: str
    holds_many = False

    def files(self):
        return [(self.name, lambda: _bounded(self.name, self.path.open))]

    def inside(self):
        return []


@dataclass(frozen=True)
class Folder:
    path: Path
    holds_many = True

    def files(self):
        """Those below it at any depth; the first archives on the way are looked into."""
        found = []
        for path in sorted(self.path.rglob("*")):
            if _skipped(path.relative_to(self.path).as_posix()):
                continue
            name, place = path.relative_to(self.path.parent).as_posix(), at(path)
            found += [] if isinstance(place, Folder) else replace(place, name=name).files()
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

    def files(self):
        """Its files; an archive in the archive is looked into, and one in that is not."""
        names = [name for name in self._names() if not _skipped(name)]
        if not names:
            return [(self.name, lambda: UnreadableError(f"{self.name} is no zip that can be read, or is empty. "
                                                        "Make it again, or hand in the notebook itself."))]
        return [file for name in names for file in self._file(name)]

    def inside(self):
        depth = len(self.under)
        tops = dict.fromkeys(_parts(name)[depth] for name in self._names() if len(_parts(name)) > depth)
        return [(top, replace(self, under=(*self.under, top))) for top in sorted(tops) if not _skipped(top)]

    def _names(self):
        try:
            with self.opened("rb") as file, zipfile.ZipFile(file) as archive:
                names = [entry.filename for entry in archive.infolist()[:MOST_ENTRIES] if not entry.is_dir()]
        except (zipfile.BadZipFile, OSError, ValueError):
            return []
        return [name for name in names if _parts(name) and _parts(name)[:len(self.under)] == self.under]

    def _file(self, name):
        """The entry as a list of one file, or the files of an archive in the archive."""
        if not name.lower().endswith(ARCHIVE) or self.nested:
            return [(name, lambda: self._read(name))]
        content = self._read(name)
        if isinstance(content, UnreadableError):
            return [(name, lambda: content)]
        return Archive(lambda mode: io.BytesIO(content), name, nested=True).files()

    def _read(self, name):
        where = f"{name} in {self.name}"
        try:
            with self.opened("rb") as file, zipfile.ZipFile(file) as archive:
                entry = archive.getinfo(name)
                if why := _unsafe(entry):
                    return UnreadableError(f"{where} {why}. Hand in the notebook itself.")
                return _bounded(where, lambda mode: archive.open(entry))
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as error:
            return UnreadableError(f"{where} cannot be unpacked: {error}. Make the zip again.")


def _parts(name):
    return PurePosixPath(name).parts


def _unsafe(entry):
    """Why an entry of an archive is not read, or nothing."""
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        return "would be unpacked outside of its folder"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "is a link to another place"
    return "is encrypted" if entry.flag_bits & 1 else ""


def _bounded(name, opened):
    """The content of a file, or an UnreadableError where it is too large or cannot be read."""
    try:
        with opened("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        return UnreadableError(f"{name} cannot be read: {error.strerror or error}.")
    if len(content) > LARGEST:
        return UnreadableError(f"{name} has more than {LARGEST / 1e6:.0f} MB, which is the most that is read. "
                               "Clear the notebook's outputs, and hand it in again.")
    return content


def _skipped(name):
    return any(part.startswith(".") or part == NOT_THEIRS for part in _parts(name) if part != "..")

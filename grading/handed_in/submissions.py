"""A folder or a zip, as learning systems export them -> who has handed in what. Nothing is unpacked to disk.

The id of a student is the name of their file or folder, without its suffix; of the names that Moodle and Canvas give,
it is the part that says who. Files that share an id are one submission. Names that begin with a dot are skipped.
"""

import io
import re
import stat
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from grading.handed_in.cells import LARGEST, UnreadableError

CODE = (".ipynb", ".py")
MOODLE = re.compile(r"(?P<student>.+?_\d+)_assignsubmission_(?:file|onlinetext)(?:_|$)")
CANVAS = re.compile(r"(?P<name>[^_\s]+)_(?:LATE_)?(?P<id>\d{3,})_\d{3,}_.+")
MOST_FILES = 50  # of one submission that are read
MOST_ENTRIES = 20_000  # of one archive that are looked at
NOT_THEIRS = "__MACOSX"


class SubmissionsError(ValueError):
    """There is nothing to grade; the message names the place and says what was expected."""


@dataclass(frozen=True)
class Submission:
    """What one student handed in: `places` are where it can be read."""

    student: str
    places: tuple

    def candidates(self):
        """[(name, content in bytes or an UnreadableError), ...], notebooks first; never empty."""
        files = [file for place in self.places for file in place.files()]
        code = sorted((f for f in files if f[0].lower().endswith(CODE)), key=lambda f: _rank(f[0]))[:MOST_FILES]
        if code:
            return [(name, read()) for name, read in code]
        refused = [content for content in (read() for _, read in files[:MOST_FILES])
                   if isinstance(content, UnreadableError)]
        names = ", ".join(name for name, _ in files[:3]) or "nothing"
        return [("", refused[0] if refused else UnreadableError(
            f"expected a notebook (.ipynb) or a script (.py), and there is {names}. Hand in the notebook itself."))]


def find(root, single=False):
    """The submissions in a folder, a zip or a file, by student.

    single: all of it is one student's. Raises SubmissionsError.
    """
    if not root.exists():
        raise SubmissionsError(f"{root}: there is no such file or folder. Give the folder of the submissions, or the "
                               "zip that the learning system exports.")
    places = {}
    for name, place in [(root.stem, _place(root))] if single else _entries(root):
        if student := _student(name, place):
            places.setdefault(student, []).append(place)
    if not places:
        raise SubmissionsError(f"{root}: there is no submission in it. Expected notebooks (.ipynb), scripts (.py), or "
                               "a folder or zip for each student.")
    return [Submission(student, tuple(places[student])) for student in sorted(places)]


def _entries(root):
    """(name, place) of each submission, or part of one."""
    if root.is_dir():
        paths = sorted(root.iterdir())
        return [(path.name, _place(path)) for path in paths if not path.name.startswith(".")]
    if not zipfile.is_zipfile(root):
        return [(root.name, _place(root))]
    tops = {}
    for name in _Zip(root.open, root.name).names():
        tops.setdefault(PurePosixPath(name).parts[0], []).append(name)
    return [(top, _Zip(root.open, root.name, frozenset(names)))
            for top, names in sorted(tops.items()) if not _skipped(top)]


def _student(name, place):
    """The id that a name gives; empty for a file that is nobody's submission, a stray README perhaps."""
    if found := MOODLE.match(name):
        return found["student"]
    if found := CANVAS.fullmatch(name):
        return f"{found['name']}_{found['id']}"
    suffix = Path(name).suffix.lower()
    if suffix in (*CODE, ".zip"):
        return Path(name).stem
    return name if place.holds_many else ""


def _place(path):
    if path.is_symlink():
        return _Refused(path.name, path.is_dir(), f"{path.name} is a link to another place. Put the file itself there.")
    if path.is_dir():
        return _Folder(path)
    return _Zip(path.open, path.name) if path.suffix.lower() == ".zip" else _File(path, path.name)


@dataclass(frozen=True)
class _Refused:
    name: str
    holds_many: bool
    why: str

    def files(self):
        return [(self.name, lambda: UnreadableError(self.why))]


@dataclass(frozen=True)
class _File:
    path: Path
    name: str
    holds_many = False

    def files(self):
        return [(self.name, lambda: _bounded(self.name, self.path.open))]


@dataclass(frozen=True)
class _Folder:
    path: Path
    holds_many = True

    def files(self):
        """(name, function that reads it) of every file below; archives are looked into, links are refused."""
        found = []
        for path in sorted(self.path.rglob("*")):
            name = path.relative_to(self.path.parent).as_posix()
            if _skipped(path.relative_to(self.path).as_posix()) or (path.is_dir() and not path.is_symlink()):
                continue
            if path.is_symlink():
                why = f"{name} is a link to another place. Put the file itself there."
                found.append((name, lambda why=why: UnreadableError(why)))
            elif path.suffix.lower() == ".zip":
                found += _Zip(path.open, name).files()
            else:
                found += _File(path, name).files()
        return found


@dataclass(frozen=True)
class _Zip:
    """An archive, or those of its entries that are named; `opened(mode)` gives it as a file."""

    opened: Callable
    name: str
    only: frozenset = frozenset()
    nested: bool = False

    @property
    def holds_many(self):
        return not self.only or any("/" in name for name in self.only)

    def names(self):
        try:
            with self.opened("rb") as file, zipfile.ZipFile(file) as archive:
                return [entry.filename for entry in archive.infolist()[:MOST_ENTRIES]
                        if not entry.is_dir() and PurePosixPath(entry.filename).parts]
        except (zipfile.BadZipFile, OSError, ValueError):
            return []

    def files(self):
        names = [name for name in self.names() if (not self.only or name in self.only) and not _skipped(name)]
        if not names:
            return [(self.name, lambda: UnreadableError(f"{self.name} is no zip that can be read, or is empty. "
                                                        "Make it again, or hand in the notebook itself."))]
        return [file for name in names for file in self._file(name)]

    def _file(self, name):
        """The entry as a list of one file, or the files of an archive in the archive."""
        if not name.lower().endswith(".zip") or self.nested:
            return [(name, lambda: self._read(name))]
        content = self._read(name)
        if isinstance(content, UnreadableError):
            return [(name, lambda: content)]
        return _Zip(lambda mode: io.BytesIO(content), name, nested=True).files()

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
    return any(part.startswith(".") or part == NOT_THEIRS for part in PurePosixPath(name).parts if part != "..")


def _rank(name):
    """Notebooks before scripts, near the top before deep inside."""
    return not name.lower().endswith(".ipynb"), name.count("/"), name

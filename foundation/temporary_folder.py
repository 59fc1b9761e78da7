"""A temporary folder that a later run deletes if its own process was killed; and how to delete any folder."""

import contextlib
import os
import secrets
import shutil
import stat
import tempfile
import time
from pathlib import Path

try:
    import fcntl
except ImportError:  # on Windows, where an open file cannot be deleted
    fcntl = None  # type: ignore[assignment]

MARK = ".in-use"  # a file in the folder, which its process keeps open and locked
START_SECONDS = 60  # between the creation of a mark and its lock, at most
WORKS_IN_OPEN_FOLDERS = os.rename in os.supports_dir_fd  # not on Windows


class TemporaryFolder:
    """A new folder in the system's place for temporary files; `path` is its path without links.

    >>> with TemporaryFolder("example-") as path:
    ...     (path / "file").touch()
    >>> path.exists()
    False
    """

    def __init__(self, prefix: str) -> None:
        self.path = Path(tempfile.mkdtemp(prefix=prefix)).resolve()
        self._mark = (self.path / MARK).open("w")
        if fcntl:
            fcntl.flock(self._mark, fcntl.LOCK_EX)

    def delete(self) -> None:
        """Delete the folder and everything in it."""
        self._mark.close()
        delete_folder(self.path)

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *_) -> None:
        self.delete()


def sweep_folders(prefix: str) -> None:
    """Delete the folders of `TemporaryFolder(prefix)` whose processes were killed; only this account's."""
    for folder in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        with contextlib.suppress(OSError):  # another process deletes it, too
            if _is_ours(folder) and _is_free(folder / MARK):
                delete_folder(folder)


def _is_ours(folder):
    found = folder.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == getattr(os, "geteuid", lambda: found.st_uid)()


def _is_free(mark):
    if time.time() - mark.stat().st_mtime < START_SECONDS:
        return False
    with mark.open("r+") as file:
        if fcntl:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    mark.unlink()
    return True


def delete_folder(folder: Path) -> None:
    """Delete a folder with everything in it, whatever its modes and however deep its folders are nested."""
    if WORKS_IN_OPEN_FOLDERS:
        with contextlib.suppress(OSError):
            _flatten(folder)
    shutil.rmtree(folder, ignore_errors=True)


def _flatten(folder):
    """Move all nested folders up into `folder`, each once, and open their modes.

    No path is used but names in open folders: a path can be too long, and a process that still runs could replace a
    part of it by a link.
    """
    top = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        waiting = _list_folders(top)
        while waiting:
            name = waiting.pop()
            with contextlib.suppress(OSError), _opened(name, top) as place:
                for nested in _list_folders(place):
                    above = secrets.token_hex(8)
                    with contextlib.suppress(OSError):
                        _rename(nested, above, place, top)
                        waiting.append(above)
    finally:
        os.close(top)


def _list_folders(place):
    with os.scandir(place) as entries:
        return [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]


@contextlib.contextmanager
def _opened(name, parent):
    _open_modes(name, parent)
    place = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=parent)
    try:
        yield place
    finally:
        os.close(place)


def _rename(name, new, parent, top):
    _open_modes(name, parent)  # its own entry for the folder above changes, too
    os.rename(name, new, src_dir_fd=parent, dst_dir_fd=top)


def _open_modes(name, parent):
    if os.geteuid() != 0:  # root needs no modes, and must not follow a link here
        os.chmod(name, stat.S_IRWXU, dir_fd=parent)

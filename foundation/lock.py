"""Let only one process work on a file or folder at a time; the lock ends with its process, however that ends."""

import os
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    import msvcrt


class LockedError(Exception):
    """Another process works on it."""


@contextmanager
def lock_path(path):
    """Hold the lock of a path during a `with` block: the file .NAME.lock beside it, which is deleted at the end.

    Raises LockedError if it is held, also by this process. Where no lock can be had (a folder that takes no files, a
    file system without locks) there is none, and the work goes on.
    """
    path = Path(path).absolute()
    name = path.with_name(f".{path.name}.lock")
    file = _open_locked(name)
    try:
        yield
    finally:
        if file is not None:
            with suppress(OSError):  # Windows deletes no open file
                name.unlink()
            os.close(file)
            if os.name == "nt":
                with suppress(OSError):
                    name.unlink()


def _open_locked(name):
    """The number of the open file; None if there can be none."""
    while True:
        try:
            file = os.open(name, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError:
            return None
        try:
            if not _lock(file):
                raise LockedError(str(name))
            if os.name == "nt" or _is_same(file, name):  # its former owner may have deleted it in between
                return file
        except BaseException:
            os.close(file)
            raise
        os.close(file)


def _lock(file):
    try:
        if os.name == "nt":
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:  # a file system without locks
        return True
    return True


def _is_same(file, name):
    try:
        return os.path.samestat(os.fstat(file), name.stat())
    except OSError:
        return False

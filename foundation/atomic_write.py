"""Write a file completely or not at all."""

import errno
import os
import shutil
import tempfile
import uuid
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def write_atomically(path):
    """A temporary path beside `path` to write to: it replaces `path` if the block succeeds, and is deleted if it fails.

    Missing folders are created. An existing file at `path` stays unchanged until the new one is complete. The
    temporary path has the same suffix, since some writers choose the format by it. Raises OSError as the file system
    does: on Windows also where another program, such as Excel, has `path` open.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".partial-{uuid.uuid4().hex[:8]}{path.suffix}")
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def open_atomically(path, encoding="utf-8"):
    """The same as an open text file; line ends as written."""
    with write_atomically(path) as partial, partial.open("w", encoding=encoding, newline="") as file:
        yield file


def require_writable(folder):
    """Create a folder if it does not exist; raise OSError, as the file system does, if it takes no files."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        pass


def require_room(folder, size):
    """Raise OSError, as the file system does, if a folder takes no file of `size` bytes. It need not exist yet.

    A file of that size is made and deleted, since a quota is not a part of the free space that the system reports.
    """
    folder = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    if shutil.disk_usage(folder).free < size:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))
    with tempfile.TemporaryFile(dir=folder) as file:
        if hasattr(os, "posix_fallocate"):
            try:
                os.posix_fallocate(file.fileno(), 0, size)
            except OSError as error:
                if error.errno not in (errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS):  # it cannot reserve
                    raise

"""A file that appears complete or not at all, and a folder that takes files."""

import tempfile
import uuid
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_file(path):
    """A path beside `path` to write to: it becomes `path` if the block succeeds and vanishes if it fails.

    Folders on the way are made. What stood at `path` stays as it was until the new file is complete. The
    partial file keeps the suffix, from which writers tell the format. Raises OSError as the file system does.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".partial-{uuid.uuid4().hex[:8]}{path.suffix}")
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def require_folder(folder):
    """Make a folder if need be, and raise OSError, as the file system does, where it takes no file."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        pass

"""A file that appears complete or not at all."""

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

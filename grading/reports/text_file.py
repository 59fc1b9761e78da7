"""A text file that appears complete or not at all."""

import uuid
from contextlib import contextmanager


@contextmanager
def whole_file(path):
    """A file beside `path` to write text to: it becomes `path` if the block succeeds and vanishes if it fails.

    Folders on the way are made; the text is UTF-8 with its line ends as written. Raises OSError as the file system
    does: on Windows also where another program, such as Excel, holds `path` open.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".partial-{uuid.uuid4().hex[:8]}")
    try:
        with partial.open("w", encoding="utf-8", newline="") as file:
            yield file
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)

"""End a command with the process that started it, also if that was killed: the command's standard input ends then."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

SETTING = "NST_END_WITH_INPUT"  # of the environment: what the command must do


@contextmanager
def open_input() -> Iterator[int]:
    """A standard input for a command, for the `with` block that waits for it. The command needs SETTING, too."""
    inside, outside = os.pipe()
    try:
        yield inside
    finally:
        os.close(inside)
        os.close(outside)


def end_with_input() -> None:
    """In the command: end when standard input does, if SETTING is set."""
    if os.environ.pop(SETTING, ""):
        threading.Thread(target=_wait_for_end, daemon=True).start()


def _wait_for_end():
    os.read(0, 1)
    os._exit(1)

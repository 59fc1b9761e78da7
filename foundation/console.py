"""What every command needs of the console: any text can be printed, and its streams may be closed."""

import functools
import os
import sys
from pathlib import Path


def run_on_console(main):
    """Decorate a command's `main(words=None)`, which returns its exit code.

    Letters that the console's encoding lacks are printed as escapes. Where a stream is closed, what is printed to it
    is dropped; where its reader stops reading, as after `| head -1`, the command ends without a traceback.
    """

    @functools.wraps(main)
    def run(words=None):
        for name in ("stdout", "stderr"):
            if getattr(sys, name) is None:
                setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 (stays open)
            elif hasattr(getattr(sys, name), "reconfigure"):
                getattr(sys, name).reconfigure(errors="backslashreplace")
        try:
            try:
                return main(words)
            finally:
                sys.stdout.flush()
        except BrokenPipeError:
            # Python flushes once more when it ends: to nowhere, or it would fail again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0

    return run

"""What every command needs of the console: any text can be printed, its streams may be closed, and signals end it.

What a command makes does not depend on who reads what it prints, so nothing that is printed can stop it.
"""

import errno
import functools
import io
import os
import sys
from contextlib import contextmanager, suppress
from pathlib import Path

from foundation.printable import printable_output
from foundation.signals import interrupt_on_signals

STREAMS = {"stdout": 1, "stderr": 2}
NO_READER = (errno.EPIPE, errno.EIO, errno.EINVAL)  # a closed pipe, a closed terminal, a closed pipe of Windows


def run_on_console(main):
    """Decorate a command's `main(words=None)`, which returns its exit code.

    Letters that the console's encoding lacks, and control characters, are printed as escapes. Where a stream is closed,
    or its reader stops reading, as after `| head -1`, the rest is dropped and the command continues. SIGTERM and SIGHUP
    act as Ctrl-C.
    """

    @functools.wraps(main)
    def run(words=None):
        open_missing_streams()
        with _forgiving("stdout") as stdout, _forgiving("stderr"), interrupt_on_signals():
            code = main(words)
            sys.stdout.flush()
            if stdout is not None and stdout.error is not None and stdout.error.errno not in NO_READER:
                print(f"stdout: not everything could be printed ({stdout.error.strerror}).", file=sys.stderr)
                return code or 1
            return code

    return run


def open_missing_streams():
    """Open the standard streams that are closed, as after `2>&-` or in an application without a console, to nowhere.

    Otherwise the next file that is opened would get the number of the stream, and what libraries print would be written
    into that file.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest free number, which is this one


@contextmanager
def _forgiving(name):
    """Let the stream drop what it cannot write; its _DroppingFile, or None if it is not a plain stream."""
    stream, number = getattr(sys, name), STREAMS[name]
    if stream is None or getattr(stream, "closed", False):
        setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 (stays open)
        yield None
        return
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="backslashreplace")
    if not _is_plain(stream, number):
        setattr(sys, name, _PrintableStream(stream))
        try:
            yield None
        finally:
            setattr(sys, name, stream)
        return
    with suppress(OSError):
        stream.flush()
    file = _DroppingFile(number, "w", closefd=False)
    forgiving = io.TextIOWrapper(
        file if stream.write_through else io.BufferedWriter(file),
        encoding=stream.encoding,
        errors="backslashreplace",
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )
    setattr(sys, name, _PrintableStream(forgiving))
    try:
        yield file
    finally:
        forgiving.flush()
        setattr(sys, name, stream)


def _is_plain(stream, number):
    """Whether a stream writes to the file with that number, and not to a Windows console, which takes no bytes."""
    try:
        return stream.fileno() == number and not (os.name == "nt" and stream.isatty())
    except (OSError, ValueError, AttributeError):
        return False


class _PrintableStream:
    """A stream that a terminal obeys in nothing: names of files and other people's texts are printed, too."""

    def __init__(self, stream):
        self._stream = stream

    def write(self, text):
        return self._stream.write(printable_output(text))

    def writelines(self, lines):
        for line in lines:
            self.write(line)

    def __getattr__(self, name):
        return getattr(self._stream, name)


class _DroppingFile(io.FileIO):
    """A file that drops what it cannot write. error: the first OSError."""

    error = None

    def write(self, data):
        if self.error is None:
            try:
                return super().write(data)
            except OSError as error:
                self.error = error
        return len(data)

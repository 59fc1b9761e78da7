"""Call our own functions on what strangers wrote, in a process whose time and memory are limited.

Python's compiler has no limits: 700 characters of nested `try: ... finally:` become gigabytes. The process is started
once for each thread and waits for the next call; one that exceeds a limit is ended and replaced.
"""

import atexit
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress

SLOW = 0.5  # seconds; the longest notebook of the course takes a tenth of that
MAX_MEMORY = 2_000_000_000  # bytes of addresses, of which NumPy's threads take a part
BEGIN = "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); from {} import serve_calls; serve_calls()"
_local = threading.local()


class LimitError(Exception):
    """A call took too much time or memory."""


def call_within_limits(function: Callable, *arguments, seconds: float):
    """function(*arguments), and what it raises. Raises LimitError if it takes longer, or more than MAX_MEMORY.

    function: at the top level of a module. Its result is trusted: it may read what strangers wrote, and never run it.
    """
    process = getattr(_local, "process", None)
    if process is None or process.poll() is not None:
        end_process()
        process = _local.process = _start(function)
    timer, began = threading.Timer(seconds, process.kill), time.monotonic()
    timer.start()
    try:
        _send(process.stdin, (function, arguments))
        returned, value = pickle.load(process.stdout)
    except (EOFError, OSError, pickle.UnpicklingError):  # it was ended
        end_process()
        raise LimitError from None
    except BaseException:  # such as Ctrl-C: its answer must not become that of the next call
        end_process()
        raise
    finally:
        timer.cancel()
    if time.monotonic() - began > min(SLOW, seconds / 2):  # it may keep memory that the next call needs
        end_process()
    if returned:
        return value
    raise value


def end_process() -> None:
    """End the process of this thread, if it has one; the next call starts another."""
    process = _local.__dict__.pop("process", None)
    if process is not None:
        process.kill()
        with process:  # which closes the pipes, and waits
            pass


atexit.register(end_process)


def serve_calls() -> None:
    """In the limited process: answer calls until there are no more, because the process that asks has ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asks
    with suppress(ImportError):  # on Windows
        import resource

        with suppress(ValueError, OSError):  # macOS refuses some limits
            resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    while True:
        try:
            function, arguments = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        try:
            answer = True, function(*arguments)
        except MemoryError:
            sys.exit()
        except Exception as error:
            answer = False, error
        _send(sys.stdout.buffer, answer)


def _start(function):
    process = subprocess.Popen(
        [sys.executable, "-I", "-c", BEGIN.format(__name__)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    _send(process.stdin, sys.path)
    _send(process.stdin, (hash, (function,)))  # imports its module, which is not part of the time of the call
    pickle.load(process.stdout)
    return process


def _send(stream, value):
    stream.write(pickle.dumps(value))
    stream.flush()

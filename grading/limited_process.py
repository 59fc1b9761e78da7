"""Call our own functions on what strangers wrote, in a process whose time and memory are limited.

700 characters of nested `try: ... finally:` become gigabytes in Python's compiler, and forged numbers can keep NumPy or
Python's own integers busy forever, in one call that no other thread could interrupt. Killing a process always works. It
is started once for each thread and waits for the next call; one that exceeds a limit is ended and replaced.
"""

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable
from contextlib import suppress

SLOW = 0.5  # seconds of a processor; the longest notebook of the course takes a tenth of that, and so does a verdict
MAX_CPU = 60  # seconds of a call, if nobody ends it before
MAX_MEMORY = 2_000_000_000  # bytes of addresses
BEGIN = "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); from {} import serve_calls; serve_calls()"
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # NumPy's threads would take most of the addresses
OUT_OF_MEMORY = 86  # exit code
CRASHES = ("SIGXCPU", "SIGSEGV", "SIGBUS", "SIGABRT", "SIGILL")  # that the call itself causes
OURS = {OUT_OF_MEMORY, *(-getattr(signal, name) for name in CRASHES if hasattr(signal, name))}
_local = threading.local()


class LimitError(Exception):
    """A call took too much time or memory."""


class EndedError(Exception):
    """The process was ended by somebody else, such as the system when memory runs out: nothing is known of the call."""


def call_within_limits(function: Callable, *arguments, seconds: float):
    """function(*arguments), and what it raises. Raises LimitError if it takes longer, or more than MAX_MEMORY, and
    EndedError.

    function: at the top level of a module. Its result is trusted: it may read what strangers wrote, and never run it.
    """
    process = getattr(_local, "process", None)
    if process is None or process.poll() is not None:
        end_process()
        process = _local.process = _start(function)
        weakref.finalize(threading.current_thread(), _end, process)  # also at the end of Python
    too_late = threading.Event()
    timer = threading.Timer(seconds, _stop, (process, too_late))
    timer.start()
    try:
        _send(process.stdin, (function, arguments))
        returned, value, was_slow = pickle.load(process.stdout)
    except (EOFError, OSError, pickle.UnpicklingError):  # it was ended
        code = process.wait()
        end_process()
        if too_late.is_set() or code in OURS:
            raise LimitError from None
        raise EndedError(
            f"a process that reads submissions and results was killed, but not by the grader (exit code {code})"
        ) from None
    except BaseException:  # such as Ctrl-C: its answer must not become that of the next call
        end_process()
        raise
    finally:
        timer.cancel()
    if was_slow:  # it may keep memory that the next call needs
        end_process()
    if returned:
        return value
    raise value


def end_process() -> None:
    """End the process of this thread, if it has one; the next call starts another."""
    if process := _local.__dict__.pop("process", None):
        _end(process)


def _stop(process, too_late):
    too_late.set()
    process.kill()


def _end(process):
    process.kill()
    with process:  # which closes the pipes, and waits
        pass


def serve_calls() -> None:
    """In the limited process: answer calls until there are no more, because the process that asks has ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asks
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # for whatever a call prints
    while True:
        try:
            function, arguments = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        began = time.process_time()
        _limit_call(began)
        try:
            answer = True, function(*arguments)
        except MemoryError:
            os._exit(OUT_OF_MEMORY)
        except Exception as error:
            answer = False, error
        _send(answers, (*answer, time.process_time() - began > SLOW))


def _limit_call(began):
    """Let the kernel keep the limits, also when the process that asks has been killed."""
    with suppress(ImportError, ValueError, OSError):  # Windows has no such module, and macOS refuses some limits
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (int(began) + MAX_CPU, resource.RLIM_INFINITY))
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))


def _start(function):
    process = subprocess.Popen(
        [sys.executable, "-I", "-c", BEGIN.format(__name__)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **ONE_THREAD},
    )
    _send(process.stdin, sys.path)
    _send(process.stdin, (hash, (function,)))  # imports its module, which is not part of the time of the call
    pickle.load(process.stdout)
    return process


def _send(stream, value):
    stream.write(pickle.dumps(value))
    stream.flush()

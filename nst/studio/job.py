"""One painting at a time in a thread: what it is doing, how far it is, how to stop it."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

IDLE, PAINTING, STOPPING, STOPPED, DONE, FAILED = "idle", "painting", "stopping", "stopped", "done", "failed"
RUNNING = (PAINTING, STOPPING)
SECONDS = 1.0  # between two reports of progress, at least
BUSY = "A picture is being painted. Stop it first, or wait for its end."
NOTHING_YET = "Stopped before there was a picture."
OURS = (ValueError, MemoryError, ArithmeticError)  # whose messages are written for readers


class BusyError(RuntimeError):
    """A second painting was started before the first one ended."""


@dataclass(frozen=True)
class Status:
    """What a job is doing.

    state: "idle", "painting", "stopping", "stopped", "done" or "failed". progress: the last Progress of the engine, or
    None. costs: J after each evaluation. result: a Result, also of a stopped run. resumable: whether a stopped run can
    continue. message: why it failed or has no picture.
    """

    state: str = IDLE
    progress: Any = None
    costs: tuple = ()
    result: Any = None
    resumable: bool = False
    message: str = ""

    @property
    def is_running(self):
        """Whether its thread is at work."""
        return self.state in RUNNING


class Job:
    """Runs one call after the other, each in a thread of its own.

    idle -> painting -> done, failed, or stopping -> stopped; each of the last three can become painting again.
    """

    def __init__(self, on_change: Callable[[Status], None] = lambda status: None, seconds=SECONDS):
        """on_change: is called with the Status, from the job's thread, when the state changes, and during the work at
        most every `seconds`."""
        self.status = Status()
        self._on_change, self._seconds = on_change, seconds
        self._lock, self._stop = threading.Lock(), threading.Event()
        self._thread: threading.Thread | None = None
        self._reported = 0.0

    def start(self, paint, costs=()):
        """Start paint(on_progress), which returns a Result. costs: J of an earlier part of the same run.

        Raises BusyError if the last call has not ended.
        """
        with self._lock:
            if self.status.is_running:
                raise BusyError(BUSY)
            self._stop.clear()
            self.status = Status(PAINTING, costs=tuple(costs))
            self._thread = threading.Thread(target=self._run, args=(paint,), daemon=True)
        self._on_change(self.status)
        self._thread.start()

    def stop(self):
        """Stop after the current evaluation of J; nothing happens if nothing runs."""
        with self._lock:
            if self.status.state != PAINTING:
                return
            self._stop.set()
            self.status = replace(self.status, state=STOPPING)
        self._on_change(self.status)

    def wait(self, seconds=None):
        """Wait for the end of the current call; return the Status."""
        if self._thread is not None:
            self._thread.join(seconds)
        return self.status

    def _run(self, paint):
        try:
            result = paint(self._take)
        except KeyboardInterrupt as interruption:
            result = getattr(interruption, "result", None)
            end = {"state": STOPPED, "result": result, "resumable": getattr(interruption, "resumable", False)}
            end["message"] = NOTHING_YET if result is None else ""
        except OURS as error:
            end = {"state": FAILED, "message": str(error)}
        except BaseException as error:  # whatever it is, the page must say that the job has ended
            end = {"state": FAILED, "message": f"{type(error).__name__}: {error}"}
        else:
            end = {"state": DONE, "result": result}
        with self._lock:
            self.status = replace(self.status, **end)
        self._on_change(self.status)

    def _take(self, progress):
        with self._lock:
            self.status = replace(self.status, progress=progress, costs=(*self.status.costs, sum(progress.terms)))
        if self._stop.is_set():
            raise KeyboardInterrupt
        now = time.monotonic()
        if now - self._reported >= self._seconds:
            self._reported = now
            self._on_change(self.status)

"""The judge in a process of its own, with limits of time and memory: what it compares may be forged by a submission.

Numbers that a check did not expect can keep it busy forever, in one call of NumPy or of Python's own integers, which no
other thread could interrupt. Killing a process always works.
"""

import atexit
import contextlib
import os
import pickle
import subprocess
import sys
import threading

from grading.exercises import EXERCISES
from grading.judge import judge
from grading.judge.answer import check_answer
from grading.judge.outcomes import Outcome, tampered

SECONDS = 30  # for one verdict, which usually takes a tenth of one
START_SECONDS = 120
MEMORY = 4 * 2**30  # bytes
MAIN = "import sys\n\nsys.path[:] = {path}\n\nfrom grading.judge_process import serve\n\nserve()\n"
READY = "ready"


class VerdictTimeoutError(Exception):
    """A verdict was not reached in time; the message says so."""


class JudgeKilledError(Exception):
    """Something else than the grader ended the judge's process."""


class _JudgeProcess:
    """One process for all verdicts of this one; started when it is needed, also after it was killed."""

    def __init__(self):
        self._lock, self._process = threading.Lock(), None
        atexit.register(self.end)

    def ask(self, request, seconds):
        with self._lock:
            if self._process is None:
                self._start()
            return self._exchange(request, seconds)

    def _start(self):
        self._process = subprocess.Popen(
            [sys.executable, "-c", MAIN.format(path=sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            start_new_session=True,
        )
        self._exchange(READY, START_SECONDS)

    def _exchange(self, request, seconds):
        process, late = self._process, threading.Event()
        timer = threading.Timer(seconds, lambda: [late.set(), process.kill()])
        timer.start()
        try:
            pickle.dump(request, process.stdin)
            process.stdin.flush()
            return pickle.load(process.stdout)
        except (EOFError, OSError, pickle.UnpicklingError):
            self.end()
            if late.is_set():
                raise VerdictTimeoutError(f"no verdict on its results was possible within {seconds:g} s") from None
            raise JudgeKilledError("the process of the judge was killed, but not by the grader") from None
        except BaseException:  # a signal: the answer to this request must not become that to the next one
            self.end()
            raise
        finally:
            timer.cancel()

    def end(self):
        """Kill the process, if there is one."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for stream in (self._process.stdin, self._process.stdout):
                with contextlib.suppress(OSError):
                    stream.close()
            self._process = None


_process = _JudgeProcess()


def judge_within_limits(name: str, arrays: dict, seed: int, seconds: float = SECONDS) -> Outcome:
    """The outcome of an exercise from what came out of the sandbox. Arrays that the probe did not make are `tampered`.

    Raises VerdictTimeoutError, and JudgeKilledError if something else killed the judge's process.
    """
    return _process.ask((name, arrays, seed), seconds)


def serve() -> None:
    """Answer the requests on standard input until it ends."""
    _set_limits()
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what NumPy prints
    while True:
        try:
            request = pickle.load(requests)
        except EOFError:
            return
        pickle.dump(request if request == READY else _judge(*request), answers)
        answers.flush()


def _judge(name, arrays, seed):
    try:
        if "failure" not in arrays:
            check_answer(name, arrays, seed)
            return judge(name, arrays, seed)
    except Exception:  # arrays may contain anything, and one submission must not end the batch
        pass
    return tampered(EXERCISES[name])


def _set_limits():
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))

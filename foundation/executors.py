"""Where submissions are graded: processes on this machine, or a Dask cluster. Both give an Executor."""

import logging
import multiprocessing
import os
import signal
from concurrent.futures import ProcessPoolExecutor

GRACE_SECONDS = 10  # for a worker to clean up after its submission


class WorkersError(Exception):
    """There are no workers to be had, or no longer; the message says why and what to do."""


class Processes:
    """`count` worker processes on this machine."""

    def __init__(self, count):
        self.count, self._executor = count, None

    def start(self):
        self._executor = ProcessPoolExecutor(
            self.count, mp_context=multiprocessing.get_context("spawn"), initializer=_as_a_worker
        )
        return self._executor

    def kill(self):
        """End the workers, with what they run."""
        if self._executor is None:
            return
        self._executor.shutdown(wait=False, cancel_futures=True)
        workers, self._executor = multiprocessing.active_children(), None
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.join(GRACE_SECONDS)
            worker.kill()


def _as_a_worker():
    """Ctrl-C is for the one who started the batch; being terminated is a reason to clean up first."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)


def _leave(*_):
    raise SystemExit


class Dask:
    """The workers of a Dask scheduler, which must find this package: start them in the course's folder."""

    def __init__(self, address):
        try:
            from dask.distributed import Client
        except ImportError:
            raise WorkersError("--scheduler needs Dask: python -m pip install distributed") from None
        try:
            self._client = Client(address, timeout=10)
        except Exception as error:  # whatever answers there may be anything, and Dask trips over it in many ways
            raise WorkersError(
                f"no Dask scheduler answers at {address} ({error}). Start one with `dask scheduler`, "
                "and give the address that it prints."
            ) from None
        self._address, self._executor = address, None

    @property
    def count(self):
        """Submissions that the cluster grades at once, as it stands now."""
        try:
            return max(1, sum(self._client.nthreads().values()))
        except OSError:
            raise self.lost() from None

    def start(self):
        self._executor = self._client.get_executor()
        return self._executor

    def lost(self):
        """The error to raise when the scheduler is gone, which cancels what its workers were doing."""
        for name in ("distributed.client", "distributed.utils"):  # whose tracebacks would follow our words
            logging.getLogger(name).setLevel(logging.CRITICAL)
        return WorkersError(
            f"the Dask scheduler at {self._address} no longer answers. What has been graded is kept. "
            "Start it again, with its workers; then the same command, with the address that it prints, "
            "goes on."
        )

    def kill(self):
        """Take back what is not done; the cluster goes on without us."""
        if self._executor is not None:
            self._executor.shutdown(wait=False)
            self._executor = None


def default_count():
    """A worker for each core that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

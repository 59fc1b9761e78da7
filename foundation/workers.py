"""Workers that run many jobs: processes or threads on this machine, or a Dask cluster.

All have the same methods: `count` is how many jobs run at once, `start` returns an Executor of concurrent.futures,
and `kill` cancels what is not finished. After `kill`, `start` may be called again. Workers elsewhere get large files by
`DaskCluster.send_file`, once each, and find them by `find_sent_file`.
"""

import logging
import multiprocessing
import multiprocessing.queues
import os
import signal
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psutil

GRACE_SECONDS = 10  # for a process to clean up


class WorkersError(Exception):
    """No workers are available, or no longer; the message says why and what to do."""


class LocalProcesses:
    """`count` worker processes on this machine."""

    def __init__(self, count):
        self.count, self._executor = count, None

    def start(self):
        self._executor = ProcessPoolExecutor(
            self.count, mp_context=multiprocessing.get_context("spawn"), initializer=_prepare_worker
        )
        return self._executor

    def kill(self):
        if self._executor is None:
            return
        workers = multiprocessing.active_children()
        for worker in workers:
            worker.terminate()
        self._executor.shutdown(wait=False, cancel_futures=True)  # before, it would write to them at the same time
        self._executor = None
        for worker in workers:
            worker.join(GRACE_SECONDS)
            worker.kill()


def _prepare_worker():
    """Leave Ctrl-C and a closed terminal to the process that started the batch, and end with it, cleaning up."""
    for name in ("SIGINT", "SIGHUP", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _exit)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.unraisablehook = _report_unraisable


def _end_with_parent():
    """Killed, the process that started the batch could not end its workers."""
    multiprocessing.parent_process().join()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os._exit(1)


def _exit(_, frame):
    """End a worker: at once if it waits for work, where an exception would leave half of a message in the queue, at
    which the next worker would fail."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once: cleaning up takes time
    while frame is not None:
        if frame.f_code.co_filename == multiprocessing.queues.__file__:
            os._exit(0)
        frame = frame.f_back
    raise SystemExit


def _report_unraisable(unraisable):
    """Python's report of an error that nobody can catch, except that a worker was terminated while it cleaned up."""
    if unraisable.exc_type is not SystemExit:
        sys.__unraisablehook__(unraisable)


class LocalThreads:
    """`count` threads on this machine, for jobs that each start a process and wait for it."""

    def __init__(self, count):
        self.count, self._executor = count, None

    def start(self):
        self._executor = ThreadPoolExecutor(self.count)
        return self._executor

    def kill(self):
        if self._executor is None:
            return
        self._executor.shutdown(wait=False, cancel_futures=True)
        children, self._executor = psutil.Process().children(recursive=True), None
        for child in children:
            with suppress(psutil.NoSuchProcess):
                child.terminate()
        _, alive = psutil.wait_procs(children, timeout=GRACE_SECONDS)
        for child in alive:
            with suppress(psutil.NoSuchProcess):
                child.kill()


class DaskCluster:
    """The workers of a Dask scheduler. They must be able to import this project: install it there, too."""

    def __init__(self, address):
        try:
            from dask.distributed import Client
        except ImportError:
            raise WorkersError("--scheduler needs Dask: python -m pip install distributed") from None
        try:
            self._client = Client(address, timeout=10)
        except Exception as error:  # any server may answer there, and Dask fails on it in many ways
            raise WorkersError(
                f"no Dask scheduler answers at {address} ({error}). Start one with `dask scheduler`, "
                "and give the address that it prints."
            ) from None
        self._address, self._executors = address, []

    @property
    def count(self):
        """The number of threads that the cluster has now, at least 1."""
        try:
            return max(1, sum(self._client.nthreads().values()))
        except OSError:
            raise self.lost() from None

    def start(self):
        return self._add_executor()

    def start_elsewhere(self, tried):
        """An Executor of the workers whose addresses are not in `tried`; None if there are no others."""
        others = [address for address in self._client.nthreads() if address not in tried]
        return self._add_executor(workers=others) if others else None

    def _add_executor(self, **options):
        self._executors.append(self._client.get_executor(**options))
        return self._executors[-1]

    def send_file(self, path, name):
        """Send a file to every worker, once, also to those that join later. `find_sent_file(name)` is its path there.

        Raises OSError if the file cannot be read, and WorkersError if a worker cannot keep it.
        """
        from distributed.diagnostics.plugin import UploadFile

        plugin = UploadFile(str(path), load=False)
        plugin.filename = name
        try:
            self._client.register_plugin(plugin, name=f"file-{name}")
        except Exception as error:  # what a worker raised, of any kind
            raise WorkersError(
                f"{path}: a worker of {self._address} cannot keep this file ({error}). Free some disk space there."
            ) from None

    def lost(self):
        """The error to raise when the scheduler is gone, which cancels the jobs of its workers."""
        for name in ("distributed.client", "distributed.utils"):  # whose tracebacks would follow our message
            logging.getLogger(name).setLevel(logging.CRITICAL)
        return WorkersError(
            f"the Dask scheduler at {self._address} no longer answers. Everything finished so far is kept. Start the "
            "scheduler and its workers again, then run the same command with the new address to continue."
        )

    def kill(self):
        while self._executors:
            self._executors.pop().shutdown(wait=False)


def find_sent_file(name):
    """The path of a file that DaskCluster.send_file sent to the worker that runs this; None outside of one."""
    worker = _find_dask_worker()
    return None if worker is None else Path(worker.local_directory, name)


def find_worker_address():
    """The address of the Dask worker that runs this; None outside of one."""
    worker = _find_dask_worker()
    return None if worker is None else worker.address


def find_worker_share():
    """(memory limit in bytes or None, jobs at once) of the Dask worker that runs this; None outside of one."""
    worker = _find_dask_worker()
    return None if worker is None else (worker.memory_manager.memory_limit, worker.state.nthreads)


def _find_dask_worker():
    distributed = sys.modules.get("distributed")
    if distributed is None:
        return None
    try:
        return distributed.get_worker()
    except ValueError:  # not in a task
        return None


def count_cores():
    """The number of processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

"""A Dask cluster on loopback, for the tests of what runs on one."""

import os
import re
import shutil
import subprocess
import sys

import psutil

from nst.paths import ROOT


class Cluster:
    """A scheduler and two workers on loopback, as a person starts them: each a command of its own."""

    def __init__(self):
        self.processes = []

    def __enter__(self):
        scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        self.address = self._read(scheduler, r"Scheduler at:\s+(tcp://\S+)")
        self.workers = self.start_workers()
        for worker in self.workers:
            self._read(worker, r"Starting established connection|Registered to")
        return self

    def start_workers(self):
        return [self.start_worker() for _ in range(2)]

    def start_worker(self, *options, **places):
        words = ("--host", "127.0.0.1", "--nthreads", "1", "--no-dashboard", *options)
        return self._start("worker", self.address, *words, **places)

    def __exit__(self, *_):
        for process in self.processes:
            kill_all(process.pid)
            process.wait()
            process.stderr.close()

    def _start(self, *arguments, root=ROOT, prefix=()):
        # Each with the folder of the course for its own, so that it finds the project.
        process = subprocess.Popen(
            [*prefix, sys.executable, "-m", "dask", *arguments],
            cwd=root,
            env={**os.environ, "PYTHONPATH": str(root)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self.processes.append(process)
        return process

    @staticmethod
    def _read(process, pattern):
        for line in process.stderr:
            if found := re.search(pattern, line):
                return found.group(found.re.groups)
        raise AssertionError("the process of the cluster ended")


class SeparateMachines(Cluster):
    """A cluster whose workers have courses of their own, and do not see a folder of the machine that asks them.

    The second worker has little memory. Needs Linux and root.
    """

    LITTLE = 1_200_000_000  # bytes

    def __init__(self, folder, hidden):
        super().__init__()
        self.folder, self.hidden = folder, hidden

    def start_workers(self):
        hide = ("unshare", "--mount", "sh", "-c", 'mount -t tmpfs none "$0" && exec "$@"', str(self.hidden))
        roots = [self._copy_course(self.folder / name) for name in ("one", "two")]
        limits = ((), ("--memory-limit", str(self.LITTLE)))
        return [
            self.start_worker("--local-directory", str(root / "scratch"), *limit, root=root, prefix=hide)
            for root, limit in zip(roots, limits, strict=True)
        ]

    @staticmethod
    def _copy_course(root):
        for name in ("nst", "foundation", "pretrained-model"):
            shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__", "*.h5"))
        return root


def kill_all(pid):
    """Kill a process and all that it started: a worker's nanny would start it again."""
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)] if psutil.pid_exists(pid) else []
    for process in family:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue

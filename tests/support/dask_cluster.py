"""A Dask cluster on loopback, for the tests of what runs on one."""

import re
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
        self.workers = [
            self._start("worker", self.address, "--host", "127.0.0.1", "--nthreads", "1", "--no-dashboard")
            for _ in range(2)
        ]
        for worker in self.workers:
            self._read(worker, r"Starting established connection|Registered to")
        return self

    def __exit__(self, *_):
        for process in self.processes:
            kill_all(process.pid)
            process.wait()
            process.stderr.close()

    def _start(self, *arguments):
        # Each with the folder of the course for its own, so that it finds the project.
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments],
            cwd=ROOT,
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


def kill_all(pid):
    """Kill a process and all that it started: a worker's nanny would start it again."""
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)] if psutil.pid_exists(pid) else []
    for process in family:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue

"""Workers of a Dask cluster grade as processes on this machine do, and one that dies loses nobody."""

import csv
import os
import re
import subprocess
import sys
import time

import psutil
import pytest
from hostile_submissions import script

from grading import workers
from nst.paths import ROOT

STUDENTS = [f"student {number}" for number in range(8)]


class Cluster:
    """A scheduler and two workers on loopback, as an instructor starts them: each a command of its own."""

    def __init__(self):
        self.processes = []

    def __enter__(self):
        scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        self.address = self._read(scheduler, r"Scheduler at:\s+(tcp://\S+)")
        self.workers = [self._start("worker", self.address, "--host", "127.0.0.1", "--nthreads", "1", "--no-dashboard")
                        for _ in range(2)]
        for worker in self.workers:
            self._read(worker, r"Starting established connection|Registered to")
        return self

    def __exit__(self, *_):
        for process in self.processes:
            kill_all(process.pid)
            process.wait()
            process.stderr.close()

    def _start(self, *arguments):
        # Each with the folder of the course for its own, so that it finds the grader.
        process = subprocess.Popen([sys.executable, "-m", "dask", *arguments], cwd=ROOT, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, text=True, encoding="utf-8")
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


@pytest.fixture
def cluster():
    with Cluster() as running:
        yield running


def test_a_worker_killed_in_the_middle_loses_no_student(cluster, tmp_path):
    for student in STUDENTS:
        (tmp_path / "class").mkdir(exist_ok=True)
        (tmp_path / "class" / f"{student}.py").write_text(script(), encoding="utf-8")
    running = subprocess.Popen(
        [sys.executable, "-m", "grading", tmp_path / "class", "--out", tmp_path / "grades",
         "--scheduler", cluster.address], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    while not list((tmp_path / "grades").glob("students/*.json")):
        assert running.poll() is None, running.stdout.read()
        time.sleep(0.1)
    kill_all(cluster.workers[0].pid)
    told, _ = running.communicate(timeout=240)
    assert running.returncode == 0, told
    with (tmp_path / "grades" / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["student"]: (row["total"], row["status"]) for row in csv.DictReader(file)}
    assert rows == dict.fromkeys(STUDENTS, ("100", "graded"))


def test_where_no_scheduler_answers_the_address_is_named():
    with pytest.raises(workers.WorkersError, match=r"no Dask scheduler answers at tcp://127.0.0.1:9 .*dask scheduler"):
        workers.Dask("tcp://127.0.0.1:9")


def test_without_dask_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "dask.distributed", None)
    with pytest.raises(workers.WorkersError, match="python -m pip install distributed"):
        workers.Dask("tcp://127.0.0.1:9")


def test_there_is_a_worker_for_each_core():
    assert 1 <= workers.default_count() <= os.cpu_count()

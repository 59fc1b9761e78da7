"""Workers of a Dask cluster grade as processes on this machine do, and one that dies loses nobody."""

import csv
import multiprocessing
import os
import socket
import subprocess
import sys
import threading
import time

import psutil
import pytest

from foundation import workers
from grading import batch
from grading.grade_submission import Settings
from grading.reports import records
from grading.sandbox.process import Limits
from grading.submissions.find import find_submissions
from nst.paths import ROOT
from tests.support.dask_cluster import Cluster, kill_all
from tests.support.hostile_submissions import BOTH, short

STUDENTS = [f"student {number}" for number in range(6)]


@pytest.fixture
def cluster():
    with Cluster() as running:
        yield running


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_loses_no_student(cluster, tmp_path):
    for student in STUDENTS:
        (tmp_path / "class").mkdir(exist_ok=True)
        (tmp_path / "class" / f"{student}.py").write_text(short(), encoding="utf-8")
    running = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "grading",
            tmp_path / "class",
            "--out",
            tmp_path / "grades",
            "--scheduler",
            cluster.address,
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    while not list((tmp_path / "grades").glob("students/*.json")):
        assert running.poll() is None, running.stdout.read()
        time.sleep(0.1)
    kill_all(cluster.workers[0].pid)
    told, _ = running.communicate(timeout=240)
    assert running.returncode == 0, told
    with (tmp_path / "grades" / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["student"]: (row["total"], row["status"]) for row in csv.DictReader(file)}
    assert rows == dict.fromkeys(STUDENTS, (str(BOTH), "graded"))


@pytest.mark.slow
def test_a_scheduler_that_is_killed_in_the_middle_is_named_and_what_is_graded_is_kept(cluster, tmp_path):
    def graded(record, fresh):
        done.append(record["student"])
        kill_all(cluster.processes[0].pid)

    for student in STUDENTS:
        (tmp_path / "class").mkdir(exist_ok=True)
        (tmp_path / "class" / f"{student}.py").write_text("x = 1", encoding="utf-8")
    done, submissions = [], find_submissions(tmp_path / "class")
    told = rf"the Dask scheduler at {cluster.address} no longer answers.* the same command with the new address"
    with pytest.raises(workers.WorkersError, match=told):
        batch.run(submissions, Settings(1, Limits()), tmp_path / "grades", workers.DaskCluster(cluster.address), graded)
    assert 1 <= len(done) < len(STUDENTS)
    found = records.read_all(tmp_path / "grades", STUDENTS)
    assert {record["student"] for record in found if record["status"] == "graded"} == {*done}


def test_where_no_scheduler_answers_the_address_is_named():
    with pytest.raises(workers.WorkersError, match=r"no Dask scheduler answers at tcp://127.0.0.1:9 .*dask scheduler"):
        workers.DaskCluster("tcp://127.0.0.1:9")


def test_what_answers_but_is_no_scheduler_is_named_too():
    with socket.create_server(("127.0.0.1", 0)) as web:

        def answer():
            try:
                while True:
                    connection, _ = web.accept()
                    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 10)
                    connection.close()
            except OSError:
                return

        threading.Thread(target=answer, daemon=True).start()
        address = f"tcp://127.0.0.1:{web.getsockname()[1]}"
        with pytest.raises(workers.WorkersError, match=f"no Dask scheduler answers at {address} "):
            workers.DaskCluster(address)


def test_without_dask_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "dask.distributed", None)
    with pytest.raises(workers.WorkersError, match="python -m pip install distributed"):
        workers.DaskCluster("tcp://127.0.0.1:9")


def test_there_is_a_worker_for_each_core():
    assert 1 <= workers.count_cores() <= os.cpu_count()


def leave_at_exit(seconds):
    """A job after which its process takes long to end, in code whose errors nobody can catch."""

    class Slow:
        def __del__(self):
            time.sleep(seconds)

    sys.kept = Slow()


KILL = """
import time
from foundation.workers import LocalProcesses
from tests.foundation.test_workers import leave_at_exit

if __name__ == "__main__":
    processes = LocalProcesses(2)
    executor = processes.start()
    [job.result() for job in [executor.submit(leave_at_exit, 3) for _ in range(2)]]
    {end}
    processes.kill()
"""


@pytest.mark.parametrize("end", ["", "executor.shutdown(wait=False); time.sleep(1)"], ids=["idle", "ending"])
def test_workers_that_are_killed_print_nothing(tmp_path, end):
    (tmp_path / "kill.py").write_text(KILL.format(end=end), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, tmp_path / "kill.py"], env=environment, cwd=ROOT, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_workers_of_a_batch_that_is_done_are_not_killed(tmp_path, monkeypatch):
    alive = []
    monkeypatch.setattr(workers.LocalProcesses, "kill", lambda self: alive.extend(multiprocessing.active_children()))
    (tmp_path / "ada.py").write_text("x = 1", encoding="utf-8")
    settings, report = Settings(1, Limits()), lambda record, is_new: None
    batch.run(find_submissions(tmp_path), settings, tmp_path / "grades", workers.LocalProcesses(1), report)
    assert alive == []


ABANDON = """
import os
from foundation.workers import LocalProcesses

if __name__ == "__main__":
    executor = LocalProcesses(2).start()
    print(*{executor.submit(os.getpid).result() for _ in range(20)}, flush=True)
    executor.submit(__import__("time").sleep, 60)
    __import__("time").sleep(60)
"""


def test_workers_end_with_the_process_that_started_them(tmp_path):
    (tmp_path / "abandon.py").write_text(ABANDON, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    started = subprocess.Popen(
        [sys.executable, tmp_path / "abandon.py"], env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    pids = [int(word) for word in started.stdout.readline().split()]
    assert pids
    started.kill()
    started.communicate()
    _, alive = psutil.wait_procs([psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)], timeout=20)
    assert not alive

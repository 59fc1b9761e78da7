"""A batch on other machines: what a job needs travels with it, and it takes the memory that its worker has."""

import csv
import hashlib
import json
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import Future
from pathlib import Path

import pytest

from foundation.workers import DaskCluster, WorkersError, find_sent_file
from nst import images
from nst.cli import batch, batch_job
from nst.cli.batch_job import JobResult, run_job
from nst.cli.batch_table import WeightFile, read_jobs
from nst.cli.main import main
from nst.engine.available_memory import JOB_MEMORY, total_bytes
from nst.network.weights import POCKET_SHA256
from nst.paths import IMAGES
from tests.nst.test_weights import arrays_of, npz
from tests.support.dask_cluster import SeparateMachines, kill_all

JOBS = [f"job {number}" for number in range(4)]


@pytest.fixture
def client(tmp_path):
    """The folder of the machine that asks: pictures, a weight file, and a table of four jobs."""
    folder = tmp_path / "client"
    folder.mkdir()
    for name in ("louvre", "monet"):
        images.save(images.load(IMAGES / f"{name}.jpg", 48), folder / f"{name}.png")
    (folder / "own.npz").write_bytes(npz(arrays_of()))
    rows = "".join(f"{job},louvre.png,monet.png,32,2,float32,own.npz,no\n" for job in JOBS)
    header = "job,content,style,size,steps,precision,weights,warm_start\n"
    (folder / "jobs.csv").write_text(header + rows, encoding="utf-8")
    return folder


@pytest.fixture
def first_job(client):
    return read_jobs(client / "jobs.csv")[0][1]


@pytest.fixture
def machines(tmp_path, client):
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("a worker that does not see a folder needs Linux and root")
    hiding = ["unshare", "--mount", "mount", "-t", "tmpfs", "none", str(client)]
    if subprocess.run(hiding, capture_output=True, check=False).returncode:
        pytest.skip("this system does not let root hide a folder")
    with SeparateMachines(tmp_path, client) as running:
        yield running


def read_results(folder):
    with (folder / "out" / "results.csv").open(newline="", encoding="utf-8-sig") as file:
        return {row["job"]: row["status"] + row["reason"] for row in csv.DictReader(file)}


@pytest.mark.slow
def test_workers_without_a_common_folder_paint_with_own_weights_although_one_is_killed(machines, client):
    def kill_one():
        while not list((client / "out").glob("*.png")):
            time.sleep(0.05)
        kill_all(machines.workers[0].pid)

    threading.Thread(target=kill_one, daemon=True).start()
    words = ["--out", str(client / "out"), "--scheduler", machines.address]
    assert main(["batch", str(client / "jobs.csv"), *words]) == 0
    assert read_results(client) == dict.fromkeys(JOBS, "painted")
    records = [json.loads((client / "out" / f"{job}.run.json").read_text(encoding="utf-8")) for job in JOBS]
    assert all(record["settings"]["networks"].keys() == {"vgg19_from_file"} for record in records)
    assert len({json.dumps(record["settings"]["networks"]) for record in records}) == 1


@pytest.mark.slow
def test_each_worker_gives_its_jobs_the_memory_that_it_has(machines):
    from dask.distributed import Client

    with Client(machines.address) as asking:
        asking.wait_for_workers(2)
        shares = {
            asking.submit(batch_job._share_memory, 9, workers=[address], pure=False).result()
            for address in asking.scheduler_info()["workers"]
        }
    assert min(shares) == machines.LITTLE
    assert max(shares) > 2 * machines.LITTLE


@pytest.mark.slow
def test_a_picture_too_large_for_one_worker_is_painted_by_the_other(machines, client):
    rows = "".join(f"{job},louvre.png,monet.png,1024,1,float32,own.npz,no\n" for job in JOBS[:2])
    header = "job,content,style,size,steps,precision,weights,warm_start\n"
    (client / "jobs.csv").write_text(header + rows, encoding="utf-8")
    assert main(["batch", str(client / "jobs.csv"), "--out", str(client / "out"), "--scheduler", machines.address]) == 0
    assert read_results(client) == dict.fromkeys(JOBS[:2], "painted")


def test_a_job_is_tried_on_each_worker_once(first_job, client, monkeypatch):
    """Until one has enough memory; if none has, its reason is kept."""
    tried = []

    class Workers:
        count = 1

        def start_elsewhere(self, addresses):
            tried.append(set(addresses))
            return self if len(addresses) < 3 else None

        def submit(self, function, job, contents):
            future = Future()
            future.set_result(JobResult(None, {}, "too large", worker=f"worker {len(tried)}"))
            return future

    first, places = Future(), {}
    first.set_result(JobResult(None, {}, "too large", worker="worker 0"))
    futures = [first]
    while (again := batch._submit_elsewhere(first_job, futures[-1], Workers(), places)) is not None:
        futures.append(again)
    assert tried == [{"worker 0"}, {"worker 0", "worker 1"}, {"worker 0", "worker 1", "worker 2"}]
    assert len(futures) == 3


def test_a_job_that_fails_otherwise_is_not_tried_again(first_job):
    for result in (JobResult(None, {}, "damaged"), JobResult(b"picture", {})):
        future = Future()
        future.set_result(result)
        assert batch._submit_elsewhere(first_job, future, None, {}) is None


def test_the_jobs_of_this_machine_share_its_memory(first_job, monkeypatch):
    environments = []

    def run(*_, **options):
        environments.append(options["env"])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(subprocess, "run", run)
    for jobs in (1, 4):
        run_job(first_job, {}, 1, jobs)
    whole, quarter = (int(environment[JOB_MEMORY]) for environment in environments)
    assert whole == total_bytes()
    assert quarter == whole // 4


def test_a_worker_without_room_for_the_jobs_files_says_so(first_job, monkeypatch, tmp_path):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert run_job(first_job, {"file0/a.png": b"1"}).reason == (
        f"{tmp_path}: the worker cannot keep the job's files there (No space left on device). "
        "Free some disk space there."
    )


def test_weights_that_arrive_damaged_are_refused(first_job, monkeypatch, tmp_path):
    monkeypatch.setattr(batch_job, "find_sent_file", lambda name: tmp_path / name)
    (tmp_path / first_job.weights.name).write_bytes(b"half of it")
    assert run_job(first_job, {}).reason.startswith(
        f"{tmp_path / first_job.weights.name}: the worker does not have the weight file as it was sent (expected "
        f"SHA-256 {first_job.weights.sha256})."
    )


def test_a_worker_with_another_bundled_network_is_named():
    known, other = (WeightFile("pocket.npz", digest, bundled=True) for digest in (POCKET_SHA256, "0" * 64))
    assert batch_job._find_weights(known) == ("pocket", None)
    assert "the worker has another version of the course" in batch_job._find_weights(other)[1]


def test_a_weight_file_is_named_by_its_content(first_job, client):
    digest = hashlib.sha256((client / "own.npz").read_bytes()).hexdigest()
    assert first_job.weights == WeightFile(str(client / "own.npz"), digest, bundled=False)
    assert first_job.weights.name == f"{digest}.npz"
    assert find_sent_file(first_job.weights.name) is None  # here


def test_a_file_that_a_worker_cannot_keep_ends_the_batch_in_words(client):
    class Full:
        def register_plugin(self, *_, **__):
            raise RuntimeError("No space left on device")

    workers = object.__new__(DaskCluster)
    workers._client, workers._address = Full(), "tcp://1.2.3.4:5"
    with pytest.raises(WorkersError, match=r"own\.npz: a worker of tcp://1\.2\.3\.4:5 cannot keep this file"):
        workers.send_file(client / "own.npz", "abc.npz")

"""Run one job of a batch in a process of its own: files as bytes in, a picture as bytes out."""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from foundation import end_with_input
from foundation.temporary_folder import TemporaryFolder
from foundation.workers import find_sent_file, find_worker_address, find_worker_share
from nst.engine.available_memory import JOB_MEMORY, total_bytes
from nst.engine.memory import SHORT_OF_MEMORY
from nst.network.weights import POCKET_SHA256
from nst.paths import IN_COURSE, ROOT

FOLDER_PREFIX = "nst-job-"
WRONG_WEIGHTS = (
    "{path}: the worker does not have the weight file as it was sent (expected SHA-256 {sha256}). Free some disk space "
    "there, start the worker again, and run the same command again."
)
OTHER_VERSION = (
    "{root}: the worker has another version of the course, with another bundled network. Install the same one."
)
NO_FILES = "{folder}: the worker cannot keep the job's files there ({reason}). Free some disk space there."
FAILED = "the painting process ended with exit code {code}: {words}"


@dataclass(frozen=True)
class JobResult:
    """picture: an encoded PNG, or None if the job failed. record: the command's JSON. reason: of a failure.

    seconds: that the worker took for a picture, with the import of TensorFlow. worker: the address of the Dask worker
    that has too little memory for the job; another one may have more.
    """

    picture: bytes | None
    record: dict
    reason: str = ""
    seconds: float | None = None
    worker: str | None = None


def run_job(job, contents, threads=None, jobs=1):
    """Run a job in a temporary folder and return its JobResult; a job that fails raises nothing.

    contents: {name: bytes} of its files, which may not exist on this machine. threads: the number that convolutions may
    use; None: no limit. jobs: the number that run at the same time, and share the memory; a Dask worker knows it.
    """
    weights, problem = _find_weights(job.weights)
    if problem:
        return JobResult(None, {}, problem)
    try:
        return _run_in_folder([*job.words, "--weights", weights], contents, _make_environment(threads, jobs))
    except OSError as error:
        return JobResult(None, {}, NO_FILES.format(folder=tempfile.gettempdir(), reason=error.strerror or error))


def _find_weights(file):
    """(the word for --weights on this machine, what is wrong or None) for a WeightFile."""
    if file.bundled:
        return "pocket", None if file.sha256 == POCKET_SHA256 else OTHER_VERSION.format(root=ROOT)
    sent = find_sent_file(file.name)
    if sent is None:
        return file.path, None
    return str(sent), None if _hash_file(sent) == file.sha256 else WRONG_WEIGHTS.format(path=sent, sha256=file.sha256)


@cache
def _hash_file(path):
    """The SHA-256 of a file, read once in each process; None if it is not there."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None


def _run_in_folder(words, contents, environment):
    start = time.monotonic()
    with TemporaryFolder(FOLDER_PREFIX) as folder:
        for name, content in contents.items():
            (folder / name).parent.mkdir()
            (folder / name).write_bytes(content)
        command = [sys.executable, "-m", "nst", *words, "--out", "out.png", "--json"]
        with end_with_input.open_input() as still_open:
            finished = subprocess.run(
                command,
                cwd=folder,
                env={**environment, end_with_input.SETTING: "1"},
                capture_output=True,
                check=False,
                encoding="utf-8",
                errors="replace",
                stdin=still_open,
            )
        out = folder / "out.png"
        if finished.returncode == 0 and out.exists():
            record = json.loads(finished.stdout.splitlines()[-1])
            record = {name: record[name] for name in record if name != "picture"}
            return JobResult(out.read_bytes(), record, seconds=time.monotonic() - start)
    lines = [line for line in finished.stderr.replace("\r", "\n").splitlines() if line.strip()]
    words = _restore_names(lines[-1], folder, contents) if lines else "it printed nothing"
    if finished.returncode != 2:
        words = FAILED.format(code=finished.returncode, words=words)
    return JobResult(None, {}, words, worker=find_worker_address() if SHORT_OF_MEMORY in words else None)


def _restore_names(line, folder, names):
    """The line with each temporary file called by its original name."""
    for name in names:
        for variant in (str(folder / name), str(Path(name)), name):
            line = line.replace(variant, Path(name).name)
    return line


def _make_environment(threads, jobs):
    environment = {**os.environ, "PYTHONUTF8": "1", JOB_MEMORY: str(_share_memory(jobs))}
    if IN_COURSE:  # which need not be installed
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    if threads is not None:
        for name in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
            environment[name] = str(threads)
    return environment


def _share_memory(jobs):
    """The bytes that each job may take, where several share what this machine, or this Dask worker, has."""
    limit, jobs = find_worker_share() or (None, jobs)
    return int(min(total_bytes(), limit or sys.maxsize) / jobs)

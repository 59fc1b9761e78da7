"""Run one job of a batch in a process of its own: files as bytes in, a picture as bytes out."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from nst.paths import IN_COURSE, ROOT

NO_FILES = "{folder}: the worker cannot keep the job's files there ({reason}). Free some disk space there."
FAILED = "the painting process ended with exit code {code}: {words}"


@dataclass(frozen=True)
class JobResult:
    """picture: an encoded PNG, or None if the job failed. record: the command's JSON. reason: of a failure."""

    picture: bytes | None
    record: dict
    reason: str = ""


def run_job(job, contents, threads=None):
    """Run a job in a temporary folder and return its JobResult; a job that fails raises nothing.

    contents: {name: bytes} of its files, which may not exist on this machine. threads: the number that convolutions may
    use; None: no limit.
    """
    try:
        return _run_in_folder(job, contents, threads)
    except OSError as error:
        return JobResult(None, {}, NO_FILES.format(folder=tempfile.gettempdir(), reason=error.strerror or error))


def _run_in_folder(job, contents, threads):
    with tempfile.TemporaryDirectory(prefix="nst-job-") as temporary:
        folder = Path(temporary).resolve()  # the name that the process will print
        for name, content in contents.items():
            (folder / name).parent.mkdir()
            (folder / name).write_bytes(content)
        command = [sys.executable, "-m", "nst", *job.words, "--out", "out.png", "--json"]
        finished = subprocess.run(
            command,
            cwd=folder,
            env=_make_environment(threads),
            capture_output=True,
            check=False,
            encoding="utf-8",
            errors="replace",
            stdin=subprocess.DEVNULL,
        )
        out = folder / "out.png"
        if finished.returncode == 0 and out.exists():
            record = json.loads(finished.stdout.splitlines()[-1])
            return JobResult(out.read_bytes(), {name: record[name] for name in record if name != "picture"})
    lines = [line for line in finished.stderr.replace("\r", "\n").splitlines() if line.strip()]
    words = _restore_names(lines[-1], folder, contents) if lines else "it printed nothing"
    return JobResult(
        None, {}, words if finished.returncode == 2 else FAILED.format(code=finished.returncode, words=words)
    )


def _restore_names(line, folder, names):
    """The line with each temporary file called by its original name."""
    for name in names:
        for variant in (str(folder / name), str(Path(name)), name):
            line = line.replace(variant, Path(name).name)
    return line


def _make_environment(threads):
    environment = {**os.environ, "PYTHONUTF8": "1"}
    if IN_COURSE:  # which need not be installed
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    if threads is not None:
        for name in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
            environment[name] = str(threads)
    return environment

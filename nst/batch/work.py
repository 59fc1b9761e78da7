"""One job of a batch: bytes in, bytes out, in a process of its own, wherever it runs."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from nst.paths import ROOT

FAILED = "the process that painted it ended with {code}: {words}"


@dataclass(frozen=True)
class Painted:
    """picture: an encoded PNG, or None; record: what the command says of it; reason: why there is none."""

    picture: bytes | None
    record: dict
    reason: str = ""


def painted(job, contents, threads=None):
    """Run a job in a folder that is removed afterwards; never raises for what the job does.

    contents: {name: bytes} of its files, which may not be on this machine. threads: how many the convolutions may use;
    None: all.
    """
    with tempfile.TemporaryDirectory(prefix="nst-job-") as temporary:
        folder = Path(temporary).resolve()  # as the process will name it
        for name, content in contents.items():
            (folder / name).parent.mkdir()
            (folder / name).write_bytes(content)
        command = [sys.executable, "-m", "nst", *job.words, "--out", "out.png", "--json"]
        finished = subprocess.run(
            command,
            cwd=folder,
            env=_environment(threads),
            capture_output=True,
            check=False,
            encoding="utf-8",
            errors="replace",
            stdin=subprocess.DEVNULL,
        )
        out = folder / "out.png"
        if finished.returncode == 0 and out.exists():
            record = json.loads(finished.stdout.splitlines()[-1])
            return Painted(out.read_bytes(), {name: record[name] for name in record if name != "picture"})
    said = [line for line in finished.stderr.replace("\r", "\n").splitlines() if line.strip()]
    told = _in_the_users_words(said[-1], folder, contents) if said else "it said nothing"
    return Painted(None, {}, told if finished.returncode == 2 else FAILED.format(code=finished.returncode, words=told))


def _in_the_users_words(line, folder, names):
    """The line with each file called by its own name."""
    for name in names:
        for known in (str(folder / name), str(Path(name)), name):
            line = line.replace(known, Path(name).name)
    return line


def _environment(threads):
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    limits = (
        {}
        if threads is None
        else {name: str(threads) for name in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")}
    )
    return {**os.environ, **limits, "PYTHONPATH": path, "PYTHONUTF8": "1"}

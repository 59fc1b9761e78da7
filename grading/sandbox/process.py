"""Run a submission in a process of its own, with limits. If it is killed, the next request starts another."""

import contextlib
import json
import queue
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from foundation.temporary_folder import TemporaryFolder
from grading.runner import protocol
from grading.runner.worker import CELLS
from grading.sandbox import resources
from grading.sandbox.containment import MAX_DISK, Containment, find_packages
from grading.sandbox.memory_group import OUT_OF_MEMORY

START_SECONDS = 300  # for TensorFlow's import from a slow disk, which does not count as the submission's time
DRAIN_SECONDS = 5
EXIT_SECONDS = 5  # between the end of the pipe and the end of the process
POLL_SECONDS = 0.1
MAX_PROCESSES = 16
MAX_FILE = 64  # MB of one file
MAX_ERROR_CHARACTERS = 10_000
MEGABYTE = 2**20
FOLDER_PREFIX = "grading-"
SIGNALED = 128
# The grader kills as well, but knows when it does. What a process does wrong ends it with other signals.
FROM_OUTSIDE = [getattr(signal, name) for name in ("SIGKILL", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
KILLED = (
    "its process was killed ({name}), but not by the grader: possibly because the machine ran out of memory, although "
    "nothing else was graded at that time. Run the same command again when fewer programs run. If that does not help, "
    "the submission may end itself: grade it yourself and set its points with --overrides"
)
PACKAGE = Path(__file__).parent.parent
SANDBOXED = ("exercises", "runner")  # the folders of `grading` that enter the sandbox: they contain no right answer
MAIN = "import sys\n\nsys.path[1:] = {packages}\n\nfrom grading.runner.worker import main\n\nmain()\n"


@dataclass(frozen=True)
class Limits:
    """timeout: seconds for each run of an exercise, and for loading; memory: MB of all processes of a submission."""

    timeout: float = 30.0
    memory: int = 4096

    def for_system(self) -> dict[str, int]:
        """The limits that the operating system enforces, by their names in the module resource."""
        return {
            "RLIMIT_DATA": self.memory * MEGABYTE,
            "RLIMIT_CPU": int(40 * self.timeout) + START_SECONDS,
            "RLIMIT_FSIZE": MAX_FILE * MEGABYTE,
            "RLIMIT_NOFILE": 256,
            "RLIMIT_CORE": 0,
        }


class Stopped(Exception):
    """The process did not answer, and was ended. kind: time, memory, disk, processes, ended or garbled."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class SandboxError(Exception):
    """The process could not be started, which is not the submission's fault; the message says why and what to do."""


class SandboxKilled(SandboxError):
    """Something else than the grader killed the process: an operator, a system without free memory, or itself."""


class Sandbox:
    """The commands of `grading.runner.worker` for one submission. Deletes everything when it is closed.

    cells: grading.submissions.extract.Cell of the submission.
    """

    def __init__(self, cells: tuple, limits: Limits, containment: Containment) -> None:
        self.cells, self.limits, self.containment = cells, limits, containment
        self._folder, self._process, self._frames, self._listener = None, None, None, None

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(self, *_) -> None:
        self._end()

    def load(self) -> dict[str, np.ndarray]:
        """Start the process and run the submission's cells. Returns the answer of `grading.runner.worker.load`."""
        self._start()
        cells = [{"name": c.name, "keep": c.keep, "file": c.file, "answers": c.answers} for c in self.cells]
        return self._ask({"do": "load", "cells": cells})

    def run(self, exercise: str, seed: int, references: dict | None = None) -> dict[str, np.ndarray]:
        """Run an exercise of the submission on the cases of a seed.

        references: {earlier exercise: source of a right solution}, which replace the submission's. Returns the arrays
        of `grading.runner.probe.run`. Raises Stopped if the process does not answer.
        """
        if self._process is None:
            self.load()
        return self._ask({"do": "run", "exercise": exercise, "seed": seed, "references": references})

    def _start(self):
        self._end()
        code, work = self._make_folder()
        limits = json.dumps(self.limits.for_system() | self.containment.limits())
        command = [
            *self.containment.command(code, work, self.limits.memory * MEGABYTE),
            sys.executable,
            "-I",
            str(code),
            limits,
        ]
        with tempfile.TemporaryFile() as errors:  # of Python before the submission runs, which has no such stream
            try:
                self._process = subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    **self.containment.options(work),
                )
            except OSError as error:
                raise _cannot_start(str(error)) from None
            self._frames = queue.Queue(maxsize=1)  # a process that floods the pipe waits
            self._listener = threading.Thread(target=_listen, args=(self._process.stdout, self._frames), daemon=True)
            self._listener.start()
            try:
                ready = self._next_frame(START_SECONDS, check_usage=False)  # no code of the submission runs yet
            except Stopped as stopped:
                raise _cannot_start(f"TensorFlow could not be imported: {stopped}{_last_line(errors)}") from None
            except protocol.ProtocolError as error:
                raise _cannot_start(f"its first message is wrong ({error}){_last_line(errors)}") from None
        if ready != protocol.READY:
            raise _cannot_start(f"its first message is not {protocol.READY!r}, but {ready[:20]!r}")

    def _make_folder(self):
        try:
            self._folder = TemporaryFolder(FOLDER_PREFIX)
            code, work = self._folder.path / "code", self._folder.path / "work"
            work.mkdir()
            copy_code(code)
            (code / CELLS).mkdir()
            for cell in self.cells:
                (code / CELLS / cell.name).write_text(cell.source, encoding="utf-8")
            self.containment.give_ownership(code, work)
        except OSError as error:
            raise SandboxError(
                f"the folder for the submission could not be created: {error}. {tempfile.gettempdir()} needs free "
                "space, and you need permission to write there. Set TMPDIR to use another folder, then run the same "
                "command again"
            ) from None
        return code, work

    def _ask(self, command):
        token = secrets.token_hex(16)
        try:
            protocol.send(self._process.stdin, json.dumps({**command, "token": token}).encode())
            answer = self._next_frame(self.limits.timeout)
            if not answer.startswith(token.encode()):
                raise protocol.ProtocolError("an answer to another request")
            return protocol.unpack(answer[len(token) :])
        except protocol.ProtocolError as error:
            self._end()
            raise Stopped("garbled", f"the submission wrote to the grader's pipe ({error})") from None
        except OSError:
            raise self._describe_end() from None

    def _next_frame(self, seconds, check_usage=True):
        deadline = time.monotonic() + seconds
        while True:
            try:
                frame = self._frames.get(timeout=POLL_SECONDS)
            except queue.Empty:
                if time.monotonic() > deadline:
                    self._stop("time", f"it did not finish within {seconds:g} s")
                if check_usage:
                    self._check_usage()
                continue
            if frame is None or isinstance(frame, protocol.CutOffError):
                raise self._describe_end()
            if isinstance(frame, protocol.ProtocolError):
                raise frame
            return frame

    def _check_usage(self):
        processes = resources.list_processes(self._process.pid)
        if len(processes) > MAX_PROCESSES:
            self._stop("processes", f"it started more than {MAX_PROCESSES} processes")
        if resources.use_more_memory(processes, self.limits.memory * MEGABYTE):
            self._stop("memory", f"it used more than {self.limits.memory} MB of memory")
        work, used = self._folder.path / "work", resources.count_unnamed(processes)
        if self.containment.is_in_memory:
            used = max(used, resources.count_in_memory(processes, work))
        if used > MAX_DISK or resources.holds_more(work, MAX_DISK - used):
            self._stop("disk", f"it wrote more than {MAX_DISK // MEGABYTE} MB to its folder or to files without a name")

    def _stop(self, kind, message):
        self._end()
        raise Stopped(kind, message)

    def _describe_end(self):
        """The pipe has ended: the process has ended, too, or has only closed its end of the pipe."""
        try:
            code = self._process.wait(EXIT_SECONDS)
        except subprocess.TimeoutExpired:
            code = None
        self._end()
        if code == OUT_OF_MEMORY and self.containment.has_group:
            return Stopped("memory", f"it used more than {self.limits.memory} MB of memory")
        if code is None:
            return Stopped("ended", f"it closed the grader's pipe and did not end within {EXIT_SECONDS} s")
        number = _find_signal(code)
        if number in FROM_OUTSIDE:
            return SandboxKilled(KILLED.format(name=signal.Signals(number).name))
        return Stopped("ended", f"its process ended with {_describe_exit(code)}")

    def _end(self):
        """Kill the process, and delete what it wrote."""
        if self._process is not None:
            resources.kill_process(self._process)
            _drain(self._frames, self._listener)
            self._process = None
        if self._folder is not None:
            self._folder.delete()
            self._folder = None


def copy_code(folder: Path) -> None:
    """Make a folder so that `python -I folder` runs `grading.runner.worker`."""
    for name in SANDBOXED:
        source, target = PACKAGE / name, folder / PACKAGE.name / name
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(PACKAGE / "__init__.py", folder / PACKAGE.name / "__init__.py")
    (folder / "__main__.py").write_text(MAIN.format(packages=find_packages()), encoding="utf-8")


def _cannot_start(reason):
    return SandboxError(
        f"the process for the submission could not be started: {reason}. `{sys.executable} -c 'import tensorflow'` "
        "must work in a terminal; then run the same command again"
    )


def _last_line(stream):
    stream.seek(0)
    text = stream.read(MAX_ERROR_CHARACTERS).decode("utf-8", "replace").strip()
    return f": {text.splitlines()[-1]}" if text else ""


def _listen(stream, frames):
    """Pass frames on until the pipe ends or contains something else."""
    with stream:
        try:
            while (frame := protocol.receive(stream)) is not None:
                frames.put(frame)
            frames.put(None)
        except protocol.ProtocolError as error:
            frames.put(error)


def _drain(frames, listener):
    deadline = time.monotonic() + DRAIN_SECONDS  # a process that escaped may keep the pipe open
    while listener.is_alive() and time.monotonic() < deadline:
        with contextlib.suppress(queue.Empty):
            frames.get(timeout=POLL_SECONDS)


def _find_signal(code):
    """The number of the signal that ended a process; bubblewrap and shells add 128 to it. 0 if none did."""
    return -code if code < 0 else max(0, code - SIGNALED)


def _describe_exit(code):
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"

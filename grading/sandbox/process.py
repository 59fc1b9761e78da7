"""The probe in a process of its own, with limits; when it is killed, the next question starts another."""

import contextlib
import json
import os
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

import psutil

from grading.runner import protocol, worker
from grading.sandbox import contents

START_SECONDS = 300  # for TensorFlow's import on a slow disk: our time, not the submission's
DRAIN_SECONDS = 5
LEAVE_SECONDS = 5  # between the end of the pipe and that of the process
MOST_PROCESSES = 16
PAUSE = 0.1
MOST_DISK = 1000  # MB that a submission may write to its folder; one file of it may have 64
BLOCK = 4096  # bytes on disk that the smallest file or folder is taken for
DEEPEST = 10  # folders in each other that are removed as they are: names of 255 bytes then still make a path
LONGEST_WORDS = 10_000
MEGABYTE = 2**20
TRY_IT = "`{} -c 'import tensorflow'` must work in a terminal; then run the same command again"


@dataclass(frozen=True)
class Limits:
    """timeout: seconds for each try of an exercise, and for loading; memory: MB for all processes of a submission."""

    timeout: float = 30.0
    memory: int = 4096

    def for_system(self):
        """What the operating system is asked to enforce, by the names of the module resource."""
        return {
            "RLIMIT_DATA": self.memory * MEGABYTE,
            "RLIMIT_CPU": int(40 * self.timeout) + START_SECONDS,
            "RLIMIT_FSIZE": 64 * MEGABYTE,
            "RLIMIT_NOFILE": 256,
            "RLIMIT_CORE": 0,
        }


class Stopped(Exception):
    """The process did not answer; `kind` is time, memory, disk, processes, ended or garbled, the message has words."""

    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind


class SandboxError(Exception):
    """No process could be started at all, which is no submission's fault."""


class Sandbox:
    """`load` and `run` of `grading.runner.worker` for one submission's cells; leaves nothing behind when closed."""

    def __init__(self, cells, limits, containment):
        """cells: grading.submissions.extract.Cell; containment: grading.sandbox.containment.Containment."""
        self.cells, self.limits, self.containment = cells, limits, containment
        self._folder, self._process, self._frames, self._listener = None, None, None, None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._end()

    def load(self):
        """Start the process and run the submission's cells; the answer of `grading.runner.worker.load`."""
        self._start()
        return self._ask({"do": "load", "cells": [{"name": c.name, "keep": list(c.keep)} for c in self.cells]})

    def run(self, exercise, seed, references=None):
        """The arrays of `grading.runner.probe.run` for an exercise of the submission; Stopped if there is no answer."""
        if self._process is None:
            self.load()
        return self._ask({"do": "run", "exercise": exercise, "seed": seed, "references": references})

    def _start(self):
        self._end()
        work = self._made()
        limits = self.limits.for_system() | self.containment.limits()
        command = [
            *self.containment.command(self._folder / "kit", work),
            sys.executable,
            "-I",
            str(self._folder / "kit"),
            json.dumps(limits),
        ]
        with tempfile.TemporaryFile() as said:  # by what runs before the submission, which is given no such stream
            try:
                self._process = subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=said,
                    **self.containment.options(work),
                )
            except OSError as error:
                raise SandboxError(
                    f"no process for submissions could be started: {error}. {TRY_IT.format(sys.executable)}"
                ) from None
            self._frames = queue.Queue(maxsize=1)  # whoever floods the pipe waits
            self._listener = threading.Thread(target=_listen, args=(self._process.stdout, self._frames), daemon=True)
            self._listener.start()
            try:
                ready = self._next_frame(START_SECONDS, watched=False)  # none of the submission's code runs yet
            except Stopped as stopped:
                raise SandboxError(
                    "TensorFlow could not be imported in the process for submissions: "
                    f"{stopped}{_last_line(said)}. {TRY_IT.format(sys.executable)}"
                ) from None
            except protocol.WireError as error:
                raise SandboxError(
                    f"the process for submissions began with something else than {worker.READY!r} "
                    f"({error}){_last_line(said)}. {TRY_IT.format(sys.executable)}"
                ) from None
        if ready != worker.READY:
            raise SandboxError(
                f"the process for submissions began with {ready[:20]!r} in place of {worker.READY!r}. "
                f"{TRY_IT.format(sys.executable)}"
            )

    def _made(self):
        """The folder in which the process runs, with the cells in it."""
        try:
            self._folder = Path(tempfile.mkdtemp(prefix="grading-")).resolve()
            work = self._folder / "work"
            work.mkdir()
            contents.fill(self._folder / "kit")
            for cell in self.cells:
                (work / cell.name).write_text(cell.source, encoding="utf-8")
            self.containment.own(work)
        except OSError as error:
            raise SandboxError(
                f"the folder that a submission runs in could not be made: {error}. "
                f"{tempfile.gettempdir()} needs room, and you the right to write there; TMPDIR names "
                "another place. Then run the same command again"
            ) from None
        return work

    def _ask(self, command):
        token = secrets.token_hex(16)
        try:
            protocol.send(self._process.stdin, json.dumps({**command, "token": token}).encode())
            answer = self._next_frame(self.limits.timeout)
            if not answer.startswith(token.encode()):
                raise protocol.WireError("an answer to another question")
            return protocol.unpacked(answer[len(token) :])
        except protocol.WireError as error:
            self._end()
            raise Stopped("garbled", f"something else than the grader wrote to the grader's pipe ({error})") from None
        except OSError:
            raise self._ended() from None

    def _next_frame(self, seconds, watched=True):
        deadline = time.monotonic() + seconds
        while True:
            try:
                frame = self._frames.get(timeout=PAUSE)
            except queue.Empty:
                self._check_time(deadline, seconds)
                if watched:
                    self._check_usage()
                continue
            if frame is None:
                raise self._ended()
            if isinstance(frame, protocol.WireError):
                raise frame
            return frame

    def _check_time(self, deadline, seconds):
        if time.monotonic() > deadline:
            self._end()
            raise Stopped("time", f"it had not ended after {seconds:g} s")

    def _check_usage(self):
        family, most = _family(self._process.pid), self.limits.memory * MEGABYTE
        if len(family) > MOST_PROCESSES:
            self._end()
            raise Stopped("processes", f"it started more than {MOST_PROCESSES} processes")
        if _resident(family) > most and _used(family) > most:
            self._end()
            raise Stopped("memory", f"it took more than {self.limits.memory} MB of memory")
        if _holds_more(self._folder / "work", MOST_DISK * MEGABYTE):
            self._end()
            raise Stopped("disk", f"it wrote more than {MOST_DISK} MB to its folder")

    def _ended(self):
        """The pipe has ended: the process is gone of itself, or has closed its end of it and goes on."""
        try:
            words = f"its process ended, with {_exit_in_words(self._process.wait(LEAVE_SECONDS))}"
        except subprocess.TimeoutExpired:
            words = f"it closed the grader's pipe, and had not ended {LEAVE_SECONDS} s later"
        self._end()
        return Stopped("ended", words)

    def _end(self):
        """Kill what runs, and remove what it wrote."""
        if self._process is not None:
            _kill(self._process)
            _drain(self._frames, self._listener)
            self._process = None
        if self._folder is not None:
            _remove(self._folder)
            self._folder = None


def _last_line(stream):
    stream.seek(0)
    words = stream.read(LONGEST_WORDS).decode("utf-8", "replace").strip()
    return f": {words.splitlines()[-1]}" if words else ""


def _listen(stream, frames):
    """Pass frames on until the pipe ends or carries something else."""
    with stream:
        try:
            while (frame := protocol.receive(stream)) is not None:
                frames.put(frame)
            frames.put(None)
        except protocol.WireError as error:
            frames.put(error)


def _drain(frames, listener):
    """Let the listener come to the end of its pipe."""
    deadline = time.monotonic() + DRAIN_SECONDS  # a process that got away may hold the pipe open
    while listener.is_alive() and time.monotonic() < deadline:
        with contextlib.suppress(queue.Empty):
            frames.get(timeout=PAUSE)


def _holds_more(folder, most):
    """Whether what lies in a folder, at any depth, takes more bytes; no more of it is looked at than that needs."""
    taken, folders = 0, [folder]
    while folders:
        with contextlib.suppress(OSError), os.scandir(folders.pop()) as entries:  # it has just been removed
            for entry in entries:
                with contextlib.suppress(OSError):
                    taken += max(BLOCK, entry.stat(follow_symlinks=False).st_size)
                if taken > most:
                    return True
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
    return False


def _remove(folder):
    """Remove a folder. What lies so deep that shutil.rmtree or the length of paths would end is brought up first."""
    waiting = [(folder, 0)]
    while waiting:
        place, depth = waiting.pop()
        with contextlib.suppress(OSError):  # it may be locked, and is then left where it is
            if depth > DEEPEST:
                place, depth = place.rename(folder / secrets.token_hex(8)), 1
            with os.scandir(place) as entries:
                waiting += [(Path(entry), depth + 1) for entry in entries if entry.is_dir(follow_symlinks=False)]
    shutil.rmtree(folder, ignore_errors=True)


def _family(pid):
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.Error:
        return []


def _resident(family):
    """Bytes of memory of some processes together; what they share counts for each, as after a fork."""
    return sum(_of_each(family, lambda process: process.memory_info().rss))


def _used(family):
    """The same with what is shared counted once, or not at all where the system cannot tell; slower to find out."""
    found = list(_of_each(family, psutil.Process.memory_full_info))
    return sum(getattr(memory, "pss", memory.uss) for memory in found) if found else _resident(family)


def _of_each(family, ask):
    for process in family:
        with contextlib.suppress(psutil.Error):  # it has just ended
            yield ask(process)


def _kill(process):
    """Kill a process, its group, and all that it started, and wait until it is gone."""
    family = _family(process.pid)
    if hasattr(os, "killpg"):
        with contextlib.suppress(OSError):  # the group is gone already
            os.killpg(process.pid, signal.SIGKILL)
    for member in family:
        with contextlib.suppress(psutil.Error):  # it is gone already
            member.kill()
    process.wait()
    with contextlib.suppress(OSError):  # a broken pipe, which closing flushes
        process.stdin.close()


def _exit_in_words(code):
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"

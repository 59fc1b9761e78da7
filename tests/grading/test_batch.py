"""A class is graded once, whatever dies on the way; memory does not grow with it."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor

import pytest

from foundation.workers import LocalProcesses
from grading import batch
from grading.grade_submission import Settings
from grading.reports import records
from grading.sandbox.process import Limits, SandboxKilled
from nst.paths import ROOT
from tests.support.hostile_submissions import BOTH, short

KILLED = set()  # students whose sandbox was killed
SETTINGS = Settings(seed=1, limits=Limits())


class HandedIn:
    """A submission that knows how many of its kind were in memory at once."""

    def __init__(self, student, content=b"x"):
        self.student, self.content = student, content

    def read_candidates(self):
        return [(f"{self.student}.py", self.content)]


class Threads:
    """Workers of this process."""

    count = 2

    def __init__(self, executor=ThreadPoolExecutor):
        self.make, self.started = executor, 0

    def start(self):
        self.started += 1
        self.executor = self.make(self.count)
        return self.executor

    def kill(self):
        self.executor.shutdown()


def grade_lightly(student, candidates, settings, key=""):
    """In place of grading.grade_submission.grade: as many points as the file has bytes."""
    if candidates[0][1] == b"raises":
        raise RuntimeError("the grader is broken")
    if candidates[0][1] == b"dies":
        os._exit(1)
    if candidates[0][1] == b"killed" or (candidates[0][1] == b"killed once" and student not in KILLED):
        KILLED.add(student)
        raise SandboxKilled("its process was killed")
    record = records.ungraded_record(student) | {"key": key, "status": "graded", "reason": "", "file": candidates[0][0]}
    record["exercises"][0]["points"] = len(candidates[0][1])
    return record


@pytest.fixture(autouse=True)
def lightly(monkeypatch):
    monkeypatch.setattr(batch, "grade", grade_lightly)


def graded(submissions, folder, workers=None, settings=SETTINGS):
    """Student -> (status, whether graded in this run)."""
    seen = {}

    def note(record, is_new):
        assert record["student"] not in seen
        seen[record["student"]] = record["status"], is_new

    batch.run(submissions, settings, folder, workers or Threads(), note)
    return seen


def test_each_submission_is_graded_once_and_its_record_written(tmp_path):
    students = [f"student {number}" for number in range(20)]
    assert graded(map(HandedIn, students), tmp_path) == dict.fromkeys(students, ("graded", True))
    assert {record["student"] for record in records.read_all(tmp_path, students) if record["status"] == "graded"} == {
        *students
    }


def test_a_second_run_grades_only_what_is_new_or_changed(tmp_path):
    graded([HandedIn("old"), HandedIn("changed")], tmp_path)
    again = graded([HandedIn("old"), HandedIn("changed", b"xx"), HandedIn("new")], tmp_path)
    assert again == {"old": ("graded", False), "changed": ("graded", True), "new": ("graded", True)}


@pytest.mark.parametrize("settings", [Settings(2, Limits()), Settings(1, Limits(timeout=5))])
def test_other_settings_grade_anew(tmp_path, settings):
    graded([HandedIn("ada")], tmp_path)
    assert graded([HandedIn("ada")], tmp_path, settings=settings) == {"ada": ("graded", True)}


def test_what_failed_through_our_fault_is_tried_again(tmp_path, monkeypatch):
    assert graded([HandedIn("ada", b"raises")], tmp_path) == {"ada": ("failed", True)}
    assert "RuntimeError: the grader is broken" in records.read(tmp_path, "ada")["reason"]
    assert graded([HandedIn("ada", b"raises")], tmp_path) == {"ada": ("failed", True)}


def test_a_submission_whose_sandbox_was_killed_is_tried_again_alone_and_again_in_the_next_run(tmp_path):
    KILLED.clear()
    handed_in = [HandedIn("ada", b"killed once"), HandedIn("eve", b"killed"), HandedIn("bob")]
    expected = {"ada": ("graded", True), "eve": ("failed", True), "bob": ("graded", True)}
    assert graded(handed_in, tmp_path) == expected
    assert records.read(tmp_path, "eve")["reason"] == "its process was killed"
    assert graded(handed_in, tmp_path) == {"ada": ("graded", False), "eve": ("failed", True), "bob": ("graded", False)}


def test_no_more_submissions_are_in_memory_than_the_workers_need(tmp_path, monkeypatch):
    alive, most, lock = [0], [0], threading.Lock()

    class Counted(HandedIn):
        def read_candidates(self):
            with lock:
                alive[0] += 1
                most[0] = max(most[0], alive[0])
            return super().read_candidates()

    def slowly(*arguments):
        time.sleep(0.01)
        with lock:
            alive[0] -= 1
        return grade_lightly(*arguments)

    monkeypatch.setattr(batch, "grade", slowly)
    graded((Counted(f"student {number}") for number in range(40)), tmp_path)
    assert most[0] <= batch.READ_AHEAD * Threads.count + 1


class Breaking:
    """An executor that breaks, and everything under way in it, as soon as it is given what kills workers."""

    def __init__(self, count):
        self.futures = []

    def submit(self, function, student, candidates, settings, key):
        future = Future()
        self.futures.append(future)
        if candidates[0][1] == b"kills":
            for started in self.futures:
                if not started.done():
                    started.set_exception(BrokenExecutor("a worker ended"))
        elif candidates[0][1] != b"slow":
            future.set_result(function(student, candidates, settings, key))
        return future

    def shutdown(self):
        pass


class BreakingAtOnce(Breaking):
    """One that also takes nothing more from then on, as a pool of processes does once it has noticed."""

    def submit(self, *arguments):
        if any(future.done() and future.exception() for future in self.futures):
            raise BrokenExecutor("a worker has ended")
        return super().submit(*arguments)


@pytest.mark.parametrize("executor", [Breaking, BreakingAtOnce])
def test_only_the_submission_that_kills_workers_fails_and_no_student_is_lost(tmp_path, monkeypatch, executor):
    def later(executor, task):
        future = submit(executor, task)
        if task.candidates[0][1] == b"slow" and len(executor.futures) == 1:  # alone, and so undisturbed
            future.set_result(grade_lightly(task.student, task.candidates, task.settings, task.key))
        return future

    submit = batch._submit
    monkeypatch.setattr(batch, "_submit", later)
    handed_in = [HandedIn("a"), HandedIn("b", b"slow"), HandedIn("c", b"kills"), HandedIn("d"), HandedIn("e", b"kills")]
    assert graded(handed_in, tmp_path, Threads(executor)) == {
        "a": ("graded", True),
        "b": ("graded", True),
        "c": ("failed", True),
        "d": ("graded", True),
        "e": ("failed", True),
    }
    assert records.read(tmp_path, "c")["reason"].startswith(
        "the process that graded it ended, possibly because the mac"
    )


def test_processes_that_die_take_nobody_with_them(tmp_path):
    handed_in = [HandedIn(f"student {number}", b"dies" if number == 1 else b"x") for number in range(4)]
    found = graded(handed_in, tmp_path, LocalProcesses(1))
    assert found.pop("student 1") == ("failed", True)
    assert set(found.values()) == {("graded", True)}
    assert len(found) == 3


def grades(folder):
    return {
        json.loads(path.read_text(encoding="utf-8"))["student"]: json.loads(path.read_text(encoding="utf-8"))
        for path in (folder / "students").glob("*.json")
    }


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGINT to one process alone")
@pytest.mark.parametrize("end", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_to_all_processes_keeps_what_is_done_and_the_same_command_goes_on(tmp_path, end):
    students = 5
    for number in range(students):
        (tmp_path / "class" / f"student {number}").mkdir(parents=True)
        (tmp_path / "class" / f"student {number}" / "work.py").write_text(short(), encoding="utf-8")
    command = [sys.executable, "-m", "grading", tmp_path / "class", "--out", tmp_path / "grades", "--workers", "2"]
    # Whoever started these tests in the background had them ignore Ctrl-C, which would be inherited.
    running = subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: [signal.signal(number, signal.SIG_DFL) for number in (signal.SIGINT, signal.SIGHUP)],
    )
    while len(grades(tmp_path / "grades")) < 2:
        assert running.poll() is None
        time.sleep(0.2)
    os.killpg(running.pid, getattr(signal, end))
    output, _ = running.communicate(timeout=120)
    assert running.returncode == 130
    assert "Interrupted: " in output
    assert "-m grading" in output
    first = grades(tmp_path / "grades")
    assert 2 <= len(first) < students
    rows = (tmp_path / "grades" / "grades.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(rows) == 1 + students
    assert sum("not graded yet" in row for row in rows) == students - len(first)
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    second = grades(tmp_path / "grades")
    assert {student: second[student] for student in first} == first
    assert {sum(exercise["points"] for exercise in record["exercises"]) for record in second.values()} == {BOTH}
    assert len(second) == students

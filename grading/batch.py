"""Grade many submissions over any Executor of concurrent.futures. Submissions that have not changed are skipped.

Submissions are read one after the other, a few ahead of the workers, so that memory does not grow with the class.
"""

import functools
import hashlib
import itertools
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from dataclasses import dataclass
from pathlib import Path

from foundation.printable import printable_sentence
from grading.grade_submission import Settings, describe_failure, grade
from grading.hidden_inputs import hash_files
from grading.reports import records
from grading.reports.records import Record
from grading.sandbox.process import SandboxKilled
from grading.submissions.find import Submission

READ_AHEAD = 2  # submissions in memory for each worker
WORKER_ENDED = (
    "the process that graded it ended, possibly because the machine ran out of memory, although nothing else was "
    "graded at that time. Run the same command again when fewer programs run. If that does not help, grade this "
    "submission yourself and set its points with --overrides"
)


@dataclass(frozen=True)
class _Task:
    """The arguments of `grading.grade_submission.grade`."""

    student: str
    candidates: list
    settings: Settings
    key: str


def run(
    submissions: Iterable[Submission], settings: Settings, folder: Path, workers, report: Callable[[Record, bool], None]
) -> None:
    """Grade all submissions that are new or have changed, and write each record as soon as it is complete.

    folder: GRADES, with the records of earlier runs. workers: from foundation.workers. report(record, is_new) is called
    for each submission when it is done; is_new: whether it was graded in this run.

    A submission that ends the process of a worker also ends others that are running. All of these are then graded one
    at a time, and so are those whose own process was killed by something else than the grader: only a submission to
    which this happens on its own gets the status "failed", and is tried again in the next run. Raises WorkersError if
    a cluster is lost.
    """

    def save(record):
        records.write(folder, record)
        report(record, True)

    def grade_alone(suspects):
        for task in suspects:
            workers.kill()
            save(_make_record(task, _submit(workers.start(), task)))
        workers.kill()
        return workers.start()

    killed: list[_Task] = []
    tasks = _make_tasks(submissions, settings, folder, report)
    try:
        executor = workers.start()
        while suspects := _grade_in_parallel(executor, tasks, READ_AHEAD * workers.count, save, killed):
            executor = grade_alone(suspects)
        if killed:
            executor = grade_alone(killed)
        executor.shutdown()  # idle workers end by themselves: killed, one might report that it was interrupted
    except CancelledError:  # by the cluster: we cancel only at the end
        raise workers.lost() from None
    finally:
        workers.kill()


def _make_tasks(submissions, settings, folder, report):
    """The submissions to grade; one that has a record with the same key is only reported."""
    for submission in submissions:
        candidates = submission.read_candidates()
        key = _make_key(candidates, settings)
        record = records.read(folder, submission.student)
        if record is not None and record["key"] == key and record["status"] != "failed":
            report(record, False)
        else:
            yield _Task(submission.student, candidates, settings, key)


def _grade_in_parallel(executor, tasks, maximum, save, killed):
    """Grade until no task is left; returns the tasks that were running when the executor broke, [] if it did not.

    killed: gets the tasks whose sandbox was killed.
    """
    running = {}
    while True:
        for task in itertools.islice(tasks, maximum - len(running)):
            try:
                running[_submit(executor, task)] = task
            except BrokenExecutor:  # one of the running tasks has just ended a worker
                return [*running.values(), task]
        if not running:
            return []
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in sorted(done, key=lambda future: future.cancelled()):  # save finished ones before the error
            if isinstance(future.exception(), BrokenExecutor):
                return list(running.values())
            task = running.pop(future)
            if isinstance(future.exception(), SandboxKilled):
                killed.append(task)
            else:
                save(_make_record(task, future))


def _submit(executor, task) -> Future:
    return executor.submit(grade, task.student, task.candidates, task.settings, task.key)


def _make_record(task, future) -> Record:
    error = future.exception()
    if error is None:
        return future.result()
    if isinstance(error, SandboxKilled):
        reason = str(error)
    else:
        reason = WORKER_ENDED if isinstance(error, BrokenExecutor) else describe_failure(error)
    return {**records.ungraded_record(task.student), "key": task.key, "reason": printable_sentence(reason)}


def _make_key(candidates, settings):
    """A hash of everything that a record depends on: the files, the settings, and the grader."""
    digest = hashlib.sha256(f"{settings!r} {_hash_grader()}".encode())
    hash_files(digest, candidates)
    return digest.hexdigest()


@functools.cache
def _hash_grader():
    """A hash of the grader's code except the reports, so that another version grades again."""
    here = Path(__file__).parent
    code = (path for path in sorted(here.rglob("*.py")) if here / "reports" not in path.parents)
    return hashlib.sha256(b"".join(path.read_bytes() for path in code)).hexdigest()

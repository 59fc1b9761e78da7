"""Many submissions -> records, over any Executor of concurrent.futures; what is graded already stays.

Submissions are read one after the other, a few ahead of the workers, so that memory does not grow with the class.
"""

import functools
import hashlib
import itertools
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, wait
from dataclasses import dataclass
from pathlib import Path

from foundation.printable import printable_line
from grading.grade_submission import grade, own_failure
from grading.reports import records
from grading.submissions.cells import UnreadableError

AHEAD = 2  # submissions in memory for each worker
DIED = (
    "the process that graded it ended, for want of memory perhaps, though nothing else was graded beside it. Run "
    "the same command again when less else runs; where that does not help, look at the submission yourself, and "
    "set its points with --overrides"
)


@dataclass(frozen=True)
class _Task:
    """The arguments of `grading.grade_submission.grade`."""

    student: str
    candidates: list
    settings: object
    key: str


def run(submissions, settings, folder, workers, graded):
    """Grade what is new or changed since the records in `folder`, and write each record as soon as it is there.

    workers: one of foundation.workers. graded(record, fresh) is called for each submission, in the order in which
    they are done; fresh: whether it was graded in this run.

    A submission that ends the process of a worker takes others with it that were under way. These are then tried
    one at a time: whichever ends a worker alone gets the status "failed", and no other. Raises WorkersError where a
    cluster is lost.
    """

    def keep(record):
        records.write(folder, record)
        graded(record, True)

    waiting = _waiting(submissions, settings, folder, graded)
    try:
        executor = workers.start()
        while suspects := _side_by_side(executor, waiting, AHEAD * workers.count, keep):
            for task in suspects:
                workers.kill()
                keep(_record(task, _submitted(workers.start(), task)))
            workers.kill()
            executor = workers.start()
    except CancelledError:  # not by us, who cancel only what nobody waits for any more
        raise workers.lost() from None
    finally:
        workers.kill()


def _waiting(submissions, settings, folder, graded):
    """The tasks that are left to do; who has a record of the same key is passed over."""
    for submission in submissions:
        candidates = submission.candidates()
        key = _key(candidates, settings)
        record = records.read(folder, submission.student)
        if record is not None and record["key"] == key and record["status"] != "failed":
            graded(record, False)
        else:
            yield _Task(submission.student, candidates, settings, key)


def _side_by_side(executor, waiting, most, keep):
    """Do what is waiting; returns the tasks that were under way when the executor broke, or nothing at the end."""
    running = {}
    while True:
        for task in itertools.islice(waiting, most - len(running)):
            try:
                running[_submitted(executor, task)] = task
            except BrokenExecutor:  # in the meantime, by one of those that run
                return [*running.values(), task]
        if not running:
            return []
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in sorted(done, key=lambda future: future.cancelled()):  # what is done is kept first
            if isinstance(future.exception(), BrokenExecutor):
                return list(running.values())
            keep(_record(running.pop(future), future))


def _submitted(executor, task):
    return executor.submit(grade, task.student, task.candidates, task.settings, task.key)


def _record(task, future):
    """What came of a task, once it has."""
    error = future.exception()
    if error is None:
        return future.result()
    words = DIED if isinstance(error, BrokenExecutor) else own_failure(error)
    return records.ungraded(task.student) | {"key": task.key, "reason": printable_line(words)}


def _key(candidates, settings):
    """What a record depends on: the files, the settings, and the grader."""
    digest = hashlib.sha256(f"{settings!r} {_grader()}".encode())
    for name, content in candidates:
        data = str(content).encode() if isinstance(content, UnreadableError) else content
        digest.update(f"\0{len(data)} {name}\0".encode("utf-8", "surrogatepass") + data)
    return digest.hexdigest()


@functools.cache
def _grader():
    """A fingerprint of the grader's own code, reports apart: another version grades anew."""
    here = Path(__file__).parent
    code = (path for path in sorted(here.rglob("*.py")) if here / "reports" not in path.parents)
    return hashlib.sha256(b"".join(path.read_bytes() for path in code)).hexdigest()

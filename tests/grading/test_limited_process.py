"""Files whose analysis takes too long, or too much memory, cost only themselves."""

import io
import math
import multiprocessing
import os
import signal
import time
import zipfile

import psutil
import pytest

from grading import grade_submission, limited_process
from grading.grade_submission import Settings, grade
from grading.judge.answer import judge_answer
from grading.limited_process import EndedError, LimitError, call_within_limits
from grading.sandbox.process import Limits, SandboxKilled
from grading.submissions import archives, list_files, read_work
from grading.submissions.cells import UnreadableError
from grading.submissions.find import find_submissions, remark_on_submissions
from grading.submissions.read_work import read_candidates
from tests.support.in_process import in_process

__all__ = ["in_process"]
WORK = b"def gram_matrix(A):\n    return A\n"


def nest_finally(depth, statements):
    """Code that the compiler copies 2 ** depth times."""
    code = "".join(f"{' ' * level}try: pass\n{' ' * level}finally:\n" for level in range(depth))
    return (code + f"{' ' * depth}x = 1\n" * statements).encode()


@pytest.fixture
def strict(monkeypatch):
    call_within_limits(abs, 1, seconds=60)  # its start is not part of the time
    monkeypatch.setattr(read_work, "FILE_SECONDS", 1)
    monkeypatch.setattr(read_work, "READ_SECONDS", 2)


@pytest.mark.slow
def test_a_file_that_the_compiler_cannot_finish_is_refused_and_the_next_one_read(strict):
    bomb = nest_finally(18, 1000)
    read, errors = read_candidates([("a.py", WORK), ("bomb.py", bomb), ("b.py", WORK)])
    assert [name for name, _ in read] == ["a.py", "b.py"]
    assert [str(error) for error in errors] == [
        "bomb.py cannot be read: it takes more than 10 s or 2 GB to see what its code defines. Remove what no exercise "
        "needs and submit it again."
    ]


def test_all_files_together_have_a_limit(strict):
    bomb = nest_finally(18, 1000)
    began = time.monotonic()
    read, errors = read_candidates([("a.py", WORK), *((f"bomb{number}.py", bomb) for number in range(20))])
    assert time.monotonic() - began < 15
    assert [name for name, _ in read] == ["a.py"]
    assert str(errors[-1]) == (
        "bomb19.py was not read: the files before it took more than 30 s to read, the limit of a submission. Submit "
        "only the notebook."
    )


def test_a_submission_of_such_a_file_alone_is_unreadable(strict):
    record = grade("ada", [("bomb.py", nest_finally(18, 1000))], None)
    assert record["status"] == "unreadable"
    assert record["reason"].startswith("bomb.py cannot be read")


def test_a_verdict_that_takes_too_long_stops_its_exercise(in_process, monkeypatch):
    def judge(function, *arguments, seconds):
        if function is not judge_answer:
            return function(*arguments)
        raise LimitError

    monkeypatch.setattr(grade_submission, "call_within_limits", judge)
    record = grade("ada", [("work.py", WORK)], Settings(7, Limits(), allow_root=True))
    assert record["status"] == "stopped"
    assert "no verdict on its results was possible within 30 s and 2 GB" in record["reason"]


def test_results_and_errors_come_back():
    assert call_within_limits(divmod, 7, 2, seconds=10) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        call_within_limits(divmod, 7, 0, seconds=10)
    with pytest.raises(UnreadableError, match=r"a\.py is empty"):
        call_within_limits(read_work._read_file, "a.py", b"", seconds=10)


def test_a_process_that_was_fast_serves_the_next_call():
    assert call_within_limits(os.getpid, seconds=10) == call_within_limits(os.getpid, seconds=10) != os.getpid()


def test_after_a_call_that_took_too_long_the_next_one_is_answered():
    began = time.monotonic()
    with pytest.raises(LimitError):  # one call of Python's integers, which no thread could interrupt
        call_within_limits(math.prod, [int(1e300)] * 20_000, seconds=0.5)
    assert time.monotonic() - began < 10
    assert call_within_limits(abs, -1, seconds=10) == 1


def test_a_process_that_was_killed_between_calls_is_replaced():
    psutil.Process(call_within_limits(os.getpid, seconds=10)).kill()
    time.sleep(0.2)
    assert call_within_limits(abs, -1, seconds=10) == 1


def _end_as(name):
    os.kill(os.getpid(), getattr(signal, name))
    time.sleep(60)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="other signals")
def test_a_kill_from_outside_is_not_the_fault_of_the_submission(monkeypatch):
    with pytest.raises(EndedError, match="not by the grader"):
        call_within_limits(_end_as, "SIGKILL", seconds=20)
    with pytest.raises(LimitError):
        call_within_limits(_end_as, "SIGSEGV", seconds=20)
    monkeypatch.setattr(read_work, "call_within_limits", lambda *_, seconds: _raise(EndedError("ended")))
    with pytest.raises(SandboxKilled, match="ended"):  # `grading.batch` tries it again
        grade("ada", [("work.py", WORK)], None)


def _raise(error):
    raise error


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no limit of addresses")
def test_memory_is_limited():
    with pytest.raises(LimitError):
        call_within_limits(bytearray, limited_process.MAX_MEMORY, seconds=20)


def _tell_process(connection):
    connection.send(call_within_limits(os.getpid, seconds=20))
    time.sleep(60)


def test_the_process_ends_with_the_one_that_started_it():
    ours, theirs = multiprocessing.Pipe()
    parent = multiprocessing.get_context("spawn").Process(target=_tell_process, args=(theirs,))
    parent.start()
    assert ours.poll(60)
    limited = psutil.Process(ours.recv())
    parent.kill()
    parent.join()
    limited.wait(10)


def test_zips_that_claim_much_are_unpacked_within_one_limit_for_their_submission(tmp_path, monkeypatch):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("a.txt", bytes(archives.MAX_FILE_BYTES // 10))
    monkeypatch.setattr(archives, "MAX_FILE_BYTES", archives.MAX_FILE_BYTES // 9)
    monkeypatch.setattr(list_files, "MAX_FILE_BYTES", archives.MAX_FILE_BYTES)
    monkeypatch.setattr(archives, "MAX_SUBMISSION_BYTES", 4 * archives.MAX_FILE_BYTES)
    with zipfile.ZipFile(tmp_path / "bob.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(30):
            archive.writestr(f"{number}.zip", content.getvalue())
    unpacked = []
    monkeypatch.setattr(archives, "_unpack", lambda *args, _do=archives._unpack: unpacked.append(args) or _do(*args))
    [submission] = find_submissions(tmp_path)
    list(remark_on_submissions(tmp_path))
    submission.read_candidates()
    assert len(unpacked) <= 4 * 4  # of 30; one look at all takes 3, and there are four

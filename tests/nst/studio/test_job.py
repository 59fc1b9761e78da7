"""A job: its states, how it stops, and what it says when it fails."""

import threading
from types import SimpleNamespace

import pytest

from nst.studio.job import BUSY, BusyError, Job
from nst.studio.latest_call import LatestCall


def report(J):
    """A Progress of the engine, as far as a job reads it."""
    return SimpleNamespace(terms=(J, 0.0, 0.0))


class Interruption(KeyboardInterrupt):
    """As nst.Interrupted."""

    result, resumable = "so far", True


@pytest.fixture
def states():
    return []


@pytest.fixture
def job(states):
    return Job(lambda status: states.append(status.state), seconds=0)


def test_a_painting_that_ends_is_done(job, states):
    def paint(on_progress):
        on_progress(report(4.0))
        on_progress(report(2.0))
        return "picture"

    job.start(paint)
    status = job.wait()
    assert (status.state, status.result, status.costs) == ("done", "picture", (4.0, 2.0))
    assert states == ["painting", "painting", "painting", "done"]


def endless(started):
    def paint(on_progress):
        try:
            while True:
                on_progress(report(1.0))
                started.set()
        except KeyboardInterrupt:
            raise Interruption from None

    return paint


def test_stop_keeps_the_picture_so_far_and_it_can_continue(job, states):
    started = threading.Event()
    job.start(endless(started))
    started.wait(10)
    job.stop()
    status = job.wait(10)
    assert (status.state, status.result, status.resumable) == ("stopped", "so far", True)
    assert list(dict.fromkeys(states)) == ["painting", "stopping", "stopped"]
    job.start(lambda on_progress: "finished", costs=status.costs)
    assert job.wait(10).state == "done"
    assert job.status.costs == status.costs


def test_stop_before_there_is_a_picture(job):
    go_on = threading.Event()

    def paint(on_progress):
        go_on.wait(10)
        on_progress(report(1.0))

    job.start(paint)
    job.stop()
    go_on.set()
    status = job.wait(10)
    assert (status.state, status.resumable, status.message) == (
        "stopped",
        False,
        "Stopped before there was a picture.",
    )


def test_a_second_painting_is_refused_while_the_first_runs(job):
    started = threading.Event()
    job.start(endless(started))
    started.wait(10)
    with pytest.raises(BusyError) as refusal:
        job.start(lambda on_progress: None)
    assert str(refusal.value) == BUSY
    job.stop()
    job.wait(10)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ValueError("size: got 5, expected more."), "size: got 5, expected more."),
        (MemoryError("2 GB are needed."), "2 GB are needed."),
        (RuntimeError("no kernel"), "RuntimeError: no kernel"),
        (SystemExit(1), "SystemExit: 1"),
    ],
)
def test_a_failure_is_in_words_and_the_next_painting_starts(job, error, message):
    def paint(on_progress):
        raise error

    job.start(paint)
    assert (job.wait().state, job.status.message) == ("failed", message)
    job.start(lambda on_progress: "picture")
    assert job.wait().state == "done"


def test_stop_does_nothing_where_nothing_runs(job, states):
    job.stop()
    assert (job.status.state, states) == ("idle", [])


def test_reports_come_at_most_so_often():
    states = []
    job = Job(lambda status: states.append(status.state), seconds=1000)

    def paint(on_progress):
        for _ in range(100):
            on_progress(report(1.0))

    job.start(paint)
    assert len(job.wait().costs) == 100
    assert len(states) <= 3


def test_of_calls_that_wait_only_the_newest_is_made():
    begun, go_on, made, shown = threading.Event(), threading.Event(), [], []

    def run(number):
        made.append(number)
        begun.set()
        go_on.wait(10)
        return number

    latest = LatestCall(run, shown.append, shown.append)
    latest.submit(1)
    begun.wait(10)
    for number in (2, 3, 4):
        latest.submit(number)
    go_on.set()
    latest.wait()
    assert (made, shown) == ([1, 4], [4])


def test_after_a_call_that_fails_the_next_one_is_made():
    shown = []

    def run(number):
        if number == 1:
            raise ValueError("one")
        return number

    latest = LatestCall(run, shown.append, lambda error: shown.append(str(error)))
    latest.submit(1)
    latest.wait()
    latest.submit(2)
    latest.wait()
    assert shown == ["one", 2]

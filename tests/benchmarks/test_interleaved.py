"""Generators and functions run in turns; a clock runs only while its own generator computes."""

import time

import pytest

from benchmarks import interleaved
from benchmarks.interleaved import TimedGenerator, iterate_callbacks, median_seconds


class Clock:
    """A clock that only the test moves."""

    now = 0.0

    def perf_counter(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    monkeypatch.setattr(interleaved, "time", Clock())
    return interleaved.time


def count_up(stop, clock=None):
    for number in range(stop):
        if clock:
            clock.now += 0.25
        yield number


def test_it_runs_for_the_given_seconds_and_at_most_one_item_longer(clock):
    timed = TimedGenerator("one", count_up(100, clock))
    timed.run_for(1.1)
    assert (timed.seconds, timed.count, timed.latest) == (1.25, 5, 4)
    assert not timed.ended


def test_the_clock_stops_while_others_compute(clock):
    one = TimedGenerator("one", count_up(100, clock))
    one.run_for(1.0)
    clock.now += 60
    assert one.seconds == 1.0


def test_at_the_end_it_keeps_its_last_item():
    timed = TimedGenerator("one", count_up(3))
    timed.run_for(60)
    assert (timed.ended, timed.latest, timed.count) == (True, 2, 3)
    timed.run_for(60)
    assert (timed.latest, timed.count) == (2, 3)


def test_a_stopped_generator_is_closed():
    closed = []

    def generator():
        try:
            yield from count_up(100)
        finally:
            closed.append(True)

    timed = TimedGenerator("one", generator())
    timed.run_for(0)
    timed._generator.send(None)
    timed.stop()
    assert timed.ended
    assert closed == [True]


def test_each_callback_becomes_an_item():
    def run(callback):
        for number in range(4):
            callback(number)

    assert list(iterate_callbacks(run)) == [0, 1, 2, 3]


def test_a_function_computes_only_while_its_next_item_is_requested():
    computed = []

    def run(callback):
        for number in range(3):
            computed.append(number)
            callback(number)

    items = iterate_callbacks(run)
    assert computed == []
    assert next(items) == 0
    time.sleep(0.05)
    assert computed == [0]
    assert next(items) == 1
    assert computed == [0, 1]


def test_closing_it_ends_the_function():
    ended = []

    def run(callback):
        try:
            while True:
                callback(1)
        finally:
            ended.append(True)

    items = iterate_callbacks(run)
    next(items)
    items.close()
    assert ended == [True]


def test_an_exception_of_the_function_is_raised_by_the_generator():
    def run(callback):
        callback(1)
        raise ValueError("no more")

    items = iterate_callbacks(run)
    assert next(items) == 1
    with pytest.raises(ValueError, match="no more"):
        next(items)


def test_functions_are_called_in_turns_and_the_first_round_does_not_count():
    calls = []
    medians = median_seconds([lambda: calls.append("a"), lambda: calls.append("b")], rounds=2)
    assert calls == ["a", "b"] * 3
    assert len(medians) == 2

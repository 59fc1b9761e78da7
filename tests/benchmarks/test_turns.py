"""Contestants take turns; a clock runs only while its own contestant computes."""

import time

import pytest

from benchmarks import turns
from benchmarks.turns import Contestant, each_call


class Clock:
    """A clock that only goes when it is told to."""

    now = 0.0

    def perf_counter(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    monkeypatch.setattr(turns, "time", Clock())
    return turns.time


def counting(most, clock=None):
    for number in range(most):
        if clock:
            clock.now += 0.25
        yield number


def test_a_turn_lasts_as_long_as_it_is_given_and_no_longer_than_one_item_more(clock):
    contestant = Contestant("one", counting(100, clock))
    contestant.take_turn(1.1)
    assert (contestant.seconds, contestant.count, contestant.latest) == (1.25, 5, 4)
    assert not contestant.over


def test_the_clock_stands_while_others_compute(clock):
    one = Contestant("one", counting(100, clock))
    one.take_turn(1.0)
    clock.now += 60
    assert one.seconds == 1.0


def test_at_the_end_it_is_over_and_keeps_its_last():
    contestant = Contestant("one", counting(3))
    contestant.take_turn(60)
    assert (contestant.over, contestant.latest, contestant.count) == (True, 2, 3)
    contestant.take_turn(60)
    assert (contestant.latest, contestant.count) == (2, 3)


def test_a_contestant_that_is_stopped_is_closed():
    closed = []

    def generator():
        try:
            yield from counting(100)
        finally:
            closed.append(True)

    contestant = Contestant("one", generator())
    contestant.take_turn(0)
    contestant._generator.send(None)
    contestant.stop()
    assert contestant.over
    assert closed == [True]


def test_each_call_of_a_function_becomes_an_item():
    def run(seen):
        for number in range(4):
            seen(number)

    assert list(each_call(run)) == [0, 1, 2, 3]


def test_a_function_computes_only_while_it_is_waited_for():
    computed = []

    def run(seen):
        for number in range(3):
            computed.append(number)
            seen(number)

    items = each_call(run)
    assert computed == []
    assert next(items) == 0
    time.sleep(0.05)
    assert computed == [0]
    assert next(items) == 1
    assert computed == [0, 1]


def test_closing_it_ends_the_function():
    ended = []

    def run(seen):
        try:
            while True:
                seen(1)
        finally:
            ended.append(True)

    items = each_call(run)
    next(items)
    items.close()
    assert ended == [True]


def test_what_the_function_raises_is_raised_where_it_is_waited_for():
    def run(seen):
        seen(1)
        raise ValueError("no more")

    items = each_call(run)
    assert next(items) == 1
    with pytest.raises(ValueError, match="no more"):
        next(items)

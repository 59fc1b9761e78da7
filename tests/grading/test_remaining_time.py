"""The time that a class has left is right to within a factor of two, or is not shown."""

import heapq
import random

import pytest

from grading.remaining_time import RemainingTime
from tests.support.parameters import mostly_slow

STOPPED = 90.0
CLASSES = {
    "all take the same time": lambda chance: 6.0,
    "most take about the same time": lambda chance: 6.0 * chance.lognormvariate(0, 0.3),
    "some take two to twelve seconds": lambda chance: chance.uniform(2, 12),
    "some have few exercises": lambda chance: chance.choice([3.0, 20.0]),
    "one in twenty is stopped": lambda chance: STOPPED if chance.random() < 0.05 else 6.0,
    "half of them have not changed": lambda chance: chance.choice([0.02, 8.0]),
}


def grade(seconds, workers):
    """[(estimate, real time left), ...] after each submission; a worker that is free takes the next."""
    free, ends = [0.0] * workers, []
    for each in seconds:
        end = heapq.heappop(free) + each
        heapq.heappush(free, end)
        ends.append((end, each))
    left = RemainingTime(len(seconds), workers, STOPPED)
    shown = []
    for end, each in sorted(ends):
        left.add(each, end)
        shown.append((left.estimate(), max(free) - end))
    return shown


@pytest.mark.parametrize("kind", CLASSES)
@pytest.mark.parametrize(("students", "workers"), mostly_slow([(30, 2), (300, 2), (300, 16), (1000, 8)]))
def test_what_is_shown_is_right_to_within_a_factor_of_two(kind, students, workers):
    chance, shown = random.Random(students), []
    for _ in range(min(10, 3000 // students)):
        shown += grade([CLASSES[kind](chance) for _ in range(students)], workers)
    known = [(estimate, real) for estimate, real in shown if estimate is not None]
    right = sum(estimate / 2 <= real <= estimate * 2 for estimate, real in known)
    assert right >= 0.95 * len(known) or len(known) < 0.02 * len(shown)
    assert known or students < 1000


def test_nothing_is_shown_before_a_few_submissions_of_each_worker_are_done():
    shown = grade([6.0] * 300, workers=4)
    assert [estimate for estimate, _ in shown[:14]] == [None] * 14
    assert shown[50][0] is not None

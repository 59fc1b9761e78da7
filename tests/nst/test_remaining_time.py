"""The time that is left, with a simulated clock: no estimate, or one that is right to within a factor of two."""

import random

import numpy as np
import pytest

from foundation.time_left import describe_time_left
from nst.remaining_time import SHORT, RemainingTime

PYRAMID = [1, 4, 16]  # each size has four times the pixels of the one before


def simulate(stage_times, costs, steps=40, setups=(0.0,), noise=0.0, seed=0):
    """Estimate after each step of a run. Returns a list of (share of the time gone, estimate, seconds left)."""
    generator = random.Random(seed)
    durations = [
        (
            number,
            step,
            duration * generator.uniform(1 - noise, 1 + noise) + (setups[number % len(setups)] if step == 1 else 0),
        )
        for number, duration in enumerate(stage_times)
        for step in range(1, steps + 1)
    ]
    total, clock, left, rows = sum(duration for *_, duration in durations), 100.0, RemainingTime(costs, 100.0), []
    for number, step, duration in durations:
        clock += duration
        left.add(number, step / steps, clock)
        rows.append(((clock - 100) / total, left.estimate(), total + 100 - clock))
    return rows


def wrong(rows):
    """The estimates that are not right to within a factor of two, except of the last seconds."""
    return [
        row
        for row in rows
        if row[1] is not None and max(row[1], row[2]) > SHORT and not row[2] / 2 <= row[1] <= 2 * row[2]
    ]


def test_equal_steps_are_estimated_after_a_few():
    rows = simulate([0.5], [1], steps=100)
    assert [estimate is None for _, estimate, _ in rows[:4]] == [True, True, True, False]
    assert all(estimate == pytest.approx(left) for _, estimate, left in rows[3:])


def test_a_first_step_that_takes_long_is_not_taken_for_the_speed():
    rows = simulate([0.1], [1], steps=300, setups=(8.0,))
    assert rows[3][1] == pytest.approx(rows[3][2])
    assert not wrong(rows)


def test_nothing_is_said_at_a_small_size_that_tells_too_little_about_the_larger_ones():
    rows = simulate([0.03, 0.09, 0.33], PYRAMID, setups=(1.4, 0.3, 0.8))
    assert all(estimate is None for _, estimate, _ in rows[:40])
    assert rows[43][1] is not None
    assert rows[43][0] < 0.2
    assert not wrong(rows)


@pytest.mark.parametrize("seed", range(40))
def test_an_estimate_is_right_to_within_a_factor_of_two(seed):
    generator = random.Random(seed)
    fixed, proportional = generator.uniform(0, 0.2), 10 ** generator.uniform(-3, 0)
    times = [fixed + proportional * cost for cost in PYRAMID]
    setups = [generator.uniform(0, 5), generator.uniform(0, 1), generator.uniform(0, 2)]
    rows = simulate(times, PYRAMID, setups=setups, noise=0.2, seed=seed)
    assert not wrong(rows)
    assert any(estimate is not None for gone, estimate, _ in rows if gone < 0.8)


def test_a_run_as_it_was_measured():
    # nst louvre.jpg monet.jpg --size 512, which took 21 s: the clock after some of the 40 evaluations of each size
    clocks = {1: (1.41, 2.78, 7.05), 2: (1.44, 2.86, 7.37), 4: (1.50, 3.05, 8.05), 40: (2.51, 6.23, 20.06)}
    left, rows = RemainingTime(PYRAMID), []
    for number in range(3):
        for step in range(1, 41):
            clock = float(np.interp(step, list(clocks), [times[number] for times in clocks.values()]))
            left.add(number, step / 40, clock)
            rows.append((clock / 21, left.estimate(), 21 - clock))
    assert not wrong(rows)
    assert [estimate is None for _, estimate, _ in rows] == [True] * 43 + [False] * 77


def test_the_expected_end_stays_until_the_next_size_has_been_measured():
    rows = simulate([0.1, 0.4, 1.6], PYRAMID, steps=10)
    present = [estimate for _, estimate, _ in rows[19:23]]
    assert None not in present
    assert present == sorted(present, reverse=True)


def test_what_was_done_before_an_interruption_does_not_count_as_fast():
    left = RemainingTime([1])
    for step in range(1, 6):
        left.add(0, 0.6 + step / 100, 5.0 + step)
    assert left.estimate() == pytest.approx(35)


def test_a_run_of_unequal_pictures_has_no_estimate_from_the_first_alone():
    left = RemainingTime([1, 50])
    for step in range(1, 11):
        left.add(0, step / 10, 0.1 * step)
        assert left.estimate() is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "a few seconds"),
        (7, "about 5 s"),
        (58, "about 1 min"),
        (61, "about 1 min"),
        (3500, "about 58 min"),
        (3599, "about 1 h"),
        (9000, "about 2 h 30 min"),
    ],
)
def test_a_time_in_words(seconds, words):
    assert describe_time_left(seconds) == f"{words} left"

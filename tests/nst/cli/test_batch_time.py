"""The time that a batch has left, with a simulated clock: none is told, or one right to within a factor of two."""

import heapq
import random

import numpy as np
import pytest

from nst import images
from nst.cli.batch_table import read_jobs
from nst.cli.batch_time import BatchTime, Work, describe_work
from nst.remaining_time import SHORT


def simulate(jobs, workers=1):
    """Estimate each second of a batch. jobs: [(Work, seconds)]. Returns [(estimate, seconds left)]."""
    finishes, queue, free = [], list(enumerate(jobs)), [0.0] * workers
    for number, (_, seconds) in queue:
        begin = heapq.heappop(free)
        heapq.heappush(free, begin + seconds)
        finishes.append((begin + seconds, number, seconds))
    end, rows, clock = max(free), [], 0.0
    left = BatchTime({number: work for number, (work, _) in queue}, workers, 0.0)
    finishes.sort()
    while clock < end:
        while finishes and finishes[0][0] <= clock:
            finished, number, seconds = finishes.pop(0)
            left.finish(number, seconds, finished)
        rows.append((left.estimate(clock), end - clock))
        clock += 1
    return rows


def wrong(rows):
    return [
        (estimate, left)
        for estimate, left in rows
        if estimate is not None and max(estimate, left) > SHORT and not left / 2 <= estimate <= 2 * left
    ]


def told(rows):
    return [estimate for estimate, _ in rows if estimate is not None]


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_equal_jobs_are_estimated_after_the_first(workers):
    rows = simulate([(Work(1), 40.0)] * 20, workers)
    assert all(estimate is None for estimate, _ in rows[:40])
    assert rows[41][0] == pytest.approx(rows[41][1], rel=0.5)
    assert len(told(rows)) > 0.6 * len(rows)
    assert not wrong(rows)


@pytest.mark.parametrize("seed", range(20))
def test_what_is_told_of_jobs_that_differ_is_right_to_within_a_factor_of_two(seed):
    """Each takes 10 s and its share; the times vary by a fifth."""
    generator = random.Random(seed)
    costs = [generator.choice([1, 2, 4, 9]) for _ in range(30)]
    jobs = [(Work(cost), (10 + 8 * cost) * generator.uniform(0.8, 1.2)) for cost in costs]
    rows = simulate(jobs, generator.choice([1, 2, 4]))
    assert told(rows)
    assert not wrong(rows)


def test_nothing_is_told_of_a_network_that_was_not_measured_yet():
    rows = simulate([(Work(1, ("pocket",)), 10.0)] * 3 + [(Work(1, ("vgg19",)), 200.0)] * 3)
    assert all(estimate is None for estimate, _ in rows[:230])
    assert told(rows)
    assert not wrong(rows)


def test_small_pictures_tell_too_little_about_a_large_one():
    rows = simulate([(Work(1), 12.0)] * 3 + [(Work(64), 400.0)])
    assert all(estimate is None for estimate, _ in rows[37:])


def test_a_job_that_failed_is_not_measured():
    left = BatchTime({"bad": Work(1), "good": Work(1)}, 1, 0.0)
    left.finish("bad", None, 1.0)
    assert left.estimate(2.0) is None


def test_a_job_that_takes_longer_than_expected_is_not_told_as_finished():
    left = BatchTime({"a": Work(1), "b": Work(1)}, 1, 0.0)
    left.finish("a", 40.0, 40.0)
    assert [left.estimate(now) for now in (80.0, 100.0, 1000.0)] == [None] * 3
    left.restart("b", 1000.0)
    assert left.estimate(1000.0) == pytest.approx(40.0)


def test_a_job_that_never_started_is_not_waited_for():
    left = BatchTime({"a": Work(1), "gone": Work(1), "b": Work(1)}, 1, 0.0)
    left.finish("gone", None, 1.0)
    left.finish("a", 40.0, 40.0)
    assert left.estimate(40.0) == pytest.approx(40.0)


def test_a_cluster_may_change_the_order():
    left = BatchTime({name: Work(1) for name in "abcd"}, 1, 0.0)
    left.restart("c", 1.0)
    left.finish("c", 40.0, 41.0)
    for name in "abd":
        left.finish(name, 40.0, 80.0)
    assert left.estimate(80.0) is None


def test_the_work_of_a_job_is_its_pixels_times_its_steps(tmp_path):
    images.save(np.zeros((1, 20, 40, 3)), tmp_path / "wide.png")
    (tmp_path / "jobs.csv").write_text(
        "job,content,style,size,steps,budget,weights\n"
        "a,wide.png,wide.png,100,10,,pocket\n"
        "b,wide.png,wide.png,,,,pocket\n"
        "c,wide.png,wide.png,,,30,pocket\n"
        "d,wide.png,wide.png,many,,,pocket\n",
        encoding="utf-8",
    )
    a, b, c, d = (describe_work(job) for _, job in read_jobs(tmp_path / "jobs.csv"))
    assert (a.cost, b.cost, d.cost) == (100 * 50 * 10, 512 * 256 * 40, 512 * 256 * 40)
    assert a.kind == b.kind != c.kind

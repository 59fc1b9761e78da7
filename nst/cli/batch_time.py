"""Estimate the time that a batch has left, and say nothing until the estimate is right to within a factor of two."""

import warnings
from dataclasses import dataclass
from itertools import pairwise

from PIL import Image

from nst.engine.settings import Settings
from nst.remaining_time import SHORT, TOLERANCE, WIDEST


@dataclass(frozen=True)
class Work:
    """What a job computes. cost: in any unit. kind: only jobs of one kind, with one network, can be compared."""

    cost: float
    kind: tuple = ()


# The options that decide how long an evaluation of J takes, besides the size.
KIND = ("--budget", "--content-layer", "--optimizer", "--pooling", "--precision", "--style-layers")
USUAL_RATIO = 0.75  # of the sides of a photograph


def describe_work(job):
    """Return the Work of an nst.cli.batch_table.Job: the pixels of its picture, times its steps."""
    options = dict(pairwise(job.words))
    kind = (job.weights.sha256, "--no-warm-start" in job.words, *map(options.get, KIND))
    if "--budget" in options:
        return Work(1.0, kind)
    steps = options.get("--steps", "")
    content = next(iter(job.files.values()))
    return Work(job.size**2 * _read_ratio(content) * (int(steps) if steps.isdecimal() else Settings.steps), kind)


def _read_ratio(file):
    """The shorter side of a picture divided by the longer one."""
    try:
        with warnings.catch_warnings(), Image.open(file) as picture:
            warnings.simplefilter("ignore")
            return min(picture.size) / max(picture.size)
    except (OSError, ValueError, Image.DecompressionBombError):  # its job will say why
        return USUAL_RATIO


class BatchTime:
    """The time left of jobs that run on some workers, in order; each worker takes the next when it has finished one.

    A job of a kind that was measured takes at least as long as one with less cost, and at most as long as its cost
    says: every job has a fixed part, such as the import of TensorFlow. For a job that costs less it is the other way
    round. Where the smallest and the largest remaining time differ by more than a factor of four, or a kind has not
    been measured, there is no estimate.

    >>> left = BatchTime({"a": Work(1.0), "b": Work(1.0), "c": Work(1.0)}, workers=1, now=0.0)
    >>> left.estimate(5.0) is None
    True
    >>> left.finish("a", 30.0, now=30.0)
    >>> round(left.estimate(40.0))
    50
    """

    def __init__(self, works, workers, now):
        """works: {job: Work}, in the order in which they are started. now: the clock, in seconds."""
        self._waiting, self._running = dict(works), {}
        self._measured = {}  # {kind: [(cost, seconds), ...]}
        self._start(workers, now)

    def finish(self, job, seconds, now):
        """Note that a job has finished, and the next has started. seconds: that it took, or None if it failed."""
        started = job in self._running  # not if its files are gone, or if a cluster has changed the order
        work = self._running.pop(job)[0] if started else self._waiting.pop(job)
        if seconds is not None:
            self._measured.setdefault(work.kind, []).append((work.cost, seconds))
        if started:
            self._start(1, now)

    def restart(self, job, now):
        """Note that a job has been started again, on another worker."""
        if job in self._running:
            self._running[job] = self._running[job][0], now

    def estimate(self, now):
        """The seconds left, or None if they are not known to within a factor of two."""
        if not self._running:
            return None
        works = [work for work, _ in self._running.values()] + list(self._waiting.values())
        if any(work.kind not in self._measured for work in works):
            return None
        if any(now - began > self._longest(work) for work, began in self._running.values()):
            return None  # it takes longer than was expected
        least, most = (self._find_end(now, bound) for bound in (self._shortest, self._longest))
        known = most <= WIDEST * least or most < SHORT
        return (least * most) ** 0.5 if known else None

    def _start(self, count, now):
        for job in list(self._waiting)[:count]:
            self._running[job] = self._waiting.pop(job), now

    def _find_end(self, now, bound):
        """The seconds until the last worker has finished, where each job takes the time of that bound."""
        busy = sorted(max(0.0, bound(work) - (now - began)) for work, began in self._running.values())
        for work in self._waiting.values():
            busy = sorted([busy[0] + bound(work), *busy[1:]])
        return busy[-1]

    def _shortest(self, work):
        times = [seconds * min(1.0, work.cost / cost) for cost, seconds in self._nearest(work)]
        return min(times) / TOLERANCE

    def _longest(self, work):
        times = [seconds * max(1.0, work.cost / cost) for cost, seconds in self._nearest(work)]
        return max(times) * TOLERANCE

    def _nearest(self, work):
        """The measured jobs whose cost is nearest to that of a job."""
        measured = self._measured[work.kind]
        distance = min(abs(cost - work.cost) for cost, _ in measured)
        return [pair for pair in measured if abs(pair[0] - work.cost) == distance]

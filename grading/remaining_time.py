"""Estimate the time that a class has left, and say nothing until the estimate is right to within a factor of two."""

import statistics

FEWEST = 3  # submissions for each worker: those that are done first are the fast ones
CERTAINTY = 2.0  # standard deviations
WIDEST = 3.0  # the largest estimate over the smallest: their geometric mean is then right to within a factor of two


class RemainingTime:
    """The time left of submissions that take as long as those before, on average.

    The bounds are those of the mean of a sample, and of what may still deviate from it. Besides, one submission in as
    many as are done may be stopped, which takes long, and so may the last.

    >>> left = RemainingTime(total=100, workers=2, slowest=60.0)
    >>> for number in range(1, 11):
    ...     left.add(6.0, elapsed=3.0 * number)
    >>> round(left.estimate(), 1)
    375.8
    """

    def __init__(self, total: int, workers: int, slowest: float) -> None:
        """slowest: the seconds that a submission takes that has to be stopped."""
        self._total, self._workers, self._slowest = total, workers, slowest
        self._seconds: list[float] = []
        self._elapsed = 0.0

    def add(self, seconds: float, elapsed: float) -> None:
        """Add a submission that is done. seconds: that it took, 0 if it has not changed; elapsed: since the start."""
        self._seconds.append(seconds)
        self._elapsed = elapsed

    def estimate(self) -> float | None:
        """The seconds left, or None if they are not known to within a factor of two."""
        done, left, workers = len(self._seconds), self._total - len(self._seconds), self._workers
        if done < FEWEST * (workers + 1):
            return None
        unfinished = max(0.0, workers * self._elapsed - sum(self._seconds))  # of those that are running, half done
        mean = (sum(self._seconds) + unfinished) / (done + workers / 2)
        longest = max(*self._seconds, self._slowest, unfinished - workers * mean)
        spread = CERTAINTY * statistics.pstdev(self._seconds) * (left + left**2 / done) ** 0.5
        least = (left * mean - spread) / workers
        most = (left * mean + spread + left / done * longest) / workers + longest
        return (least * most) ** 0.5 if 0 < most <= WIDEST * least else None

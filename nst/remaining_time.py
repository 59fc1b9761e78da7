"""Estimate the time that a run has left, and say nothing until the estimate is right to within a factor of two."""

from dataclasses import dataclass, field

FEWEST = 3  # steps of a stage, after its first, before its speed is known
RECENT = 20  # steps that the speed is measured over: a computer may become slower or faster
TARGETS = 3  # steps that a stage's preparation may take, besides what it took in the stage before
TOLERANCE = 1.3  # a speed that was measured may change by this factor
WIDEST = 4.0  # the largest estimate over the smallest: their geometric mean is then right to within a factor of two
SHORT = 3.0  # seconds: below this, an estimate need not be right to within a factor of two


@dataclass
class _Stage:
    cost: float
    samples: list = field(default_factory=list)  # (finished part of the stage, clock) after each step
    began: float = 0.0

    @property
    def done(self):
        return self.samples[-1][0] if self.samples else 0.0

    def measure(self):
        """(seconds for the whole stage, cost of a step, seconds before its first step), or None if not yet known.

        The first step is left out: TensorFlow traces the graph in it.
        """
        if len(self.samples) <= FEWEST:
            return None
        (first, before), (last, now) = self.samples[-1 - min(RECENT, len(self.samples) - 1)], self.samples[-1]
        if last <= first:
            return None
        seconds = (now - before) / (last - first)
        step = (self.samples[-1][0] - self.samples[0][0]) / (len(self.samples) - 1)
        return seconds, self.cost * step, max(0.0, self.samples[0][1] - self.began - seconds * step)


class RemainingTime:
    """The time left of a run whose steps cost more from stage to stage.

    A step of a later stage takes at least as long as one that was measured, and at most as long as its cost says: the
    larger a picture is, the less the fixed time of a step counts. Two stages give that fixed time. Where the smallest
    and the largest remaining time differ by more than a factor of four, there is no estimate.

    >>> left = RemainingTime([1.0])
    >>> for step in range(1, 6):
    ...     left.add(0, step / 10, 5.0 + step)
    >>> left.estimate()
    5.0
    """

    def __init__(self, costs, start=0.0):
        """costs: of the stages, in any unit. start: the clock at the start, in seconds."""
        self._stages, self._number, self._clock = [_Stage(cost) for cost in costs], 0, start
        self._end: tuple | None = None  # the earliest and the latest clock at the end

    def add(self, number, done, seconds):
        """Add a finished step: the stage's number, from 0; the finished part of the stage, 0 to 1; the clock."""
        stage = self._stages[number]
        if not stage.samples:
            stage.began = self._clock
        self._number, self._clock = number, seconds
        stage.samples.append((min(1.0, done), seconds))
        measured = stage.measure()
        if measured is not None:  # until then the end that was expected before
            self._end = tuple(seconds + left for left in self._find_bounds(stage, *measured))

    def estimate(self):
        """The seconds left, or None if they are not known to within a factor of two."""
        if self._end is None:
            return None
        least, most = (max(0.0, end - self._clock) for end in self._end)
        known = most <= WIDEST * least or most < SHORT
        return (least * most) ** 0.5 if known else None

    def _find_bounds(self, present, seconds, step, setup):
        """The smallest and the largest remaining time."""
        now = (1 - present.done) * seconds
        least, most = now / TOLERANCE, now * TOLERANCE
        fixed = self._find_fixed_share(seconds / present.cost, step)
        for later in self._stages[self._number + 1 :]:
            proportional = seconds * later.cost / present.cost
            if later.cost <= TOLERANCE * present.cost:
                shortest = proportional
            else:  # the fixed part of a step does not grow
                shortest = fixed * seconds + (1 - fixed) * proportional
            least += shortest / TOLERANCE
            targets = TARGETS * proportional * step / present.cost  # for each size anew, before its first step
            most += (proportional + targets + 2 * setup) * TOLERANCE
        return least, most

    def _find_fixed_share(self, per_cost, step):
        """The largest possible part of a step's time that does not depend on its cost, 0 to 1."""
        for earlier in reversed(self._stages[: self._number]):
            measured = earlier.measure()
            if measured is not None and step > TOLERANCE * measured[1]:
                earlier_time, time = measured[0] * measured[1] / earlier.cost, per_cost * step
                slope = (time - earlier_time) / (step - measured[1])
                return min(1.0, max(0.0, 1 - slope * step / time))
        return 1.0

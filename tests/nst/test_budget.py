"""A budget is kept to, by a clock and an objective that are made up, so that it takes no time and no luck."""

from types import SimpleNamespace

import numpy as np
import pytest

from nst.engine import run as engine_run
from nst.engine.losses import Style
from nst.engine.run import FEWEST, Run
from nst.engine.settings import Settings
from nst.remaining_time import SHORT
from tests.support.parameters import mostly_slow

CONTENT = np.full((1, 192, 256, 3), 0.5, np.float32)


class Clock:
    now = 0.0

    def monotonic(self):
        return self.now


class Made:
    """An objective whose evaluations, targets and scores take their time by the clock.

    Its J falls for ever, but from one evaluation on, where it rises: every line search is long there, and in vain.
    """

    def __init__(self, clock, seconds, rising_from):
        self.clock, self.seconds, self.rising_from = clock, seconds, rising_from
        self.J, self.asked, self.slopes = 0.0, 0, np.random.default_rng(0)

    def set_targets(self, *_):
        self.clock.now += 2 * self.seconds / 3

    def measure_distances(self, *_):
        self.clock.now += self.seconds
        return {"style": 0.5, "content": 0.5}

    def __call__(self, image):
        self.asked += 1
        self.clock.now += self.seconds
        self.J += 1000.0 if self.asked >= self.rising_from else -1000.0
        return self.J, self.slopes.normal(size=image.shape).astype(np.float32), np.zeros(3, np.float32)


@pytest.fixture
def run(monkeypatch):
    """(seconds taken, Run) of a run with a budget and so many seconds for an evaluation at the full size."""
    clock, told = Clock(), []
    monkeypatch.setattr(engine_run, "time", SimpleNamespace(monotonic=clock.monotonic))

    def run(budget, seconds, rising_from=np.inf):
        clock.now = 0.0
        networks = SimpleNamespace(
            costs={"made": 1.0},
            get_objective=lambda stage, *_: Made(clock, seconds * (stage.width / 256) ** 2, rising_from),
        )
        settings = Settings(size=256, budget=budget)
        made = Run(networks, CONTENT, [Style(CONTENT)], settings, 0.0, on_progress=told.append)
        told.clear()
        made.score(made.run_stages())
        return clock.now, made

    run.told = told
    return run


@pytest.mark.parametrize("seconds", mostly_slow([1.0, 0.3, 0.01], quick=2))
@pytest.mark.parametrize("rising_from", [np.inf, 2, 5])
def test_a_budget_is_kept_to_scores_and_line_searches_included(run, seconds, rising_from):
    taken, made = run(10.0, seconds, rising_from)
    assert taken <= 10
    assert not [note for note in made.notes if note.startswith("budget")]
    assert [stage["width"] for stage in made.stages] == [128, 256]
    assert all(stage["evaluations"] >= FEWEST for stage in made.stages)


def test_a_budget_is_used(run):
    taken, _ = run(10.0, 0.1)
    assert taken > 9.5


def test_a_budget_that_is_too_small_is_overrun_by_no_more_than_must_be_and_says_so(run):
    taken, made = run(10.0, 4.0)
    assert [stage["evaluations"] for stage in made.stages] == [FEWEST, FEWEST]
    assert made.notes == [
        f"budget: the run took {taken:.1f} s instead of 10 s, because each size gets at least 3 evaluations. "
        "A smaller size takes less time."
    ]


@pytest.mark.parametrize("seconds", [0.1, 0.5, 1.5, 2.0, 4.0, 20.0])
def test_the_time_left_of_a_budget_is_told_only_if_it_is_right_to_within_a_factor_of_two(run, seconds):
    taken, _ = run(10.0, seconds)
    for progress in run.told:
        left = taken - progress.seconds
        assert progress.seconds_left is None or left < SHORT or left / 2 <= progress.seconds_left <= 2 * left
    if taken <= 10 or taken > 20:
        assert (run.told[0].seconds_left is None) == (taken > 10)

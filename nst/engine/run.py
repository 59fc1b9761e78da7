"""One run of the engine: its stages in turn, with progress reports and a checkpoint, and its resumption."""

import time
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from nst import images
from nst.engine.first_picture import begin, enlarge
from nst.engine.losses import Style
from nst.engine.masks import resize_mask
from nst.engine.optimizers import LBFGS, Adam
from nst.engine.pyramid import plan_stages
from nst.engine.saved_state import require_saved_state
from nst.remaining_time import RemainingTime

SMALL_CONTENT_FACTOR = 2.5  # times the content weight at small sizes: larger ones cannot restore what is lost there
FEWEST = 3  # evaluations in each stage, whatever the budget
SCORING = 2.0  # time for the scores / time for the targets: three passes of the same kind, instead of two or more
RECOVERED = "J was not a finite number in one step: the run went back to the last good picture and took a smaller step."
NO_CHECKPOINT = (
    "{path}: the checkpoint could not be written ({reason}), and the run continued without it. Free some disk space "
    "there, or choose another folder."
)
UNCHANGED = (
    "The picture is still the content picture: J did not fall in {count} evaluations. A larger style_weight, or a "
    "smaller content_weight, gives the style more say."
)
OVER_BUDGET = (
    "budget: the run took {seconds:.1f} s instead of {budget:g} s, because each size gets at least "
    f"{FEWEST} evaluations. A smaller size takes less time."
)


@dataclass(frozen=True)
class Progress:
    """The state of a run after an evaluation of J.

    done: the finished part of the whole cost, or of the budget, 0 to 1. seconds: since the start. size: (height, width)
    of the current stage. evaluation: its number. terms: the weighted content, style and total-variation terms of J.
    image: a copy of the current picture, (1, height, width, 3). seconds_left: None until it is known to within a factor
    of two.
    """

    done: float
    seconds: float
    size: tuple
    evaluation: int
    terms: tuple
    image: np.ndarray
    seconds_left: float | None = None


class _BudgetSpent(Exception):
    """A stage's part of the budget is spent, perhaps in the middle of a line search."""


class Run:
    """The descent through all stages. curves, stages, notes: see `nst.Result`.

    Each step of the optimizer leaves a state that can be resumed: the checkpoint, `picture` and `done` refer to it.
    """

    def __init__(self, networks, content_image, styles, settings, start, *, on_progress=None, checkpoint=None) -> None:
        """start: time.monotonic() at the start. checkpoint: nst.engine.checkpoint.Checkpoint or None."""
        self.networks, self.content_image, self.styles, self.settings = networks, content_image, styles, settings
        self.on_progress, self.checkpoint = on_progress, checkpoint
        self.start, self.seconds_before = start, 0.0
        self.plan = plan_stages(content_image.shape[1:3], settings.steps, networks.costs)
        self.curves: list = []
        self.stages: list = []
        self.notes: list = []
        self._cost = sum(stage.cost for stage in self.plan)
        self._remaining_time = RemainingTime([stage.cost for stage in self.plan], start)
        self._state: Any = None  # the arrays and the progress of a checkpoint
        self._resumed: Any = None
        self._objective: Any = None
        self._evaluation_seconds, self._target_seconds, self._seconds_in_stage = 0.0, 0.0, 0.0

    def resume(self):
        """Continue from the checkpoint, if there is one."""
        self._state = self.checkpoint.read(partial(require_saved_state, self.plan, self._make_optimizer))
        if self._state is None:
            return
        self._resumed, progress = self._state
        self.curves, self.stages, self.notes = (list(progress[name]) for name in ("curves", "stages", "notes"))
        self.seconds_before, self._seconds_in_stage = progress["seconds"], progress["seconds_in_stage"]

    def save_checkpoint(self):
        """Write the state to the checkpoint. If that fails, add a note, so that the picture is not lost."""
        if self.checkpoint is None or self._state is None:
            return
        try:
            self.checkpoint.write(*self._state)
        except OSError as error:
            self._add_note(NO_CHECKPOINT.format(path=self.checkpoint.path, reason=error.strerror or error))

    @property
    def seconds(self):
        """Seconds since the start, including the time before an interruption."""
        return self.seconds_before + time.monotonic() - self.start

    @property
    def picture(self):
        """The last good picture at the full size; None before the first step."""
        return None if self._state is None else self._enlarge(self._state[0]["image"], self.plan[-1])

    @property
    def done(self):
        """The finished part of the run, 0 to 1, that `picture` shows."""
        arrays, progress = self._state
        return self._part_done(self.plan[len(progress["stages"])], int(arrays["evaluations"]))

    def run_stages(self):
        """Run all stages that are left; return the picture of the last one."""
        image = None
        for number, stage in enumerate(self.plan):
            if number < len(self.stages):
                continue
            self._set_objective(stage)
            first = self._first_picture(stage) if image is None else self._enlarge(image, stage)
            image = self._descend(stage, first)
        return image

    def score(self, picture):
        """Return how near the result is to content and style at the full size, measured with the last network."""
        scores = {
            name: None if value is None else round(value, 4)
            for name, value in self._objective.measure_distances(picture, self.content_image).items()
        }
        self._note_unchanged(picture)
        budget = self.settings.budget
        if budget is not None and self.seconds > budget and self.stages[-1]["evaluations"] <= FEWEST:
            self._add_note(OVER_BUDGET.format(budget=budget, seconds=self.seconds))
        return scores

    def _note_unchanged(self, picture):
        """Add a note if nothing was painted although there is a style: no pixel has another value in 8 bits."""
        wanted = self.settings.init == "content" and self.settings.style_weight > 0
        if wanted and np.abs(picture - self.content_image).max() < 1 / 510:
            self._add_note(UNCHANGED.format(count=len(self.curves)))

    def _set_objective(self, stage):
        """Make the stage's objective. Only one is kept: its targets may be large."""
        start = time.monotonic()
        content_image, styles = self._resize_content(stage), [_resize_style(style, stage) for style in self.styles]
        self._objective = self.networks.get_objective(stage, content_image, styles)
        small = stage.longest < self.plan[-1].longest
        self._objective.set_targets(content_image, styles, SMALL_CONTENT_FACTOR if small else 1.0)
        self._target_seconds = time.monotonic() - start

    def _resize_content(self, stage):
        return images.resize(self.content_image, stage.height, stage.width)

    def _first_picture(self, stage):
        styles = [_resize_style(style, stage) for style in self.styles]
        return begin(self.settings.init, self._resize_content(stage), styles, self.settings.seed)

    def _enlarge(self, image, stage):
        return enlarge(image, self._resize_content(stage), self.settings.init)

    def _descend(self, stage, first):
        """Descend until the stage's evaluations or its part of the budget are spent, or J stops decreasing."""
        start = self.seconds - self._seconds_in_stage
        optimizer = self._make_optimizer(stage, first)
        if self._resumed is not None:
            optimizer.restore(self._resumed)
            self._resumed = None

        def evaluate(picture):
            if not self._has_budget(stage, optimizer.evaluations):
                raise _BudgetSpent
            before = time.monotonic()
            J, gradient, terms = self._objective(picture)
            self._record(stage, optimizer.evaluations + 1, terms, picture, time.monotonic() - before)
            return J, gradient

        with suppress(_BudgetSpent):
            while self._has_evaluations(stage, optimizer.evaluations) and optimizer.step(evaluate):
                self._note_recoveries(optimizer)
                self._state = self._get_state(optimizer, self.seconds - start)
                if self.checkpoint is not None and self.checkpoint.due():
                    self.save_checkpoint()
        self._note_recoveries(optimizer)  # of a last step that failed
        self._seconds_in_stage = 0.0
        self.stages.append(
            {
                "height": stage.height,
                "width": stage.width,
                "network": stage.network,
                "evaluations": optimizer.evaluations,
                "seconds": round(self.seconds - start, 2),
                "J": round(float(optimizer.J), 4),
            }
        )
        return optimizer.image

    def _make_optimizer(self, stage, first):
        return LBFGS(first) if self.settings.optimizer == "lbfgs" else Adam(first, stage.evaluations)

    def _has_evaluations(self, stage, evaluations):
        return self.settings.budget is not None or evaluations < stage.evaluations

    def _has_budget(self, stage, evaluations):
        """Whether another evaluation fits the stage's part of the budget; the last stage leaves time for the scores."""
        if self.settings.budget is None or evaluations < FEWEST:
            return True
        count = self.plan.index(stage) + 1
        part = sum(earlier.cost for earlier in self.plan[:count]) / self._cost
        scoring = SCORING * self._target_seconds if count == len(self.plan) else 0.0
        return self.seconds + self._evaluation_seconds + scoring < part * self.settings.budget

    def _get_state(self, optimizer, seconds_in_stage):
        """The arrays and the progress of a checkpoint."""
        return optimizer.state(), {
            "curves": list(self.curves),
            "stages": list(self.stages),
            "notes": list(self.notes),
            "seconds": self.seconds,
            "seconds_in_stage": seconds_in_stage,
        }

    def _note_recoveries(self, optimizer):
        if optimizer.recoveries:
            self._add_note(RECOVERED)

    def _add_note(self, note):
        if note not in self.notes:
            self.notes.append(note)

    def _record(self, stage, evaluation, terms, picture, seconds):
        content, variation, *style = terms.tolist()
        self.curves.append(
            {
                "height": stage.height,
                "width": stage.width,
                "network": stage.network,
                "content": content,
                "variation": variation,
                "style": style,
            }
        )
        self._evaluation_seconds = seconds
        self._remaining_time.add(self.plan.index(stage), evaluation / stage.evaluations, time.monotonic())
        if self.on_progress is not None:
            self.on_progress(
                Progress(
                    self._part_done(stage, evaluation),
                    self.seconds,
                    (stage.height, stage.width),
                    len(self.curves),
                    (content, sum(style), variation),
                    np.array(picture),  # a copy: whoever writes to it must not change the run
                    self._get_seconds_left(stage, evaluation),
                )
            )

    def _get_seconds_left(self, stage, evaluation):
        budget = self.settings.budget
        if budget is None:
            return self._remaining_time.estimate()
        # Each size gets a few evaluations: where these take longer than the budget, the end is not known.
        return budget - self.seconds if self.seconds + self._least_seconds_left(stage, evaluation) <= budget else None

    def _least_seconds_left(self, stage, evaluation):
        """The time of the evaluations that the sizes still get at least, in proportion to their cost."""
        number = self.plan.index(stage)
        due = [(stage, max(0, FEWEST - evaluation)), *((later, FEWEST) for later in self.plan[number + 1 :])]
        costs = sum(count * each.cost / each.evaluations for each, count in due)
        return self._evaluation_seconds * costs / (stage.cost / stage.evaluations)

    def _part_done(self, stage, evaluation):
        if self.settings.budget is not None:
            return min(1.0, self.seconds / self.settings.budget)
        before = sum(earlier.cost for earlier in self.plan[: self.plan.index(stage)])
        return (before + stage.cost * min(1.0, evaluation / stage.evaluations)) / self._cost


def _resize_style(style, stage):
    """A style at a stage's size: its picture by the longest side, the content mask exactly."""
    image = images.resize_longest(style.image, stage.longest)
    return Style(
        image,
        style.share,
        resize_mask(style.content_mask, stage.height, stage.width),
        resize_mask(style.style_mask, *image.shape[1:3]),
    )

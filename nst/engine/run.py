"""One run of the engine: the stages in turn, watched, kept in a checkpoint, and taken up again."""

import time
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from nst import images
from nst.engine.losses import Style
from nst.engine.masks import resized
from nst.engine.optimizers import LBFGS, Adam
from nst.engine.pyramid import plan

CONTENT_WHEN_SMALL = 2.5  # times content's weight at the smaller sizes: what is lost there, no larger one brings back
FEWEST = 3  # evaluations that a stage is given, whatever the budget
SCORING = 2.0  # times as long as the targets: the scores are three passes of the kind of which those are two or more
RECOVERED = "J was not a finite number once: back to the last good picture, with a smaller step."
UNKEPT = (
    "{path}: the checkpoint could not be written ({reason}), and the painting went on without. Make room there, "
    "or choose another folder."
)
OVERRUN = (
    "budget: {budget:g} s were asked for and {seconds:.1f} s taken, since each size is given at least "
    f"{FEWEST} evaluations. A smaller size takes less."
)


@dataclass(frozen=True)
class Progress:
    """Where a run stands after an evaluation.

    done: the share of the whole price, or of the budget, that is paid, 0 to 1; seconds: since the start; size:
    (height, width) of the present stage; evaluation: its number; terms: the weighted content, style and
    total-variation terms of J; image: the picture as it is, (1, height, width, 3).
    """

    done: float
    seconds: float
    size: tuple
    evaluation: int
    terms: tuple
    image: np.ndarray


class _Spent(Exception):
    """A stage's part of the budget is spent, be it in the middle of a line search."""


class Painting:
    """The descent through all stages. curves, stages, notes: what `stylize` hands on.

    After each step of the optimiser the run is settled: a checkpoint holds that, and `picture` and `done` tell of it.
    """

    def __init__(self, sight, content_image, styles, settings, began, *, on_progress=None, checkpoint=None):
        """checkpoint: nst.engine.checkpoint.Checkpoint or None; the rest as `stylize` has it."""
        self.sight, self.content_image, self.styles, self.settings = sight, content_image, styles, settings
        self.on_progress, self.checkpoint = on_progress, checkpoint
        self.began, self.seconds_before = began, 0.0
        self.plan = plan(content_image.shape[1:3], settings.steps, sight.prices)
        self.curves, self.stages, self.notes = [], [], []
        self._price = sum(stage.price for stage in self.plan)
        self._settled, self._resumed, self._objective = None, None, None
        self._latest_seconds, self._aiming_seconds, self._seconds_in_stage = 0.0, 0.0, 0.0

    def resume(self):
        """Go on where the checkpoint stands, if there is one."""
        self._settled = self.checkpoint.read()
        if self._settled is None:
            return
        self._resumed, standing = self._settled
        self.curves, self.stages, self.notes = (list(standing[name]) for name in ("curves", "stages", "notes"))
        self.seconds_before, self._seconds_in_stage = standing["seconds"], standing["seconds_in_stage"]

    def keep(self):
        """Write the settled run to the checkpoint. A disk that takes no more costs a note, not the picture."""
        if self.checkpoint is None or self._settled is None:
            return
        try:
            self.checkpoint.write(*self._settled)
        except OSError as error:
            self._remark(UNKEPT.format(path=self.checkpoint.path, reason=error.strerror or error))

    @property
    def seconds(self):
        """Since the beginning, the time before an interruption included."""
        return self.seconds_before + time.monotonic() - self.began

    @property
    def picture(self):
        """The last good picture, at the full size; None before the first step."""
        return None if self._settled is None else self._enlarged(self._settled[0]["image"], self.plan[-1])

    @property
    def done(self):
        """The share of the run, 0 to 1, that `picture` has behind it."""
        arrays, standing = self._settled
        return self._share(self.plan[len(standing["stages"])], int(arrays["evaluations"]))

    def painted(self):
        """The picture that the last stage ends with."""
        image = None
        for number, stage in enumerate(self.plan):
            if number < len(self.stages):
                continue
            self._aim(stage)
            start = self._start(stage) if image is None else self._enlarged(image, stage)
            image = self._descended(stage, start)
        return image

    def scores(self, picture):
        """How near what was `painted` is to both its models, at the full size, as the last network sees them."""
        scores = {
            name: None if value is None else round(value, 4)
            for name, value in self._objective.distances(picture, self.content_image).items()
        }
        budget = self.settings.budget
        if budget is not None and self.seconds > budget and self.stages[-1]["evaluations"] <= FEWEST:
            self._remark(OVERRUN.format(budget=budget, seconds=self.seconds))
        return scores

    def _aim(self, stage):
        """Make the stage's objective, the only one that is kept: its targets may be large."""
        began = time.monotonic()
        content_image, styles = self._content_at(stage), [_smaller(style, stage) for style in self.styles]
        self._objective = self.sight.objective(stage, content_image, styles)
        small = stage.longest < self.plan[-1].longest
        self._objective.aim(content_image, styles, CONTENT_WHEN_SMALL if small else 1.0)
        self._aiming_seconds = time.monotonic() - began

    def _content_at(self, stage):
        return images.resize(self.content_image, stage.height, stage.width)

    def _start(self, stage):
        if self.settings.init == "content":
            return self._content_at(stage)
        noise = np.random.default_rng(self.settings.seed).uniform(size=(1, stage.height, stage.width, 3))
        return noise.astype(np.float32)

    def _enlarged(self, image, stage):
        """A smaller picture at a stage's size; in a run that starts from the content picture, with the detail of it
        that the smaller size could not hold: the descent need not find again what is known.
        """
        enlarged = images.resize(image, stage.height, stage.width)
        if self.settings.init == "noise":
            return enlarged
        held = images.resize(images.resize(self.content_image, *image.shape[1:3]), stage.height, stage.width)
        return np.clip(enlarged + self._content_at(stage) - held, 0, 1)

    def _descended(self, stage, start):
        """Descend until the stage's evaluations or its part of the budget are spent, or J falls no further."""
        began = self.seconds - self._seconds_in_stage
        optimiser = LBFGS(start) if self.settings.optimiser == "lbfgs" else Adam(start, stage.evaluations)
        if self._resumed is not None:
            optimiser.restore(self._resumed)
            self._resumed = None

        def watched(picture):
            if not self._affords(stage, optimiser.evaluations):
                raise _Spent
            before = time.monotonic()
            J, gradient, terms = self._objective(picture)
            self._note(stage, optimiser.evaluations + 1, terms, picture, time.monotonic() - before)
            return J, gradient

        with suppress(_Spent):
            while self._goes_on(stage, optimiser.evaluations) and optimiser.step(watched):
                self._remark_recoveries(optimiser)
                self._settled = self._standing(optimiser, self.seconds - began)
                if self.checkpoint is not None and self.checkpoint.due():
                    self.keep()
        self._remark_recoveries(optimiser)  # of a step that came to nothing
        self._seconds_in_stage = 0.0
        self.stages.append(
            {
                "height": stage.height,
                "width": stage.width,
                "network": stage.network,
                "evaluations": optimiser.evaluations,
                "seconds": round(self.seconds - began, 2),
                "J": round(float(optimiser.J), 4),
            }
        )
        return optimiser.image

    def _goes_on(self, stage, evaluations):
        return self.settings.budget is not None or evaluations < stage.evaluations

    def _affords(self, stage, evaluations):
        """Whether the stage's part of the budget, of the last stage's less the scores, holds another evaluation."""
        if self.settings.budget is None or evaluations < FEWEST:
            return True
        until = self.plan.index(stage) + 1
        share = sum(earlier.price for earlier in self.plan[:until]) / self._price
        scoring = SCORING * self._aiming_seconds if until == len(self.plan) else 0.0
        return self.seconds + self._latest_seconds + scoring < share * self.settings.budget

    def _standing(self, optimiser, seconds_in_stage):
        """All that a checkpoint holds."""
        return optimiser.state(), {
            "curves": list(self.curves),
            "stages": list(self.stages),
            "notes": list(self.notes),
            "seconds": self.seconds,
            "seconds_in_stage": seconds_in_stage,
        }

    def _remark_recoveries(self, optimiser):
        if optimiser.recoveries:
            self._remark(RECOVERED)

    def _remark(self, note):
        if note not in self.notes:
            self.notes.append(note)

    def _note(self, stage, evaluation, terms, picture, seconds):
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
        self._latest_seconds = seconds
        if self.on_progress is not None:
            self.on_progress(
                Progress(
                    self._share(stage, evaluation),
                    self.seconds,
                    (stage.height, stage.width),
                    len(self.curves),
                    (content, sum(style), variation),
                    picture,
                )
            )

    def _share(self, stage, evaluation):
        if self.settings.budget is not None:
            return min(1.0, self.seconds / self.settings.budget)
        before = sum(earlier.price for earlier in self.plan[: self.plan.index(stage)])
        return (before + stage.price * min(1.0, evaluation / stage.evaluations)) / self._price


def scaled(image, longest):
    """A picture with that many pixels on its longest side."""
    return images.resize(image, *images.resized_shape(*image.shape[1:3], longest))


def _smaller(style, stage):
    """A style at a stage's size: its picture by the longest side, the mask of the content exactly."""
    image = scaled(style.image, stage.longest)
    return Style(
        image,
        style.share,
        resized(style.content_mask, stage.height, stage.width),
        resized(style.style_mask, *image.shape[1:3]),
    )

"""One run of the engine: the stages in turn, watched, kept in a checkpoint, and taken up again."""

import time
from dataclasses import dataclass

import numpy as np

from nst import images
from nst.engine.losses import Style
from nst.engine.masks import resized
from nst.engine.optimise import LBFGS, Adam
from nst.engine.plan import plan

CONTENT_WHEN_SMALL = 2.5  # times content's weight at the smaller sizes: what is lost there, no larger one brings back
FEWEST = 3  # evaluations that a stage is given, whatever the budget
RECOVERED = "J was not a finite number once: back to the last good picture, with a smaller step."


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


class Painting:
    """The descent through all stages. curves, stages, notes: what `stylize` hands on."""

    def __init__(self, sight, content_image, styles, settings, began, *, on_progress=None, checkpoint=None):
        """checkpoint: nst.engine.checkpoint.Checkpoint or None; the rest as `stylize` has it."""
        self.sight, self.content_image, self.styles, self.settings = sight, content_image, styles, settings
        self.on_progress, self.checkpoint = on_progress, checkpoint
        self.began, self.seconds_before = began, 0.0
        self.plan = plan(content_image.shape[1:3], settings.steps, sight.prices)
        self.curves, self.stages, self.notes = [], [], []
        self._price = sum(stage.price for stage in self.plan)
        self._resumed, self._latest_seconds = None, 0.0

    def resume(self):
        """Go on where the checkpoint stands, if there is one."""
        found = self.checkpoint.read()
        if found is None:
            return
        arrays, standing = found
        self.curves, self.stages, self.notes = standing["curves"], standing["stages"], standing["notes"]
        self.seconds_before = standing["seconds"]
        self._resumed = arrays

    @property
    def seconds(self):
        """Since the beginning, the time before an interruption included."""
        return self.seconds_before + time.monotonic() - self.began

    def painted(self):
        """The picture that the last stage ends with."""
        image = None
        for number, stage in enumerate(self.plan):
            if number < len(self.stages):
                continue
            objective = self._aimed(stage)
            start = self._start(stage) if image is None else self._enlarged(image, stage)
            image = self._descended(stage, objective, start)
        return image

    def scores(self, picture):
        """How near the picture is to both its models, at the full size, as the last network sees them."""
        objective = self._aimed(self.plan[-1])
        return {name: None if value is None else round(value, 4)
                for name, value in objective.distances(picture, self.content_image).items()}

    def _aimed(self, stage):
        objective = self.sight.objective(stage)
        small = stage.longest < self.plan[-1].longest
        objective.aim(self._content_at(stage), [_smaller(style, stage) for style in self.styles],
                      CONTENT_WHEN_SMALL if small else 1.0)
        return objective

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

    def _descended(self, stage, objective, start):
        """Descend until the stage's evaluations or its part of the budget are spent, or J falls no further."""
        began = self.seconds
        optimiser = LBFGS(start) if self.settings.optimiser == "lbfgs" else Adam(start, stage.evaluations)
        if self._resumed is not None:
            optimiser.restore(self._resumed)
            self._resumed = None

        def watched(picture):
            before = time.monotonic()
            J, gradient, terms = objective(picture)
            self._note(stage, optimiser.evaluations + 1, terms, picture, time.monotonic() - before)
            return J, gradient

        settled = self._standing(optimiser)
        try:
            while self._goes_on(stage, optimiser) and optimiser.step(watched):
                settled = self._standing(optimiser)
                if self.checkpoint is not None and self.checkpoint.due():
                    self.checkpoint.write(*settled)
        except KeyboardInterrupt:
            if self.checkpoint is not None:
                self.checkpoint.write(*settled)
            raise
        if optimiser.recoveries and RECOVERED not in self.notes:
            self.notes.append(RECOVERED)
        self.stages.append({"height": stage.height, "width": stage.width, "network": stage.network,
                            "evaluations": optimiser.evaluations, "seconds": round(self.seconds - began, 2),
                            "J": round(float(optimiser.J), 4)})
        return optimiser.image

    def _goes_on(self, stage, optimiser):
        if self.settings.budget is None:
            return optimiser.evaluations < stage.evaluations
        until = self.plan.index(stage) + 1
        share = sum(earlier.price for earlier in self.plan[:until]) / self._price
        one = self._latest_seconds if optimiser.evaluations else 0.0
        return optimiser.evaluations < FEWEST or self.seconds + one < share * self.settings.budget

    def _standing(self, optimiser):
        """All that a checkpoint holds."""
        return optimiser.state(), {"curves": list(self.curves), "stages": list(self.stages), "notes": self.notes,
                                   "seconds": self.seconds}

    def _note(self, stage, evaluation, terms, picture, seconds):
        content, variation, *style = terms.tolist()
        self.curves.append({"height": stage.height, "width": stage.width, "network": stage.network,
                            "content": content, "variation": variation, "style": style})
        self._latest_seconds = seconds
        if self.on_progress is not None:
            self.on_progress(Progress(self._done(stage, evaluation), self.seconds, (stage.height, stage.width),
                                      len(self.curves), (content, sum(style), variation), picture))

    def _done(self, stage, evaluation):
        if self.settings.budget is not None:
            return min(1.0, self.seconds / self.settings.budget)
        before = sum(earlier.price for earlier in self.plan[:self.plan.index(stage)])
        return (before + stage.price * min(1.0, evaluation / stage.evaluations)) / self._price


def scaled(image, longest):
    """A picture with that many pixels on its longest side."""
    height, width = image.shape[1:3]
    scale = longest / max(height, width)
    return images.resize(image, *(max(images.SMALLEST_SIDE, round(side * scale)) for side in (height, width)))


def _smaller(style, stage):
    """A style at a stage's size: its picture by the longest side, the mask of the content exactly."""
    image = scaled(style.image, stage.longest)
    return Style(image, style.share, resized(style.content_mask, stage.height, stage.width),
                 resized(style.style_mask, *image.shape[1:3]))

"""What a run returns, and what an interruption carries."""

from dataclasses import dataclass

import numpy as np

from nst.engine.inputs import title_pictures


@dataclass(frozen=True, repr=False)
class Result:
    """The result of a run. In a notebook, a Result as the last line of a cell shows its picture and a table.

    picture: float32 (1, H, W, 3), RGB in [0, 1]. nst.images.save writes it to a file.
    curves: a dict for each evaluation of J, with its terms; empty if the picture took one pass through a network.
    settings: all settings, and the networks, precision and file names.
    timings: seconds, in total and for each stage.
    scores: at the full size, measured with the run's network before preserve_color and masks change the picture.
        "style": the distance to the style's Gram matrices, 1 for the content picture and 0 for the style picture;
        "content": |a_G - a_C| / |a_C|.
    notes: sentences about anything unusual.
    record: settings, timings, scores and notes as one dict for JSON.
    """

    picture: np.ndarray
    curves: list
    settings: dict
    timings: dict
    scores: dict
    notes: list

    @property
    def record(self) -> dict:
        """All but the picture and the curves, as a dict for JSON."""
        return {"settings": self.settings, "timings": self.timings, "scores": self.scores, "notes": self.notes}

    def __repr__(self) -> str:
        height, width = self.picture.shape[1:3]
        time = f"{self.timings['seconds']:.1f} s"
        if self.curves:
            time = f"{len(self.curves)} evaluations, {self.timings['seconds']:.0f} s"
        return f"<Result: {self.title}, {width} x {height} pixels, {time}>"

    @property
    def title(self) -> str:
        """Such as 'louvre.jpg in the style of monet.jpg'."""
        return title_pictures(self.settings["files"]["content"], self.settings["files"]["style"])

    def _repr_mimebundle_(self, **_) -> dict:
        from nst.notebook.result import render_result  # only in a notebook

        return {"text/html": render_result(self), "text/plain": repr(self)}


class Interrupted(KeyboardInterrupt):
    """Ctrl-C in a run that had a picture.

    result: a Result without scores; its picture is the last good one, at the full size, with preserve_color and masks
    applied. done: the finished part of the run, 0 to 1. resumable: whether there is a checkpoint.
    """

    def __init__(self, result: Result, done: float, resumable: bool):
        super().__init__(f"at {done:.0%}; `result.picture` is the last good one")
        self.result, self.done, self.resumable = result, done, resumable

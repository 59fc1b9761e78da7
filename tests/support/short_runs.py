"""Runs of the engine that take a moment, undisturbed and broken off."""

import functools

from nst.engine.stylize import stylize
from nst.paths import IMAGES

CONTENT, STYLE = IMAGES / "louvre.jpg", IMAGES / "monet.jpg"
QUICK = {"weights": "pocket", "size": 256, "steps": 8, "precision": "float32"}
SMALL = {**QUICK, "size": 64}


@functools.cache
def undisturbed():
    return stylize(CONTENT, STYLE, **QUICK)


def interrupted_after(evaluations):
    """An on_progress that is Ctrl-C."""

    def note(progress):
        if progress.evaluation == evaluations:
            raise KeyboardInterrupt

    return note


def full(*_, **__):
    """A write to a disk that has no room."""
    raise OSError(28, "No space left on device")

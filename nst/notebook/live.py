"""A picture that grows: what the loops of the chapters show while they paint."""

import math
import time

import numpy as np

from nst.notebook.display import ProgressDisplay
from nst.notebook.html import copy_array, count_cells
from nst.remaining_time import RemainingTime

STEPS = 20  # the picture is shown at least every so many steps
INTERRUPTED = "interrupted at {count}. The picture so far is kept."
_open: list = []  # the Lives whose blocks have not ended, from outer to inner


class Live:
    """Shows the steps of a loop: a bar, J in words, the picture so far, and the time left once it is known.

    with Live("my picture", steps) as live:
        for _ in range(steps):
            ...
            live.show_step(J, picture)

    In a notebook the display is updated in place, and one line of it stays; elsewhere lines are printed. A Live inside
    another one is a part of the current step of that one. An interruption ends the block, and not the cell: what is
    there is kept. Only before the first step, when nothing is there, KeyboardInterrupt goes on.

    best: a copy of the picture with the lowest J. interrupted: whether the block was interrupted.
    """

    def __init__(self, title, steps, *, unit="step"):
        """steps: their number, or a list with the cost of each, in any unit. unit: what a step is called."""
        self.title, self.unit = title, unit
        self.equal = not np.iterable(steps)
        self.costs = [1.0] * int(steps) if self.equal else list(steps)
        self.step, self.best, self.interrupted = 0, None, False
        self._part, self._inner_words = 0.0, ""  # of the current step: the part done by a Live inside, and its J
        self._picture = None
        self._first_J = self._J = self._lowest_J = None

    def __enter__(self):
        self._cell = count_cells()
        _open[:] = [live for live in _open if live._cell == self._cell]  # an error may leave a loop half done
        self._outer = _open[-1] if _open else None
        _open.append(self)
        # Equal steps are one stage of the estimate; unequal ones are a stage each.
        self._left = RemainingTime([1.0] if self.equal else self.costs, time.monotonic())
        self._display = ProgressDisplay(self.title) if self._outer is None else None
        return self

    def show_step(self, J=None, picture=None):
        """Count one more finished step. J: the cost. picture: (1, H, W, 3) in [0, 1], the picture so far."""
        self.step += 1
        self._part = 0.0
        self._keep(J, picture)
        self._show(self.step - 1, 1.0)
        if self._outer is not None and self._outer.interrupted:
            raise KeyboardInterrupt  # an earlier Live was interrupted: each one after it ends with its first step

    def __exit__(self, kind, *_):
        if self in _open:
            _open.remove(self)
        keep = kind is not None and issubclass(kind, KeyboardInterrupt) and self.step > 0
        if keep:
            self._note_interruption()
        if self._outer is None:
            self._close(failed=kind is not None and not keep)
        return keep

    def _note_interruption(self):
        if not self.interrupted:
            self.interrupted, self._interrupted_at = True, self._count()
        if self._outer is not None:
            self._outer._note_interruption()

    def _keep(self, J, picture):
        if picture is not None:
            self._picture = picture
        if J is None:
            return
        self._J = float(J)
        self._first_J = self._J if self._first_J is None else self._first_J
        if picture is not None and (self._lowest_J is None or self._lowest_J > self._J):
            self._lowest_J, self.best = self._J, copy_array(picture)

    def _show(self, step, part):
        """Take the time when `part` of a step is done, and update the display."""
        now = time.monotonic()
        if self.equal:
            self._left.add(0, (step + part) / len(self.costs), now)
        else:
            self._left.add(min(step, len(self.costs) - 1), part, now)
        if self._outer is not None:
            self._outer._show_inner(self)
            return
        self._display.update(
            self._done,
            self._count(),
            self._words or self._inner_words,
            picture=self._picture,
            seconds_left=self._left.estimate(),
            soon=self.step % STEPS == 0 or self.step == 1,
        )

    def _show_inner(self, inner):
        self._part, self._picture, self._inner_words = inner._done, inner._picture, inner._words or inner._inner_words
        self._show(self.step, self._part)

    @property
    def _done(self):
        finished = sum(self.costs[: self.step]) + self._part * sum(self.costs[self.step : self.step + 1])
        return min(1.0, finished / sum(self.costs))

    def _count(self):
        """Such as 'step 20 of 300'; the number of the current step where a Live inside it is running."""
        number = min(self.step + (self._part > 0), len(self.costs))
        return f"{self.unit} {number} of {len(self.costs)}"

    @property
    def _words(self):
        return "" if self._J is None else describe_J(self._first_J, self._J)

    def _close(self, failed):
        if self.interrupted:
            self._display.close(
                f"{INTERRUPTED.format(count=self._interrupted_at)} {self._words}".strip(), keep_picture=True
            )
        elif failed:
            self._display.close(f"stopped by an error after {self._count()}.", keep_picture=True)
        else:
            plural = "" if self.step == 1 else "s"
            self._display.close(f"{self.step} {self.unit}{plural}. {self._words}".strip())


def follow(items, title, *, unit="step"):
    """Return an iterator over a list that shows, like Live, how many of its items are done.

    >>> [2 * n for n in follow([1, 2], "twice")]
    twice: 2 steps.
    [2, 4]
    """
    items = list(items)
    with Live(title, len(items), unit=unit) as live:
        for item in items:
            yield item
            live.show_step()


def describe_J(first, J):
    """A cost in words, compared with the first one.

    >>> describe_J(412.34, 31.256), describe_J(12345.6, 12345.6)
    ('J fell from 412 to 31.3.', 'J is 12346.')
    """
    if not math.isfinite(J):
        return "J is not a number."
    if first == J:
        return f"J is {_format(J)}."
    return f"J {'fell' if first > J else 'rose'} from {_format(first)} to {_format(J)}."


def _format(J):
    return f"{J:.0f}" if abs(J) >= 1000 else f"{J:.3g}"

"""What an exercise is: its words and points, and the inputs that it is tried on, drawn from a seed. No right answers.

Most numbers are small whole numbers, easy to work with on paper. Quarters expose code that cuts off decimals; whole
numbers beyond 256 expose half precision: float16 overflows and bfloat16 rounds. `random.Random(seed).random()` gives
the same numbers on every Python version; NumPy and TensorFlow do not promise that.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

VISIBLE_SEED = 236
Path = tuple[int, ...]  # where an input stands among a case's arguments: (1,), or (1, 3) inside a list


@dataclass(frozen=True)
class Case:
    """One call of the student's function: `target(*args, **options)`.

    role: "value" if the answer is compared with the right answer; otherwise the name of the law that is checked on it.
    """

    name: str
    role: str
    args: tuple[Any, ...]
    options: dict[str, Any] = field(default_factory=dict)


def _no_gradients(args: tuple) -> list[Path]:
    return []


@dataclass(frozen=True)
class Exercise:
    """One exercise of a chapter. The numbers run through all chapters.

    name: the function's name. former_names: names it had in notebooks handed out earlier, which are still graded.
    section, heading: number and title of the chapter's section that explains it. signature: how the function is called.
    hints: a question, a pointer, and almost the line itself.
    tries: what to try next when a check fails and no known mistake explains it.
    cases: seed -> the inputs it is tried on; None for train_step, which is run as a whole.
    needs: earlier exercises that it calls. settings: names that it must use where the notebook defines all of them.
    gradient_paths: a case's arguments -> the inputs for which the answer must have a gradient.
    in_numpy: it takes and returns NumPy arrays, so it is not asked for a gradient or a graph.
    """

    name: str
    chapter: int
    number: int
    points: int
    section: str
    signature: str
    hints: tuple[str, str, str]
    tries: str
    cases: Callable[[int], list[Case]] | None = None
    needs: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    gradient_paths: Callable[[tuple], list[Path]] = _no_gradients
    in_numpy: bool = False
    heading: str = ""
    former_names: tuple[str, ...] = ()


class Draw:
    """Small numbers drawn from a seed.

    >>> Draw(1).array(2, 2).tolist()
    [[-3.0, 2.0], [2.0, -2.0]]
    """

    def __init__(self, seed):
        self.random = random.Random(seed).random

    def whole(self, low, high):
        """A whole number from low to high, both included."""
        return low + int(self.random() * (high - low + 1))

    def array(self, *shape, low=-3, high=3):
        """Whole numbers in float32."""
        numbers = [self.whole(low, high) for _ in range(int(np.prod(shape)))]
        return np.array(numbers, dtype=np.float32).reshape(shape)

    def quarters(self, *shape):
        """Multiples of 1/4 from -9/4 to 9/4."""
        return self.array(*shape, low=-9, high=9) / 4

    def fraction(self):
        """1/4 or 3/4."""
        return np.float32(self.whole(0, 1) / 2 + 0.25)

    def large(self, *shape):
        """257, 261, ..., 497, with either sign: the squares overflow in float16, and bfloat16 rounds each by 1."""
        return self._signs(*shape) * (257 + 4 * self.array(*shape, low=0, high=60))

    def _signs(self, *shape):
        return 2 * self.array(*shape, low=0, high=1) - 1

    def layers(self, shapes, draw=None):
        """A list of layer outputs, (1, *shape) each."""
        return [(draw or self.array)(1, *shape) for shape in shapes]

    def pair(self, shapes, draw=None):
        """Two lists of layer outputs with the same shapes."""
        return self.layers(shapes, draw), self.layers(shapes, draw)

    def pair_of_layers(self, shape, draw=None):
        """Two outputs of one layer."""
        return tuple(outputs[0] for outputs in self.pair([shape], draw))

    def order(self, count):
        """The numbers 0 to count - 1 in a random order."""
        return sorted(range(count), key=lambda _: self.random())


def gradient_weights(shape):
    """The weights under which the gradient of a matrix-valued answer is taken: 1, 2, 3, ... in its shape."""
    return np.arange(1.0, 1.0 + int(np.prod(shape))).reshape(tuple(shape))

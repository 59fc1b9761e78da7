"""What an exercise is."""

from collections.abc import Callable
from dataclasses import dataclass

from grading.exercises.cases import Case

Path = tuple[int, ...]  # where an input stands among a case's arguments: (1,), or (1, 3) inside a list


def _no_gradients(args: tuple) -> list[Path]:
    return []


@dataclass(frozen=True)
class Exercise:
    """One exercise of a chapter. The numbers run through all chapters.

    name: the function's name. former_names: names it had in notebooks handed out earlier, which are still graded.
    section: the chapter's section that explains it. signature: how the function is called.
    hints: a question, a pointer, and almost the line itself.
    tries: what to try next when a check fails and no known mistake explains it.
    cases: seed -> the inputs it is tried on; None for train_step, which is run as a whole.
    needs: earlier exercises that it calls.
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
    gradient_paths: Callable[[tuple], list[Path]] = _no_gradients
    in_numpy: bool = False
    former_names: tuple[str, ...] = ()

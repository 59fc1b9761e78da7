"""What an exercise is."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Exercise:
    """One exercise of a chapter; they are numbered through all chapters.

    `needs` are the earlier exercises that it calls; `gradient_paths` says, for a case's arguments, which of
    them the answer must have a gradient for; `properties` are laws that the judge checks besides the values;
    `tries` is what to try next when a check fails that no known mistake explains. `in_numpy`: it takes and gives NumPy
    arrays, so that no gradient of it is asked for, and no graph; `returns` are then the names of several values that
    it returns.
    """

    name: str
    chapter: int
    number: int
    points: int
    section: str
    signature: str
    hints: tuple[str, str, str]
    tries: str
    cases: Callable | None = None
    needs: tuple[str, ...] = ()
    gradient_paths: Callable = lambda args: []
    properties: tuple[str, ...] = ()
    degree: int = 0
    in_numpy: bool = False
    returns: tuple[str, ...] = ()

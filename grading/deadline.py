"""The deadline of an assignment: how late a submission is, and what that costs. It is shown beside the points."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
DURATION = re.compile(r"(\d+)\s*(m|h|d)[a-z]*", re.IGNORECASE)
PENALTY = re.compile(r"(\d+(?:\.\d+)?)\s*%\s*(?:/|per)\s*(\d*)\s*(m|h|d)[a-z]*", re.IGNORECASE)


@dataclass(frozen=True)
class Lateness:
    """How late a submission is. by: the time after the deadline; None if only a mark says that it is late.

    penalty: the share of the points that is taken off, 0 to 1.
    """

    by: timedelta | None
    penalty: float = 0.0

    def __str__(self) -> str:
        """In words, as on the pages: "late by 1 day 2 h, penalty 20 %"."""
        if self.by is None:
            return "marked as late by the learning system"
        penalty = f", penalty {100 * self.penalty:g} %" if self.penalty else ""
        return f"late by {_format_duration(self.by)}{penalty}"

    def reduce(self, points: float | None) -> float | None:
        """The points after the penalty.

        >>> Lateness(timedelta(hours=1), 0.25).reduce(80)
        60.0
        """
        return None if points is None else points * (1 - self.penalty)


@dataclass(frozen=True)
class Deadline:
    """due: in the local time of the learning system. grace: how much later still counts as in time. penalty: the share
    of the points that each begun unit of time costs."""

    due: datetime
    grace: timedelta = timedelta(0)
    penalty: float = 0.0
    unit: timedelta = UNITS["d"]

    def measure(self, handed_in: datetime | None, marked: bool = False) -> Lateness | None:
        """How late a submission is; None if it is in time. marked: whether the learning system says that it is late.

        >>> deadline = Deadline(datetime(2026, 5, 1, 23, 59), timedelta(minutes=15), 0.1)
        >>> str(deadline.measure(datetime(2026, 5, 2, 0, 30))), deadline.measure(datetime(2026, 5, 2, 0, 10))
        ('late by 31 min, penalty 10 %', None)
        """
        if handed_in is None:
            return Lateness(None) if marked else None
        by = handed_in - self.due
        return Lateness(by, min(1.0, self.penalty * ceil(by / self.unit))) if by > self.grace else None


def parse_due(text: str) -> datetime:
    """A date and time, "2026-05-01 23:59"; a date alone means the end of that day. Raises ValueError.

    >>> parse_due("2026-05-01").isoformat()
    '2026-05-01T23:59:59'
    """
    due = datetime.fromisoformat(text.strip())
    if due.tzinfo is not None:
        raise ValueError("a time zone")
    return due.replace(hour=23, minute=59, second=59) if len(text.strip()) == len("2026-05-01") else due


def parse_duration(text: str) -> timedelta:
    """A duration, "15m", "2h" or "1d". Raises ValueError.

    >>> parse_duration("15m").seconds
    900
    """
    if not (match := DURATION.fullmatch(text.strip())):
        raise ValueError(text)
    return int(match[1]) * UNITS[match[2].lower()]


def parse_penalty(text: str) -> tuple[float, timedelta]:
    """(share of the points, unit of time) of "10%/day" or "5%/12h". Raises ValueError.

    >>> parse_penalty("10%/day")[0]
    0.1
    """
    match = PENALTY.fullmatch(text.strip())
    if not match or float(match[1]) > 100:
        raise ValueError(text)
    return float(match[1]) / 100, int(match[2] or 1) * UNITS[match[3].lower()]


def _format_duration(duration):
    """The two largest units: "2 days 3 h"."""
    minutes = max(1, round(duration / UNITS["m"]))
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [(days, "day" if days == 1 else "days"), (hours, "h"), (rest, "min")]
    return " ".join(f"{number} {unit}" for number, unit in [part for part in parts if part[0]][:2])

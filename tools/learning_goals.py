"""The minutes and learning goals of each section, which the notebooks show below the section's heading.

docs/teach/learning-goals.md lists them, in a table for each chapter:

    ## Chapter 1: neural style transfer

    | section | minutes | afterwards you will be able to |
    | --- | --- | --- |
    | 1 Packages | 5 | run the course's cells and say what each of its modules is for |
"""

import re
from pathlib import Path
from typing import NamedTuple

from nst.paths import ROOT

PAGE = ROOT / "docs" / "teach" / "learning-goals.md"
CHAPTER = re.compile(r"^## Chapter (\d+):", re.MULTILINE)
ROW = re.compile(r"^\| (\d[^|]*) \| (\d+) \| ([^|]+) \|$", re.MULTILINE)
HEADING = re.compile(r"^##+ (\d.*)$", re.MULTILINE)


class Goals(NamedTuple):
    """What a section takes and gives. goals: each completes 'you will be able to'."""

    minutes: int
    goals: list[str]


def read_goals(source, page=PAGE):
    """Return {heading: Goals} of the sections of the chapter at path `source`, NN_name.py; {} if it has none."""
    chapters = CHAPTER.split(Path(page).read_text(encoding="utf-8"))[1:]
    tables = dict(zip(map(int, chapters[::2]), chapters[1::2], strict=True))
    number = Path(source).stem.partition("_")[0]
    rows = ROW.findall(tables.get(int(number), "")) if number.isdigit() else []
    return {section: Goals(int(minutes), text.split("; ")) for section, minutes, text in rows}


def add_goals(text, sections):
    """Return the text of a cell with minutes and goals below each heading of a section.

    >>> print(add_goals("## 2 Grain", {"2 Grain": Goals(25, ["write the total variation", "choose a weight"])}))
    ## 2 Grain
    <BLANKLINE>
    > **25 minutes.** After this section you will be able to write the total variation, and choose a weight.
    """

    def complete(heading):
        if heading[1] not in sections:
            return heading[0]
        minutes, goals = sections[heading[1]]
        able = _enumerate(goals)
        return f"{heading[0]}\n\n> **{minutes} minutes.** After this section you will be able to {able}."

    return HEADING.sub(complete, text)


def _enumerate(goals):
    """The goals contain commas, so semicolons stand between three or more."""
    *others, last = goals
    return "; ".join([*others, f"and {last}"]) if len(goals) > 2 else ", and ".join(goals)

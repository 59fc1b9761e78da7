"""The names that learning systems give to submitted files and folders: whose they are, and when they were handed in."""

import re
from dataclasses import dataclass
from datetime import datetime

MOODLE = re.compile(r"(?P<student>.+?_\d+)_assignsubmission_(?:file|onlinetext)(?:_|$)")
CANVAS = re.compile(r"(?P<name>[^_\s]+)_(?P<late>LATE_)?(?P<id>\d{3,})_\d{3,}_(?P<file>.+)")
BLACKBOARD = re.compile(r".+_(?P<student>[^_]+)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:_.+|\.txt)")
# A browser, Moodle and Canvas number a file that is handed in again: work (1).ipynb, work-1.ipynb.
AGAIN = re.compile(r"(?P<stem>.+?)(?:-| \()(?P<number>\d{1,3})\)?(?P<suffix>\.\w+)")


@dataclass(frozen=True)
class ExportName:
    """student: the id. time: when this attempt was handed in, if the name says so. late: whether it says "late"."""

    student: str
    time: datetime | None = None
    late: bool = False


def parse_export_name(name: str) -> ExportName | None:
    """What the name of a file or folder in an export says; None for any other name.

    >>> parse_export_name("Ada Lovelace_4711_assignsubmission_file_").student
    'Ada Lovelace_4711'
    >>> parse_export_name("lovelaceada_LATE_10042_20043_work.ipynb")
    ExportName(student='lovelaceada_10042', time=None, late=True)
    >>> parse_export_name("HW 1_ada_attempt_2026-11-27-23-58-01_work.ipynb").time.isoformat()
    '2026-11-27T23:58:01'
    """
    if match := MOODLE.match(name):
        return ExportName(match["student"])
    if match := CANVAS.fullmatch(name):
        return ExportName(f"{match['name']}_{match['id']}", late=bool(match["late"]))
    if match := BLACKBOARD.fullmatch(name):
        try:
            return ExportName(match["student"], datetime.strptime(match["time"], "%Y-%m-%d-%H-%M-%S"))
        except ValueError:
            return ExportName(match["student"])
    return None


def count_attempts(names: list[str]) -> list[int]:
    """For each file of a submission, how often it was handed in before: 1 for work-1.ipynb beside work.ipynb.

    >>> count_attempts(["work.ipynb", "work-1.ipynb", "chapter-2.ipynb"])
    [0, 1, 0]
    """
    own = [own_name(name) for name in names]
    matches = [AGAIN.fullmatch(name) for name in own]
    return [int(match["number"]) if match and match["stem"] + match["suffix"] in own else 0 for match in matches]


def own_name(name: str) -> str:
    """The name that the student gave to a file, without what the learning system put before it.

    >>> own_name("Ada_4711_assignsubmission_file_/work.ipynb"), own_name("adalovelace_10042_20043_work.ipynb")
    ('work.ipynb', 'work.ipynb')
    """
    if match := MOODLE.match(name):
        return name[match.end() :].lstrip("/") or name
    match = CANVAS.fullmatch(name)
    return match["file"] if match else name

"""List the files of a submission, at any depth: what may be a student's work, and when it was handed in."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from grading.submissions.archives import Archive, Budget, File, Folder, ZippedFolder, refuse_location
from grading.submissions.cells import CODE, MAX_FILE_BYTES

# Folders that contain no student's work, besides those whose name begins with a dot.
TOOL_FOLDERS = {"__macosx", "__pycache__", "node_modules", "site-packages", "venv", "env"}
ENVIRONMENT_MARKS = {"pyvenv.cfg", "conda-meta"}  # in a virtual environment, whatever its name is
MAX_ARCHIVES = 2  # in each other, which are opened of one submission


def list_files(name: str, location, budget: Budget) -> tuple[list[tuple[str, Callable]], list[str]]:
    """All files in a location, at any depth: [(name, function that returns the bytes or an UnreadableError), ...], and
    the names of what was left out because it is never a student's work.

    Zips are opened, and zips in these. In a zip, the names are those in the zip.
    """
    files, left_out, waiting = [], [], [(name, location, 0)]
    while waiting:
        name, location, archives = waiting.pop()
        if isinstance(location, Archive):
            if reason := _refuse_archive(location, name, archives, budget):
                location = refuse_location(reason)
            archives += 1
        if isinstance(location, File):
            files.append((name, partial(location.read, budget)))
        for inner, one in location.list_entries():
            path = inner if isinstance(location, Archive) else f"{name}/{inner}"
            if is_never_work(inner, one):
                left_out.append(path)
            else:
                waiting.append((path, one, archives))
    return sorted(files, key=lambda file: file[0]), sorted(left_out)


def _refuse_archive(archive, name, depth, budget):
    if depth == MAX_ARCHIVES:
        return f"{name} was not opened, because it is in a zip in another zip. Submit the notebook itself."
    if archive.claimed and (reason := budget.refuse(name, archive.claimed, MAX_FILE_BYTES)):  # for a notebook beside it
        return reason
    return archive.problem


def find_time(location) -> datetime | None:
    """The latest time stamp of the files in a location. Those in a zip that a student made are of the student's clock,
    so the time stamp of that zip counts instead."""
    if isinstance(location, File | Archive):
        return location.modified
    return max((time for _, one in location.list_entries() if (time := find_time(one))), default=None)


def is_never_work(name: str, location) -> bool:
    """Whether this is hidden, or a folder of tools: checkpoints, caches, installed packages, an environment."""
    if name.startswith(".") and name != "..":
        return True
    if not isinstance(location, Folder | ZippedFolder):
        return False
    if name.lower() in TOOL_FOLDERS:
        return True
    names = location.list_names()
    return not ENVIRONMENT_MARKS.isdisjoint(names) and not any(inner.lower().endswith(CODE) for inner in names)

"""Find out who submitted what, in a folder or zip as learning systems export it.

The id of a student is the name of their file or folder, without its suffix; of the names that Moodle and Canvas give,
it is the part that identifies the student. Files with the same id are one submission. A folder or zip that contains a
whole class, such as an export in a download folder, is opened if the names in it leave no doubt.
"""

import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from foundation.printable import printable_line
from grading.submissions.archives import (
    ARCHIVE,
    Archive,
    Budget,
    Folder,
    open_location,
    refuse_location,
)
from grading.submissions.cells import CODE, NOTEBOOK, UnreadableError
from grading.submissions.export_names import parse_export_name
from grading.submissions.list_files import find_time, is_never_work, list_files

MAX_FILES = 50  # of one submission
MAX_DEPTH = 10  # folders or zips around a class that are opened
MAX_NAME = 500  # characters, twice what a disk allows; the time for accents grows with the square
MAX_CLASS_LIST = 100_000_000  # bytes, see Archive; the learning system made it, not a student
LISTED, REMARKED = 3, 10  # names in a message, and in a remark on the class

Candidate = tuple[str, bytes | UnreadableError]  # the name of a file and its content


class SubmissionsError(ValueError):
    """There is nothing to grade; the message names the file or folder and says what was expected."""


@dataclass(frozen=True)
class Submission:
    """What one student submitted. locations: (name, location of grading.submissions.archives), ...

    earlier: the number of earlier attempts, which are not graded. late: whether the learning system marked it as late.
    """

    student: str
    locations: tuple
    earlier: int = 0
    late: bool = False

    def find_time(self) -> datetime | None:
        """When it was handed in, in the learning system's local time: from the names, or the export's time stamps."""
        exported = [parse_export_name(name) for name, _ in self.locations]
        named = [name.time for name in exported if name and name.time]
        times = named or [time for _, location in self.locations if (time := find_time(location))]
        return max(times, default=None)

    def read_candidates(self) -> list[Candidate]:
        """[(name, content in bytes or an UnreadableError), ...] of the files that may be graded, notebooks first.

        Entries without a name say what was left out. The list is never empty: if there is no notebook or script, its
        only entry says so.
        """
        budget, files, left_out = Budget(), [], []
        for name, location in self.locations:
            found, never_work = list_files(name, location, budget)
            files += found
            left_out += never_work
        code = sorted((file for file in files if file[0].lower().endswith(CODE)), key=lambda file: _rank(file[0]))
        if code:
            remarks = _remark_on_files([name for name, _ in code[MAX_FILES:]], left_out)
            return [(name, read()) for name, read in code[:MAX_FILES]] + [("", UnreadableError(one)) for one in remarks]
        contents = (read() for _, read in files[:MAX_FILES])
        errors = [content for content in contents if isinstance(content, UnreadableError)]
        names = _join_names([name for name, _ in files], LISTED) or "no file"
        skipped = f" (besides {_join_names(left_out, LISTED)})" if left_out else ""
        missing = f"expected a notebook (.ipynb) or a script (.py), found {names}{skipped}. Submit the notebook itself."
        return [("", errors[0] if errors else UnreadableError(missing))]


def _remark_on_files(too_many, left_out):
    if too_many:
        yield f"only the first {MAX_FILES} files were read, without {_join_names(too_many, LISTED)}"
    if shown := [name for name in left_out if not name.rsplit("/", 1)[-1].startswith((".", "__"))]:
        yield f"left out, because a tool made them: {_join_names(shown, LISTED)}"


def find_submissions(root: Path, single: bool = False) -> list[Submission]:
    """The submissions in a folder, a zip or a file, sorted by student.

    single: everything was submitted by one student. Raises SubmissionsError if there is none, or if one folder in it
    may be one student's or the whole class.
    """
    if not root.exists():
        raise SubmissionsError(
            f"{root} does not exist. Give the folder of the submissions, or the zip that the learning system exports."
        )
    locations: dict[str, list] = {}
    for name, location in [(root.name, open_location(root))] if single else _list_entries(root)[0]:
        if student := root.stem if single else _find_student(name, location):
            locations.setdefault(student, []).append((name, location))
    if not locations:
        raise SubmissionsError(
            f"{root} contains no submissions. Expected notebooks (.ipynb), scripts (.py), or a folder or zip for each "
            "student."
        )
    return [_choose_attempt(student, locations[student]) for student in sorted(locations)]


def _choose_attempt(student, locations):
    """The last attempt of a student, where the names tell attempts apart."""
    exported = [parse_export_name(name) for name, _ in locations]
    times = {one.time for one in exported if one and one.time}
    if len(times) > 1:
        locations = [entry for entry, one in zip(locations, exported, strict=True) if one and one.time == max(times)]
    late = any(one.late for one in exported if one)
    return Submission(student, tuple(locations), max(len(times) - 1, 0), late)


def remark_on_submissions(root: Path) -> Iterator[str]:
    """What the instructor should know about the submissions as a whole: what is ignored, guessed, or may be wrong."""
    entries, opened = _list_entries(root)
    for archive in opened:
        if isinstance(archive, Archive) and archive.guessed_encoding:
            yield (
                f"{archive.name} does not say in which encoding the names in it are; they were read as "
                f"{archive.guessed_encoding}. If names are wrong, unpack it and grade the folder"
            )
    if names := [name for name, location in entries if not _find_student(name, location)]:
        yield f"ignored, because not a notebook (.ipynb), script (.py), folder or zip: {_join_names(names, REMARKED)}"
    never_work = [name for container in opened for name, one in container.list_entries() if is_never_work(name, one)]
    if names := [name for name in never_work if not name.startswith((".", "__"))]:
        yield f"ignored, because a tool made them: {_join_names(names, REMARKED)}"
    if names := [name for name, location in entries if _has_several_notebooks(name, location)]:
        yield (
            f"several notebooks, which are graded together, are in: {_join_names(names, REMARKED)}. If one of these "
            "is a class, grade it separately"
        )


def _join_names(names, listed):
    more = f", and {len(names) - listed} more" if len(names) > listed else ""
    return ", ".join(map(printable_line, names[:listed])) + more


def _list_entries(root):
    """[(name, location), ...] of each submission, or part of one, and the containers of the class that were opened."""
    if root.is_dir():
        opened = [Folder(root)]
    elif zipfile.is_zipfile(root):
        opened = [Archive(root.name, partial(root.open, "rb"), max_list=MAX_CLASS_LIST)]
    elif root.suffix.lower() == ARCHIVE:
        raise SubmissionsError(f"{root} is not a zip archive that can be read. Download it again, or grade a folder.")
    else:
        return [(root.name, open_location(root))], []
    entries = _list_submitted(opened[0])
    for _ in range(MAX_DEPTH):
        submitted = [(name, location) for name, location in entries if _find_student(name, location)]
        if len(submitted) == 1 and _has_several_notebooks(*submitted[0]):
            if root.is_dir():
                name, location = submitted[0]
                raise SubmissionsError(
                    f"{root} contains only {name}, with the notebooks of several students ({_list_names(location)}). "
                    f"If this is your class, grade {root / name} instead. If it is one student's submission, leave "
                    "only the notebook that counts."
                )
        elif not submitted or not all(_is_class(*entry) for entry in submitted):
            break
        opened += [location for _, location in submitted]
        entries = [entry for _, location in submitted for entry in _list_submitted(location)]
    return [(name, _refuse_class(name, one) if _is_class(name, one) else one) for name, one in entries], opened


def _list_submitted(location):
    return [
        (name, one) for name, one in location.list_entries() if _is_export_name(name) or not is_never_work(name, one)
    ]


def _is_class(name, location):
    """Whether this contains the submissions of several students, by the names that a learning system gave."""
    return not _is_export_name(name) and any(_is_export_name(inner) for inner, _ in _open_nested(location))


def _has_several_notebooks(name, location):
    """Whether this contains notebooks side by side, or folders of them."""
    inner = _open_nested(location)
    if _is_export_name(name) or any(_is_export_name(one) for one, _ in inner):
        return False
    if any(_is_notebook(one) for one, _ in inner):
        return sum(_is_notebook(one) for one, _ in inner) > 1
    budget = Budget()  # one for all: it limits what is unpacked
    return sum(any(_is_notebook(one) for one, _ in list_files(*entry, budget)[0]) for entry in inner) > 1


def _open_nested(location):
    """The submissions in a location; if there is only one folder in it, those in that folder, and so on."""
    entries = [entry for entry in _list_submitted(location) if _find_student(*entry)]
    for _ in range(MAX_DEPTH):
        if len(entries) == 1 and entries[0][1].is_container and not _is_export_name(entries[0][0]):
            entries = [entry for entry in _list_submitted(entries[0][1]) if _find_student(*entry)]
    return entries


def _refuse_class(name, location):
    """In place of a class among single students: opened, it could contain work under the names of other students."""
    reason = (
        f"{name} contains the submissions of a class ({_list_names(location)}), but is among those of single students. "
        "Grade it separately, or move its contents here."
    )
    return refuse_location(reason, location.is_container)


def _list_names(location):
    return _join_names(sorted({_find_student(*entry) for entry in _open_nested(location)}), LISTED)


def _is_notebook(name):
    return name.lower().endswith(NOTEBOOK)


def _is_export_name(name):
    return parse_export_name(name) is not None


def _find_student(name, location):
    """The student's id in a name; "" for a file that is not a submission, such as a README."""
    name = unicodedata.normalize("NFC", name[:MAX_NAME])  # macOS divides ü into u and two dots
    if exported := parse_export_name(name):
        return exported.student
    if Path(name).suffix.lower() in (*CODE, ARCHIVE):
        return Path(name).stem
    return name if location.is_container else ""


def _rank(name):
    """Notebooks before scripts, files near the top before nested ones, a.ipynb before a-Copy1.ipynb."""
    return not _is_notebook(name), name.count("/"), Path(name).with_suffix("")

"""Find out who submitted what, in a folder or zip as learning systems export it.

The id of a student is the name of their file or folder, without its suffix; of the names that Moodle and Canvas give,
it is the part that identifies the student. Files with the same id are one submission. A folder or zip that contains a
whole class, such as an export in a download folder, is opened if the names in it leave no doubt.
"""

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from grading.submissions.archives import ARCHIVE, Archive, Budget, Folder, Unreadable, open_location
from grading.submissions.cells import UnreadableError

NOTEBOOK = ".ipynb"
CODE = (NOTEBOOK, ".py")
MOODLE = re.compile(r"(?P<student>.+?_\d+)_assignsubmission_(?:file|onlinetext)(?:_|$)")
CANVAS = re.compile(r"(?P<name>[^_\s]+)_(?:LATE_)?(?P<id>\d{3,})_\d{3,}_.+")
MAX_FILES = 50  # of one submission
MAX_DEPTH = 3  # folders or zips around a class that are opened
LISTED = 3  # names in a message

Candidate = tuple[str, bytes | UnreadableError]  # the name of a file and its content


class SubmissionsError(ValueError):
    """There is nothing to grade; the message names the file or folder and says what was expected."""


@dataclass(frozen=True)
class Submission:
    """What one student submitted. locations: of grading.submissions.archives."""

    student: str
    locations: tuple

    def read_candidates(self) -> list[Candidate]:
        """[(name, content in bytes or an UnreadableError), ...] of the files that may be graded, notebooks first.

        The list is never empty: if there is no notebook or script, its only entry says so.
        """
        budget = Budget()
        files = [file for location in self.locations for file in location.list_files(budget)]
        code = sorted((file for file in files if file[0].lower().endswith(CODE)), key=lambda file: _rank(file[0]))
        if code:
            return [(name, read()) for name, read in code[:MAX_FILES]]
        contents = (read() for _, read in files[:MAX_FILES])
        errors = [content for content in contents if isinstance(content, UnreadableError)]
        names = ", ".join(name for name, _ in files[:LISTED]) or "no file"
        missing = f"expected a notebook (.ipynb) or a script (.py), found {names}. Submit the notebook itself."
        return [("", errors[0] if errors else UnreadableError(missing))]


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
    for name, location in [(root.stem, open_location(root))] if single else _list_entries(root):
        if student := _find_student(name, location):
            locations.setdefault(student, []).append(location)
    if not locations:
        raise SubmissionsError(
            f"{root} contains no submissions. Expected notebooks (.ipynb), scripts (.py), or a folder or zip for each "
            "student."
        )
    return [Submission(student, tuple(locations[student])) for student in sorted(locations)]


def find_ignored_files(root: Path) -> list[str]:
    """The names of files among the submissions that are not a notebook, script, folder or zip."""
    return [name for name, location in _list_entries(root) if not _find_student(name, location)]


def find_possible_classes(root: Path) -> list[str]:
    """The names of single students' folders and zips that contain several notebooks, as a whole class does."""
    return [name for name, location in _list_entries(root) if _has_several_notebooks(name, location)]


def _list_entries(root):
    """(name, location) of each submission, or part of one; folders and zips that contain a class are opened."""
    if not root.is_dir() and not zipfile.is_zipfile(root):
        return [(root.name, open_location(root))]
    entries = (Folder(root) if root.is_dir() else Archive(root.open, root.name)).list_entries()
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
        entries = [entry for _, location in submitted for entry in location.list_entries()]
    return [(name, _refuse_class(name, one) if _is_class(name, one) else one) for name, one in entries]


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
    return sum(any(_is_notebook(one) for one, _ in folder.list_files(Budget())) for _, folder in inner) > 1


def _open_nested(location):
    """The submissions in a location; if there is only one folder in it, those in that folder, and so on."""
    entries = [entry for entry in location.list_entries() if _find_student(*entry)]
    for _ in range(MAX_DEPTH):
        if len(entries) == 1 and entries[0][1].is_container and not _is_export_name(entries[0][0]):
            entries = [entry for entry in entries[0][1].list_entries() if _find_student(*entry)]
    return entries


def _refuse_class(name, location):
    """In place of a class among single students: opened, it could contain work under the names of other students."""
    reason = (
        f"{name} contains the submissions of a class ({_list_names(location)}), but is among those of single students. "
        "Grade it separately, or move its contents here."
    )
    return Unreadable(name, location.is_container, reason)


def _list_names(location):
    students = sorted({_find_student(*entry) for entry in _open_nested(location)})
    return ", ".join(students[:LISTED]) + (", ..." if len(students) > LISTED else "")


def _is_notebook(name):
    return name.lower().endswith(NOTEBOOK)


def _is_export_name(name):
    return bool(MOODLE.match(name) or CANVAS.fullmatch(name))


def _find_student(name, location):
    """The student's id in a name; "" for a file that is not a submission, such as a README."""
    if match := MOODLE.match(name):
        return match["student"]
    if match := CANVAS.fullmatch(name):
        return f"{match['name']}_{match['id']}"
    if Path(name).suffix.lower() in (*CODE, ARCHIVE):
        return Path(name).stem
    return name if location.is_container else ""


def _rank(name):
    """Notebooks before scripts, files near the top before nested ones, a.ipynb before a-Copy1.ipynb."""
    return not _is_notebook(name), name.count("/"), Path(name).with_suffix("")

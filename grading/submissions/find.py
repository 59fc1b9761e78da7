"""A folder or a zip, as learning systems export them -> who has handed in what.

The id of a student is the name of their file or folder, without its suffix; of the names that Moodle and Canvas give,
it is the part that says who. Files that share an id are one submission. A folder or zip around a class, such as an
export that was downloaded into a folder, is opened where the names in it leave no doubt.
"""

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from grading.submissions import archives
from grading.submissions.cells import UnreadableError

NOTEBOOK = ".ipynb"
CODE = (NOTEBOOK, ".py")
MOODLE = re.compile(r"(?P<student>.+?_\d+)_assignsubmission_(?:file|onlinetext)(?:_|$)")
CANVAS = re.compile(r"(?P<name>[^_\s]+)_(?:LATE_)?(?P<id>\d{3,})_\d{3,}_.+")
MOST_FILES = 50  # of one submission that are read
DEEPEST = 3  # folders or zips around a class that are opened
NAMED = 3  # students of a class that are named in a message


class SubmissionsError(ValueError):
    """There is nothing to grade; the message names the place and says what was expected."""


@dataclass(frozen=True)
class Submission:
    """What one student handed in: `places` are where it can be read."""

    student: str
    places: tuple

    def candidates(self):
        """[(name, content in bytes or an UnreadableError), ...], notebooks first; never empty."""
        budget = archives.Budget()
        files = [file for place in self.places for file in place.files(budget)]
        code = sorted((f for f in files if f[0].lower().endswith(CODE)), key=lambda f: _rank(f[0]))[:MOST_FILES]
        if code:
            return [(name, read()) for name, read in code]
        refused = [
            content for content in (read() for _, read in files[:MOST_FILES]) if isinstance(content, UnreadableError)
        ]
        names = ", ".join(name for name, _ in files[:3]) or "nothing"
        return [
            (
                "",
                refused[0]
                if refused
                else UnreadableError(
                    f"expected a notebook (.ipynb) or a script (.py), and there is {names}. "
                    "Hand in the notebook itself."
                ),
            )
        ]


def find(root, single=False):
    """The submissions in a folder, a zip or a file, by student.

    single: all of it is one student's. Raises SubmissionsError.
    """
    if not root.exists():
        raise SubmissionsError(
            f"{root}: there is no such file or folder. Give the folder of the submissions, or the "
            "zip that the learning system exports."
        )
    found = {}
    for name, place in [(root.stem, archives.at(root))] if single else _entries(root):
        if student := _student(name, place):
            found.setdefault(student, []).append(place)
    if not found:
        raise SubmissionsError(
            f"{root}: there is no submission in it. Expected notebooks (.ipynb), scripts (.py), or "
            "a folder or zip for each student."
        )
    return [Submission(student, tuple(found[student])) for student in sorted(found)]


def passed_over(root):
    """The names of what lies among the submissions and is no notebook, script, folder or zip."""
    return [name for name, place in _entries(root) if not _student(name, place)]


def crowded(root):
    """The names of folders and zips of single students that hold several notebooks: a class, perhaps."""
    return [name for name, place in _entries(root) if _several(name, place)]


def _entries(root):
    """(name, place) of each submission, or part of one; folders and zips around a class are opened."""
    if not root.is_dir() and not zipfile.is_zipfile(root):
        return [(root.name, archives.at(root))]
    entries = (archives.Folder(root) if root.is_dir() else archives.Archive(root.open, root.name)).inside()
    for _ in range(DEEPEST):
        handed_in = [(name, place) for name, place in entries if _student(name, place)]
        if len(handed_in) == 1 and _several(*handed_in[0]):
            if root.is_dir():
                raise SubmissionsError(_asked(root, *handed_in[0]))
        elif not handed_in or not all(_is_class(*entry) for entry in handed_in):
            break
        entries = [entry for _, place in handed_in for entry in place.inside()]
    return [(name, _refused(name, place) if _is_class(name, place) else place) for name, place in entries]


def _is_class(name, place):
    """Whether this holds several students' work, by the names that a learning system gave."""
    return not _of_a_system(name) and any(_of_a_system(name) for name, _ in _children(place))


def _several(name, place):
    """Whether this holds notebooks side by side, or folders of them: a class, perhaps."""
    inside = _children(place)
    if _of_a_system(name) or any(_of_a_system(name) for name, _ in inside):
        return False
    if any(_is_notebook(name) for name, _ in inside):
        return sum(_is_notebook(name) for name, _ in inside) > 1
    return sum(any(_is_notebook(name) for name, _ in place.files(archives.Budget())) for _, place in inside) > 1


def _inside(place):
    return [entry for entry in place.inside() if _student(*entry)]


def _children(place):
    """What lies in a place; in the only folder in it where there is but one; and so on."""
    inside = _inside(place)
    for _ in range(DEEPEST):
        if len(inside) == 1 and inside[0][1].holds_many and not _of_a_system(inside[0][0]):
            inside = _inside(inside[0][1])
    return inside


def _is_notebook(name):
    return name.lower().endswith(NOTEBOOK)


def _asked(root, name, place):
    return (
        f"{root} holds nothing but {name}, and that holds the notebooks of several ({_named(place)}). If that is "
        f"your class, grade {root / name} instead. If it is one student's, leave only the notebook that counts."
    )


def _refused(name, place):
    """In the place of a class among the work of students: it would be taken for one student's; and if it were opened,
    a student could hand in work under the names of others."""
    return archives.Refused(
        name,
        place.holds_many,
        (
            f"{name} holds what a class has handed in ({_named(place)}), and lies among the work of single students. "
            "Grade it by itself, or put what is in it here."
        ),
    )


def _named(place):
    students = sorted({_student(*entry) for entry in _children(place)})
    return ", ".join(students[:NAMED]) + (", ..." if len(students) > NAMED else "")


def _of_a_system(name):
    return bool(MOODLE.match(name) or CANVAS.fullmatch(name))


def _student(name, place):
    """The id that a name gives; empty for a file that is nobody's submission, a stray README perhaps."""
    if found := MOODLE.match(name):
        return found["student"]
    if found := CANVAS.fullmatch(name):
        return f"{found['name']}_{found['id']}"
    suffix = Path(name).suffix.lower()
    if suffix in (*CODE, archives.ARCHIVE):
        return Path(name).stem
    return name if place.holds_many else ""


def _rank(name):
    """Notebooks before scripts, near the top before deep inside, a.ipynb before a-Copy1.ipynb."""
    return not _is_notebook(name), name.count("/"), Path(name).with_suffix("")

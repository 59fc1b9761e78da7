"""Read the list of a class, as learning systems export it, and find out which submission is whose.

Recognized by their columns: Moodle's grading worksheet and list of participants, Canvas's and Blackboard's grade book,
and any CSV file with the columns name and id, email or username. A column `team` says who works together: a
submission of one counts for all of a team who handed in nothing themselves.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from foundation.tables import TableError, read_table, unescape_formulas

# The columns, in small letters, from which each of a student's particulars is read; the first that is not empty counts.
COLUMNS = {
    "name": ("full name", "student", "student name", "name"),
    "number": ("identifier", "id", "student id", "id number"),
    "login": ("sis login id", "username", "login"),
    "sis": ("sis user id",),
    "email": ("email address", "email", "e-mail"),
    "section": ("section", "groups", "group"),
    "team": ("team",),
    "handed_in": ("last modified (submission)",),
}
FIRST_NAME, LAST_NAME = ("first name",), ("last name", "surname")
NOT_STUDENTS = re.compile(r"points possible|student, test", re.IGNORECASE)  # rows of Canvas
PARTICIPANT = "Participant "
TIMES = ("%A, %d %B %Y, %I:%M %p", "%d/%m/%y, %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S")


class RosterError(ValueError):
    """The file is not the list of a class; the message names it and says what was expected."""


@dataclass(frozen=True)
class Member:
    """A student on the list. number: the learning system's number, the one in the names of an export."""

    name: str
    number: str = ""
    login: str = ""
    sis: str = ""
    email: str = ""
    section: str = ""
    team: str = ""
    handed_in: datetime | None = None

    @property
    def words(self) -> set[str]:
        """What a file of this student may be called."""
        last_first = " ".join(reversed(self.name.rsplit(" ", 1)))
        texts = (self.name, last_first, self.number, self.login, self.sis, self.email, self.email.split("@")[0])
        return {word for text in texts if (word := _squash(text))}


@dataclass(frozen=True)
class Roster:
    """The list of a class. is_moodle: whether it is a worksheet, whose numbers are those of Moodle's export."""

    members: tuple[Member, ...]
    is_moodle: bool = False


@dataclass(frozen=True)
class Enrollment:
    """A row of the class. student: the id, which is that of the submission if there is one. member: None if nobody on
    the list fits. submitted_by: the id of the submission that counts, "" if nothing was handed in."""

    student: str
    member: Member | None
    submitted_by: str


def read_roster(path: Path) -> Roster:
    """Read the list of a class from a CSV file. Raises RosterError."""
    try:
        columns, rows = read_table(path)
    except OSError as error:
        raise RosterError(f"{path} cannot be read ({error.strerror}): give --roster the list of the class") from None
    except TableError as error:
        raise RosterError(str(error)) from None
    known = {column for names in COLUMNS.values() for column in names} & {*columns}
    if not known.intersection(COLUMNS["name"]) and not {FIRST_NAME[0]} <= {*columns}:
        raise RosterError(
            f"{path.name}, row 1: no column has the names of the students. Expected Moodle's grading worksheet, the "
            "grade book of Canvas or Blackboard, or the columns name, id, email, section"
        )
    members = tuple(member for row in rows if (member := _read_member(row.cells)))
    if not members:
        raise RosterError(f"{path.name} contains no students. Expected one in each row after the first")
    return Roster(members, "identifier" in columns)


def enroll(roster: Roster | None, students: Iterable[str]) -> tuple[list[Enrollment], list[str]]:
    """A row for each submission, and for each student on the list without one; and remarks on what does not fit."""
    students = list(students)
    if roster is None:
        return [Enrollment(student, None, student) for student in students], []
    found, remarks = _match(roster, students), []
    rows = [Enrollment(student, found.get(student), student) for student in students]
    owners: dict[Member, list[str]] = defaultdict(list)
    for student, member in found.items():
        owners[member].append(student)
    for member, several in owners.items():
        if len(several) > 1:
            remarks.append(f"{member.name} has several submissions: {', '.join(several)}. Each is a row of its own")
    if strangers := [student for student in students if student not in found]:
        remarks.append(f"not on the list of the class: {', '.join(strangers)}")
    by_team = {member.team: several[0] for member, several in owners.items() if member.team}
    for member in roster.members:
        if member not in owners:
            rows.append(Enrollment(_make_id(member, roster), member, by_team.get(member.team, "")))
    return rows, remarks


def _read_member(cells):
    cells = {column: unescape_formulas(text) for column, text in cells.items()}
    read = {name: _first(cells, columns) for name, columns in COLUMNS.items()}
    full = f"{_first(cells, FIRST_NAME)} {_first(cells, LAST_NAME)}".strip()
    name = read.pop("name") or full
    if NOT_STUDENTS.match(name) or not name:
        return None
    if "," in name:
        name = " ".join(part.strip() for part in reversed(name.split(",", 1)))
    read["number"] = read["number"].removeprefix(PARTICIPANT)
    return Member(name, **{**read, "handed_in": _parse_time(read["handed_in"])})


def _first(cells, columns):
    return next((cells[column] for column in columns if cells.get(column)), "")


def _parse_time(text):
    for pattern in TIMES:
        try:
            return datetime.strptime(text, pattern)
        except ValueError:
            continue
    return None


def _match(roster, students):
    """{student: member} of the submissions that fit one member, by the number if it has one, else by the name."""
    by_number = {member.number: member for member in roster.members if member.number}
    by_word = defaultdict(set)
    for member in roster.members:
        for word in member.words:
            by_word[word].add(member)
    found = {}
    for student in students:
        name, _, number = student.rpartition("_")
        if number in by_number and name:
            found[student] = by_number[number]
            continue
        for word in (student, name, name.rpartition("-")[2]):  # Moodle writes a team's name before that of the student
            fitting = by_word.get(_squash(word), ()) if word else ()
            if len(fitting) == 1:
                found[student] = next(iter(fitting))
                break
    return found


def _make_id(member, roster):
    """The id of a student without a submission, like those of the others."""
    if roster.is_moodle and member.number:
        return f"{member.name}_{member.number}"
    return member.name


def _squash(text):
    """A name without spaces, signs and accents' encodings, in small letters, as Canvas writes it."""
    composed = unicodedata.normalize("NFC", text).casefold()
    return "".join(char for char in composed if char.isalnum())

"""All reports of a class, written from the records that lie in GRADES/students/."""

from foundation.atomic_write import open_atomically
from grading.exercises import FIRST
from grading.reports import overrides, pages, records
from grading.reports.classroom import Classroom, page_name
from grading.reports.gradebook import gradebook
from grading.submissions import similarity


def write(folder, students, words, remarks, containment):
    """Write grades.csv, class.html and each student's page below `folder`, GRADES.

    `students` are the ids of all submissions, whether there is a record or not; `words` is what overrides.read
    gave, `remarks` sentences on the class as a whole, and `containment` paragraphs on what it stops and what not.
    Holds one record at a time.
    """
    students = sorted(students, key=lambda student: (student.casefold(), student))
    chapters = sorted({record["chapter"] for record in _settled(folder, students, words)}) or [FIRST]
    classroom, unused = Classroom(chapters), []
    with gradebook(folder / "grades.csv", chapters) as add_row:
        for record in _settled(folder, students, words):
            told = overrides.applied(record, words)
            unused += overrides.unused(record, words)
            add_row(told)
            classroom.add(told)
            _write(folder / page_name(told["student"]), pages.student_page(told))
    groups = similarity.groups(records.read_all(folder, students))
    _write(folder / "class.html", pages.class_page(classroom, groups, [*remarks, *unused], containment))


def _settled(folder, students, words):
    usual = records.usual_chapter(records.read_all(folder, students))
    for record in records.read_all(folder, students):
        yield records.settled(record, overrides.chapter(record, words) or usual)


def _write(path, text):
    with open_atomically(path) as file:
        file.write(text)

"""All reports of a class, written from the records that lie in GRADES/students/."""

from grading.handed_in import similarity
from grading.reports import overrides, pages, records
from grading.reports.classroom import Classroom, page_name
from grading.reports.gradebook import gradebook
from grading.reports.whole_file import whole_file


def write(folder, students, words, remarks, containment):
    """Write grades.csv, class.html and each student's page below `folder`, GRADES.

    `students` are the ids of all submissions, whether there is a record or not; `words` is what overrides.read
    gave, `remarks` sentences on the class as a whole, and `containment` paragraphs on what it stops and what not.
    Holds one record at a time.
    """
    students = sorted(students, key=lambda student: (student.casefold(), student))
    classroom = Classroom()
    with gradebook(folder / "grades.csv") as add_row:
        for record in records.read_all(folder, students):
            told = overrides.applied(record, words)
            add_row(told)
            classroom.add(told)
            _write(folder / page_name(told["student"]), pages.student_page(told))
    groups = similarity.groups(records.read_all(folder, students))
    _write(folder / "class.html", pages.class_page(classroom, groups, remarks, containment))


def _write(path, text):
    with whole_file(path) as file:
        file.write(text)

"""The pages of a student and of a class, from templates/ by Jinja2: one file each, no script, nothing fetched.

Every text is escaped as HTML and stripped of what cannot be seen, since students write most of it.
"""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from foundation import printable
from grading.exercises import EXERCISES
from grading.reports import marks
from grading.reports.classroom import page_name


def student_page(record):
    """The page of one student, with overrides applied: points, and feedback in the words of the student's own cell."""
    return TEMPLATES.get_template("student.html").render(record=record)


def class_page(classroom, groups, remarks, containment):
    """The page of a class: a Classroom, what similarity.groups found, remarks on the class as a whole, and paragraphs
    on what containment stops."""
    return TEMPLATES.get_template("class.html").render(
        classroom=classroom, groups=groups, remarks=remarks, containment=containment
    )


def _printable(value):
    return printable.printable_lines(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _state(points, most):
    """How much of the points there is, for those who see colours; the number itself says it to all."""
    return "none" if points is None else "full" if points == most else "part" if points else "zero"


TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    finalize=_printable,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.filters.update(number=marks.number, page_name=page_name)
TEMPLATES.globals.update(
    EXERCISES=EXERCISES, points=marks.points, total=marks.total, maximum=marks.maximum, state=_state
)

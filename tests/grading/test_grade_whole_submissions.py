"""Whole submissions, graded in this process: right answers written in different ways, a mistake in every exercise.

test_grade_a_class.py grades some of them with the command, each in its sandbox.
"""

import functools

import pytest

from grading.exercises import CHAPTERS
from grading.grade_submission import Settings, grade
from grading.sandbox.process import Limits
from tests.support import made_class
from tests.support.in_process import in_process

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("in_process")]
__all__ = ["in_process"]
RIGHT = [(chapter, student) for chapter in CHAPTERS for student in made_class.right(chapter)]
MISTAKEN = [
    (chapter, student, wrong) for chapter in CHAPTERS for student, wrong in made_class.mistaken(chapter).items()
][::4]  # test_mistakes.py has all of them, each alone


@functools.cache
def graded(student):
    """{exercise: its part of the record} of a student of the made class."""
    [name, content] = made_class.read_submission(student)
    record = grade(student, [(name, content)], Settings(7, Limits()))
    assert (record["status"], record["reason"]) == ("graded", "")
    return {exercise["name"]: exercise for exercise in record["exercises"]}


@pytest.mark.parametrize(("chapter", "student"), RIGHT)
def test_right_answers_earn_every_point(chapter, student):
    points = {name: exercise["points"] for name, exercise in graded(student).items()}
    assert points == {name: exercise.points for name, exercise in CHAPTERS[chapter].items()}


@pytest.mark.parametrize(("chapter", "student", "wrong"), MISTAKEN, ids=[student for _, student, _ in MISTAKEN])
def test_each_mistake_is_named_whatever_else_is_wrong(chapter, student, wrong):
    found = graded(student)
    expected = {exercise: mistake for exercise, (mistake, _) in wrong.items()}
    assert {exercise: found[exercise]["mistake"] for exercise in expected} == expected


@pytest.mark.parametrize(("chapter", "student", "wrong"), MISTAKEN, ids=[student for _, student, _ in MISTAKEN])
def test_a_mistake_costs_nothing_in_the_other_exercises(chapter, student, wrong):
    points = {name: exercise["points"] for name, exercise in graded(student).items() if name not in wrong}
    assert points == {name: exercise.points for name, exercise in CHAPTERS[chapter].items() if name not in wrong}

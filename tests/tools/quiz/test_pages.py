"""The pages that are made from the quiz bank."""

import doctest
import re

from tools.quiz import texts
from tools.quiz.pages import make_page_with_answers, make_prerequisites_page
from tools.quiz.questions import PREREQUISITES, read_questions

QUESTIONS = read_questions()


def test_the_check_before_the_course_asks_ten_questions_and_answers_when_opened():
    page = make_prerequisites_page(QUESTIONS)
    assert [int(number) for number in re.findall(r"^\*\*(\d+)\.\*\*", page, re.MULTILINE)] == list(range(1, 11))
    asked = [question for question in QUESTIONS if question.topic == PREREQUISITES]
    assert page.count("<details>") == sum(len(question.answers) or 1 for question in asked)
    assert page.count("\nYes. ") == sum(bool(question.answers) for question in asked)


def test_the_right_answer_is_not_always_at_the_same_place():
    questions = make_prerequisites_page(QUESTIONS).split("\n**")[2:]
    places = {
        re.findall(r"^(Yes|No|\d+)\. ", text, re.MULTILINE).index("Yes") for text in questions if "\nYes." in text
    }
    assert places == {0, 1, 2}


def test_the_page_for_instructors_has_every_question_and_marks_the_right_answers():
    page = make_page_with_answers(QUESTIONS)
    assert [question.id for question in QUESTIONS if f"**{question.id}.**" not in page] == []
    assert page.count("- ✓") == sum(len(question.right_answers) or 1 for question in QUESTIONS)


def test_the_examples_of_texts_hold():
    assert doctest.testmod(texts).failed == 0

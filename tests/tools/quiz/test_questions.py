"""The quiz bank is complete, and its numbers are right."""

import numpy as np
import pytest

from tools.quiz.questions import PREREQUISITES, TOPICS, QuizError, read_questions

QUESTIONS = read_questions()
CHOICE = """\
- id: a
  topic: style cost
  text: Which?
  answers:
    - {right: one, why: so}
    - {wrong: two, why: no}
"""


def count_squared_differences(start, end):
    return np.sum((np.array(start) - np.array(end)) ** 2)


# Each number once more, computed from what the question says.
COMPUTED = {
    "pre-derivative": ((5.001 - 3) ** 2 - (4.999 - 3) ** 2) / 0.002,
    "pre-weights": np.zeros((3, 3, 3, 8)).size,
    "pooling-width": 400 // 2**4,
    "content-value": count_squared_differences(np.zeros((2, 2, 2)), np.full((2, 2, 2), 2)) / (4 * 2 * 2 * 2),
    "gram-entry": (np.array([[1, 2, 0], [3, 0, 1]]) @ np.array([[1, 2, 0], [3, 0, 1]]).T)[0, 1],
    "style-doubled": (2 * 2) ** 2,
    "style-sum": np.dot([2, 4, 10], [0.5, 0.3, 0.2]),
    "paper-factor": (1 / 2) / (1 / (4 * 64 * 64 * 512)),
    "tv-value": sum(np.mean(np.diff([[0, 1], [0, 1]], axis=axis) ** 2) for axis in (0, 1)),
    "norm-axes": np.zeros((4, 32, 32, 64)).mean((1, 2)).size,
    "adain-value": 4 * (5 - 3) / 2 + 10,
    "break-even": 60 / (6.1 - 0.1),
    "pyramid-price": (20 * 80**2 + 40 * 160**2 + 15 * 320**2) / 320**2,
}


def write(tmp_path, text):
    (tmp_path / "quiz.yaml").write_text(text, encoding="utf-8")
    return tmp_path / "quiz.yaml"


def test_the_bank_has_48_questions_on_all_topics_and_ten_on_prerequisites():
    assert {question.topic for question in QUESTIONS} == set(TOPICS)
    assert len([question for question in QUESTIONS if question.topic == PREREQUISITES]) == 10
    assert len(QUESTIONS) == 58


def test_every_answer_and_every_number_is_explained():
    for question in QUESTIONS:
        for explanation in [answer.why for answer in question.answers] or [question.why]:
            assert len(explanation.split()) > 3, question.id


def test_no_text_is_used_for_two_answers_of_a_question():
    for question in QUESTIONS:
        texts = [answer.text for answer in question.answers]
        assert len(set(texts)) == len(texts), question.id


def test_every_number_is_what_the_question_asks_for():
    numbers = {question.id: question.number for question in QUESTIONS if question.number is not None}
    assert numbers == pytest.approx(COMPUTED)


def test_a_question_with_all_its_parts_is_read(tmp_path):
    [question] = read_questions(write(tmp_path, CHOICE))
    assert [answer.text for answer in question.right_answers] == ["one"]
    assert [answer.is_right for answer in question.answers] == [True, False]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (CHOICE + CHOICE, "these ids are used twice: a"),
        (
            CHOICE.replace("topic: style cost", "topic: cooking"),
            "'cooking' is not a topic. Choose one of prerequisites",
        ),
        (CHOICE.replace("  text: Which?\n", ""), "question a: expected the keys answers, id, text, topic"),
        (CHOICE.replace("wrong", "right"), "at least one right answer and one wrong answer"),
        (CHOICE.replace(", why: so", ""), "an answer has the keys right or wrong, and why; found right"),
        ("- id: a\n  number: 3\n", "expected the keys id, number, text, tolerance, topic, why, found id, number"),
        ("- [", "it is not valid YAML"),
    ],
)
def test_a_question_that_is_not_complete_is_named(tmp_path, text, message):
    with pytest.raises(QuizError, match=message.replace("(", r"\(")):
        read_questions(write(tmp_path, text))

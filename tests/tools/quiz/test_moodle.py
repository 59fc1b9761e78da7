"""The Moodle file has the structure that Moodle's documentation gives, and all that the bank contains."""

import xml.etree.ElementTree as ET

from tests.support.xml_schema import Element, find_faults
from tools.quiz.moodle import to_moodle
from tools.quiz.questions import read_questions

QUESTIONS = read_questions()
QUIZ = ET.fromstring(to_moodle(QUESTIONS))
NUMBER = r"-?\d+(\.\d+)?"
HTML = {"required": ("format",), "children": "text"}
SCHEMA = {
    "quiz": Element("question+"),
    "question": Element(
        "category | name questiontext generalfeedback defaultgrade penalty hidden idnumber"
        " (single shuffleanswers answernumbering)? answer+",
        required=("type",),
    ),
    "category": Element("text"),
    "name": Element("text"),
    "questiontext": Element(**HTML),
    "generalfeedback": Element(**HTML),
    "feedback": Element(**HTML),
    "answer": Element("text feedback tolerance?", required=("fraction", "format")),
    "text": Element(text=".*"),
    "defaultgrade": Element(text=NUMBER),
    "penalty": Element(text=NUMBER),
    "tolerance": Element(text=NUMBER),
    "hidden": Element(text="[01]"),
    "idnumber": Element(text=r"[\w-]+"),
    "single": Element(text="true|false"),
    "shuffleanswers": Element(text="true|false"),
    "answernumbering": Element(text="abc"),
}
# Moodle refuses other shares of a point, https://docs.moodle.org/en/Moodle_XML_format
SHARES = {100, 90, 83.33333, 80, 75, 70, 66.66667, 60, 50, 40, 33.33333, 30, 25, 20, 16.66667, 14.28571, 12.5, 10, 5, 0}


def items(kind):
    return [question for question in QUIZ if question.get("type") == kind]


def test_the_file_has_the_structure_of_moodle_xml():
    assert find_faults(QUIZ, SCHEMA) == []


def test_every_question_is_there_below_the_category_of_its_topic():
    assert [element.findtext("idnumber") for element in QUIZ if element.get("type") != "category"] == [
        question.id for question in QUESTIONS
    ]
    assert len(items("category")) == len({question.topic for question in QUESTIONS})


def test_shares_of_points_are_those_that_moodle_accepts():
    shares = {abs(float(answer.get("fraction"))) for answer in QUIZ.iter("answer")}
    assert shares <= SHARES


def test_all_right_answers_give_a_whole_point_and_all_answers_of_several_none():
    for element in items("multichoice"):
        shares = [float(answer.get("fraction")) for answer in element.iter("answer")]
        assert round(sum(share for share in shares if share > 0), 3) == 100
        if element.findtext("single") == "false":
            assert round(sum(shares), 3) == 0


def test_code_and_signs_survive():
    texts = [text.text or "" for text in QUIZ.iter("text")]
    assert "<code>tf.reshape(a, [nC, nH * nW])</code>" in texts


def test_a_number_has_its_tolerance_and_its_explanation():
    [price] = [element for element in items("numerical") if element.findtext("idnumber") == "pyramid-price"]
    assert price.findtext("answer/text") == "26.25"
    assert price.findtext("answer/tolerance") == "0.001"
    assert "a sixteenth" in price.findtext("generalfeedback/text")

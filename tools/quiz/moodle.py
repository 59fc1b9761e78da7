"""The quiz bank in Moodle XML, as Moodle's import of questions reads it.

Source: https://docs.moodle.org/en/Moodle_XML_format
"""

import xml.etree.ElementTree as ET
from itertools import groupby

from tools.quiz.texts import to_html, to_title

CATEGORY = "$course$/top/Neural style transfer"


def to_moodle(questions):
    """Return the XML, as bytes: a category for each topic, and its questions with feedback for each answer."""
    quiz = ET.Element("quiz")
    for topic, group in groupby(questions, key=lambda question: question.topic):
        category = ET.SubElement(quiz, "question", type="category")
        _add_text(category, "category", f"{CATEGORY}/{topic[:1].upper()}{topic[1:]}")
        for question in group:
            _add_question(quiz, question)
    ET.indent(quiz)
    return ET.tostring(quiz, encoding="utf-8", xml_declaration=True)


def _add_question(quiz, question):
    element = ET.SubElement(quiz, "question", type="multichoice" if question.answers else "numerical")
    _add_text(element, "name", to_title(question))
    _add_text(element, "questiontext", to_html(question.text), format="html")
    _add_text(element, "generalfeedback", to_html(question.why), format="html")
    for name, value in (("defaultgrade", "1"), ("penalty", "0.3333333"), ("hidden", "0")):
        ET.SubElement(element, name).text = value
    ET.SubElement(element, "idnumber").text = question.id
    if question.answers:
        _add_choices(element, question)
    else:
        _add_number(element, question)


def _add_choices(element, question):
    right = len(question.right_answers)
    ET.SubElement(element, "single").text = "true" if right == 1 else "false"
    ET.SubElement(element, "shuffleanswers").text = "true"
    ET.SubElement(element, "answernumbering").text = "abc"
    # With several right answers, a wrong one takes away its share: to choose all of them gains nothing.
    loss = 0 if right == 1 else -100 / (len(question.answers) - right)
    for answer in question.answers:
        share = 100 / right if answer.is_right else loss
        choice = ET.SubElement(element, "answer", fraction=f"{share:.7g}", format="html")
        ET.SubElement(choice, "text").text = to_html(answer.text)
        _add_text(choice, "feedback", to_html(answer.why), format="html")


def _add_number(element, question):
    answer = ET.SubElement(element, "answer", fraction="100", format="moodle_auto_format")
    ET.SubElement(answer, "text").text = str(question.number)
    _add_text(answer, "feedback", "", format="html")  # the explanation is the general feedback
    ET.SubElement(answer, "tolerance").text = str(question.tolerance)


def _add_text(parent, name, text, **attributes):
    ET.SubElement(ET.SubElement(parent, name, attributes), "text").text = text

"""The QTI package has the structure that the specification gives: manifest, items, references that lead somewhere."""

import io
import xml.etree.ElementTree as ET
import zipfile

import pytest

from tests.support.xml_schema import Element, find_faults
from tools.quiz.qti import ITEM, PACKAGE, make_item, to_qti
from tools.quiz.questions import read_questions

QUESTIONS = read_questions()
INLINE = {"children": "code*", "text": ".*"}
ITEM_SCHEMA = {
    "assessmentItem": Element(
        "responseDeclaration* outcomeDeclaration* itemBody? responseProcessing? modalFeedback*",
        required=("identifier", "title", "adaptive", "timeDependent"),
        optional=("schemaLocation",),
    ),
    "responseDeclaration": Element("correctResponse", required=("identifier", "cardinality", "baseType")),
    "correctResponse": Element("value+"),
    "value": Element(text=".+"),
    "outcomeDeclaration": Element("defaultValue?", required=("identifier", "cardinality", "baseType")),
    "defaultValue": Element("value+"),
    "itemBody": Element("(p|choiceInteraction)+"),
    "p": Element("(code|textEntryInteraction)*", text=".*"),
    "code": Element(text=".+"),
    "choiceInteraction": Element("prompt? simpleChoice+", required=("responseIdentifier", "shuffle", "maxChoices")),
    "prompt": Element(**INLINE),
    "simpleChoice": Element(**INLINE, required=("identifier",)),
    "textEntryInteraction": Element(required=("responseIdentifier",), optional=("expectedLength",)),
    "responseProcessing": Element("(responseCondition|setOutcomeValue)*"),
    "responseCondition": Element("responseIf"),
    "responseIf": Element("(match | equal) setOutcomeValue+"),
    "match": Element("(variable|correct){2}"),
    "equal": Element("(variable|correct){2}", required=("toleranceMode",), optional=("tolerance",)),
    "variable": Element(required=("identifier",)),
    "correct": Element(required=("identifier",)),
    "setOutcomeValue": Element("(variable|baseValue)", required=("identifier",)),
    "baseValue": Element(required=("baseType",), text=".+"),
    "modalFeedback": Element("p+", required=("outcomeIdentifier", "identifier", "showHide")),
}
MANIFEST_SCHEMA = {
    "manifest": Element("metadata? organizations resources", required=("identifier",)),
    "metadata": Element("schema schemaversion"),
    "schema": Element(text="QTIv2.1 Package"),
    "schemaversion": Element(text="1.0.0"),
    "organizations": Element(),
    "resources": Element("resource+"),
    "resource": Element("file+", required=("identifier", "type", "href")),
    "file": Element(required=("href",)),
}


@pytest.fixture(scope="module")
def package():
    with zipfile.ZipFile(io.BytesIO(to_qti(QUESTIONS))) as archive:
        return {name: ET.fromstring(archive.read(name)) for name in archive.namelist()}


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_an_item_has_the_structure_of_qti(question):
    item = ET.fromstring(make_item(question))
    assert item.tag == f"{{{ITEM}}}assessmentItem"
    assert find_faults(item, ITEM_SCHEMA) == []


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("prompt>", "title>", "children"),
        (' maxChoices="1"', "", "attributes"),
        ("</responseProcessing>", "</responseProcessing><itemBody><p>x</p></itemBody>", "children"),
        ("<correctResponse>", "<correctResponse>x", "text 'x'"),
    ],
)
def test_an_item_without_the_structure_of_qti_is_noticed(before, after, fault):
    item = make_item(QUESTIONS[0]).decode().replace(before, after)
    assert fault in find_faults(ET.fromstring(item), ITEM_SCHEMA)[0]


def test_the_manifest_has_the_structure_of_a_content_package(package):
    assert package["imsmanifest.xml"].tag == f"{{{PACKAGE}}}manifest"
    assert find_faults(package["imsmanifest.xml"], MANIFEST_SCHEMA) == []


def test_the_manifest_names_every_file_of_the_package_once(package):
    named = [file.get("href") for file in package["imsmanifest.xml"].iter(f"{{{PACKAGE}}}file")]
    assert sorted([*named, "imsmanifest.xml"]) == sorted(package)
    assert len(named) == len(QUESTIONS)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_right_answers_and_explanations_refer_to_choices_that_exist(question):
    item = ET.fromstring(make_item(question))
    values = [value.text for value in item.iterfind(f"{{{ITEM}}}responseDeclaration//{{{ITEM}}}value")]
    choices = {choice.get("identifier"): choice for choice in item.iter(f"{{{ITEM}}}simpleChoice")}
    explained = [feedback.get("identifier") for feedback in item.iter(f"{{{ITEM}}}modalFeedback")]
    if question.answers:
        assert len(values) == len(question.right_answers)
        assert set(values) <= set(choices)
        assert explained == list(choices)
    else:
        assert [float(value) for value in values] == [question.number]
        assert explained == [item.findtext(f".//{{{ITEM}}}baseValue[@baseType='identifier']")]


def test_the_same_bank_gives_the_same_bytes():
    assert to_qti(QUESTIONS) == to_qti(QUESTIONS)

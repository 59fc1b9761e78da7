"""The quiz bank in QTI 2.1: a zip with a manifest and one item for each question.

Source: IMS Question and Test Interoperability, Assessment Test, Section and Item Information Model, version 2.1.
"""

import io
import xml.etree.ElementTree as ET
import zipfile

from tools.quiz.texts import to_html, to_title

ITEM = "http://www.imsglobal.org/xsd/imsqti_v2p1"
PACKAGE = "http://www.imsglobal.org/xsd/imscp_v1p1"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
ITEM_SCHEMA = f"{ITEM} http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1.xsd"
DATE = (1980, 1, 1, 0, 0, 0)  # a fixed date, so that the bytes of the zip stay the same
WHY = "why"  # names the explanation of a number


def to_qti(questions):
    """Return the zip, as bytes."""
    files = {f"items/{question.id}.xml": make_item(question) for question in questions}
    files = {"imsmanifest.xml": _make_manifest(files), **files}
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, DATE), content)
    return package.getvalue()


def make_item(question):
    """Return the XML of one question, as bytes. Feedback is shown for each answer chosen."""
    item = _make_root(
        "assessmentItem",
        ITEM,
        {
            f"{{{INSTANCE}}}schemaLocation": ITEM_SCHEMA,
            "identifier": question.id,
            "title": to_title(question),
            "adaptive": "false",
            "timeDependent": "false",
        },
    )
    several = len(question.right_answers) > 1
    names = {f"answer-{number}": answer for number, answer in enumerate(question.answers, 1)}
    right = [name for name, answer in names.items() if answer.is_right] or [question.number]
    _add_response(item, right, "identifier" if names else "float", several=several)
    _add_outcomes(item, several=several)
    body = ET.SubElement(item, "itemBody")
    if names:
        _add_choices(body, question, names, several=several)
    else:
        body.append(_make_paragraph(question.text))
        place = ET.SubElement(ET.SubElement(body, "p"), "textEntryInteraction")
        place.attrib = {"responseIdentifier": "RESPONSE", "expectedLength": "12"}
    _add_processing(item, question)
    for name, why in {name: answer.why for name, answer in names.items()}.items() or [(WHY, question.why)]:
        shown = {"outcomeIdentifier": "FEEDBACK", "showHide": "show", "identifier": name}
        ET.SubElement(item, "modalFeedback", shown).append(_make_paragraph(why))
    return _to_bytes(item)


def _add_response(item, right, kind, *, several):
    cardinality = "multiple" if several else "single"
    attributes = {"identifier": "RESPONSE", "cardinality": cardinality, "baseType": kind}
    correct = ET.SubElement(ET.SubElement(item, "responseDeclaration", attributes), "correctResponse")
    for value in right:
        ET.SubElement(correct, "value").text = str(value)


def _add_outcomes(item, *, several):
    score = {"identifier": "SCORE", "cardinality": "single", "baseType": "float"}
    default = ET.SubElement(ET.SubElement(item, "outcomeDeclaration", score), "defaultValue")
    ET.SubElement(default, "value").text = "0"
    feedback = {
        "identifier": "FEEDBACK",
        "cardinality": "multiple" if several else "single",
        "baseType": "identifier",
    }
    ET.SubElement(item, "outcomeDeclaration", feedback)


def _add_choices(body, question, names, *, several):
    attributes = {"responseIdentifier": "RESPONSE", "shuffle": "true", "maxChoices": "0" if several else "1"}
    interaction = ET.SubElement(body, "choiceInteraction", attributes)
    interaction.append(_make_inline("prompt", question.text))
    for name, answer in names.items():
        choice = _make_inline("simpleChoice", answer.text)
        choice.set("identifier", name)
        interaction.append(choice)


def _add_processing(item, question):
    """One point for the right response; then name the explanations to show."""
    processing = ET.SubElement(item, "responseProcessing")
    condition = ET.SubElement(ET.SubElement(processing, "responseCondition"), "responseIf")
    if question.answers:
        equal = ET.SubElement(condition, "match")
    else:
        tolerance = f"{question.tolerance} {question.tolerance}"
        equal = ET.SubElement(condition, "equal", {"toleranceMode": "absolute", "tolerance": tolerance})
    ET.SubElement(equal, "variable", identifier="RESPONSE")
    ET.SubElement(equal, "correct", identifier="RESPONSE")
    score = ET.SubElement(condition, "setOutcomeValue", identifier="SCORE")
    ET.SubElement(score, "baseValue", baseType="float").text = "1"
    feedback = ET.SubElement(processing, "setOutcomeValue", identifier="FEEDBACK")
    if question.answers:
        ET.SubElement(feedback, "variable", identifier="RESPONSE")
    else:
        ET.SubElement(feedback, "baseValue", baseType="identifier").text = WHY


def _make_manifest(names):
    manifest = _make_root("manifest", PACKAGE, {"identifier": "neural-style-transfer-quiz"})
    metadata = ET.SubElement(manifest, "metadata")
    ET.SubElement(metadata, "schema").text = "QTIv2.1 Package"
    ET.SubElement(metadata, "schemaversion").text = "1.0.0"
    ET.SubElement(manifest, "organizations")
    resources = ET.SubElement(manifest, "resources")
    for number, name in enumerate(names, 1):
        attributes = {"identifier": f"item-{number}", "type": "imsqti_item_xmlv2p1", "href": name}
        ET.SubElement(ET.SubElement(resources, "resource", attributes), "file", href=name)
    return _to_bytes(manifest)


def _make_root(name, namespace, attributes):
    return ET.Element(name, {"xmlns": namespace, **attributes})


def _make_paragraph(text):
    return _make_inline("p", text)


def _make_inline(name, text):
    return ET.fromstring(f"<{name}>{to_html(text)}</{name}>")


def _to_bytes(root):
    ET.register_namespace("xsi", INSTANCE)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)

"""Check XML against a schema written as in a DTD: for each element its children, in order, and its attributes."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Element:
    """children: a regular expression of names. required, optional: names of attributes."""

    children: str = ""
    required: tuple = ()
    optional: tuple = ()
    text: str | None = None  # a pattern; None: no text of its own


def find_faults(element, schema, path=""):
    """Return a line for each element that the schema does not allow."""
    name = re.sub(r"^\{.*\}", "", element.tag)
    place = f"{path}/{name}"
    rule = schema.get(name)
    if rule is None:
        return [f"{place}: unknown element"]
    faults = []
    children = "".join(f"{re.sub(r'^{.*}', '', child.tag)};" for child in element)
    expected = re.sub(r"[A-Za-z]+", r"(?:\g<0>;)", rule.children).replace(" ", "")
    if not re.fullmatch(expected, children):
        faults.append(f"{place}: children {children or 'none'}, expected {rule.children or 'none'}")
    attributes = {re.sub(r"^\{.*\}", "", key) for key in element.attrib}
    if not set(rule.required) <= attributes <= {*rule.required, *rule.optional}:
        faults.append(f"{place}: attributes {sorted(attributes)}, expected {sorted(rule.required)}")
    text = "".join([element.text or "", *(child.tail or "" for child in element)])
    if not re.fullmatch(rule.text if rule.text is not None else r"\s*", text, re.DOTALL):
        faults.append(f"{place}: text {text[:40]!r}")
    return faults + [fault for child in element for fault in find_faults(child, schema, place)]

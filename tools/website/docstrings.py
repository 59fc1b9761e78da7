"""The docstrings of the course as Sphinx reads them: a list of arguments, code between single backticks.

The docstrings are plain text for `help()`. `name: text` describes an argument or a field, several on one line or one
over several lines; `Args:` and `Returns:` may stand above them. Doctests stay as they are.
"""

import inspect
import re

SECTION = re.compile(r"^(Args|Returns|Raises|Attributes):$")
DOCTEST = ">>> "


def find_names(thing):
    """Return the names of the arguments of a function, or of the fields of a class."""
    if not callable(thing):
        return []
    try:
        parameters = list(inspect.signature(thing).parameters)
    except (TypeError, ValueError):
        parameters = []
    return [*parameters, *getattr(thing, "__annotations__", {})]


def to_restructured_text(lines, names=()):
    """Return the lines of a docstring in reStructuredText. names: of the arguments, see `find_names`.

    >>> to_restructured_text(["Add a * b.", "", "size: pixels, as `load`. n: a number,", "at least 1"], ["size", "n"])
    ['Add a \\\\* b.', '', '', '``size``', '    pixels, as ``load``.', '', '``n``', '    a number,', '    at least 1']
    """
    field = _field_pattern(names)
    made, state = [], "text"
    in_section = False
    for line in lines:
        at_margin = line[:1].strip() != ""
        if line.startswith(DOCTEST) or (state == "doctest" and line.strip()):
            if state != "doctest":
                made.append("")
            state = "doctest"
            made.append(line)
            continue
        if match := SECTION.match(line):
            made += ["", f"**{match[1]}**" if match[1] != "Args" else "", ""]
            in_section, state = True, "text"
            continue
        if in_section and line.startswith("    "):
            line, at_margin = line[4:], line[4:5].strip() != ""
        elif line.strip():
            in_section = False
        if not line.strip():
            state = "text"
            made.append("")
        elif at_margin and field.match(line):
            state = "field"
            made += _split_fields(line, field)
        elif state == "field":
            made += _split_fields(line.strip(), field)
        else:
            if at_margin and made and made[-1].startswith(" "):
                made.append("")  # the end of an indented block
            made.append(_escape(line))
    return made


def _field_pattern(names):
    name = "|".join(map(re.escape, names)) or r"(?!)"
    return re.compile(rf"(?:^|(?<=[.;] ))\*{{0,2}}((?:{name})(?:, (?:{name}))*): +(?=\S)")


def _split_fields(line, field):
    """The lines of a list item for each field in a line; what stands before the first continues the last item."""
    before, *rest = field.split(line)
    made = [f"    {_escape(before.strip())}"] if before.strip() else []
    for name, text in zip(rest[::2], rest[1::2], strict=True):
        made += ["", f"``{name}``", f"    {_escape(text.strip())}"]
    return made


def _escape(line):
    """Signs that mean markup in reStructuredText, outside of code between backticks."""
    parts = re.split(r"(`[^`]+`)", line)
    return "".join(f"`{part}`" if part.startswith("`") else re.sub(r"([*|\\]|_\b|`)", r"\\\1", part) for part in parts)

"""What users read is plain American English: the worst habits of earlier texts do not come back."""

import ast
import re

import pytest

from nst.paths import ROOT

CODE = [ROOT / "public_tests.py"]
CODE += sorted(
    path for folder in ("nst", "grading", "foundation", "tools", "benchmarks") for path in (ROOT / folder).rglob("*.py")
)
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
PAGES += sorted(
    path for folder in ("docs", "images", "pretrained-model", "output") for path in (ROOT / folder).rglob("*.md")
)
TEMPLATES = sorted((ROOT / "grading").rglob("*.html"))
MESSAGES = sorted((ROOT / "tests" / "grading" / "snapshots").glob("*.txt"))
CHAPTERS = sorted((ROOT / "notebooks" / "src").glob("*.py"))

BRITISH = (
    r"colour|neighbour|behaviour|favour|grey|licence|artefact|catalogue|\bcentre[sd]?\b|"
    r"(?:optim|normal|recogn|minim|maxim|summar|general|initial|emphas|organ)is(?:e|ed|es|er|ers|ing|ation)\b"
)
THINGS = "file|notebook|zip|picture|number|layer|folder|function|text|pair|tensor|archive|scalar|matrix"
OLD_WORDS = "whereupon|trifle|mends?|mended|dear|dearer|comes? low|at the door|henceforth|thereof|whence"
HABITS = {
    "British spelling": rf"(?<![-`'\"])\b\w*(?:{BRITISH})\w*",
    "'is no file' in place of 'is not a file'": rf"\b(?:this|that|it|which|what|name) (?:is|was) no \w*(?:{THINGS})\b",
    "an old or literary word": rf"\b(?:{OLD_WORDS})\b",
}
# Names of earlier versions that go on working, ids that grade books already contain, and names given by others.
ALLOWED = re.compile(
    r"match_colours\w*|--optimiser|`optimiser`|optimiser=|\"optimiser\"|Greys|normalised-\w+|\"normalised\""
)


def prose_of(path):
    """[(line number, text)] of what a reader sees in a file: of code the docstrings and the strings with a space."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py" or path in CHAPTERS:
        return [(number, line) for number, line in enumerate(text.splitlines(), 1) if not line.startswith("=== ")]
    nodes = [
        node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    return [(node.lineno, node.value) for node in nodes if " " in node.value]


@pytest.mark.parametrize("habit", HABITS)
def test_no_text_falls_into(habit):
    pattern = re.compile(HABITS[habit], re.VERBOSE if "\n" in HABITS[habit] else 0)
    found = [
        f"{path.relative_to(ROOT)}:{number}: {match.group()}"
        for path in (*CODE, *PAGES, *TEMPLATES, *MESSAGES, *CHAPTERS)
        for number, line in prose_of(path)
        for match in pattern.finditer(ALLOWED.sub("", line))
    ]
    assert not found, "\n".join(found)


def test_functions_are_called_by_a_verb_or_by_what_they_return():
    bare = {"told", "kept", "found", "named", "given", "asked", "settled", "painted", "drawn", "chosen", "done", "ran"}
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {node.name}"
        for path in CODE
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, (ast.FunctionDef, ast.ClassDef))
        and node.name.lstrip("_") in bare
        and not node.decorator_list
    ]
    assert not wrong, "\n".join(wrong)

"""The pages of the documentation, and the commands in them."""

import re
import textwrap
from dataclasses import dataclass

from nst.paths import ROOT

PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")
# The first words of a command line; an inline one needs a second word, or it only names the program.
PROGRAMS = (
    "apt",
    "cd",
    "dask",
    "docker",
    "git",
    "make",
    "nbgrader",
    "nst",
    "nst-grade",
    "pip",
    "playwright",
    "pre-commit",
    "py",
    "pytest",
    "python",
    "python3",
    "ruff",
    "sudo",
)
WINDOWS = re.compile(r"py -|\.venv\\Scripts\\")


@dataclass(frozen=True)
class Command:
    """A command line of a page, without its comment."""

    page: str
    line: str

    @property
    def for_windows(self):
        return bool(WINDOWS.match(self.line))


def prose(page):
    """The text of a page without its fenced blocks."""
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def code_blocks(page):
    """(language, text) of each fenced block of a page; the language of a terminal's is empty."""
    return [(language, textwrap.dedent(text)) for _, language, text in FENCE.findall(page.read_text(encoding="utf-8"))]


def commands():
    """Every command line of the pages, in their order, each once; not of the changelog, which tells of the past."""
    found = {}
    for page in (page for page in PAGES if page.name != "CHANGELOG.md"):
        name = page.relative_to(ROOT).as_posix()
        lines = [line for language, text in code_blocks(page) if not language for line in _joined(text)]
        lines += [words for words in INLINE.findall(prose(page)) if _is_command(words)]
        for line in lines:
            found.setdefault(line, Command(name, line))
    return list(found.values())


def _joined(block):
    """The lines of a block of commands, without comments; a backslash at its end joins a line with the next."""
    lines = re.sub(r"\\\n\s*", "", block).splitlines()
    return [line for line in (re.sub(r"(^|\s+)#.*", "", line).strip() for line in lines) if line]


def _is_command(words):
    first, *rest = words.split()
    return bool(rest) and (first in PROGRAMS or first.startswith((".venv/bin/", ".venv\\Scripts\\")))

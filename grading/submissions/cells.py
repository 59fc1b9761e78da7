"""A submitted file -> cells of Python, in the order of the file; line numbers stay what they were."""

import json
import re
import warnings
from dataclasses import dataclass

LARGEST = 50_000_000  # bytes: notebooks full of pictures reach twenty million
MOST_CODE = 200_000  # characters of code in a file: the course's longest notebook has 36,000
LONGEST_NAME = 60  # characters: file systems take names of 255 bytes, a character of which may need four
MAGIC = re.compile(r"\s*(?:[%!?]|[\w.]+\?{1,2}\s*$|\w[\w, ]*=\s*[%!])")  # no two parts of it match the same spaces
TRANSPARENT = ("%%time", "%%timeit", "%%capture", "%%prun")


class UnreadableError(ValueError):
    """A file that holds no code that could be graded; the message says what was expected and what to do."""


@dataclass(frozen=True)
class Source:
    """One cell's code under the name that students read in messages: "cell 3", or a script's own name."""

    name: str
    code: str


def read(name, content):
    """The cells of a .ipynb or .py file; name: str, content: bytes. Raises UnreadableError."""
    if len(content) > LARGEST:
        raise UnreadableError(
            f"{name} has more than {LARGEST / 1e6:.0f} MB, which is the most that is read. "
            "Clear the notebook's outputs, and hand it in again."
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError(
            f"{name} is not text in UTF-8 (byte {error.start} is none). Save it again as UTF-8."
        ) from None
    if not text.strip():
        raise UnreadableError(f"{name} is empty. Was it saved before it was handed in?")
    sources = _notebook(name, text) if name.lower().endswith(".ipynb") else [Source(_script_name(name), text)]
    if (length := sum(len(source.code) for source in sources)) > MOST_CODE:
        raise UnreadableError(
            f"{name} has {length / 1000:.0f} kB of code, and {MOST_CODE / 1000:.0f} are the most "
            "that are read. Take out what is pasted data, not code of yours, and hand it in again."
        )
    return [Source(source.name, _plain(source.code)) for source in sources if source.code.strip()]


def _notebook(name, text):
    try:
        notebook = json.loads(text)
        cells = notebook["cells"] if "cells" in notebook else notebook["worksheets"][0]["cells"]
        return [
            Source(f"cell {number}", _joined(cell.get("source", cell.get("input", ""))))
            for number, cell in enumerate(cells, 1)
            if cell["cell_type"] == "code"
        ]
    except json.JSONDecodeError as error:
        raise UnreadableError(
            f"{name} is no notebook: it is not JSON (line {error.lineno}, column {error.colno}: "
            f"{error.msg}). Open it in Jupyter, save it, and hand it in again."
        ) from None
    except (KeyError, TypeError, AttributeError, IndexError, ValueError, RecursionError, MemoryError):
        raise UnreadableError(
            f"{name} is JSON, but no notebook. Open it in Jupyter, save it, and hand it in again."
        ) from None


def _joined(source):
    return source if isinstance(source, str) else "".join(source)


def _script_name(name):
    plain = re.sub(r"[^\w.-]+", "_", name.replace("\\", "/").rsplit("/", 1)[-1])
    return plain[-LONGEST_NAME:].lstrip("-.") or "script.py"


def _plain(code):
    """The code without what only a notebook understands; every line stays where it was."""
    code = code.replace("\r\n", "\n").replace("\r", "\n")
    if compiles(code):
        return code
    lines = code.split("\n")
    first = next((line.strip() for line in lines if line.strip()), "")
    if first.startswith("%%") and not first.startswith(TRANSPARENT):
        return "\n" * (len(lines) - 1)
    return "\n".join(re.match(r"\s*", line).group() + "pass" if MAGIC.match(line) else line for line in lines)


def compiles(code):
    return syntax_error(code) is None


def syntax_error(code):
    """(line, words) of what keeps the code from compiling, or None.

    Compiled, since much is found after parsing alone: a break outside of a loop, a global name assigned before.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about escapes in the student's strings
            compile(code, "cell", "exec", dont_inherit=True)
    except SyntaxError as error:
        return error.lineno or 1, f"{type(error).__name__}: {error.msg}"
    except (ValueError, RecursionError, MemoryError) as error:
        return 1, f"{type(error).__name__}: {error}"
    return None

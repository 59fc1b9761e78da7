"""Read a submitted notebook or script as cells of Python code. Line numbers do not change."""

import ast
import json
import re
import warnings
from dataclasses import dataclass

from grading.runner.statements import compile_statement

NOTEBOOK = ".ipynb"
CODE = (NOTEBOOK, ".py")
MAX_FILE_BYTES = 50_000_000  # notebooks full of pictures reach 20 MB
MAX_CODE_CHARACTERS = 200_000  # of a file: the course's longest notebook has 36,000
MAX_NAME_CHARACTERS = 60  # file systems allow 255 bytes, and a character may need four
MAX_IPYTHON_CHARACTERS = 1_000_000  # of a file: IPython reads a cell again for each magic in it
MAGIC = re.compile(r"^[ \t]*[%!?,;/]|=[ \t]*[%!]|\?[ \t]*$", re.MULTILINE)
CELL_MAGIC = re.compile(r"\s*%%(\w*).*\n?")
PYTHON_CELL_MAGICS = {"time", "timeit", "capture", "prun"}
TIMED_STATEMENT = re.compile(r"^([ \t]*)%(?:time|prun)[ \t]+(?=\w)", re.MULTILINE)


class UnreadableError(ValueError):
    """A file contains no code that could be graded; the message says what was expected and what to do."""


@dataclass(frozen=True)
class Source:
    """The code of one cell. name: as messages show it, "cell 3" or the name of the script."""

    name: str
    code: str


def read_cells(name: str, content: bytes) -> list[Source]:
    """The code cells of a .ipynb or .py file that are not empty. Raises UnreadableError.

    >>> read_cells("work.py", b"x = 1")
    [Source(name='work.py', code='x = 1')]
    """
    if len(content) > MAX_FILE_BYTES:
        raise UnreadableError(too_large(name))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError(
            f"{name} is not UTF-8 text (byte {error.start} cannot be decoded). Save it again as UTF-8."
        ) from None
    if not text.strip():
        raise UnreadableError(f"{name} is empty. Save your work and submit it again.")
    sources = (
        _read_notebook(name, text) if name.lower().endswith(NOTEBOOK) else [Source(_clean_script_name(name), text)]
    )
    if (length := sum(len(source.code) for source in sources)) > MAX_CODE_CHARACTERS:
        raise UnreadableError(
            f"{name} contains {length / 1000:.0f} kB of code; the limit is {MAX_CODE_CHARACTERS / 1000:.0f} kB. "
            "Remove pasted data from the code and submit it again."
        )
    cells, left = [], MAX_IPYTHON_CHARACTERS
    for source in sources:
        code = source.code.replace("\r\n", "\n").replace("\r", "\n")
        if find_syntax_error(code) is not None:
            left -= len(code) * len(MAGIC.findall(code))
            code = _make_python(code) if left >= 0 else code
        if source.code.strip():
            cells.append(Source(source.name, code))
    return cells


def too_large(name: str) -> str:
    """The message about a file that is too large."""
    return (
        f"{name} is larger than {MAX_FILE_BYTES / 1e6:.0f} MB, the limit. Clear the outputs of the notebook and submit "
        "it again."
    )


def _read_notebook(name, text):
    try:
        notebook = json.loads(text)
        cells = notebook["cells"] if "cells" in notebook else notebook["worksheets"][0]["cells"]
        return [
            Source(f"cell {number}", _join_lines(cell.get("source", cell.get("input", ""))))
            for number, cell in enumerate(cells, 1)
            if cell["cell_type"] == "code"
        ]
    except json.JSONDecodeError as error:
        raise UnreadableError(
            f"{name} is not a notebook: it is not JSON (line {error.lineno}, column {error.colno}: "
            f"{error.msg}). Open it in Jupyter, save it and submit it again."
        ) from None
    except (KeyError, TypeError, AttributeError, IndexError, ValueError, RecursionError, MemoryError):
        raise UnreadableError(
            f"{name} is JSON, but not a notebook. Open it in Jupyter, save it and submit it again."
        ) from None


def _join_lines(source):
    return source if isinstance(source, str) else "".join(source)


def _clean_script_name(name):
    clean = re.sub(r"[^\w.-]+", "_", name.replace("\\", "/").rsplit("/", 1)[-1])
    return clean[-MAX_NAME_CHARACTERS:].lstrip("-.") or "script.py"


def _make_python(code):
    """The code as Python, where only IPython understands it: indented, pasted with prompts, or with magics. The number
    of each line stays the same."""
    if find_syntax_error(code) is None:
        return code
    if magic := CELL_MAGIC.match(code):
        body = code[magic.end() :]
        body = _make_python(body) if magic[1] in PYTHON_CELL_MAGICS else "\n" * body.count("\n")
        return "\n" * magic[0].count("\n") + body
    from IPython.core.inputtransformer2 import TransformerManager

    empty_lines = code[: len(code) - len(code.lstrip())].count("\n")  # which IPython removes
    try:
        transformed = TransformerManager().transform_cell(TIMED_STATEMENT.sub(r"\1", code))
    except Exception:  # IPython raises errors of several types on what is not code
        return code
    return "\n" * empty_lines + (transformed if code.endswith("\n") else transformed.removesuffix("\n"))


def find_syntax_error(code: str) -> tuple[int, str] | None:
    """(line, error message) if the code does not compile as a cell of a notebook, else None.

    Parsing is not enough: it accepts a break outside of a loop, for example. As in IPython, each statement is compiled
    on its own, and may wait for a coroutine.

    >>> find_syntax_error("x = 1\\nbreak")
    (2, "SyntaxError: 'break' outside loop")
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about escapes in the student's strings
            for statement in ast.parse(code).body:
                compile_statement(statement, "cell")
    except SyntaxError as error:
        return error.lineno or 1, f"{type(error).__name__}: {error.msg}"
    except (ValueError, RecursionError, MemoryError) as error:
        return 1, f"{type(error).__name__}: {error}"
    return None

"""Read a submitted notebook or script as cells of Python code. Line numbers do not change."""

import json
import re

from grading.submissions.python_code import Source, find_syntax_error, make_python, separate_errors

NOTEBOOK = ".ipynb"
CODE = (NOTEBOOK, ".py")
MAX_FILE_BYTES = 50_000_000  # notebooks full of pictures reach 20 MB
MAX_CODE_CHARACTERS = 200_000  # of a file: the course's longest notebook has 36,000
MAX_NAME_CHARACTERS = 60  # file systems allow 255 bytes, and a character may need four
MAX_IPYTHON_CHARACTERS = 1_000_000  # of a file: IPython reads a cell again for each magic in it
MAGIC = re.compile(r"^[ \t]*[%!?,;/]|=[ \t]*[%!]|\?[ \t]*$", re.MULTILINE)


class UnreadableError(ValueError):
    """A file contains no code that could be graded; the message says what was expected and what to do."""


def read_cells(name: str, content: bytes, label: str = "") -> list[Source]:
    """The code cells of a .ipynb or .py file that are not empty. Raises UnreadableError.

    label: the name of the file in the names of its cells, if the submission has several files.

    >>> read_cells("work.py", b"x = 1")
    [Source(name='work.py', code='x = 1', part='')]
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
        _read_notebook(name, text, f" of {label}" if label else "")
        if name.lower().endswith(NOTEBOOK)
        else [Source(label or clean_file_name(name), text)]
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
            code = make_python(code) if left >= 0 else code
        if source.code.strip():
            one = Source(source.name, code)
            # A script is divided. Of a notebook's cell, Jupyter too runs all or nothing.
            cells += [one] if name.lower().endswith(NOTEBOOK) else separate_errors(one)
    return cells


def too_large(name: str) -> str:
    """The message about a file that is too large."""
    return (
        f"{name} is larger than {MAX_FILE_BYTES / 1e6:.0f} MB, the limit. Clear the outputs of the notebook and submit "
        "it again."
    )


def _read_notebook(name, text, where):
    try:
        notebook = json.loads(text)
        cells = notebook["cells"] if "cells" in notebook else notebook["worksheets"][0]["cells"]
        return [
            Source(f"cell {number}{where}", _join_lines(cell.get("source", cell.get("input", ""))))
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


def clean_file_name(name: str) -> str:
    """The name of a submitted file, without folders and with harmless characters alone.

    >>> clean_file_name("home work/my work.py")
    'my_work.py'
    """
    clean = re.sub(r"[^\w.-]+", "_", name.replace("\\", "/").rsplit("/", 1)[-1])
    return clean[-MAX_NAME_CHARACTERS:].lstrip("-.") or "script.py"

"""Python code as a student wrote it: magics are taken out, and what does not compile is separated from the rest."""

import ast
import re
import warnings
from dataclasses import dataclass, replace

from grading.runner.statements import compile_statement

CELL_MAGIC = re.compile(r"\s*%%(\w*).*\n?")
PYTHON_CELL_MAGICS = {"time", "timeit", "capture", "prun"}
TIMED_STATEMENT = re.compile(r"^([ \t]*)%(?:time|prun)[ \t]+(?=\w)", re.MULTILINE)
DEFINITION = re.compile(r"@|(async\s+)?def\s|class\s")
# Where a part of a script begins: at the marks of a cell, and after a definition at the next statement.
MARK, STATEMENT = re.compile(r"#\s*(%%|In\s*\[)"), re.compile(r"\w")
TENSORFLOW_1 = re.compile(
    r"^[^#\n]*\b(tf\.(?:Session|InteractiveSession|placeholder|reset_default_graph|contrib))\b", re.MULTILINE
)
MOST_JOINED = 10  # parts that may be one statement, such as a text with lines that look like code
MOST_PARTS = 300


@dataclass(frozen=True)
class Source:
    """The code of one cell. name: as messages show it, "cell 3" or the name of the script. part: which lines of the
    cell these are, if they were separated from the rest because they do not compile."""

    name: str
    code: str
    part: str = ""


def make_python(code: str) -> str:
    """The code as Python, where only IPython understands it: indented, pasted with prompts, or with magics. The number
    of each line stays the same."""
    if find_syntax_error(code) is None:
        return code
    if magic := CELL_MAGIC.match(code):
        body = code[magic.end() :]
        body = make_python(body) if magic[1] in PYTHON_CELL_MAGICS else "\n" * body.count("\n")
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


def describe_tensorflow_1(sources: list[Source]) -> str:
    """What to tell a student whose cells were written for TensorFlow 1; "" of other cells.

    >>> describe_tensorflow_1([Source("cell 3", "with tf.Session() as session:\\n    pass")])[:41]
    'cell 3 uses tf.Session, so this notebook '
    """
    for source in sources:
        if match := TENSORFLOW_1.search(source.code):
            return (
                f"{source.name} uses {match[1]}, so this notebook was written for TensorFlow 1. Its functions were "
                "graded with TensorFlow 2, which has no sessions and placeholders, and no other cell was run. Copy the "
                "functions into the course's notebook of chapter 1, and run its tests there"
            )
    return ""


def separate_errors(source: Source) -> list[Source]:
    """The cell, and as cells of their own the parts of it that do not compile. Line numbers do not change.

    >>> [one.code for one in separate_errors(Source("a.py", "def f(:\\n    return\\ndef g():\\n    return 1"))]
    ['\\n\\ndef g():\\n    return 1', 'def f(:\\n    return']
    """
    if find_syntax_error(source.code) is None:
        return [source]
    lines = source.code.split("\n")
    starts = _find_parts(lines)
    if len(starts) > MOST_PARTS:
        return [source]
    broken, first = [], 0
    while first < len(starts) - 1:
        count = _count_joined(lines, starts, first)
        if not count:
            broken.append((starts[first], starts[first + 1]))
        first += count or 1
    if len(broken) == len(starts) - 1:
        return [source]
    left = list(lines)
    for start, end in broken:
        left[start:end] = [""] * (end - start)
    parts = [
        replace(
            source,
            code="\n" * start + "\n".join(lines[start:end]),
            part=f"the part of {source.name} from line {start + 1} to line {end}",
        )
        for start, end in broken
    ]
    return [replace(source, code="\n".join(left)), *parts]


def _find_parts(lines):
    """The numbers of the lines where parts begin, and the number of lines."""
    starts, in_definition, decorated = [0], False, False
    for number, line in enumerate(lines):
        if MARK.match(line):
            starts.append(number)
            in_definition = False
        elif DEFINITION.match(line):
            if not decorated:
                starts.append(number)
            in_definition, decorated = True, line.startswith("@")
        elif in_definition and STATEMENT.match(line):
            starts.append(number)
            in_definition = False
    return [*sorted(set(starts)), len(lines)]


def _count_joined(lines, starts, first):
    """How many parts from the first on compile together; 0 if they never do."""
    for count in range(1, min(MOST_JOINED, len(starts) - 1 - first) + 1):
        if find_syntax_error("\n".join(lines[starts[first] : starts[first + count]])) is None:
            return count
    return 0

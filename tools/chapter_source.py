"""Read a chapter's source, and check it.

A chapter is one file, notebooks/src/NN_name.py, in jupytext's py:percent form. Cell headers may carry

    # %% [markdown]                       prose
    # %% tags=["nbval-ignore-output"]     a cell whose output differs from run to run (progress, timings)
    # %% exercise="2: gram_matrix"        the cell in which a student writes exercise 2
    # %% test="gram_matrix" points=15     the locked cell that grades it

and an exercise marks what the student has to write, as nbgrader does:

    def gram_matrix(A):
        ### BEGIN SOLUTION
        return tf.matmul(A, A, transpose_b=True)
        ### END SOLUTION
"""

import ast
import difflib
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import jupytext

LONGEST_CELL = 25
LONGEST_CODE_LINE = 95  # characters that a notebook shows without scrolling sideways
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
REGION = re.compile(rf"^[ \t]*{BEGIN}\n(.*?)^[ \t]*{END}$", re.MULTILINE | re.DOTALL)
HEADER = re.compile(r"#\s*%%(\s|$)")
HEADER_KEYS = {"tags", "exercise", "test", "points"}


class ChapterError(ValueError):
    """A chapter's source breaks a rule; the message begins with file:line."""


def read_solution_lines(source):
    """Return the text of every line between solution markers of the chapter at path `source`."""
    regions = "".join(REGION.findall(Path(source).read_text(encoding="utf-8")))
    return [line.strip() for line in regions.splitlines() if line.strip()]


def read_cells(source):
    """Return the cells of the chapter at path `source`, each with its first line as `line`.

    Raises ChapterError at the first broken rule.
    """
    text = source.read_text(encoding="utf-8")
    lines = text.splitlines()
    starts = [number for number, line in enumerate(lines, 1) if HEADER.match(line)]
    cells = jupytext.reads(text, "py:percent").cells
    if len(cells) != len(starts):
        raise ChapterError(
            f"{source}:1: {len(cells)} cells under {len(starts)} '# %%' headers: "
            "begin the file with a header, and keep '# %%' out of strings"
        )
    for cell, (start, stop) in zip(cells, pairwise([*starts, len(lines) + 1]), strict=True):
        cell.line = start
        _check_cell(cell, lines[start : stop - 1], source)
    _check_exercises(cells, source)
    return cells


def _check_cell(cell, lines, source):
    where = f"{source}:{cell.line}"
    cell.metadata.pop("lines_to_next_cell", None)
    if unknown := set(cell.metadata) - HEADER_KEYS:
        raise ChapterError(
            f"{where}: unknown cell option {sorted(unknown)[0]!r}: known are {', '.join(sorted(HEADER_KEYS))}"
        )
    if not cell.source.strip():
        raise ChapterError(f"{where}: this cell is empty")
    if (length := len(cell.source.splitlines())) > LONGEST_CELL:
        raise ChapterError(f"{where}: this cell has {length} lines; no cell may have more than {LONGEST_CELL}")
    if cell.cell_type != "code":
        return
    for number, line in enumerate(lines, cell.line + 1):
        if len(line) > LONGEST_CODE_LINE:
            raise ChapterError(
                f"{source}:{number}: this line of code has {len(line)} characters; no line may have more than "
                f"{LONGEST_CODE_LINE}"
            )
    regions = _find_regions(lines, cell.line + 1, source)
    if "exercise" in cell.metadata and not regions:
        raise ChapterError(f"{where}: exercise {cell.metadata.exercise!r} has no '{BEGIN}' ... '{END}'")
    if regions and "exercise" not in cell.metadata:
        raise ChapterError(
            f"{source}:{regions[0]}: a solution outside an exercise: "
            'give the cell a header like # %% exercise="2: gram_matrix"'
        )
    if regions:
        _check_stub(cell, where)


def _find_regions(lines, first, source):
    """Return the line numbers of the opening markers; `first` is the number of lines[0]."""
    opened = None
    regions = []
    for number, line in enumerate(lines, first):
        marker = _read_marker(line, f"{source}:{number}")
        if marker == BEGIN and opened:
            raise ChapterError(f"{source}:{number}: '{BEGIN}' inside the solution that begins on line {opened}")
        if marker == END and not opened:
            raise ChapterError(f"{source}:{number}: '{END}' without a '{BEGIN}' before it")
        if marker == BEGIN:
            opened, regions = number, [*regions, number]
        elif marker == END:
            _check_region(lines[opened - first : number - first + 1], opened, source)
            opened = None
    if opened:
        raise ChapterError(f"{source}:{opened}: '{BEGIN}' without an '{END}' in the same cell")
    return regions


def _check_region(region, opened, source):
    begin, *body, end = region
    if _indentation(begin) != _indentation(end):
        raise ChapterError(f"{source}:{opened}: '{BEGIN}' and its '{END}' are indented differently")
    if not any(line.strip() and not line.strip().startswith("#") for line in body):
        raise ChapterError(f"{source}:{opened}: the solution is empty")


def _check_stub(exercise, where):
    try:
        ast.parse(make_stub(exercise))
    except SyntaxError as error:
        raise ChapterError(f"{where}: without its solution this cell is not Python: {error.msg}") from None


def _read_marker(line, where):
    """Return the marker on this line, or None; a line that is almost a marker is an error."""
    text = line.strip()
    if text in (BEGIN, END):
        return text
    letters = {re.sub(r"[^A-Z]", "", marker): marker for marker in (BEGIN, END)}
    meant = difflib.get_close_matches(re.sub(r"[^A-Z]", "", text.upper()), letters, 1, cutoff=0.88)
    if text.startswith("#") and meant:
        raise ChapterError(f"{where}: misspelled marker '{text}': write '{letters[meant[0]]}'")
    if text.startswith("###") or re.search(r"#\s*(BEGIN|END) SOLUTION", text):
        raise ChapterError(f"{where}: '{text}' is not a marker: '{BEGIN}' and '{END}' must stand alone on their lines")
    return None


def _check_exercises(cells, source):
    """Check that each exercise has a valid name, occurs once, and has one test cell below it."""
    exercises, tests = [], []
    for cell in cells:
        where = f"{source}:{cell.line}"
        if "exercise" in cell.metadata:
            _check_exercise_name(cell.metadata.exercise, where)
            exercises.append((exercise_name(cell), where))
        if "test" in cell.metadata or "points" in cell.metadata:
            _check_test(cell, [name for name, _ in exercises], where)
            tests.append((cell.metadata.test, where))
    _check_no_second(exercises, "exercise")
    _check_no_second(tests, "test")
    for name, where in exercises:
        if name not in dict(tests):
            raise ChapterError(
                f'{where}: exercise {name} has no test cell: add one below it, headed # %% test="{name}" points=10'
            )


def _check_exercise_name(exercise, where):
    if not re.fullmatch(r"\d+: [a-z]\w*", str(exercise)):
        raise ChapterError(f"{where}: exercise {exercise!r}: write its number and its function, like '2: gram_matrix'")


def _check_no_second(cells, kind):
    """cells: (name, place in the source) each."""
    counts = Counter(name for name, _ in cells)
    for name, where in reversed(cells):
        if counts[name] > 1:
            raise ChapterError(f"{where}: a second {kind} of {name}")


def _check_test(cell, exercises, where):
    if "test" not in cell.metadata:
        raise ChapterError(f'{where}: points without a test: write test="..." before them')
    if cell.metadata.test not in exercises:
        raise ChapterError(f"{where}: a test of {cell.metadata.test}, but no exercise of that name above it")
    points = cell.metadata.get("points")
    if type(points) is not int or points < 1:
        raise ChapterError(f"{where}: the test of {cell.metadata.test} needs its points: points=10")


def exercise_name(exercise):
    """Return the name of the function that an exercise cell defines."""
    return exercise.metadata.exercise.split(": ")[1]


def make_stub(exercise):
    """Return the source of an exercise cell in which each solution is replaced by a NotImplementedError."""
    lines, inside = [], False
    for line in exercise.source.splitlines():
        if line.strip() == BEGIN:
            inside = True
            error = f'raise NotImplementedError("Exercise {exercise.metadata.exercise}")'
            lines += [_indentation(line) + "# YOUR CODE HERE", _indentation(line) + error]
        if not inside:
            lines.append(line)
        inside = inside and line.strip() != END
    return "\n".join(lines)


def _indentation(line):
    return line[: len(line) - len(line.lstrip())]

"""Read a chapter's source, and make the solved and the student's notebook from it.

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

The solved notebook keeps the markers: they show which lines were the student's, and make it the source that
`nbgrader generate_assignment` takes. The student's notebook has in each region's place, at its indentation,

        # YOUR CODE HERE
        raise NotImplementedError("Exercise 2: gram_matrix")

nbgrader's metadata and the cells' ids are generated: an exercise's id is its function's name, other ids come
from their cell's text. So a rebuild changes nothing, and an inserted cell changes no other.
"""

import ast
import difflib
import hashlib
import linecache
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import jupytext
import nbformat

LONGEST_CELL = 25
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
REGION = re.compile(rf"^[ \t]*{BEGIN}\n(.*?)^[ \t]*{END}$", re.MULTILINE | re.DOTALL)
HEADER = re.compile(r"#\s*%%(\s|$)")
HEADER_KEYS = {"tags", "exercise", "test", "points"}
NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


class ChapterError(ValueError):
    """A chapter's source breaks a rule; the message begins with file:line."""


def solved(source):
    """Return the solved notebook of the chapter at path `source`, not executed."""
    return _notebook(_cells(Path(source)), keep_solutions=True)


def student(source):
    """Return the student's notebook of the chapter at path `source`: stubs for solutions, no outputs."""
    return _notebook(_cells(Path(source)), keep_solutions=False)


def solution_lines(source):
    """Return the text of every line between solution markers of the chapter at path `source`."""
    regions = "".join(REGION.findall(Path(source).read_text(encoding="utf-8")))
    return [line.strip() for line in regions.splitlines() if line.strip()]


def names_after(source, beginning):
    """Return the names that a chapter has defined after the cell whose text begins so, run in this process.

    The cells above it run too, less the tests of the exercises: for tests and benchmarks of the chapter's own code.
    """
    names = {"__name__": "__main__"}
    for cell in solved(source).cells:
        if cell.cell_type == "code" and not cell.id.endswith("_test"):
            place = f"{Path(source).name}, cell {cell.id}"
            # AutoGraph translates the text of a function, which it asks linecache for.
            linecache.cache[place] = len(cell.source), None, cell.source.splitlines(keepends=True), place
            exec(compile(cell.source, place, "exec"), names)
        if cell.source.startswith(beginning):
            return names
    raise ChapterError(f"{source}:1: no cell begins with {beginning!r}")


def _cells(source):
    """Read the cells of a source and check every rule; each cell's place in the source is its `line`."""
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
        raise ChapterError(f"{where}: this cell has {length} lines; no cell may have over {LONGEST_CELL}")
    if cell.cell_type != "code":
        return
    regions = _regions(lines, cell.line + 1, source)
    if "exercise" in cell.metadata and not regions:
        raise ChapterError(f"{where}: exercise {cell.metadata.exercise!r} has no '{BEGIN}' ... '{END}'")
    if regions and "exercise" not in cell.metadata:
        raise ChapterError(
            f"{source}:{regions[0]}: a solution outside an exercise: "
            'give the cell a header like # %% exercise="2: gram_matrix"'
        )
    if regions:
        _check_stub(cell, where)


def _regions(lines, first, source):
    """Return the line numbers of the opening markers; `first` is the number of lines[0]."""
    begun = None
    regions = []
    for number, line in enumerate(lines, first):
        marker = _marker(line, f"{source}:{number}")
        if marker == BEGIN and begun:
            raise ChapterError(f"{source}:{number}: '{BEGIN}' inside the solution begun on line {begun}")
        if marker == END and not begun:
            raise ChapterError(f"{source}:{number}: '{END}' without a '{BEGIN}' before it")
        if marker == BEGIN:
            begun, regions = number, [*regions, number]
        elif marker == END:
            _check_region(lines[begun - first : number - first + 1], begun, source)
            begun = None
    if begun:
        raise ChapterError(f"{source}:{begun}: '{BEGIN}' without an '{END}' in the same cell")
    return regions


def _check_region(region, begun, source):
    begin, *body, end = region
    if _indentation(begin) != _indentation(end):
        raise ChapterError(f"{source}:{begun}: '{BEGIN}' and its '{END}' are indented differently")
    if not any(line.strip() and not line.strip().startswith("#") for line in body):
        raise ChapterError(f"{source}:{begun}: the solution is empty")


def _check_stub(exercise, where):
    try:
        ast.parse(_stub(exercise))
    except SyntaxError as error:
        raise ChapterError(f"{where}: without its solution this cell is not Python: {error.msg}") from None


def _marker(line, where):
    """Return the marker that `line` is, or None; a line that all but is one is an error."""
    text = line.strip()
    if text in (BEGIN, END):
        return text
    letters = {re.sub(r"[^A-Z]", "", marker): marker for marker in (BEGIN, END)}
    meant = difflib.get_close_matches(re.sub(r"[^A-Z]", "", text.upper()), letters, 1, cutoff=0.88)
    if text.startswith("#") and meant:
        raise ChapterError(f"{where}: misspelt marker '{text}': write '{letters[meant[0]]}'")
    if text.startswith("###") or re.search(r"#\s*(BEGIN|END) SOLUTION", text):
        raise ChapterError(f"{where}: '{text}' is no marker: '{BEGIN}' and '{END}' stand alone on their lines")
    return None


def _check_exercises(cells, source):
    """Each exercise is well named, there once, and graded by one test cell below it."""
    exercises, tests = [], []
    for cell in cells:
        where = f"{source}:{cell.line}"
        if "exercise" in cell.metadata:
            if not re.fullmatch(r"\d+: [a-z]\w*", str(cell.metadata.exercise)):
                raise ChapterError(
                    f"{where}: exercise {cell.metadata.exercise!r}: "
                    "write its number and its function, like '2: gram_matrix'"
                )
            exercises.append((_name(cell), where))
        if "test" in cell.metadata or "points" in cell.metadata:
            _check_test(cell, [name for name, _ in exercises], where)
            tests.append((cell.metadata.test, where))
    for names, what in ((exercises, "exercise"), (tests, "test")):
        counts = Counter(name for name, _ in names)
        for name, where in reversed(names):
            if counts[name] > 1:
                raise ChapterError(f"{where}: a second {what} of {name}")
    for name, where in exercises:
        if name not in dict(tests):
            raise ChapterError(
                f'{where}: exercise {name} has no test cell: add one below it, headed # %% test="{name}" points=10'
            )


def _check_test(cell, exercises, where):
    if "test" not in cell.metadata:
        raise ChapterError(f'{where}: points without a test: write test="..." before them')
    if cell.metadata.test not in exercises:
        raise ChapterError(f"{where}: a test of {cell.metadata.test}, but no exercise of that name above it")
    points = cell.metadata.get("points")
    if type(points) is not int or points < 1:
        raise ChapterError(f"{where}: the test of {cell.metadata.test} needs its points: points=10")


def _notebook(cells, *, keep_solutions):
    ids = Counter()
    notebook = nbformat.v4.new_notebook(metadata=NOTEBOOK_METADATA)
    for cell in cells:
        identifier = _identifier(cell)
        ids[identifier] += 1
        text = cell.source if keep_solutions or "exercise" not in cell.metadata else _stub(cell)
        new = nbformat.v4.new_code_cell if cell.cell_type == "code" else nbformat.v4.new_markdown_cell
        repeated = f"-{ids[identifier]}" if ids[identifier] > 1 else ""
        notebook.cells.append(new(text, id=identifier + repeated, metadata=_metadata(cell)))
    nbformat.validate(notebook)
    return notebook


def _identifier(cell):
    if "exercise" in cell.metadata:
        return _name(cell)
    if "test" in cell.metadata:
        return f"{cell.metadata.test}_test"
    return hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:12]


def _name(exercise):
    return exercise.metadata.exercise.split(": ")[1]


def _metadata(cell):
    """Return the metadata of a built cell: its tags, and what nbgrader needs to know."""
    metadata = {"tags": list(cell.metadata.tags)} if "tags" in cell.metadata else {}
    common = {"schema_version": 3, "task": False, "grade_id": _identifier(cell)}
    if "exercise" in cell.metadata:
        metadata["nbgrader"] = {**common, "solution": True, "grade": False, "locked": False}
    if "test" in cell.metadata:
        metadata["nbgrader"] = {
            **common,
            "solution": False,
            "grade": True,
            "locked": True,
            "points": cell.metadata.points,
        }
    return metadata


def _stub(exercise):
    """Return the source of an exercise cell with each solution replaced by a stub that announces itself."""
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

"""Make the solved and the student's notebook of a chapter from its source (tools/chapter_source.py).

The solved notebook keeps the solution markers: they show which lines the student writes, and make the notebook the
source for `nbgrader generate_assignment`. The student's notebook has in place of each solution, at its indentation,

        # YOUR CODE HERE
        raise NotImplementedError("Exercise 2: gram_matrix")

Below the heading of a section, both have its minutes and learning goals (tools/learning_goals.py).

nbgrader's metadata and the cells' ids are generated: an exercise's id is the name of its function, other ids are a hash
of the cell's text in the source. So a second build changes nothing, and a new cell does not change the others.
"""

import hashlib
import linecache
from collections import Counter
from pathlib import Path

import nbformat

from tools.chapter_source import ChapterError, exercise_name, make_stub, read_cells
from tools.learning_goals import add_goals, read_goals

NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def make_solved(source):
    """Return the solved notebook of the chapter at path `source`, not executed."""
    return _make_notebook(Path(source), keep_solutions=True)


def make_student(source):
    """Return the student's notebook of the chapter at path `source`: stubs for solutions, no outputs."""
    return _make_notebook(Path(source), keep_solutions=False)


def run_until(source, beginning):
    """Run a chapter in this process down to the cell whose text starts with `beginning`; return its global names.

    The tests of the exercises are left out. For tests and benchmarks of the chapter's own code.
    """
    names = {"__name__": "__main__"}
    for cell in make_solved(source).cells:
        if cell.cell_type == "code" and not cell.id.endswith("_test"):
            exec(compile_cell(cell, source), names)
        if cell.source.startswith(beginning):
            return names
    raise ChapterError(f"{source}:1: no cell begins with {beginning!r}")


def compile_cell(cell, source):
    """Return the code of a cell, compiled so that AutoGraph finds its text, as it does in a notebook."""
    place = f"{Path(source).name}, cell {cell.id}"
    linecache.cache[place] = len(cell.source), None, cell.source.splitlines(keepends=True), place
    return compile(cell.source, place, "exec")


def _make_notebook(source, *, keep_solutions):
    cells, goals, ids = read_cells(source), read_goals(source), Counter()
    notebook = nbformat.v4.new_notebook(metadata=NOTEBOOK_METADATA)
    for cell in cells:
        identifier = _identifier(cell)
        ids[identifier] += 1
        text = cell.source if keep_solutions or "exercise" not in cell.metadata else make_stub(cell)
        new = nbformat.v4.new_code_cell
        if cell.cell_type == "markdown":
            text, new = add_goals(text, goals), nbformat.v4.new_markdown_cell
        repeated = f"-{ids[identifier]}" if ids[identifier] > 1 else ""
        notebook.cells.append(new(text, id=identifier + repeated, metadata=_metadata(cell)))
    nbformat.validate(notebook)
    return notebook


def _identifier(cell):
    if "exercise" in cell.metadata:
        return exercise_name(cell)
    if "test" in cell.metadata:
        return f"{cell.metadata.test}_test"
    return hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:12]


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

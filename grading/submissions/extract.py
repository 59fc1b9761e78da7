"""The code that matters: the functions of one chapter's exercises, and what they need, transitively.

What the code defines tells which chapter it is of. Kept are the statements at the top of a cell that bind a name which
an exercise needs: imports, definitions, and assignments; and those that change what such an assignment has made, as
STYLE_LAYERS.append(...) does. All else is left out: calls, loops that paint, magics, plots. What it takes VGG-19 and
pictures to make is supplied instead (`grading.runner.notebook_globals`).
"""

import ast
import symtable
import warnings
from collections import defaultdict
from dataclasses import dataclass

from grading.exercises import CHAPTERS, EXERCISES, chapter_of
from grading.runner.notebook_globals import GIVEN, MISSING
from grading.submissions.cells import syntax_error

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DEFINITIONS = (*FUNCTIONS, ast.ClassDef)
ASSIGNMENTS = (ast.Assign, ast.AugAssign, ast.AnnAssign)
OURS = {"public_tests", "nst"}  # whose stars bring nothing that an exercise needs


@dataclass(frozen=True)
class Cell:
    """A cell's name and source, and the numbers of those statements of its that are kept."""

    name: str
    source: str
    keep: tuple[int, ...]


@dataclass(frozen=True)
class Extract:
    """cells: the code that is run; sources: the last definition of each exercise; broken: what was left out and why.

    chapter: that of the exercises, None where none is defined. broken: (cell name, line, its source, error in words,
    the exercises that it seems to define). attempted: the exercises whose definition is no stub; elsewhere: those of
    other chapters, which were left out.
    """

    chapter: int | None
    cells: tuple[Cell, ...]
    sources: dict
    broken: tuple
    attempted: frozenset
    elsewhere: tuple


@dataclass(frozen=True)
class _Statement:
    cell: int
    number: int
    node: ast.stmt
    binds: frozenset
    needs: frozenset
    changes: frozenset

    @property
    def place(self):
        return self.cell, self.number


def extract(sources):
    """sources: a list of grading.submissions.cells.Source, which share one namespace."""
    statements, broken = [], []
    for number, source in enumerate(sources):
        if found := syntax_error(source.code):
            broken.append(_left_out(source, *found))
            continue
        try:
            statements += _statements(number, source.code)
        except _TooMuch as too_much:
            broken.append(_left_out(source, *too_much.args))
    chapter = chapter_of(set().union(*(s.binds for s in statements), *(names for *_, names in broken)))
    exercises = CHAPTERS.get(chapter, EXERCISES)
    kept = _kept(statements, set(exercises))
    numbers = defaultdict(list)
    for statement in kept:
        numbers[statement.cell].append(statement.number)
    cells = tuple(Cell(sources[cell].name, sources[cell].code, tuple(found)) for cell, found in numbers.items())
    last = {s.node.name: s for s in statements if isinstance(s.node, FUNCTIONS) and s.node.name in EXERCISES}
    definitions = {name: _lines(sources[s.cell].code, s.node) for name, s in last.items() if name in exercises}
    attempted = {name for name, s in last.items() if not _stub(s.node)}
    return Extract(
        chapter,
        cells,
        definitions,
        tuple(broken),
        frozenset(attempted & exercises.keys()),
        tuple(name for name in EXERCISES if name in attempted - exercises.keys()),
    )


def _stub(node):
    """Whether a function is still what was handed out: it raises NotImplementedError, whatever else it does."""
    raised = [
        line.exc.func if isinstance(line.exc, ast.Call) else line.exc
        for line in node.body
        if isinstance(line, ast.Raise)
    ]
    return any(isinstance(name, ast.Name) and name.id == "NotImplementedError" for name in raised)


class _TooMuch(Exception):
    """Code that compiles, and yet cannot be taken apart: (line, words)."""


def _statements(cell, code):
    statements, line = [], 1
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about escapes in the student's strings
            for number, node in enumerate(ast.parse(code).body):
                line = node.lineno
                statements.append(_Statement(cell, number, node, *_names(ast.unparse(node)), frozenset(_changed(node))))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _TooMuch(line, f"{type(error).__name__}: {error}") from None
    return statements


def _names(code):
    """(names that a statement binds in the module, names that it looks up there)."""
    table = symtable.symtable(code, "cell", "exec")
    binds = (symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned() or symbol.is_imported())
    return frozenset(binds), frozenset(_looked_up(table))


def _changed(node):
    """The names whose values a statement changes in place: by X.method(...), X[...] = ... or X.name = ..."""
    if isinstance(node, (*DEFINITIONS, ast.Import, ast.ImportFrom)):
        return
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
        yield from _root(node.value.func)
    if isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign)):
        for target in getattr(node, "targets", None) or [node.target]:
            yield from _root(target) if isinstance(target, (ast.Subscript, ast.Attribute)) else ()
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.stmt, ast.ExceptHandler)):
            yield from _changed(child)


def _root(node):
    """The name at the beginning of X.a[0].b."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id


def _looked_up(table):
    """The names that a piece of code looks up in the module, those in its functions and classes included."""
    top = table.get_type() == "module"
    names = {
        symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced() and (top or symbol.is_global())
    }
    return names.union(*(_looked_up(child) for child in table.get_children()))


def _kept(statements, wanted):
    """The statements that bind or change what is wanted, in their order; what they look up is wanted too."""
    makers, kept = _makers(statements), {s.place for s in statements if _star(s.node)}
    waiting, seen = list(wanted), set(wanted)
    while waiting:
        for statement in makers.get(waiting.pop(), ()):
            if statement.place not in kept:
                kept.add(statement.place)
                waiting += statement.needs - seen
                seen |= statement.needs
    return [s for s in statements if s.place in kept]


def _makers(statements):
    """The statements that make a name's value, by name: those that bind it, and those that change it in place."""
    binding, changing = defaultdict(list), defaultdict(list)
    for statement in statements:
        for name in statement.binds - GIVEN:
            binding[name].append(statement)
        for name in statement.changes:
            changing[name].append(statement)
    for name, found in binding.items():
        # Not what is imported, defined or supplied: np.random.seed(1) changes nothing that is judged, and a loop that
        # calls optimizer.apply_gradients paints.
        if name not in MISSING and any(isinstance(statement.node, ASSIGNMENTS) for statement in found):
            found += changing[name]
    return binding


def _star(node):
    return (
        isinstance(node, ast.ImportFrom) and node.names[0].name == "*" and (node.module or "").split(".")[0] not in OURS
    )


def _left_out(source, line, words):
    lines = source.code.split("\n")
    text = lines[line - 1].strip() if line <= len(lines) else ""
    return source.name, line, text, words, tuple(name for name in EXERCISES if f"def {name}(" in source.code)


def _lines(code, node):
    """The lines of a definition, its decorators included."""
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return "\n".join(code.split("\n")[first - 1 : node.end_lineno])

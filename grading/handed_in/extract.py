"""The code that matters: the functions of one chapter's exercises, and what they need, transitively.

What the code defines tells which chapter it is of. Kept are the statements at the top of a cell that bind a name which
an exercise needs: imports, definitions, and assignments; and those that change what such an assignment has made, as
STYLE_LAYERS.append(...) does. All else is left out: calls, loops that paint, magics, plots. What it takes VGG-19 and
pictures to make is supplied instead (`grading.sandbox.supplies`).
"""

import ast
import symtable
from dataclasses import dataclass

from grading.exercises import CHAPTERS, EXERCISES, chapter_of
from grading.handed_in.cells import syntax_error
from grading.sandbox.supplies import GIVEN, MISSING

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
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
    the exercises that it seems to define).
    """

    chapter: int | None
    cells: tuple[Cell, ...]
    sources: dict
    broken: tuple


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
    """sources: a list of grading.handed_in.cells.Source, which share one namespace."""
    statements, broken = [], []
    for number, source in enumerate(sources):
        if found := syntax_error(source.code):
            broken.append(_left_out(source, *found))
            continue
        try:
            statements += _statements(number, source.code)
        except RecursionError:
            broken.append(_left_out(source, 1, "it is nested too deeply to be read"))
    chapter = chapter_of(set().union(*(s.binds for s in statements), *(names for *_, names in broken)))
    exercises = CHAPTERS.get(chapter, EXERCISES)
    kept = _kept(statements, set(exercises))
    cells = tuple(Cell(source.name, source.code, tuple(s.number for s in kept if s.cell == number))
                  for number, source in enumerate(sources) if any(s.cell == number for s in kept))
    definitions = {s.node.name: _lines(sources[s.cell].code, s.node) for s in kept
                   if isinstance(s.node, (ast.FunctionDef, ast.AsyncFunctionDef)) and s.node.name in exercises}
    return Extract(chapter, cells, definitions, tuple(broken))


def _statements(cell, code):
    body = ast.parse(code).body
    return [_Statement(cell, number, node, *_names(ast.unparse(node)), frozenset(_changed(node)))
            for number, node in enumerate(body)]


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
    names = {symbol.get_name() for symbol in table.get_symbols()
             if symbol.is_referenced() and (top or symbol.is_global())}
    return names.union(*(_looked_up(child) for child in table.get_children()))


def _kept(statements, wanted):
    """The statements that bind or change what is wanted, in their order; what they look up is wanted too."""
    assigned, kept = set(), set()
    while True:
        more = [s for s in statements if s.place not in kept
                and (_star(s.node) or s.binds & wanted - GIVEN or s.changes & assigned)]
        if not more:
            return [s for s in statements if s.place in kept]
        kept |= {s.place for s in more}
        wanted = wanted.union(*(s.needs for s in more))
        # Not what is imported, defined or supplied: np.random.seed(1) changes nothing that is judged, and a loop that
        # calls optimizer.apply_gradients paints.
        assigned |= set().union(*(s.binds & wanted for s in more if isinstance(s.node, ASSIGNMENTS))) - GIVEN - MISSING


def _star(node):
    return (isinstance(node, ast.ImportFrom) and node.names[0].name == "*"
            and (node.module or "").split(".")[0] not in OURS)


def _left_out(source, line, words):
    lines = source.code.split("\n")
    text = lines[line - 1].strip() if line <= len(lines) else ""
    return source.name, line, text, words, tuple(name for name in EXERCISES if f"def {name}(" in source.code)


def _lines(code, node):
    """The lines of a definition, its decorators included."""
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return "\n".join(code.split("\n")[first - 1:node.end_lineno])

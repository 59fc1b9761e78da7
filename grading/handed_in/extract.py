"""The code that matters: the exercises' functions, and what they need, transitively.

Kept are the statements at the top of a cell that bind a name which an exercise needs: imports, definitions, and
assignments. All else is left out: calls, loops that paint, magics, plots. What it takes VGG-19 and pictures to make
is supplied instead (`grading.sandbox.supplies`).
"""

import ast
import symtable
from dataclasses import dataclass

from grading.exercises import EXERCISES
from grading.handed_in.cells import syntax_error
from grading.sandbox.supplies import GIVEN

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

    broken: (cell name, line, its source, error in words, the exercises that it seems to define).
    """

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
    kept = _kept(statements)
    cells = tuple(Cell(source.name, source.code, tuple(s.number for s in kept if s.cell == number))
                  for number, source in enumerate(sources) if any(s.cell == number for s in kept))
    definitions = {s.node.name: _lines(sources[s.cell].code, s.node) for s in kept
                   if isinstance(s.node, (ast.FunctionDef, ast.AsyncFunctionDef)) and s.node.name in EXERCISES}
    return Extract(cells, definitions, tuple(broken))


def _statements(cell, code):
    body = ast.parse(code).body
    return [_Statement(cell, number, node, *_names(ast.unparse(node))) for number, node in enumerate(body)]


def _names(code):
    """(names that a statement binds in the module, names that it looks up there)."""
    table = symtable.symtable(code, "cell", "exec")
    binds = (symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned() or symbol.is_imported())
    return frozenset(binds), frozenset(_looked_up(table))


def _looked_up(table):
    """The names that a piece of code looks up in the module, those in its functions and classes included."""
    top = table.get_type() == "module"
    names = {symbol.get_name() for symbol in table.get_symbols()
             if symbol.is_referenced() and (top or symbol.is_global())}
    return names.union(*(_looked_up(child) for child in table.get_children()))


def _kept(statements):
    """The statements that bind what is wanted, in their order; what they look up is wanted too."""
    wanted, kept = set(EXERCISES), set()
    while True:
        more = [s for s in statements if s.place not in kept and (_star(s.node) or s.binds & wanted - GIVEN)]
        if not more:
            return [s for s in statements if s.place in kept]
        kept |= {s.place for s in more}
        wanted |= set().union(*(s.needs for s in more))


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

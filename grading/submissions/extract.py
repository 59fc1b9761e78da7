"""Extract the code to grade: the functions of one chapter's exercises, and everything that they need.

The chapter is that of the exercises that the code defines, or two chapters that were one notebook before. A statement
at the top level of a cell is kept if it binds a name that an exercise needs (imports, definitions and assignments), or
if it changes such a value, as STYLE_LAYERS.append(...) does. Everything else is left out: calls, loops that paint,
magics, plots. Values that need VGG-19 and pictures are provided instead (`grading.runner.worker`).
"""

import ast
import difflib
import symtable
import warnings
from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from grading.exercises import CURRENT_NAMES, EXERCISES, chapters_of, current_name, exercises_of
from grading.runner.worker import ALWAYS_SUPPLIED, SUPPLIED_IF_MISSING
from grading.submissions.python_code import Source, describe_tensorflow_1, find_syntax_error

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DEFINITIONS = (*FUNCTIONS, ast.ClassDef)
ASSIGNMENTS = (ast.Assign, ast.AugAssign, ast.AnnAssign)
SETTINGS = {name for exercise in EXERCISES.values() for name in exercise.settings}
SIMILAR = 0.85  # a name, so that it may have been meant
COURSE_MODULES = {"public_tests", "nst"}  # `import *` from these brings nothing that an exercise needs


@dataclass(frozen=True)
class Cell:
    """A cell's name and source, and the numbers of its statements that are kept.

    file: the number of its file: the cells of a file share a namespace. answers: the exercises that are graded as this
    file defines them; none means all.
    """

    name: str
    source: str
    keep: tuple[int, ...]
    file: int = 0
    answers: tuple[str, ...] = ()


@dataclass(frozen=True)
class BrokenCell:
    """A cell that does not compile: the line of the error, its source, the error message, and the exercises that the
    cell seems to define. part: what was left out, "cell 3" or some lines of it."""

    name: str
    line: int
    source: str
    error: str
    exercises: tuple[str, ...]
    part: str


@dataclass(frozen=True)
class Extract:
    """The code that is graded, of one file or of all files of a submission.

    chapters: none if no exercise is defined. cells: the code that is run. definitions: {exercise: source of its last
    definition}. broken: the cells that were left out. attempted: the exercises whose definition is not a stub.
    other_chapters: exercises of other chapters, which were left out. newer: {exercise: why a later cell that should
    define it does not}. files: {exercise: the file that it is graded from}, for a submission. remark: what a student
    should know about the whole file, or "".
    """

    chapters: tuple[int, ...]
    cells: tuple[Cell, ...]
    definitions: dict[str, str]
    broken: tuple[BrokenCell, ...]
    attempted: frozenset[str]
    other_chapters: tuple[str, ...]
    newer: dict[str, str]
    files: dict[str, str] = field(default_factory=dict)
    remark: str = ""


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


def extract_code(sources: list[Source], siblings: Collection[str] = ()) -> Extract:
    """The code to grade in the cells of one file, which share a namespace.

    siblings: the submission's other scripts, as modules. An import from one of these is left out, because every
    exercise is provided to all files.

    >>> extract = extract_code([Source("cell 1", "a = 2"), Source("cell 2", "def gram_matrix(A): return a")])
    >>> extract.chapters, [cell.name for cell in extract.cells], list(extract.attempted)
    ((1,), ['cell 1', 'cell 2'], ['gram_matrix'])
    """
    statements, broken = [], {}
    for number, source in enumerate(sources):
        if found := find_syntax_error(source.code):
            broken[number] = _describe_broken(source, *found)
            continue
        try:
            statements += _split_statements(number, source.code)
        except _TooComplexError as error:
            broken[number] = _describe_broken(source, *error.args)
    statements = [s for s in statements if getattr(s.node, "module", None) not in siblings]
    methods = _find_methods(statements, sources)
    defined = set(methods).union(*(s.binds for s in statements), *(cell.exercises for cell in broken.values()))
    chapters = chapters_of(defined)
    exercises = exercises_of(chapters) if chapters else EXERCISES
    numbers: dict[int, list[int]] = defaultdict(list)
    former = {name for name, current in CURRENT_NAMES.items() if current in exercises}
    settings = {name for exercise in exercises.values() for name in exercise.settings}
    for statement in _select_needed(statements, former | exercises.keys() | settings):
        numbers[statement.cell].append(statement.number)
    functions = {current_name(s.node.name): s for s in statements if isinstance(s.node, FUNCTIONS)}
    last = {name: statement for name, statement in functions.items() if name in EXERCISES}
    attempted = {name for name, statement in last.items() if not _is_stub(statement.node)}
    return Extract(
        chapters,
        tuple(Cell(sources[cell].name, sources[cell].code, tuple(keep)) for cell, keep in numbers.items()),
        {name: _cut_lines(sources[s.cell].code, s.node) for name, s in last.items() if name in exercises},
        tuple(broken.values()),
        frozenset(attempted & exercises.keys()),
        tuple(name for name in EXERCISES if name in attempted - exercises.keys()),
        {
            name: why
            for name in exercises
            if (why := _find_newer(name, functions, broken, sources) or (name not in functions and methods.get(name)))
        },
        remark=describe_tensorflow_1(sources),
    )


def _find_methods(statements, sources):
    """{exercise: where it is} of the exercises that are functions of a class."""
    return {
        current_name(inner.name): f"{sources[s.cell].name} defines {inner.name} inside the class {s.node.name}. Write "
        "the function outside of the class"
        for s in statements
        if isinstance(s.node, ast.ClassDef)
        for inner in s.node.body
        if isinstance(inner, FUNCTIONS) and current_name(inner.name) in EXERCISES
    }


def _find_newer(name, functions, broken, sources):
    """Why the cell that should define an exercise, after the one that does if there is any, does not; "" if none."""
    number = functions[name].cell if name in functions else -1
    for later, cell in broken.items():
        if later > number and name in cell.exercises:
            return f"{cell.name} does not compile, see line {cell.line}, `{cell.source}`"
    later = [other for other, one in functions.items() if other not in EXERCISES and one.cell > number]
    for other in difflib.get_close_matches(name, later, 1, SIMILAR):
        return f"{sources[functions[other].cell].name} defines {other} instead"
    return ""


def _is_stub(node):
    """Whether a function is still unsolved: it raises NotImplementedError, or a name is None and stays None, as in the
    templates of older courses."""
    raised = [
        line.exc.func if isinstance(line.exc, ast.Call) else line.exc
        for line in node.body
        if isinstance(line, ast.Raise)
    ]
    if any(isinstance(name, ast.Name) and name.id == "NotImplementedError" for name in raised):
        return True
    stored = Counter(
        name.id for name in ast.walk(node) if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
    )
    return any(
        isinstance(line, ast.Assign)
        and isinstance(line.value, ast.Constant)
        and line.value.value is None
        and any(isinstance(name, ast.Name) and stored[name.id] == 1 for name in ast.walk(line.targets[0]))
        for line in node.body
    )


class _TooComplexError(Exception):
    """Code compiles, but cannot be analyzed: (line, error message)."""


def _split_statements(cell, code):
    statements, line = [], 1
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about escapes in the student's strings
            for number, node in enumerate(ast.parse(code).body):
                line = node.lineno
                statements.append(
                    _Statement(cell, number, node, *_find_names(ast.unparse(node)), frozenset(_find_changed(node)))
                )
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _TooComplexError(line, f"{type(error).__name__}: {error}") from None
    return statements


def _find_names(code):
    table = symtable.symtable(code, "cell", "exec")
    binds = (symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned() or symbol.is_imported())
    return frozenset(binds), frozenset(_find_lookups(table))


def _find_changed(node):
    """The names whose values a statement changes in place: by X.method(...), X[...] = ... or X.name = ..."""
    if isinstance(node, (*DEFINITIONS, ast.Import, ast.ImportFrom)):
        return
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
        yield from _root_name(node.value.func)
    if isinstance(node, ASSIGNMENTS):
        for target in getattr(node, "targets", None) or [node.target]:
            yield from _root_name(target) if isinstance(target, (ast.Subscript, ast.Attribute)) else ()
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.stmt, ast.ExceptHandler)):
            yield from _find_changed(child)


def _root_name(node):
    """The name at the beginning of X.a[0].b."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id


def _find_lookups(table):
    """The names that a piece of code looks up in the module, also from its functions and classes."""
    top = table.get_type() == "module"
    names = {
        symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced() and (top or symbol.is_global())
    }
    return names.union(*(_find_lookups(child) for child in table.get_children()))


def _select_needed(statements, names):
    """The statements that bind or change one of the names, and those that these need in turn, in their order."""
    sources, needed = _map_sources(statements), {s.place for s in statements if _is_always_kept(s.node)}
    waiting, seen = list(names), set(names)
    while waiting:
        for statement in sources.get(waiting.pop(), ()):
            if statement.place not in needed:
                needed.add(statement.place)
                waiting += statement.needs - seen
                seen |= statement.needs
    return [s for s in statements if s.place in needed]


def _map_sources(statements):
    """{name: the statements that its value comes from}: those that bind it, and those that change it in place."""
    binding, changing = defaultdict(list), defaultdict(list)
    for statement in statements:
        loop = isinstance(statement.node, (ast.For, ast.While))  # `for ALPHA in (1, 10): paint(...)` is an experiment
        for name in statement.binds - ALWAYS_SUPPLIED - (SETTINGS if loop else set()):
            binding[name].append(statement)
        for name in statement.changes:
            changing[name].append(statement)
    for name, found in binding.items():
        # Only assigned values: np.random.seed(1) changes nothing that is graded, and a loop that calls
        # optimizer.apply_gradients paints.
        if name not in SUPPLIED_IF_MISSING and any(isinstance(statement.node, ASSIGNMENTS) for statement in found):
            found += changing[name]
    return binding


def _is_always_kept(node):
    """Whether this is an import that changes more than the names that it shows."""
    if not isinstance(node, ast.ImportFrom):
        return False
    module = (node.module or "").split(".")[0]
    return module == "__future__" or (node.names[0].name == "*" and module not in COURSE_MODULES)


def _describe_broken(source, line, error):
    lines = source.code.split("\n")
    text = lines[line - 1].strip() if line <= len(lines) else ""
    defined = {current_name(name) for name in (*EXERCISES, *CURRENT_NAMES) if f"def {name}(" in source.code}
    return BrokenCell(
        source.name, line, text, error, tuple(name for name in EXERCISES if name in defined), source.part or source.name
    )


def _cut_lines(code, node):
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return "\n".join(code.split("\n")[first - 1 : node.end_lineno])

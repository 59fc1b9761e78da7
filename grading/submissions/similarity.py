"""Solutions that are the same but for names, comments and formatting: a place to look, not a verdict.

Functions as short as these are alike in honest work too: gram_matrix is one line, and there is one best way to
write it. So students are named together only where several exercises are the same, and are enough code together.
"""

import ast
import hashlib
import textwrap
import warnings
from itertools import combinations_with_replacement

from grading.exercises import EXERCISES, chapter_of

# By chapter: exercises that must be the same, and nodes of their syntax trees in all. Any four exercises of chapter 1,
# and any two of chapter 2, have fewer where they are written in the shortest way.
FEWEST = {1: 3, 2: 2}
ENOUGH = {1: 215, 2: 150}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def fingerprint(sources):
    """{exercise: fingerprint} of {exercise: source of the function}; a source that is no Python is left out.

    Two fingerprints are equal where the syntax trees are, without docstrings, annotations and decorators (which are
    added and dropped without a thought), and with arguments and local names numbered in the order of their first use.
    Names of globals, such as tf, stay. A fingerprint is a hash and, after a dash, the number of nodes.
    """
    marks = {exercise: _mark(source) for exercise, source in sources.items()}
    return {exercise: mark for exercise, mark in marks.items() if mark}


def groups(records):
    """(students, exercises), sorted: two or more students, and all the exercises in which their code is the same.

    Keeps the fingerprints and the student's id of each record, and compares every two of them.
    """
    students = {}
    for record in records:
        students.setdefault(frozenset(record["solutions"].items()), []).append(record["student"])
    shared = {one & other for one, other in combinations_with_replacement(students, 2)}
    alike = (
        (
            sorted(student for solutions, of in students.items() if common <= solutions for student in of),
            [name for name in EXERCISES if name in dict(common)],
        )
        for common in filter(_is_enough, shared)
    )
    return sorted(group for group in alike if len(group[0]) > 1)


def _is_enough(common):
    chapter, nodes = chapter_of(dict(common)), sum(int(mark.split("-")[1]) for _, mark in common)
    return bool(common) and len(common) >= FEWEST[chapter] and nodes >= ENOUGH[chapter]


def _mark(source):
    """The fingerprint of a source; None where Python cannot read it, or it is too deep or holds too large a number."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about escapes in the student's strings
            tree = ast.parse(textwrap.dedent(source))
        names = {name: f"${number}" for number, name in enumerate(dict.fromkeys(_local_names(tree)))}
        bare = _Bare(names).visit(tree)
        return f"{_hash(ast.unparse(bare))}-{sum(1 for _ in ast.walk(bare))}"
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _local_names(tree):
    """What functions bind, less what they declare to be global, in an order that only the tree decides."""
    functions = [node for node in ast.walk(tree) if isinstance(node, (*FUNCTIONS, ast.Lambda))]
    inside = [node for function in functions for node in ast.walk(function) if node is not function]
    stay = {name for node in inside if isinstance(node, ast.Global) for name in node.names}
    for node in inside:
        name = _bound(node)
        if name and name not in stay:
            yield name


def _bound(node):
    if isinstance(node, ast.arg):
        return node.arg
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return node.id
    return getattr(node, "name", None) if isinstance(node, (*FUNCTIONS, ast.ExceptHandler)) else None


class _Bare(ast.NodeTransformer):
    def __init__(self, names):
        self.names = names

    def visit_FunctionDef(self, node):
        node.name, node.decorator_list, node.returns = self.names.get(node.name, node.name), [], None
        return self.generic_visit(node)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ExceptHandler(self, node):
        node.name = self.names.get(node.name, node.name)
        return self.generic_visit(node)

    def visit_arg(self, node):
        return ast.arg(self.names.get(node.arg, node.arg))

    def visit_Name(self, node):
        return ast.Name(self.names.get(node.id, node.id), node.ctx)

    def visit_AnnAssign(self, node):
        if node.value is None:
            return None
        return self.visit(ast.copy_location(ast.Assign([node.target], node.value), node))

    def visit_Expr(self, node):
        return None if isinstance(node.value, ast.Constant) else self.generic_visit(node)


def _hash(text):
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]

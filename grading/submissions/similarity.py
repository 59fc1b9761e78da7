"""Find solutions that are the same except for names, comments and formatting: for an instructor to look at.

Functions as short as these are similar in honest work, too: gram_matrix is one line, and there is one best way to
write it. So students are grouped only if several exercises are the same, and are enough code together.
"""

import ast
import hashlib
import textwrap
import warnings
from itertools import combinations_with_replacement

from grading.exercises import EXERCISES, chapters_of

# By chapter: how many exercises must be the same, and how many nodes their syntax trees must have together. Any four
# exercises of chapter 1, any two of chapters 2 and 3, and all of chapter 4 have fewer nodes if they are written in the
# shortest way; so has the one exercise of chapter 3.
LEAST_EXERCISES = {1: 3, 2: 2, 3: 1, 4: 3}
LEAST_NODES = {1: 215, 2: 150, 3: 150, 4: 200}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def fingerprint_solutions(sources: dict[str, str]) -> dict[str, str]:
    """{exercise: fingerprint} of {exercise: source of the function}, without sources that are not Python.

    Two fingerprints are equal if the syntax trees are, without docstrings, annotations and decorators, and with
    arguments and local names numbered in the order of their first use. Names of globals, such as tf, stay. A
    fingerprint is a hash and, after a dash, the number of nodes.

    >>> one = fingerprint_solutions({"total_cost": "def total_cost(a, b): return a + b"})
    >>> one == fingerprint_solutions({"total_cost": "def total_cost(x, y):\\n    # mine\\n    return x + y"})
    True
    """
    fingerprints = {exercise: _fingerprint(source) for exercise, source in sources.items()}
    return {exercise: fingerprint for exercise, fingerprint in fingerprints.items() if fingerprint}


def find_groups(solutions: dict[str, dict[str, str]]) -> list[tuple[list[str], list[str]]]:
    """[(students, exercises)], sorted: two or more students, and all the exercises in which their code is the same.

    solutions: {student: {exercise: fingerprint}}.
    """
    students: dict[frozenset, list[str]] = {}
    for student, own in solutions.items():
        students.setdefault(frozenset(own.items()), []).append(student)
    shared = {one & other for one, other in combinations_with_replacement(students, 2)}
    groups = (
        (
            sorted(student for own, names in students.items() if common <= own for student in names),
            [exercise for exercise in EXERCISES if exercise in dict(common)],
        )
        for common in filter(_is_enough, shared)
    )
    return sorted(group for group in groups if len(group[0]) > 1)


def _is_enough(common):
    if not common:
        return False
    chapter, *_ = chapters_of(dict(common))
    nodes = sum(int(fingerprint.split("-")[1]) for _, fingerprint in common)
    return len(common) >= LEAST_EXERCISES[chapter] and nodes >= LEAST_NODES[chapter]


def _fingerprint(source):
    """The fingerprint of a source; None if Python cannot read it, it is nested too deeply, or a number is too large."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about escapes in the student's strings
            tree = ast.parse(textwrap.dedent(source))
        names = {name: f"${number}" for number, name in enumerate(dict.fromkeys(_local_names(tree)))}
        normalized = _Normalizer(names).visit(tree)
        text = ast.unparse(normalized).encode("utf-8", "surrogatepass")
        return f"{hashlib.sha256(text).hexdigest()[:16]}-{sum(1 for _ in ast.walk(normalized))}"
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _local_names(tree):
    """The names that functions bind, without those they declare global, in an order that depends only on the tree."""
    functions = [node for node in ast.walk(tree) if isinstance(node, (*FUNCTIONS, ast.Lambda))]
    inside = [node for function in functions for node in ast.walk(function) if node is not function]
    declared_global = {name for node in inside if isinstance(node, ast.Global) for name in node.names}
    for node in inside:
        name = _bound_name(node)
        if name and name not in declared_global:
            yield name


def _bound_name(node):
    if isinstance(node, ast.arg):
        return node.arg
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return node.id
    return getattr(node, "name", None) if isinstance(node, (*FUNCTIONS, ast.ExceptHandler)) else None


class _Normalizer(ast.NodeTransformer):
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

"""Solutions that are the same but for names, comments and formatting: a place to look, not a verdict.

Functions as short as these are alike in honest work too: gram_matrix is one line, and there is one best way to
write it. So students are named together only where everything that they attempted is the same, and is enough code.
"""

import ast
import hashlib
import textwrap
import warnings

FEWEST = 3  # exercises that must be the same
ENOUGH = 200  # nodes of their syntax trees in all: gram_matrix, total_cost and any one other stay below
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
    """Lists of two or more students whose solutions are the same altogether, each group once, sorted.

    Keeps one hash and the student's id of each record.
    """
    alike = {}
    for record in records:
        solutions = record["solutions"]
        nodes = sum(int(mark.split("-")[1]) for mark in solutions.values())
        if len(solutions) >= FEWEST and nodes >= ENOUGH:
            alike.setdefault(_hash(repr(sorted(solutions.items()))), []).append(record["student"])
    return sorted(sorted(students) for students in alike.values() if len(students) > 1)


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

"""Compile and run the statements of a cell one by one, as IPython does."""

import __future__

import ast
import asyncio
import inspect
from types import CodeType
from typing import Any


def compile_statement(statement: ast.stmt, path: str, features: int = 0) -> CodeType:
    """The code of a statement, which may wait for a coroutine. features: the flags of `find_features` so far.

    Raises what `compile` raises.
    """
    module = ast.Module([statement], [])
    return compile(module, path, "exec", features | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)


def find_features(statement: ast.stmt) -> int:
    """The compiler's flags that a statement turns on for all later statements, also of other cells.

    >>> find_features(ast.parse("from __future__ import annotations").body[0]) == __future__.annotations.compiler_flag
    True
    """
    if not isinstance(statement, ast.ImportFrom) or statement.module != "__future__":
        return 0
    features = (getattr(__future__, alias.name, None) for alias in statement.names)
    return sum({feature.compiler_flag for feature in features if feature is not None})


def run_code(code: CodeType, namespace: dict[str, Any]) -> None:
    """Run what `compile_statement` returned."""
    coroutine = eval(code, namespace)
    if inspect.iscoroutine(coroutine):
        asyncio.run(coroutine)

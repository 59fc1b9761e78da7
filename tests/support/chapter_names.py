"""The code of chapters 2 to 4 without their paintings: what they import, define and set."""

import ast
import io
from contextlib import redirect_stdout, suppress

from tools import chapter

PAINTS = "nbval-ignore-output"  # the tag of cells that take their time
KEPT = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign)


def define_names(source):
    """What a chapter imports, defines and sets; what reads a painting is left out, since nothing is painted."""
    names = {"__name__": "__main__"}
    with redirect_stdout(io.StringIO()):
        for cell in chapter.make_solved(source).cells:
            if cell.cell_type == "code" and PAINTS not in cell.metadata.get("tags", []):
                place = chapter.compile_cell(cell, source).co_filename
                for statement in ast.parse(cell.source).body:
                    if isinstance(statement, KEPT):
                        _run(ast.Module([statement], []), place, names)
    return names


def _run(statement, place, names):
    with suppress(NameError, KeyError):
        exec(compile(statement, place, "exec"), names)

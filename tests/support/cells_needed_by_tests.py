"""What of a chapter's notebook its tests need: without the paintings, which are nbval's to run."""

import symtable


def graded(cells):
    """The test cells."""
    return [cell for cell in cells if cell.metadata.get("nbgrader", {}).get("grade")]


def up_to_the_last_test(notebook):
    return notebook.cells[: notebook.cells.index(graded(notebook.cells)[-1]) + 1]


def needed_by_the_tests(notebook):
    """The cells of exercises and tests, and those that they cannot do without, in their order."""
    cells = up_to_the_last_test(notebook)
    kept = [cell for cell in cells if cell.metadata.get("nbgrader") or "sys.path" in cell.source]
    while more := [cell for cell in cells if cell not in kept and _names(cell)[0] & _wanted(kept)]:
        kept += more
    return [cell for cell in cells if cell in kept]


def _wanted(cells):
    return set().union(*(_names(cell)[1] for cell in cells))


def _names(cell):
    """The global names that a code cell binds, and those that it looks up."""
    if cell.cell_type != "code":
        return set(), set()
    module = symtable.symtable(cell.source, cell.id, "exec")
    bound = {symbol.get_name() for symbol in module.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    return bound, _looked_up(module)


def _looked_up(table):
    here = {
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_referenced() and (symbol.is_global() or table.get_type() == "module")
    }
    return here.union(*(_looked_up(inner) for inner in table.get_children()))

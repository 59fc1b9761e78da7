"""What a function names in its globals and its closure, and other things in their place for a while."""

import contextlib
import types

import numpy as np

from grading.call import plain


def optimizers(function):
    """(namespace, name) of every Keras optimizer that the function, or what it calls, names."""
    import keras

    return [(namespace, name) for namespace, name, value in reachable(function)
            if isinstance(value, keras.optimizers.Optimizer)]


def reachable(function, seen=None):
    """(namespace, name, value) of every global that the function names, and of those its callees name."""
    seen = set() if seen is None else seen
    if function.__code__ in seen:
        return
    seen.add(function.__code__)
    namespace = function.__globals__
    for name in sorted(named(function.__code__)):
        if name not in namespace:
            continue
        value = namespace[name]
        yield namespace, name, value
        callee = plain(value)
        if isinstance(callee, types.FunctionType) and callee.__globals__ is namespace:
            yield from reachable(callee, seen)


def named(code):
    """The global and attribute names in a code object, nested ones included."""
    nested = [named(constant) for constant in code.co_consts if isinstance(constant, types.CodeType)]
    return set(code.co_names).union(*nested)


@contextlib.contextmanager
def replaced(namespace, names):
    """Entries of a namespace replaced for a while; what was missing before is missing again afterwards."""
    before = {name: namespace[name] for name in names if name in namespace}
    namespace.update(names)
    try:
        yield
    finally:
        namespace.update(before)
        for name in names.keys() - before.keys():
            namespace.pop(name, None)


@contextlib.contextmanager
def kept_variables(function, record):
    """The student's own variables keep their values, whatever the step does to them; notes which it changed."""
    import tensorflow as tf

    variables = {name: value for _, name, value in reachable(function) if isinstance(value, tf.Variable)}
    before = {name: variable.numpy() for name, variable in variables.items()}
    try:
        yield
    finally:
        changed = [name for name, variable in variables.items()
                   if not np.array_equal(before[name], variable.numpy(), equal_nan=True)]
        for name in changed:
            variables[name].assign(before[name])
        record["changed variables"] = ", ".join(changed)


@contextlib.contextmanager
def replaced_in_closure(function, names, replace_optimizer):
    """The same for variables of an enclosing function: those in `names`, and every Keras optimizer."""
    import keras

    cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
    before = {}
    for name, cell in cells.items():
        with contextlib.suppress(ValueError):  # which an empty cell raises
            before[name] = cell.cell_contents
    for name, value in before.items():
        if isinstance(value, keras.optimizers.Optimizer):
            cells[name].cell_contents = replace_optimizer()
        elif name in names:
            cells[name].cell_contents = names[name]
    try:
        yield
    finally:
        for name, value in before.items():
            cells[name].cell_contents = value

"""What the judge relies on and a notebook can give another meaning, in the process that they share."""

import builtins

import numpy as np

NEEDED = {
    np: ("abs", "all", "any", "arange", "argmax", "array", "array_equal", "asarray", "clip", "eye", "float32",
         "float64", "floating", "floor", "int64", "isclose", "isfinite", "logaddexp", "max", "maximum", "mean",
         "ndarray", "ndim", "negative", "number", "pad", "positive", "prod", "ravel", "round", "shape", "size", "sqrt",
         "square", "stack", "sum", "triu", "trunc", "unravel_index", "zeros"),
    builtins: ("abs", "all", "any", "dict", "float", "int", "isinstance", "len", "list", "max", "min", "range",
               "sorted", "str", "sum", "tuple", "type", "zip"),
}
_AT_FIRST = {(module, name): getattr(module, name) for module, names in NEEDED.items() for name in names}


def changed():
    """The names that are bound to something else than when the grader was imported, as "numpy.sum"."""
    return [f"{module.__name__}.{name}" for (module, name), value in _AT_FIRST.items()
            if getattr(module, name, None) is not value]

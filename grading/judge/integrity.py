"""What the judge relies on and a notebook can give another meaning, in the process that they share."""

import builtins

import numpy as np

NEEDED = {
    np: (
        "abs",
        "all",
        "any",
        "arange",
        "argmax",
        "argwhere",
        "array",
        "array_equal",
        "asarray",
        "clip",
        "corrcoef",
        "cov",
        "diff",
        "eye",
        "float32",
        "float64",
        "floating",
        "floor",
        "indices",
        "int64",
        "isclose",
        "isfinite",
        "isnan",
        "logaddexp",
        "max",
        "maximum",
        "mean",
        "moveaxis",
        "nan",
        "ndarray",
        "ndim",
        "negative",
        "number",
        "pad",
        "positive",
        "prod",
        "ravel",
        "reshape",
        "roll",
        "round",
        "shape",
        "sign",
        "size",
        "sqrt",
        "square",
        "stack",
        "sum",
        "swapaxes",
        "tile",
        "triu",
        "trunc",
        "unravel_index",
        "zeros",
    ),
    builtins: (
        "abs",
        "all",
        "any",
        "dict",
        "float",
        "int",
        "isinstance",
        "len",
        "list",
        "max",
        "min",
        "range",
        "sorted",
        "str",
        "sum",
        "tuple",
        "type",
        "zip",
    ),
}
_AT_FIRST = {(module, name): getattr(module, name) for module, names in NEEDED.items() for name in names}


def changed():
    """The names that are bound to something else than when the grader was imported, as "numpy.sum"."""
    return [
        f"{module.__name__}.{name}"
        for (module, name), value in _AT_FIRST.items()
        if getattr(module, name, None) is not value
    ]

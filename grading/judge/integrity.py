"""Has the notebook overwritten a name that the judge needs? The two share one process."""

import builtins

import numpy as np

IN_NUMPY = """
    abs all any arange argmax argwhere array array_equal asarray clip corrcoef cov diff dot eye float32 float64 floating
    floor indices int64 isclose isfinite isnan logaddexp max maximum mean moveaxis nan ndarray ndim negative ones pad
    prod ravel reshape roll shape sign size sqrt square stack subtract sum swapaxes tile transpose triu trunc
    unravel_index zeros zeros_like
"""
IN_PYTHON = "abs all any dict float int isinstance len list max min range sorted str sum tuple type zip"
NEEDED = {np: IN_NUMPY.split(), builtins: IN_PYTHON.split()}
_ORIGINALS = {(module, name): getattr(module, name) for module, names in NEEDED.items() for name in names}


def overwritten_names():
    """The names that no longer have the value they had when the grader was imported, as "numpy.sum"."""
    return [
        f"{module.__name__}.{name}"
        for (module, name), value in _ORIGINALS.items()
        if getattr(module, name, None) is not value
    ]

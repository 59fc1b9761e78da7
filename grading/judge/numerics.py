"""Arithmetic in float64 NumPy that several right answers share."""

import numpy as np


def as_float(values):
    return np.asarray(values, dtype=np.float64)


def channels_as_rows(a):
    """Channels as rows, positions as columns; shapes (1, nH, nW, nC) -> (nC, nH*nW)."""
    a = as_float(a)
    return a.reshape(-1, a.shape[-1]).T


def mixed_rows(a):
    """(nC, nH*nW) by a reshape alone, which mixes channels and positions: a common mistake."""
    a = as_float(a)
    return a.reshape(a.shape[-1], -1)


def finite_difference(function, x, step=1e-4):
    """Central finite difference of an array-valued `function` at `x`; shape (*function(x).shape, *x.shape)."""
    x = as_float(x)
    nudges = step * np.eye(x.size).reshape(x.size, *x.shape)
    slopes = np.stack([(function(x + nudge) - function(x - nudge)) / (2 * step) for nudge in nudges], axis=-1)
    return slopes.reshape(slopes.shape[:-1] + x.shape)

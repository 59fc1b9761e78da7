"""Numbers, shapes and inputs in words, as students read them."""

import numpy as np

MOST_PRINTED = 12  # numbers of an array that is printed in full


def number(value, digits=5):
    """A number with so many significant digits. Ties are rounded up, so that the last bit cannot change the text.

    >>> number(10.125, 4), number(-0.0), number(float("nan"))
    ('10.13', '0', 'nan')
    """
    value = float(value)
    if not np.isfinite(value) or abs(value) < 1e-15:
        return format(value, ".0f").replace("-0", "0")
    return format(value * (1 + 1e-6), f".{digits}g")


def array(values, digits=5):
    """A number, or a matrix row by row, in full.

    >>> array([[1, 2], [3, 4.5]])
    '[[1, 2], [3, 4.5]]'
    """
    values = np.asarray(values, dtype=np.float64)
    if values.ndim == 0:
        return number(values, digits)
    return "[" + ", ".join(array(row, digits) for row in values) + "]"


def difference(got, expected, allowed, digits=5):
    """Lines with the expected and the returned value in full, how far apart they are, and how far they may be."""
    expected, got = np.asarray(expected), np.asarray(got)
    if not np.all(np.isfinite(got)):
        return expected_and_got(expected, got, digits)
    apart = f"difference {number(np.max(np.abs(got - expected)), digits)}, allowed {number(allowed, 2)}"
    if expected.ndim == 0:
        return (f"expected {number(expected, digits)}, got {number(got, digits)} ({apart})",)
    return (*expected_and_got(expected, got, digits), f"(largest {apart})")


def expected_and_got(expected, got, digits=5):
    """The two values, one above the other."""
    return (f"expected {array(expected, digits)}", f"got      {array(got, digits)}")


def shape_in_words(shape):
    return "() (a scalar)" if shape == () else str(shape)


def count(n, thing):
    """
    >>> count(1, "channel"), count(3, "channel")
    ('1 channel', '3 channels')
    """
    return f"{n} {thing}" if n == 1 else f"{n} {thing}s"


def layer_in_words(a):
    """The size of a layer's output, (1, nH, nW, nC)."""
    return f"{a.shape[1]} x {a.shape[2]} positions, {count(a.shape[3], 'channel')}, shape {a.shape}"


def printed(**arrays):
    """A line with the arrays' numbers, by name; no line if there are many."""
    if max(a.size for a in arrays.values()) > MOST_PRINTED:
        return []
    return [", ".join(f"{name} = {array(a)}" for name, a in arrays.items())]

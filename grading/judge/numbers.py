"""Numbers in float64: arithmetic that several right answers share, comparisons, and numbers as students read them."""

import numpy as np

RELATIVE_TOLERANCE = 1e-3
MOST_PRINTED = 12  # numbers of an array that is printed in full


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


def close(got, expected, relative=RELATIVE_TOLERANCE, scale=None):
    """Whether the shapes agree and no number is further off than the tolerance; (1,) counts as a scalar."""
    got, expected = as_scalar(got), np.asarray(expected, dtype=np.float64)
    if got is None or got.shape != expected.shape or not np.all(np.isfinite(got)):
        return False
    return bool(np.all(np.abs(got - expected) <= allowed(expected, relative, scale)))


def allowed(expected, relative=RELATIVE_TOLERANCE, scale=None):
    """How far an answer may be from the expected one: the tolerance times `scale`, by default its largest number."""
    return relative * (np.max(np.abs(expected), initial=0.0) if scale is None else scale)


def as_scalar(got):
    """An answer of shape (1,) as the scalar that it means; any other as it is."""
    return got.reshape(()) if got is not None and got.shape == (1,) else got


def constant(values):
    """Whether all values are equal, up to a thousandth."""
    return values is not None and bool(np.all(np.abs(values - values[0]) <= 1e-3 * np.abs(values[0])))


class Comparison(str):
    """A line of a message, 'expected ..., got ...', that also knows its parts, so that a table can show them.

    expected, got: the two sides in words. note: what is said about their difference. stacked: one side above the other.

    >>> line = Comparison("(3, 3)", "(2, 2)")
    >>> line, line.got
    ('expected (3, 3), got (2, 2)', '(2, 2)')
    """

    expected: str
    got: str
    note: str
    _arguments: tuple

    def __new__(cls, expected: str, got: str, note: str = "", stacked: bool = False):
        between, before_note = ("\ngot      ", "\n") if stacked else (", got ", " ")
        line = super().__new__(cls, f"expected {expected}{between}{got}" + (f"{before_note}({note})" if note else ""))
        line.expected, line.got, line.note, line._arguments = expected, got, note, (expected, got, note, stacked)
        return line

    def __getnewargs__(self):
        """The arguments with which pickle makes it again."""
        return self._arguments


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
        return (Comparison(number(expected, digits), number(got, digits), apart),)
    return (Comparison(array(expected, digits), array(got, digits), f"largest {apart}", stacked=True),)


def expected_and_got(expected, got, digits=5):
    """The two values, one above the other."""
    return (Comparison(array(expected, digits), array(got, digits), stacked=True),)


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

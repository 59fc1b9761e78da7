"""What the judge reads of the probe's arrays. Nothing in them is trusted to be there, or to be of a kind."""

import math

import numpy as np

RELATIVE_TOLERANCE = 1e-3
LARGEST_VALUE = 1_000_000  # of which the probe brings the entries


class Trial:
    """One record of the probe: the fields of one case."""

    def __init__(self, arrays, name):
        prefix = f"{name}/" if name else ""
        self.fields = {key[len(prefix) :]: value for key, value in arrays.items() if key.startswith(prefix)}

    def text(self, field):
        """A field as a string; empty where it is missing."""
        return str(np.asarray(self.fields.get(field, "")))

    def array(self, field):
        """A field as a float64 array, or None where it is missing or no number."""
        value = self.fields.get(field)
        if value is None or np.asarray(value).dtype.kind not in "fiu":
            return None
        return np.asarray(value, dtype=np.float64)

    @property
    def returned(self):
        return self.text("status") == "returned"

    def raised(self, *words):
        """Whether an error was raised whose type and message hold any of the words."""
        error = f"{self.text('error type')}: {self.text('error message')}"
        return self.text("status") == "raised" and any(word in error for word in words)

    def raised_on(self, source, *words):
        """The same, on a line of the student's that holds `source`."""
        return source in self.text("error source") and self.raised(*words)

    @property
    def value(self):
        return self.array("value")

    def part(self, number):
        """The record of one of several values that came back, the first being number 0."""
        return Trial(self.fields, f"part {number}")

    @property
    def shape(self):
        """The answer's own shape, (1,) counting as a scalar; of one too large to be brought, what it is said to be."""
        if self.value is not None:
            return as_answer(self.value).shape
        shape = self.array("shape")
        return None if shape is None else tuple(int(n) for n in shape.ravel())

    @property
    def too_large(self):
        """Whether the answer has so many entries that they were not brought."""
        return self.value is None and self.shape is not None and math.prod(self.shape) > LARGEST_VALUE


def close(got, expected, relative=RELATIVE_TOLERANCE, scale=None):
    """Same shape, (1,) counting as a scalar, and nowhere further apart than the tolerance times the scale."""
    got, expected = as_answer(got), np.asarray(expected, dtype=np.float64)
    if got is None or got.shape != expected.shape or not np.all(np.isfinite(got)):
        return False
    return bool(np.all(np.abs(got - expected) <= allowed(expected, relative, scale)))


def allowed(expected, relative=RELATIVE_TOLERANCE, scale=None):
    """How far an answer may be from the expected one: the tolerance times the largest entry, or `scale`."""
    return relative * (np.max(np.abs(expected), initial=0.0) if scale is None else scale)


def as_answer(got):
    """A (1,) answer as the scalar it stands for."""
    return got.reshape(()) if got is not None and got.shape == (1,) else got

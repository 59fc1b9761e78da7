"""Parameters of a test of which some are enough for `make test`."""

import pytest


def mostly_slow(values, quick=1):
    """Return the values for parametrize; `make test` tries the first `quick` of them, `make test-all` each one."""
    values = [value if isinstance(value, tuple) else (value,) for value in values]
    return [pytest.param(*value, marks=[pytest.mark.slow] if n >= quick else []) for n, value in enumerate(values)]

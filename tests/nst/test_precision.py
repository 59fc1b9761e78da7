"""bfloat16 is taken where it is faster, which is measured."""

import pytest

from nst.engine import precision


@pytest.fixture(autouse=True)
def unmeasured():
    """Neither what was measured before a test nor what it made up goes any further."""
    precision.fastest_precision.cache_clear()
    yield
    precision.fastest_precision.cache_clear()


@pytest.mark.parametrize(
    ("seconds", "chosen"),
    [
        ({"float32": 1.0, "bfloat16": 0.4}, "bfloat16"),
        ({"float32": 1.0, "bfloat16": 0.9}, "float32"),
        ({"float32": 1.0, "bfloat16": 30.0}, "float32"),
    ],
)
def test_the_faster_one_is_taken_where_it_is_worth_it(seconds, chosen, monkeypatch):
    monkeypatch.setattr(precision, "_measure", seconds.get)
    assert precision.fastest_precision() == chosen


def test_it_is_measured_once_in_a_process(monkeypatch):
    timed = []
    monkeypatch.setattr(precision, "_measure", lambda name: timed.append(name) or 1.0)
    assert precision.fastest_precision() == precision.fastest_precision()
    assert sorted(timed) == ["bfloat16", "float32"]


def test_both_take_some_time():
    assert precision._measure("float32") > 0
    assert precision._measure("bfloat16") > 0

"""bfloat16 is taken where it is faster, which is measured."""

import pytest

from nst.engine import precision


@pytest.mark.parametrize(("seconds", "chosen"), [
    ({"float32": 1.0, "bfloat16": 0.4}, "bfloat16"),
    ({"float32": 1.0, "bfloat16": 0.9}, "float32"),
    ({"float32": 1.0, "bfloat16": 30.0}, "float32"),
])
def test_the_faster_one_is_taken_where_it_is_worth_it(seconds, chosen, monkeypatch):
    precision.fastest_precision.cache_clear()
    monkeypatch.setattr(precision, "_seconds", seconds.get)
    assert precision.fastest_precision() == chosen
    precision.fastest_precision.cache_clear()


def test_it_is_measured_once_in_a_process(monkeypatch):
    precision.fastest_precision.cache_clear()
    first = precision.fastest_precision()
    monkeypatch.setattr(precision, "_seconds", None)
    assert precision.fastest_precision() == first
    assert precision._seconds is None


def test_both_take_some_time():
    assert precision._seconds("float32") > 0
    assert precision._seconds("bfloat16") > 0

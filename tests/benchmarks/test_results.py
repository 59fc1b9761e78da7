"""Result files: compact, readable, and tested to be what the plots and tables need."""

import json

import pytest

from benchmarks import results


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    return tmp_path


FIGURES = {"machine": "two cores", "runs": [{"name": "a" * 200, "seconds": [0.1] * 200}, {}], "none": None}


def test_written_results_are_read_again():
    results.write_results("toy", FIGURES)
    assert results.read_results("toy") == FIGURES


def test_there_are_no_results_before_the_first_run():
    assert results.read_results("toy") is None


def test_a_list_of_numbers_is_one_line_and_so_is_a_short_object():
    lines = results.compact_json(
        {"long": ["x" * 150] * 2, "seconds": [0.25] * 100, "point": {"x": 1, "y": 2}}
    ).splitlines()
    assert [len(line) > 400 for line in lines].count(True) == 1
    assert any(line.strip() == '"point": {"x": 1, "y": 2}' for line in lines)


@pytest.mark.parametrize("value", [[], {}, 1.5, "ö", [[1, 2], []], {"a": {"b": [None, True]}}])
def test_any_value_stays_the_same(value):
    assert json.loads(results.compact_json(value)) == value

"""Every example in a docstring of the grader and of public_tests does what it shows."""

import doctest
import importlib
import pkgutil

import numpy as np
import pytest

import grading
import public_tests

NAMES = ["public_tests", *(module.name for module in pkgutil.walk_packages(grading.__path__, "grading."))]
MODULES = [importlib.import_module(name) for name in NAMES if not name.endswith("__main__")]
FINDER = doctest.DocTestFinder(exclude_empty=True)
EXAMPLES = [example for module in MODULES for example in FINDER.find(module) if example.examples]


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """No hints shown and nothing tested yet."""
    monkeypatch.setattr(public_tests, "_outcomes", {})
    monkeypatch.setattr(public_tests, "_hints_shown", {})


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_an_example_prints_what_it_shows(example):
    example.globs.setdefault("np", np)
    assert doctest.DocTestRunner().run(example).failed == 0


def test_every_function_that_a_student_calls_has_an_example():
    shown = {example.name.removeprefix("public_tests.") for example in EXAMPLES}
    assert {name for name in public_tests.__all__ if getattr(public_tests, name).__name__ not in shown} == {"progress"}

"""The examples in the docstrings of nst and foundation are run, and every public function has a docstring."""

import doctest
import importlib
import inspect

import pytest

import nst
from nst.paths import ROOT

FILES = sorted(path for folder in ("foundation", "nst") for path in (ROOT / folder).rglob("*.py"))
NAMES = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in FILES}
WITH_EXAMPLES = [name for name, path in NAMES.items() if ">>> " in path.read_text(encoding="utf-8")]
PUBLIC = [
    name
    for name in NAMES
    if name.startswith(("foundation.", "nst.engine.", "nst.fast.", "nst.network.")) or name == "nst.images"
]


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_the_examples_of_a_module_are_right(name):
    results = doctest.testmod(importlib.import_module(name))
    assert results.attempted > 0
    assert results.failed == 0


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_function_and_class_has_a_docstring(name):
    module = importlib.import_module(name)
    own = [
        member
        for member_name, member in vars(module).items()
        if not member_name.startswith("_") and getattr(member, "__module__", None) == name and callable(member)
    ]
    assert [member.__name__ for member in own if not inspect.getdoc(member)] == []


def test_every_name_of_the_public_interface_can_be_imported():
    assert {name for name in nst.__all__ if getattr(nst, name) is not None} == {*nst.__all__}
    assert {*nst.__all__} <= {*dir(nst)}

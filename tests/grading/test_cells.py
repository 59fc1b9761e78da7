"""A submitted file becomes cells of Python, or an error that says what to do."""

import ast
import json
import time

import pytest

from grading.submissions.cells import MAX_FILE_BYTES, UnreadableError, read_cells
from grading.submissions.python_code import Source, find_syntax_error


def notebook(*sources, **other):
    cells = [{"cell_type": "code", "source": source} for source in sources]
    return json.dumps({"cells": cells, **other}).encode()


def code_of(source):
    [cell] = read_cells("a.ipynb", notebook(source))
    return cell.code


def test_code_cells_are_numbered_as_they_stand_in_the_notebook():
    content = json.dumps(
        {
            "cells": [
                {"cell_type": "markdown", "source": "# Title"},
                {"cell_type": "code", "source": ["a = 1\n", "b = 2"]},
                {"cell_type": "code", "source": "c = 3"},
            ]
        }
    ).encode()
    assert read_cells("a.ipynb", content) == [Source("cell 2", "a = 1\nb = 2"), Source("cell 3", "c = 3")]


def test_a_notebook_of_format_3_is_read_too():
    old = {"worksheets": [{"cells": [{"cell_type": "code", "input": ["a = 1"]}]}], "nbformat": 3}
    assert read_cells("a.ipynb", json.dumps(old).encode()) == [Source("cell 1", "a = 1")]


def test_a_script_is_one_cell_under_its_own_name():
    assert read_cells("folder/my work.py", b"a = 1\r\nb = 2\n") == [Source("my_work.py", "a = 1\nb = 2\n")]


def test_a_name_too_long_for_a_file_system_loses_its_beginning():
    kanji = "\N{CJK UNIFIED IDEOGRAPH-4E00}"
    [source] = read_cells(f"folder/{kanji * 200}.py", b"a = 1")
    assert source.name.endswith(f"{kanji}.py")
    assert len(source.name.encode()) <= 255


def test_a_cell_without_code_is_none():
    assert read_cells("a.ipynb", notebook("", "a = 1", " \n")) == [Source("cell 2", "a = 1")]


def test_a_byte_order_mark_is_no_part_of_the_code():
    assert read_cells("a.py", b"\xef\xbb\xbfa = 1")[0].code == "a = 1"


@pytest.mark.parametrize(
    "magic",
    [
        "%matplotlib inline",
        "!pip install x",
        "%%time",
        "np.sum?",
        "?np",
        "files = !ls",
        "a, b = %who_ls",
        "    %timeit f()",
    ],
)
def test_magics_become_pass_and_every_line_stays_where_it_was(magic):
    indented = magic.startswith(" ")
    source = f"if True:\n{magic}\nx = 1" if indented else f"{magic}\nx = 1"
    lines = code_of(source).split("\n")
    assert lines[-1] == "x = 1"
    assert len(lines) == len(source.split("\n"))
    ast.parse("\n".join(lines))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("    x = 1\n    y = 2", "x = 1\ny = 2"),
        ("\tx = 1\n\ty = 2", "x = 1\ny = 2"),
        ("\n\n  x = 1\n\n  y = 2\n", "\n\nx = 1\n\ny = 2\n"),
        (">>> x = 1\n>>> for i in x:\n...     print(i)\n...\n>>> y = 2", "x = 1\nfor i in x:\n    print(i)\n\ny = 2"),
        ("In [1]: x = 1\n   ...: y = 2", "x = 1\ny = 2"),
        ("%%time\n    x = 1\n    y = 2", "\nx = 1\ny = 2"),
        ("%%capture out\n%%time\n\n%matplotlib inline\nx = 1", "\n\n\nget_ipython().run_line_magic('matplotlib', "
         "'inline')\nx = 1"),
        ("%time x = 1\n%prun y = 2", "x = 1\ny = 2"),
        ("files = !ls\nx = 1", "files = get_ipython().getoutput('ls')\nx = 1"),
        ("??len\nx = 1", "get_ipython().run_line_magic('pinfo2', 'len')\nx = 1"),
        ("/print 1\nx = 1", "print(1)\nx = 1"),
    ],
)  # fmt: skip
def test_what_ipython_accepts_in_a_cell_becomes_python_line_by_line(source, expected):
    assert code_of(source) == expected


def test_a_cell_with_very_many_magics_costs_no_time():
    cells = notebook(*["x = 1\n" * 1000 + "!ls\n" * 480] * 10)
    began = time.monotonic()
    assert len(read_cells("a.ipynb", cells)) == 10
    assert time.monotonic() - began < 30


@pytest.mark.parametrize("magic", ["%%bash", "%%html", "%%writefile x.py"])
def test_a_cell_in_another_language_is_empty(magic):
    assert code_of(f"{magic}\nrm -rf nothing\nx = 1").strip() == ""


@pytest.mark.parametrize("line", [" " * 40_000, " " * 40_000 + ",", "a" + " " * 40_000 + "b", "a" * 40_000])
def test_a_line_of_any_length_is_soon_known_to_be_no_magic(line):
    began = time.monotonic()
    assert code_of(f"(\n{line}").split() == ["(", *line.split()]
    assert time.monotonic() - began < 1


def test_a_line_in_a_string_is_no_magic():
    source = 'text = """\n%time\n!ls\n"""'
    assert code_of(source) == source


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.ipynb", b'{"cells": [', "is not JSON (line 1, column 12"),
        ("a.ipynb", b"[1]", "is JSON, but not a notebook"),
        ("a.ipynb", b'{"cells": [{"source": "x"}]}', "is JSON, but not a notebook"),
        ("a.ipynb", b'{"cells": 7}', "is JSON, but not a notebook"),
        ("a.ipynb", b"[" * 100_000, "not a notebook"),
        ("a.ipynb", b'{"cells": [], "nbformat": ' + b"9" * 5000 + b"}", "is JSON, but not a notebook"),
        ("a.py", b"x = 1\n" * 40_000, "contains 240 kB of code; the limit is 200 kB"),
        ("a.ipynb", notebook(*["x = 1\n" * 1000] * 40), "contains 240 kB of code; the limit is 200 kB"),
        ("a.py", b"a = '\xff'", "byte 5"),
        ("a.py", b" \n ", "is empty"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_name_and_what_to_do(name, content, message):
    with pytest.raises(UnreadableError) as caught:
        read_cells(name, content)
    assert message in str(caught.value)
    assert name in str(caught.value)
    assert str(caught.value).endswith(("again.", "UTF-8."))


def test_a_file_that_is_too_large_is_not_read():
    with pytest.raises(UnreadableError, match="Clear the outputs of the notebook"):
        read_cells("a.ipynb", b" " * (MAX_FILE_BYTES + 1))


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("a = 1\nb = (", 2),
        ("x = '\0'", 1),
        ("(" * 1000, 1),
        ("a = 1", None),
        ("a = '\\d' is 1", None),
        ("def f():\n    x = 1\n    global x", 3),
        ("a = 1\ndef f(a, a): pass", 2),
        ("a = 1\nnonlocal a", 2),
        ("def f():\n    from numpy import *", 2),
        ("a = 1\nbreak", 2),
        ("a = 1\nb = await a", None),
        ("a = 1\nfrom __future__ import annotations", None),
        ("a = 1\nfrom __future__ import everything", 2),
        ("def f():\n    await a", 2),
        ("A = []\n*A", 2),
        ("return", 1),
        ("x = '\ud800'", 1),
    ],
)
def test_what_does_not_compile_is_known_by_its_line(code, line):
    found = find_syntax_error(code)
    assert (found and found[0]) == line

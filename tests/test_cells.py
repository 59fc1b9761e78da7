"""A submitted file becomes cells of Python, or an error that says what to do."""

import ast
import json

import pytest

from grading.handed_in.cells import LARGEST, Source, UnreadableError, read, syntax_error


def notebook(*sources, **other):
    cells = [{"cell_type": "code", "source": source} for source in sources]
    return json.dumps({"cells": cells, **other}).encode()


def code_of(source):
    [cell] = read("a.ipynb", notebook(source))
    return cell.code


def test_code_cells_are_numbered_as_they_stand_in_the_notebook():
    content = json.dumps({"cells": [{"cell_type": "markdown", "source": "# Title"},
                                    {"cell_type": "code", "source": ["a = 1\n", "b = 2"]},
                                    {"cell_type": "code", "source": "c = 3"}]}).encode()
    assert read("a.ipynb", content) == [Source("cell 2", "a = 1\nb = 2"), Source("cell 3", "c = 3")]


def test_a_notebook_of_format_3_is_read_too():
    old = {"worksheets": [{"cells": [{"cell_type": "code", "input": ["a = 1"]}]}], "nbformat": 3}
    assert read("a.ipynb", json.dumps(old).encode()) == [Source("cell 1", "a = 1")]


def test_a_script_is_one_cell_under_its_own_name():
    assert read("folder/my work.py", b"a = 1\r\nb = 2\n") == [Source("my_work.py", "a = 1\nb = 2\n")]


def test_a_byte_order_mark_is_no_part_of_the_code():
    assert read("a.py", b"\xef\xbb\xbfa = 1")[0].code == "a = 1"


@pytest.mark.parametrize("magic", ["%matplotlib inline", "!pip install x", "%%time", "np.sum?", "?np", "files = !ls",
                                   "a, b = %who_ls", "    %timeit f()"])
def test_magics_become_pass_and_every_line_stays_where_it_was(magic):
    indented = magic.startswith(" ")
    source = f"if True:\n{magic}\nx = 1" if indented else f"{magic}\nx = 1"
    lines = code_of(source).split("\n")
    assert lines[-1] == "x = 1"
    assert len(lines) == len(source.split("\n"))
    ast.parse("\n".join(lines))


@pytest.mark.parametrize("magic", ["%%bash", "%%html", "%%writefile x.py"])
def test_a_cell_in_another_language_is_empty(magic):
    assert code_of(f"{magic}\nrm -rf nothing\nx = 1").strip() == ""


def test_a_line_in_a_string_is_no_magic():
    source = 'text = """\n%time\n!ls\n"""'
    assert code_of(source) == source


@pytest.mark.parametrize(("name", "content", "told"), [
    ("a.ipynb", b'{"cells": [', "is not JSON (line 1, column 12"),
    ("a.ipynb", b"[1]", "is JSON, but no notebook"),
    ("a.ipynb", b'{"cells": [{"source": "x"}]}', "is JSON, but no notebook"),
    ("a.ipynb", b'{"cells": 7}', "is JSON, but no notebook"),
    ("a.ipynb", b"[" * 100_000, "no notebook"),
    ("a.py", b"a = '\xff'", "byte 5"),
    ("a.py", b" \n ", "is empty"),
])
def test_what_cannot_be_read_is_said_with_its_name_and_what_to_do(name, content, told):
    with pytest.raises(UnreadableError) as caught:
        read(name, content)
    assert told in str(caught.value)
    assert name in str(caught.value)
    assert str(caught.value).endswith(("again.", "UTF-8.", "handed in?"))


def test_a_file_that_is_too_large_is_not_read():
    with pytest.raises(UnreadableError, match="Clear the notebook's outputs"):
        read("a.ipynb", b" " * (LARGEST + 1))


@pytest.mark.parametrize(("code", "line"), [("a = 1\nb = (", 2), ("x = '\0'", 1), ("(" * 1000, 1), ("a = 1", None)])
def test_what_does_not_compile_is_known_by_its_line(code, line):
    found = syntax_error(code)
    assert (found and found[0]) == line

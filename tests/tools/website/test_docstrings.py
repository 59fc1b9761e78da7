"""Docstrings become lists of arguments; code and doctests stay."""

import doctest

import pytest

from nst import images
from tools.website import docstrings, flowcharts
from tools.website.docstrings import find_names, to_restructured_text


def test_arguments_become_a_list_with_their_texts():
    made = to_restructured_text(
        ["Scale it.", "", "size: pixels on the", "    longest side", "", "Returns it."], ["size"]
    )
    assert made == ["Scale it.", "", "", "``size``", "    pixels on the", "    longest side", "", "Returns it."]


def test_a_word_with_a_colon_that_is_not_an_argument_stays_text():
    assert to_restructured_text(["Note: it is slow."], ["size"]) == ["Note: it is slow."]


def test_two_arguments_of_one_line_are_two_items():
    made = to_restructured_text(["height, width: in pixels. size: of both."], ["height", "width", "size"])
    assert [line for line in made if line] == ["``height, width``", "    in pixels.", "``size``", "    of both."]


def test_sections_keep_their_headings_but_for_the_arguments():
    made = to_restructured_text(["Args:", "    target: a function", "", "Returns:", "    A result."], ["target"])
    assert [line for line in made if line] == ["``target``", "    a function", "**Returns**", "A result."]


def test_signs_of_markup_are_escaped_outside_of_code_and_doctests():
    made = to_restructured_text(["|a| * b_ in `a * b`", "", ">>> 2 * 3", "6"])
    assert made == ["\\|a\\| \\* b\\_ in ``a * b``", "", "", ">>> 2 * 3", "6"]


def test_the_arguments_of_a_function_are_found():
    assert find_names(images.load)[:2] == ["picture", "size"]
    assert find_names(images) == []


@pytest.mark.parametrize("module", [docstrings, flowcharts], ids=lambda module: module.__name__)
def test_the_examples_in_the_modules_own_docstrings_hold(module):
    assert doctest.testmod(module).failed == 0

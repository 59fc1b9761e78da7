"""Formulas become MathML, and their font has the characters they need."""

import pytest

from tools.website.math_font import write_math_font

pytest.importorskip("ziamath", reason="the packages of the extra `site` are not installed")
from tools.website.formulas import make_mathml


def test_a_formula_becomes_mathml_in_a_line_or_as_a_block():
    assert make_mathml("G_{ij}").startswith("<math")
    assert 'display="block"' in make_mathml("G_{ij}", as_block=True)
    assert 'display="block"' not in make_mathml("G_{ij}")


def test_a_fraction_of_two_digits_needs_no_braces():
    assert make_mathml(r"\frac12") == make_mathml(r"\frac{1}{2}")


def test_an_unknown_command_is_an_error():
    with pytest.raises((SyntaxError, ValueError), match="nonsense"):
        make_mathml(r"\nonsense")


def test_the_font_has_greek_letters_and_italic_ones_and_is_small(tmp_path):
    from fontTools.ttLib import TTFont

    write_math_font(tmp_path / "math.woff")
    with TTFont(tmp_path / "math.woff") as font:
        assert {ord("α"), ord("β"), ord("∑"), 0x1D43A} <= set(font.getBestCmap())  # the last one is an italic G
        assert "MATH" in font
    assert (tmp_path / "math.woff").stat().st_size < 300_000

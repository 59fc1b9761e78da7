"""Formulas as MathML, which browsers show without a script: docutils converts them while the site is built."""

import re

from docutils import nodes
from docutils.utils.math import latex2mathml

DIGITS = re.compile(r"\\frac(\d)(\d)")  # docutils wants the braces that LaTeX does not need here


def write_inline(translator, node):
    translator.body.append(make_mathml(node.astext()))
    raise nodes.SkipNode


def write_block(translator, node):
    formula = make_mathml(node.astext(), as_block=True)
    translator.body.append(f'<div class="math" tabindex="0" role="group" aria-label="Formula">{formula}</div>')
    raise nodes.SkipNode


def make_mathml(tex, *, as_block=False):
    """Return the MathML of a formula in LaTeX.

    Raises ValueError for a command that docutils does not know; docutils before 0.22 raises SyntaxError.
    """
    return latex2mathml.tex2mathml(DIGITS.sub(r"\\frac{\1}{\2}", tex), as_block=as_block)

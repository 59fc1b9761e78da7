"""The texts of questions in HTML. Code stands between backticks."""

import re
from html import escape


def to_html(text):
    """Return the text with its code marked and all other signs as they are.

    >>> to_html("Is `a < b`?")
    'Is <code>a &lt; b</code>?'
    """
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text, quote=False))


def to_title(question):
    """Return a short name for a list of questions, such as 'Gram matrix: gram-shape'."""
    return f"{question.topic[:1].upper()}{question.topic[1:]}: {question.id}"

"""Python code in HTML, with keywords, strings, numbers and comments marked for the style sheet."""

import html
import io
import keyword
import tokenize

from markupsafe import Markup

from foundation.printable import printable_lines

CLASSES = {tokenize.COMMENT: "comment", tokenize.STRING: "string", tokenize.NUMBER: "literal"}


def highlight_code(code: str) -> Markup:
    """The code, escaped, with a span around each token that has a color.

    What cannot be divided into tokens stays as it is.

    >>> str(highlight_code("return 1 < x"))
    '<span class="keyword">return</span> <span class="literal">1</span> &lt; x'
    """
    code = printable_lines(code)
    lines = code.split("\n")
    pieces, row, column = [], 1, 0
    for token in _read_tokens(code):
        kind = "keyword" if keyword.iskeyword(token.string) else CLASSES.get(token.type)
        if kind is None or token.start < (row, column):
            continue
        pieces.append(html.escape(_cut(lines, (row, column), token.start)))
        text = html.escape(_cut(lines, token.start, token.end))
        pieces.append(f'<span class="{kind}">{text}</span>')
        row, column = token.end
    pieces.append(html.escape(_cut(lines, (row, column), (len(lines), len(lines[-1])))))
    return Markup("".join(pieces))


def _read_tokens(code):
    """The tokens up to the first error, if there is one."""
    try:
        yield from tokenize.generate_tokens(io.StringIO(code).readline)
    except (tokenize.TokenError, SyntaxError):  # an IndentationError is one
        return


def _cut(lines, start, end):
    """The text between two places, (row from 1, column)."""
    (first, left), (last, right) = start, end
    if first == last:
        return lines[first - 1][left:right]
    return "\n".join([lines[first - 1][left:], *lines[first : last - 1], lines[last - 1][:right]])

"""Make text that others wrote safe to print: invisible characters are written out."""

import re

# What moves the cursor, colors text, or turns the writing direction, but not line breaks and tabs. A progress bar
# begins with a carriage return; inside a text, it would hide what is before it.
TERMINAL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|(?<!^)\r(?!\n)"
)
# Persian and Hindi join and separate letters with the first two, emoji with the second; all three are harmless.
ALLOWED = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}\N{NO-BREAK SPACE}"


def printable_line(text):
    r"""`text` as one line: line breaks, control characters, marks that change the writing direction, and halves of
    surrogate pairs are written as escapes, such as \n or \u202e.

    >>> printable_line("grade\N{RIGHT-TO-LEFT OVERRIDE}\n")
    'grade\\u202e\\n'
    """
    return "".join(
        char if char.isprintable() or char in ALLOWED else char.encode("unicode_escape").decode("ascii")
        for char in text
    )


def printable_output(text):
    r"""`text` for a terminal, which obeys nothing in it: control characters are written out. Line breaks stay, and a
    carriage return at the beginning.

    >>> printable_output("\x1b[31mred\n")
    '\\x1b[31mred\n'
    """
    return TERMINAL.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), text)


def printable_sentence(text):
    r"""`text` as one line to read: line breaks become spaces, and what cannot be seen is written out.

    >>> printable_sentence("ValueError: wrong shape\n\texpected 3")
    'ValueError: wrong shape expected 3'
    """
    return printable_line(" ".join(text.split()))


def printable_lines(text):
    """The same for each line: line breaks stay, tabs become spaces."""
    return "\n".join(printable_line(line.expandtabs(4)) for line in text.splitlines())

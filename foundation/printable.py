"""Text that others wrote, made safe to print: what cannot be seen is written out."""

# Persian and Hindi join and part letters with the first two, emoji with the second; all three do no harm.
KEPT = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}\N{NO-BREAK SPACE}"


def one_line(text):
    r"""`text` without line breaks, control characters, marks that turn the writing around, and halves of surrogate
    pairs: each is written as its escape, such as \n or \u202e. Tells apart what looked the same before."""
    return "".join(
        char if char.isprintable() or char in KEPT else char.encode("unicode_escape").decode("ascii") for char in text
    )


def lines(text):
    """The same line by line: line breaks stay, tabs become spaces."""
    return "\n".join(one_line(line.expandtabs(4)) for line in text.splitlines())

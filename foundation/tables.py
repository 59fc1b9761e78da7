"""CSV files as spreadsheets write and open them, in every country."""

import csv
import io
import re
from contextlib import contextmanager
from dataclasses import dataclass

from foundation.atomic_write import open_atomically
from foundation.printable import printable_line

DELIMITERS = ",;\t"
SEPARATOR_LINE = re.compile(r'"?sep=([,;\t])"?[,;\t]*\r?\n', re.IGNORECASE)  # Excel hides this line
ENCODINGS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}  # of the format "Unicode Text", by their first bytes
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx, .ods; .xls
NUL = "\N{SYMBOL FOR NULL}"
# What a spreadsheet reads as a formula, at the beginning of a cell, and after a semicolon, which separates cells in
# many countries. A name may begin with a dash, and is not changed.
FORMULA = r"'*(?:[=+@]|-.*[(|!])"
UNSAFE, SAFE = re.compile(rf"(^|;\s*)(?={FORMULA})"), re.compile(rf"(^|;\s*)'(?={FORMULA})")
SAVE = 'In Excel, save it as "CSV UTF-8"'


class TableError(ValueError):
    """A file is not a table that can be read; the message names it and says what to do."""


@dataclass(frozen=True)
class Row:
    """number: as a spreadsheet counts. cells: {column: text}, with "" for all cells in columns without a name.

    problem: why the row cannot be used, or "".
    """

    number: int
    cells: dict
    problem: str


def read_table(path):
    """(names of the columns in small letters, [Row, ...] without empty ones) of a CSV file, with all texts stripped.

    The cells are separated by commas, semicolons or tabs: by what a line `sep=;` before the columns says, or by what
    makes the most columns. The text is UTF-8, or UTF-16 with its mark. Raises TableError, and OSError if the file
    cannot be read.
    """
    text = _read_text(path).replace("\0", NUL)
    if declared := SEPARATOR_LINE.match(text):
        text = text[declared.end() :]
    try:
        delimiter = declared[1] if declared else max(DELIMITERS, key=lambda one: len(next(_split(text, one), ())))
        columns, *lines = _split(text, delimiter) if text else [[]]
    except csv.Error as error:
        raise TableError(f"{path.name} is not a CSV file ({error}). {SAVE}.") from None
    columns = [column.lower() for column in columns]
    rows = [_make_row(number, columns, cells, delimiter) for number, cells in enumerate(lines, 2) if any(cells)]
    return columns, rows


def escape_formulas(text):
    """A cell that a spreadsheet shows as text: on one line, and with ' before anything it would read as a formula.

    >>> escape_formulas("=1+1"), escape_formulas("-rf"), escape_formulas("a;=1+1")
    ("'=1+1", '-rf', "a;'=1+1")
    """
    return UNSAFE.sub(r"\1'", printable_line(text))


def unescape_formulas(cell):
    """The text that `escape_formulas` made a cell of."""
    return SAFE.sub(r"\1", cell)


@contextmanager
def open_table(path):
    """A function that writes a row of texts and numbers to a new file; the file appears when it is complete.

    Excel opens it with all letters right, and shows every text as it is.
    """
    with open_atomically(path, encoding="utf-8-sig") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        yield lambda row: writer.writerow([escape_formulas(cell) if isinstance(cell, str) else cell for cell in row])


def _read_text(path):
    content = path.read_bytes()
    if content.startswith(WORKBOOKS):
        raise TableError(f"{path.name} is an Excel workbook, not a CSV file. {SAVE}.")
    try:
        return content.decode(ENCODINGS.get(content[:2], "utf-8-sig"))
    except UnicodeDecodeError:
        raise TableError(f"{path.name} is not UTF-8. {SAVE}.") from None


def _split(text, delimiter):
    return ([cell.strip() for cell in line] for line in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def _make_row(number, columns, cells, delimiter):
    by_name = dict.fromkeys([*columns, ""], "")
    for column, cell in zip(columns, cells, strict=False):
        by_name[column] += cell
    problem = ""
    if beyond := "".join(cells[len(columns) :]):
        problem = f"a cell without a column: {beyond!r}. Put a text that contains {delimiter!r} in double quotes"
    if any(NUL in cell for cell in cells):
        problem = f"a character with the code 0, shown here as {NUL}: {next(cell for cell in cells if NUL in cell)!r}"
    return Row(number, by_name, problem)

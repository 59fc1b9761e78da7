"""Tables are read as spreadsheets of every country write them, and written so that Excel shows every letter."""

import csv
import io

import pytest

from foundation.tables import NUL, Row, TableError, escape_formulas, open_table, read_table, unescape_formulas

COLUMNS = ["content", "style", "size"]
ROWS = [
    Row(2, {"content": "Haus, groß.jpg", "style": "a.jpg;b.jpg", "size": "1,5", "": ""}, ""),
    Row(4, {"content": 'the "sea".jpg', "style": "李.jpg\tx", "size": "", "": ""}, ""),
]


def written(delimiter, head="content,Style, SIZE ", ends="\r\n"):
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=ends)
    writer.writerows([head.split(","), *([row.cells[name] for name in COLUMNS] for row in ROWS[:1]), ["", "", ""]])
    writer.writerow([*(ROWS[1].cells[name] for name in COLUMNS), " "])
    return buffer.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("declared", ["", "sep={}", "SEP={}", '"sep={}"', "sep={};;"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_is_read_however_a_spreadsheet_writes_it(tmp_path, delimiter, declared, ends, encoding):
    first = declared.format(delimiter) + ends if declared else ""
    (tmp_path / "a.csv").write_bytes((first + written(delimiter, ends=ends)).encode(encoding))
    assert read_table(tmp_path / "a.csv") == (COLUMNS, ROWS)


def test_the_declared_delimiter_counts_more_than_the_look_of_the_columns(tmp_path):
    (tmp_path / "a.csv").write_text("sep=;\na,b;c,d,e\n1;2\n", encoding="utf-8")
    assert read_table(tmp_path / "a.csv") == (["a,b", "c,d,e"], [Row(2, {"a,b": "1", "c,d,e": "2", "": ""}, "")])


def test_one_column_and_no_column_are_tables_too(tmp_path):
    for text, expected in (
        ("a\n1\n", (["a"], [Row(2, {"a": "1", "": ""}, "")])),
        ("", ([], [])),
        ("sep=;\n", ([], [])),
    ):
        (tmp_path / "a.csv").write_text(text, encoding="utf-8")
        assert read_table(tmp_path / "a.csv") == expected


def test_what_has_no_column_is_named_or_kept_apart(tmp_path):
    (tmp_path / "a.csv").write_text("a,,b\n1,note,2\n1,,2,more, text\n", encoding="utf-8")
    assert read_table(tmp_path / "a.csv")[1] == [
        Row(2, {"a": "1", "": "note", "b": "2"}, ""),
        Row(
            3,
            {"a": "1", "": "", "b": "2"},
            "a cell without a column: 'moretext'. Put a text that contains ',' in double quotes",
        ),
    ]


def test_a_character_with_the_code_0_is_the_problem_of_its_row(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"a,b\n1,x\0y\n2,z\n")
    first, second = read_table(tmp_path / "a.csv")[1]
    assert first.problem == f"a character with the code 0, shown here as {NUL}: 'x{NUL}y'"
    assert (second.cells["b"], second.problem) == ("z", "")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"PK\x03\x04...", 'a.csv is an Excel workbook, not a CSV file. In Excel, save it as "CSV UTF-8".'),
        (b"\xd0\xcf\x11\xe0..", 'a.csv is an Excel workbook, not a CSV file. In Excel, save it as "CSV UTF-8".'),
        ("größe\n".encode("latin-1"), 'a.csv is not UTF-8. In Excel, save it as "CSV UTF-8".'),
        (b"\xff\xfe\x00", 'a.csv is not UTF-8. In Excel, save it as "CSV UTF-8".'),
        (
            b"a,b\n" + b"x" * 200_000,
            "a.csv is not a CSV file (field larger than field limit (131072)). In Excel, save it as \"CSV UTF-8\".",
        ),
    ],
)  # fmt: skip
def test_a_file_that_is_no_table_is_named_with_what_to_do(tmp_path, content, message):
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(TableError) as caught:
        read_table(tmp_path / "a.csv")
    assert str(caught.value) == message


def test_a_written_table_begins_with_the_mark_that_excel_needs_and_is_read_again(tmp_path):
    with open_table(tmp_path / "a.csv") as write_row:
        write_row(COLUMNS)
        write_row(["Müller", "李", "1"])
    assert (tmp_path / "a.csv").read_bytes().startswith(b'\xef\xbb\xbf"content","style","size"\r\n"M\xc3\xbc')
    assert read_table(tmp_path / "a.csv")[1][0].cells["content"] == "Müller"


FORMULAS = ["=1+1", "a;=1+1", "a; +cmd|' /C calc'!A0", ";@SUM(1)", "'=1", "a;'=1", "a;-2+3+cmd|' /C'!A0", "=1;=1;=1"]


@pytest.mark.parametrize("delimiter", ",;\t")
@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_a_formula_however_a_spreadsheet_separates_them(tmp_path, text, delimiter):
    with open_table(tmp_path / "a.csv") as write_row:
        write_row(["Ada", text, text, 1])
    written = (tmp_path / "a.csv").read_text(encoding="utf-8-sig")
    for line in csv.reader(io.StringIO(written), delimiter=delimiter):
        assert not any(cell.lstrip().startswith(("=", "+", "@", "-")) for cell in line)
    assert unescape_formulas(escape_formulas(text)) == text


@pytest.mark.parametrize("text", ["-rf", "Smith; Jones", "x = 3; y = 4", "a-b;-c", "7.5"])
def test_a_text_without_formulas_stays_as_it_is(text):
    assert escape_formulas(text) == text

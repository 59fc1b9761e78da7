"""grades.csv: one row per submission, whatever its texts hold, in columns that never change."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.tables import escape_formulas, unescape_formulas
from grading.exercises import CHAPTERS
from grading.reports.class_statistics import ClassStatistics
from grading.reports.records import format_points
from grading.reports.spreadsheets import apply_overrides, write_gradebook
from tests.support.example_records import HOSTILE, record, wrong

COLUMNS = [
    "student",
    "total",
    "max",
    "compute_content_cost",
    "gram_matrix",
    "compute_layer_style_cost",
    "compute_style_cost",
    "total_cost",
    "train_step",
    "status",
    "reason",
]


@pytest.fixture
def rows(tmp_path):
    """Write the rows of records and read them as a spreadsheet would."""

    def written(*records):
        _write(tmp_path / "grades.csv", *records)
        with (tmp_path / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
            return list(csv.reader(file))

    return written


def _write(path, *records):
    statistics = ClassStatistics()
    for one in records:
        statistics.add(one)
    write_gradebook(path, statistics.chapters, statistics.rows)


def row(rows, written):
    [header, row] = rows(written)
    assert header == COLUMNS
    return dict(zip(header, row, strict=True))


def test_a_row_holds_the_points_of_every_exercise_and_their_total(rows):
    assert list(row(rows, record("Ada", **wrong("gram_matrix", points=7.5))).values()) == [
        "Ada",
        "92.5",
        "100",
        "10",
        "7.5",
        "15",
        "15",
        "10",
        "35",
        "graded",
        "",
    ]


def test_an_unreadable_submission_has_no_points_and_a_failed_one_an_empty_row(rows):
    nothing = {name: {"points": 0, "state": "not graded"} for name in CHAPTERS[1]}
    unreadable = row(rows, record("Ada", "unreadable", reason="a.ipynb: not valid JSON", **nothing))
    failed = row(rows, record("Ada", "failed", reason="our fault", **nothing))
    assert [unreadable[name] for name in ("total", "train_step", "reason")] == ["0", "0", "a.ipynb: not valid JSON"]
    assert (failed["total"], failed["max"], failed["train_step"], failed["status"]) == ("", "100", "", "failed")


def test_the_instructors_points_count_where_there_are_any(rows):
    graded = apply_overrides(record("Ada", **wrong("gram_matrix")), {"gram_matrix": {"points": 14, "reason": "x"}})
    assert (row(rows, graded)["gram_matrix"], row(rows, graded)["total"]) == ("14", "99")


def test_a_failed_submission_has_a_total_once_the_instructor_has_set_every_point(rows):
    word = {name: {"points": 1, "reason": "by hand"} for name in CHAPTERS[1]}
    some = dict(list(word.items())[:2])
    assert row(rows, apply_overrides(record("Ada", "failed"), word))["total"] == "6"
    assert row(rows, apply_overrides(record("Ada", "failed"), some))["total"] == ""


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_in_its_cell_and_is_no_formula(rows, text, tmp_path):
    cells = row(rows, record(text, reason=text))
    assert len((tmp_path / "grades.csv").read_text(encoding="utf-8-sig").splitlines()) == 2
    assert cells["student"] == cells["reason"] == escape_formulas(text)
    assert cells["student"][0] not in "=+@\t\r"
    assert cells["student"].isprintable()


@given(st.text(st.characters(exclude_categories=("C", "Zl", "Zp", "Zs"), include_characters="'=+-@ "), max_size=9))
def test_a_text_that_can_be_seen_comes_back_as_it_was(text):
    assert unescape_formulas(escape_formulas(text)) == text


def test_a_dash_alone_makes_no_formula_and_a_name_may_begin_with_one():
    assert escape_formulas("-rf 'name'") == "-rf 'name'"
    assert escape_formulas("-2+3+cmd|' /C calc'!A0").startswith("'-")


def test_text_of_other_scripts_is_left_alone():
    for text in ("شبنم می\N{ZERO WIDTH NON-JOINER}خواند", "José Nguyễn", "李", "👩\N{ZERO WIDTH JOINER}🔬"):
        assert escape_formulas(text) == text


def test_the_file_appears_when_all_rows_are_written(tmp_path):
    path = tmp_path / "grades.csv"
    path.write_text("last week's", encoding="utf-8")
    with pytest.raises(AttributeError):
        write_gradebook(path, [1], [object()])
    assert path.read_text(encoding="utf-8") == "last week's"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("value", "written"),
    [(15, "15"), (15.0, "15"), (7.5, "7.5"), (0, "0"), (100, "100"), (3.75, "3.75"), (1 / 3, "0.33"), (None, "")],
)
def test_numbers_are_short(value, written):
    assert format_points(value) == written


def test_the_file_opens_in_excel_with_all_letters(tmp_path):
    _write(tmp_path / "grades.csv", record("Müller"))
    assert (tmp_path / "grades.csv").read_bytes().startswith('\ufeff"student",'.encode())

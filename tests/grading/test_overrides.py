"""The instructor's CSV file is read as spreadsheets write it, and every slip in it is named."""

import copy
import csv
import io

import pytest

from foundation.tables import escape_formulas
from grading.reports.spreadsheets import (
    OverridesError,
    apply_overrides,
    find_unknown_students,
    get_overrides,
    read_overrides,
    require_one_student_each,
)
from tests.support.example_records import HOSTILE, record, wrong

HEADER = "student,exercise,points,reason\n"


@pytest.fixture
def file(tmp_path):
    """Write overrides.csv and read it."""

    def read(content, encoding="utf-8"):
        path = tmp_path / "overrides.csv"
        path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
        return read_overrides(path)

    return read


def refusal(read, content):
    with pytest.raises(OverridesError) as refused:
        read(content)
    return str(refused.value)


def test_overrides_are_read_by_student_and_exercise(file):
    rows = 'Ada,gram_matrix,15,"right, but late"\nAda,total_cost,0,copied\nEmmy,total_cost,7.5,half\n'
    assert file(HEADER + rows) == {
        "Ada": {
            "gram_matrix": {"points": 15, "reason": "right, but late"},
            "total_cost": {"points": 0, "reason": "copied"},
        },
        "Emmy": {"total_cost": {"points": 7.5, "reason": "half"}},
    }


@pytest.mark.parametrize(
    "content",
    [
        HEADER + "شبنم,total_cost,7.5,half",
        "\ufeff" + HEADER + "شبنم,total_cost,7.5,half\r\n",
        "student;exercise;points;reason\r\nشبنم;total_cost;7,5;half\r\n",
        "sep=\t\r\nSTUDENT\texercise\tPoints\treason\r\nشبنم\ttotal_cost\t7,5\thalf\r\n",
        'reason,points,Exercise, student ,mark\nhalf,"7,5", total_cost ,شبنم,ignored\n',
        "\n".join([HEADER.strip(), ",,,", "", "شبنم,total_cost,7.50,half,,"]),
    ],
    ids=[
        "plain",
        "with a byte order mark",
        "parted by semicolons",
        "parted by tabs",
        "columns in another order",
        "with empty rows",
    ],
)
def test_every_way_in_which_spreadsheets_write_it_is_read(file, content):
    assert file(content) == {"شبنم": {"total_cost": {"points": 7.5, "reason": "half"}}}


def test_a_file_without_rows_overrides_nothing(file):
    assert file(HEADER) == {}


@pytest.mark.parametrize("student", ["Ada", "'t Hooft", " Ada ", "Jose\N{COMBINING ACUTE ACCENT}", *HOSTILE])
def test_an_id_copied_from_the_gradebook_means_that_student(file, student):
    row = io.StringIO()
    csv.writer(row).writerow([escape_formulas(student), "total_cost", 1, "because"])
    read = file(HEADER + row.getvalue())
    assert find_unknown_students(read, [student]) == {}
    assert "override" in apply_overrides(record(student), get_overrides(read, student))["exercises"][4]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            HEADER + "Ada,gram_matrx,1,x",
            "overrides.csv, row 2: unknown exercise 'gram_matrx': did you mean gram_matrix?",
        ),
        (
            HEADER + "Ada,1,1,x",
            "overrides.csv, row 2: unknown exercise '1': expected one of compute_content_cost, "
            "gram_matrix, compute_layer_style_cost, compute_style_cost, total_cost, train_step, total_variation_cost, "
            "value_and_gradient, match_colors, instance_norm, adain, perceptual_step",
        ),
        (HEADER + "\nAda,gram_matrix,many,x", "overrides.csv, row 3: points 'many': expected a number from 0 to 15"),
        (HEADER + "Ada,gram_matrix,,x", "overrides.csv, row 2: points '': expected a number from 0 to 15"),
        (HEADER + "Ada,gram_matrix,-1,x", "overrides.csv, row 2: points '-1': expected a number from 0 to 15"),
        (HEADER + "Ada,gram_matrix,15.01,x", "overrides.csv, row 2: points '15.01': expected a number from 0 to 15"),
        (HEADER + "Ada,gram_matrix,nan,x", "overrides.csv, row 2: points 'nan': expected a number from 0 to 15"),
        (HEADER + "Ada,train_step,inf,x", "overrides.csv, row 2: points 'inf': expected a number from 0 to 35"),
        (
            HEADER + "Ada,gram_matrix,1,",
            "overrides.csv, row 2: the reason is missing: write one, the student will read it",
        ),
        (
            HEADER + "Ada,gram_matrix,1",
            "overrides.csv, row 2: the reason is missing: write one, the student will read it",
        ),
        (
            HEADER + ",gram_matrix,1,x",
            "overrides.csv, row 2: the student is missing: write the id as grades.csv shows it",
        ),
        (
            HEADER + "Ada,gram_matrix,1,x\nEmmy,gram_matrix,1,x\nAda,gram_matrix,1,x",
            "overrides.csv, row 4: row 2 already sets the points of Ada for gram_matrix: delete one of the two rows",
        ),
        (
            HEADER + "Ada,gram_matrix,1,late, but right",
            "overrides.csv, row 2: a cell without a column: 'but right'. Put a text that contains ',' in double quotes",
        ),
        (
            "student,exercise,points\n",
            "overrides.csv, row 1: the column reason is missing: the first row must name the columns "
            "student, exercise, points, reason",
        ),
        (
            "Ada,gram_matrix,1,x\n",
            "overrides.csv, row 1: the column student is missing: the first row must name the columns "
            "student, exercise, points, reason",
        ),
        (
            "",
            "overrides.csv, row 1: the column student is missing: the first row must name the columns "
            "student, exercise, points, reason",
        ),
        (
            "student,exercise,points,réason\n".encode("latin-1"),
            'overrides.csv is not UTF-8. In Excel, save it as "CSV UTF-8".',
        ),
        (
            HEADER + "Ada,gram_matrix,1," + "x" * 200_000,
            "overrides.csv is not a CSV file (field larger than field limit (131072)). "
            'In Excel, save it as "CSV UTF-8".',
        ),
    ],
)
def test_what_is_wrong_with_the_file_is_named(file, content, message):
    assert refusal(file, content) == message


def test_all_that_is_wrong_with_the_file_is_named_at_once(file):
    rows = "Ada,gram_matrx,1,x\nEmmy,gram_matrix,1,x\nAda,total_cost,99,x\nEmmy,gram_matrix,2,x\nAda,gram_matrix,1\n"
    assert refusal(file, HEADER + rows).split("\n") == [
        "overrides.csv, row 2: unknown exercise 'gram_matrx': did you mean gram_matrix?",
        "overrides.csv, row 4: points '99': expected a number from 0 to 10",
        "overrides.csv, row 5: row 3 already sets the points of Emmy for gram_matrix: delete one of the two rows",
        "overrides.csv, row 6: the reason is missing: write one, the student will read it",
    ]


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(OverridesError) as refused:
        read_overrides(tmp_path / "overrides.csv")
    assert str(refused.value) == (
        f"{tmp_path / 'overrides.csv'} does not exist: give --overrides a CSV file, "
        "with the columns student, exercise, points, reason"
    )


def test_a_folder_in_the_place_of_the_file_is_named(tmp_path):
    with pytest.raises(OverridesError) as refused:
        read_overrides(tmp_path)
    assert str(refused.value).startswith(f"{tmp_path} cannot be read (")
    assert str(refused.value).endswith("): give --overrides a CSV file that you have permission to read")


def test_students_that_nobody_knows_are_given_with_the_nearest():
    read = {"Ada Lovelase": {}, "Emmy": {}, "zz": {}}
    assert find_unknown_students(read, ["Ada Lovelace", "Emmy"]) == {"Ada Lovelase": "Ada Lovelace", "zz": None}


def test_an_override_stands_beside_the_graders_points_in_the_report_alone():
    graded = record("Ada", **wrong("gram_matrix", points=3.75))
    before = copy.deepcopy(graded)
    word = {"points": 15, "reason": "right after all"}
    reported = apply_overrides(
        graded, get_overrides({"Ada": {"gram_matrix": word}, "Emmy": {"total_cost": word}}, "Ada")
    )
    assert graded == before
    assert [exercise["name"] for exercise in reported["exercises"] if "override" in exercise] == ["gram_matrix"]
    assert (reported["exercises"][1]["points"], reported["exercises"][1]["override"]) == (3.75, word)


@pytest.mark.parametrize("other", [" Ada", "Ada\N{NO-BREAK SPACE}", "Ada "])
def test_a_row_that_could_mean_two_students_is_refused(file, other):
    overrides = file(HEADER + "Ada,total_cost,1,late\n")
    require_one_student_each(overrides, ["Ada", "Emmy", "Emmy "])
    with pytest.raises(OverridesError) as refused:
        require_one_student_each(overrides, ["Ada", "Emmy", other])
    assert str(refused.value) == (
        "Ada: 2 submissions have this id, which differ only in characters that look the same or cannot be seen. Rename "
        "their files or folders, and grade again"
    )


def test_forms_of_unicode_are_one_id(file):
    composed, decomposed = "José", "Jose\N{COMBINING ACUTE ACCENT}"
    overrides = file(HEADER + f"{composed},total_cost,1,late\n")
    with pytest.raises(OverridesError, match="2 submissions have this id"):
        require_one_student_each(overrides, [composed, decomposed])

"""The files that learning systems take back, equal to golden files that we wrote by their documentation."""

import zipfile
from datetime import datetime, timedelta

import pytest

from grading.deadline import Lateness
from grading.reports import class_report, learning_systems, records
from grading.reports.details import Details
from grading.submissions.roster import Member
from tests.support import golden
from tests.support.example_records import record, wrong


def member(name, number, **more):
    first, last = name.lower().split()
    return Member(name, number, f"{first}{last[0]}", f"s{number}", f"{first}@example.org", "Section 1", **more)


CLASS = {
    "Ada Almeida_5001": Details(member("Ada Almeida", "5001", handed_in=datetime(2026, 5, 1, 20, 15))),
    "Bo Berg_5002": Details(member("Bo Berg", "5002"), Lateness(timedelta(hours=27), 0.2)),
    "Chen Costa_5003": Details(member("Chen Costa", "5003", team="Team 1"), submitted_by="Ada Almeida_5001"),
    "Dina Diallo_5004": Details(member("Dina Diallo", "5004"), submitted_by=""),
    "Emil Évora_5005": Details(member("Emil Évora", "5005")),
    "stranger": Details(),
}


@pytest.fixture
def graded(tmp_path):
    """The class after it was graded, in tmp_path."""
    made = [
        record("Ada Almeida_5001"),
        record("Bo Berg_5002", **wrong("gram_matrix", "wrong shape", "transposed", 7.5)),
        record("Emil Évora_5005", chapters=(1, 2)),
        record("stranger"),
    ]
    for one in made:
        records.write(tmp_path, one)
    return class_report.write_reports(tmp_path, list(CLASS), {}, [], [], CLASS)


def check_golden(path):
    golden.check(path.name, path.read_text(encoding="utf-8-sig"))


def test_moodles_worksheet_is_the_golden_file(tmp_path, graded):
    remarks = learning_systems.write_moodle(tmp_path, graded.rows)
    check_golden(tmp_path / "moodle-grades.csv")
    assert remarks == ["without a number of Moodle, so not in the file for it: stranger"]


def test_the_feedback_zip_has_the_folders_of_the_export_and_is_the_same_again(tmp_path, graded):
    learning_systems.write_moodle(tmp_path, graded.rows)
    first = (tmp_path / "moodle-feedback.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "moodle-feedback.zip") as archive:
        golden.check("moodle-feedback.txt", "".join(f"{name}\n" for name in archive.namelist()))
        page = tmp_path / records.page_address("Bo Berg_5002")
        assert archive.read("Bo Berg_5002_assignsubmission_file_/feedback.html") == page.read_bytes()
    learning_systems.write_moodle(tmp_path, graded.rows)
    assert (tmp_path / "moodle-feedback.zip").read_bytes() == first


def test_moodle_finds_the_student_in_each_name_of_the_zip(tmp_path, graded):
    """As Moodle reads a folder: full name, number, type and name of a plugin, divided by underscores."""
    learning_systems.write_moodle(tmp_path, graded.rows)
    with zipfile.ZipFile(tmp_path / "moodle-feedback.zip") as archive:
        for name in archive.namelist():
            _, number, kind, plugin, _ = name.split("/")[0].split("_", 4)
            assert (number.isdigit(), kind, plugin) == (True, "assignsubmission", "file")


def test_canvas_gets_the_golden_file(tmp_path, graded):
    remarks = learning_systems.write_canvas(tmp_path, graded)
    check_golden(tmp_path / "canvas-grades.csv")
    assert remarks == ["without a number of Canvas, so not in the file for it: stranger"]


def test_grades_csv_has_the_particulars_and_the_penalty_beside_the_points(tmp_path, graded):
    check_golden(tmp_path / "grades.csv")


def test_the_pages_show_the_penalty_the_team_and_who_handed_in_nothing(tmp_path, graded):
    def page(student):
        return (tmp_path / records.page_address(student)).read_text(encoding="utf-8")

    assert "This submission is late by 1 day 3 h, penalty 20 %. 74 points after the penalty" in page("Bo Berg_5002")
    assert "92.5 of 100 points" in page("Bo Berg_5002")
    assert "Handed in by Ada Almeida_5001 for the team Team 1." in page("Chen Costa_5003")
    assert "nothing was handed in" in page("Dina Diallo_5004")
    assert "Chapter 1: 100 of 100 points, Chapter 2: 30 of 30 points. " in page("Emil Évora_5005")
    assert "nothing was handed in" in (tmp_path / "class.html").read_text(encoding="utf-8")

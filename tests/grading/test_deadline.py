"""How late a submission is, and what it costs; beside the points."""

import os
from argparse import Namespace
from datetime import datetime, timedelta

import pytest

from grading.class_details import collect_details
from grading.deadline import Deadline, Lateness, parse_due, parse_duration, parse_penalty
from grading.submissions.find import find_submissions
from tests.support.hostile_submissions import archive

DUE = datetime(2026, 5, 1, 23, 59)
DEADLINE = Deadline(DUE, timedelta(minutes=15), 0.1)


@pytest.mark.parametrize(
    ("after", "penalty"),
    [("0m", None), ("15m", None), ("16m", 0.1), ("1d", 0.1), ("25h", 0.2), ("30d", 1.0)],
)
def test_each_begun_day_costs_and_a_little_lateness_nothing(after, penalty):
    late = DEADLINE.measure(DUE + parse_duration(after))
    assert (late and late.penalty) == pytest.approx(penalty)


@pytest.mark.parametrize(
    ("after", "words"),
    [
        ("16m", "late by 16 min, penalty 10 %"),
        ("27h", "late by 1 day 3 h, penalty 20 %"),
        ("3d", "late by 3 days, penalty 30 %"),
    ],
)
def test_lateness_is_said_in_words(after, words):
    assert str(DEADLINE.measure(DUE + parse_duration(after))) == words


def test_a_mark_of_the_learning_system_is_shown_where_there_is_no_time():
    assert str(DEADLINE.measure(None, marked=True)) == "marked as late by the learning system"
    assert DEADLINE.measure(None) is None


def test_no_points_stay_no_points():
    assert Lateness(timedelta(1), 0.5).reduce(None) is None


@pytest.mark.parametrize(
    ("text", "share", "unit"),
    [("10%/day", 0.1, "1d"), ("5 % / 12h", 0.05, "12h"), ("2.5% per hour", 0.025, "1h")],
)
def test_a_penalty_is_read(text, share, unit):
    assert parse_penalty(text) == (pytest.approx(share), parse_duration(unit))


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (parse_penalty, "10"),
        (parse_penalty, "110%/day"),
        (parse_duration, "soon"),
        (parse_due, "2026-05-01T00:00+02:00"),
    ],
)
def test_other_texts_are_refused(parse, text):
    with pytest.raises(ValueError):  # noqa: PT011
        parse(text)


def lateness(path, **options):
    given = {"roster": None, "due": DUE, "late_penalty": None, "grace": None, **options}
    details, remarks = collect_details(find_submissions(path), Namespace(**given))
    return {student: str(known.lateness or "") for student, known in details.items()}, remarks


def test_the_time_is_that_of_the_export(tmp_path):
    """`archive` stamps its entries with the year 1980, which means that the time is not known."""
    (tmp_path / "class.zip").write_bytes(
        archive(("Ada_11_assignsubmission_file_/a.py", "x"), ("bob_LATE_101_202_b.py", "x"))
    )
    found, _ = lateness(tmp_path / "class.zip")
    assert found == {"Ada_11": "", "bob_101": "marked as late by the learning system"}


def test_the_time_of_a_file_counts_in_a_folder(tmp_path):
    for name, moment in {"ada.py": DUE, "bob.py": DUE + timedelta(hours=2)}.items():
        (tmp_path / name).write_text("x", encoding="utf-8")
        os.utime(tmp_path / name, (moment.timestamp(),) * 2)
    assert lateness(tmp_path)[0] == {"ada": "", "bob": "late by 2 h"}


def test_of_blackboards_attempts_the_last_counts_with_its_time(tmp_path):
    for time in ("2026-05-01-20-00-00", "2026-05-02-01-00-00"):
        (tmp_path / f"HW 1_ada_attempt_{time}_work.py").write_text("x", encoding="utf-8")
    found, remarks = lateness(tmp_path)
    assert found == {"ada": "late by 1 h 1 min"}
    assert remarks == ["earlier attempts that are not graded: ada (1)"]
    [submission] = find_submissions(tmp_path)
    assert [name for name, _ in submission.read_candidates()] == ["HW 1_ada_attempt_2026-05-02-01-00-00_work.py"]


def test_the_time_in_moodles_worksheet_counts_before_that_of_the_zip(tmp_path):
    (tmp_path / "class.zip").write_bytes(archive(("Ada_11_assignsubmission_file_/a.py", "x")))
    (tmp_path / "class.csv").write_text(
        'Identifier,Full name,Last modified (submission)\nParticipant 11,Ada,"Saturday, 2 May 2026, 12:59 AM"\n',
        encoding="utf-8",
    )
    assert lateness(tmp_path / "class.zip", roster=tmp_path / "class.csv")[0] == {"Ada_11": "late by 1 h"}

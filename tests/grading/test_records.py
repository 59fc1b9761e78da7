"""A record is kept under a name that is safe everywhere, whole or not at all, and comes back as it was."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.exercises import CHAPTERS
from grading.reports import records
from tests.support.example_records import HOSTILE, record

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=300)  # halves of surrogate pairs too
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


@given(ANY_TEXT)
def test_the_name_of_any_student_is_safe_on_every_system(student):
    name = records.file_name(student)
    assert not re.search(r'[\x00-\x1f\x7f<>:"/\\|?*.\s]', name)
    assert not name.startswith(("-", "."))
    assert not RESERVED.match(name)
    assert len(name) <= 80
    assert len(f"{name}.json".encode()) <= 255


@given(ANY_TEXT, ANY_TEXT)
def test_no_two_students_share_a_name_whatever_the_case(one, other):
    assert (records.file_name(one).casefold() == records.file_name(other).casefold()) == (one == other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada", "ada"),
        ("a b", "a-b"),
        ("a/b", "a\\b"),
        ("é", "e\N{COMBINING ACUTE ACCENT}"),
        ("x" * 500, "x" * 501),
        ("", " "),
    ],
)
def test_students_whose_names_look_alike_are_kept_apart(one, other):
    assert records.file_name(one).casefold() != records.file_name(other).casefold()


@pytest.mark.parametrize(
    ("student", "begins"),
    [
        ("Ada Lovelace_1234", "Ada-Lovelace-1234-"),
        ("شبنم آزادی", "شبنم-آزادی-"),
        ("../../etc/passwd", "etc-passwd-"),
        ("-rf", "rf-"),
        (".hidden", "hidden-"),
        ("CON", "CON-"),
        ("?*", "student-"),
        ("", "student-"),
    ],
)
def test_a_name_can_be_read(student, begins):
    assert re.fullmatch(re.escape(begins) + "[0-9a-f]{12}", records.file_name(student))


@pytest.mark.parametrize("text", HOSTILE)
def test_a_record_comes_back_as_it_was_written(tmp_path, text):
    written = record(text, reason=text, notes=[text, text], gram_matrix={"feedback": text, "points": 7.5})
    records.write(tmp_path, written)
    assert records.read(tmp_path, text) == written
    assert [path.suffix for path in (tmp_path / "students").iterdir()] == [".json"]


def test_a_second_record_of_a_student_replaces_the_first(tmp_path):
    records.write(tmp_path, record("Ada", reason="first"))
    records.write(tmp_path, record("Ada", reason="second"))
    assert records.read(tmp_path, "Ada")["reason"] == "second"


def test_a_record_that_cannot_be_written_leaves_the_old_one(tmp_path):
    records.write(tmp_path, record("Ada"))
    with pytest.raises(TypeError):
        records.write(tmp_path, record("Ada", notes=[object()]))
    assert records.read(tmp_path, "Ada") == record("Ada")
    assert len(list((tmp_path / "students").iterdir())) == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[1, 2]",
        b"null",
        b"{}",
        b'{"format": 1, "student": "Ada"}',
        b"[" * 100_000,
        json.dumps(record("ada")).encode(),
        json.dumps(record("Ada") | {"format": 1}).encode(),
    ],
)
def test_a_broken_or_a_foreign_file_is_no_record(tmp_path, content):
    path = records.record_path(tmp_path, "Ada")
    path.parent.mkdir()
    path.write_bytes(content)
    assert records.read(tmp_path, "Ada") is None


def test_a_student_without_a_file_has_no_record(tmp_path):
    assert records.read(tmp_path, "Ada") is None


def test_records_are_read_one_at_a_time_and_in_the_order_asked_for(tmp_path):
    for student in ("Emmy", "Ada"):
        records.write(tmp_path, record(student))
    reading = records.read_all(tmp_path, ["Ada", "Emmy"])
    assert next(reading)["student"] == "Ada"
    records.record_path(tmp_path, "Emmy").unlink()  # so it cannot have been read yet
    assert next(reading)["status"] == "failed"


def test_a_submission_that_was_never_reached_has_a_record_that_says_so(tmp_path):
    [ungraded] = records.read_all(tmp_path, ["Ada"])
    assert (ungraded["student"], ungraded["status"]) == ("Ada", "failed")
    assert (
        ungraded["reason"] == "not graded yet, because the run was interrupted. Run the same command again to continue"
    )
    assert [exercise["name"] for exercise in ungraded["exercises"]] == list(CHAPTERS[1])
    assert ungraded.keys() == record().keys() == records.Record.__annotations__.keys()

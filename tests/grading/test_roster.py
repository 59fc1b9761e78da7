"""The list of a class: recognized by its columns, and matched with the submissions."""

import pytest

from grading.submissions.roster import Member, Roster, RosterError, enroll, read_roster

MOODLE = """Identifier,Full name,Email address,Status,Grade,Maximum Grade,Last modified (submission),Feedback comments
Participant 4711,Ada Lovelace,ada@example.org,Submitted for grading,,100.00,"Friday, 1 May 2026, 11:45 PM",
Participant 4712,Bo Berg,bo@example.org,No submission,,100.00,-,
"""
PARTICIPANTS = """First name,Last name,Email address,Groups
Ada,Lovelace,ada@example.org,A
Bo,Berg,bo@example.org,B
"""
CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,Homework (99)
    Points Possible,,,,,10
"Lovelace, Ada",10042,s1,ada,Section 1,
"Berg, Bo",10043,s2,bo,Section 2,
"Student, Test",10044,,x,Section 1,
"""
BLACKBOARD = (
    "Last Name\tFirst Name\tUsername\tStudent ID\tLast Access\tAvailability\n"
    "Lovelace\tAda\tada\t1\t\tYes\nBerg\tBo\tbo\t2\t\tYes\n"
)
OWN = "name,id,email,section\nAda Lovelace,1,ada@example.org,A\nBo Berg,2,bo@example.org,B\n"


def read(tmp_path, text, encoding="utf-8"):
    (tmp_path / "class.csv").write_text(text, encoding=encoding)
    return read_roster(tmp_path / "class.csv")


@pytest.mark.parametrize("text", [MOODLE, PARTICIPANTS, CANVAS, BLACKBOARD, OWN])
def test_each_system_is_recognized(tmp_path, text):
    members = read(tmp_path, text).members
    assert [member.name for member in members] == ["Ada Lovelace", "Bo Berg"]


def test_blackboard_writes_utf_16(tmp_path):
    assert read(tmp_path, BLACKBOARD, "utf-16").members[0].login == "ada"


def test_moodles_worksheet_has_numbers_and_times(tmp_path):
    roster = read(tmp_path, MOODLE)
    ada, bo = roster.members
    assert (ada.number, ada.email, ada.handed_in.isoformat()) == ("4711", "ada@example.org", "2026-05-01T23:45:00")
    assert (bo.handed_in, roster.is_moodle) == (None, True)


def test_canvas_has_sections_and_numbers_of_other_systems(tmp_path):
    ada = read(tmp_path, CANVAS).members[0]
    assert (ada.number, ada.sis, ada.login, ada.section) == ("10042", "s1", "ada", "Section 1")


@pytest.mark.parametrize(
    ("text", "student"),
    [
        (MOODLE, "Ada Lovelace_4711"),
        (MOODLE, "Team 1-Ada Lovelace_4711"),
        (PARTICIPANTS, "Ada Lovelace_4711"),
        (PARTICIPANTS, "Team 1-Ada Lovelace_4711"),
        (CANVAS, "lovelaceada_10042"),
        (BLACKBOARD, "ada"),
        (OWN, "ada"),
        (OWN, "Ada Lovelace"),
        (OWN, "lovelace_ada"),
        (OWN, "ada@example.org"),
    ],
)
def test_a_submission_is_matched_and_who_handed_in_nothing_is_a_row(tmp_path, text, student):
    (ada, bo), remarks = enroll(read(tmp_path, text), [student])
    assert (ada.student, ada.member.name, ada.submitted_by) == (student, "Ada Lovelace", student)
    assert (bo.member.name, bo.submitted_by) == ("Bo Berg", "")
    assert remarks == []


def test_without_a_list_the_submissions_are_the_class():
    rows, remarks = enroll(None, ["ada"])
    assert [(row.student, row.member, row.submitted_by) for row in rows] == [("ada", None, "ada")]
    assert remarks == []


def test_a_submission_counts_for_who_is_in_the_team_and_handed_in_nothing():
    members = [
        Member(name, str(n), team=team) for n, (name, team) in enumerate([("Ada", "1"), ("Bo", "1"), ("Cy", "2")])
    ]
    rows, _ = enroll(Roster(tuple(members)), ["Ada"])
    assert [(row.student, row.submitted_by) for row in rows] == [("Ada", "Ada"), ("Bo", "Ada"), ("Cy", "")]


def test_who_is_not_on_the_list_and_who_is_twice_is_remarked(tmp_path):
    _, remarks = enroll(read(tmp_path, OWN), ["ada", "Ada Lovelace", "eve"])
    assert remarks == [
        "Ada Lovelace has several submissions: ada, Ada Lovelace. Each is a row of its own",
        "not on the list of the class: eve",
    ]


def test_of_two_students_with_one_name_neither_is_guessed(tmp_path):
    rows, remarks = enroll(read(tmp_path, "name,id\nAda Berg,1\nAda Berg,2\n"), ["Ada Berg"])
    assert rows[0].member is None
    assert remarks == ["not on the list of the class: Ada Berg"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n", "no column has the names of the students"),
        ("name,id\n", "contains no students"),
    ],
)
def test_a_file_that_is_not_a_list_of_a_class_is_named(tmp_path, text, message):
    with pytest.raises(RosterError, match=message) as caught:
        read(tmp_path, text)
    assert str(caught.value).startswith("class.csv")


def test_a_file_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(RosterError, match=r"none.csv cannot be read"):
        read_roster(tmp_path / "none.csv")

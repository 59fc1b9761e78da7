"""Who has handed in what: from folders, archives, and the names that learning systems give."""

import io
import os
import stat
import tempfile
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.submissions.archives import MAX_SUBMISSION_BYTES
from grading.submissions.cells import MAX_FILE_BYTES, UnreadableError
from grading.submissions.find import SubmissionsError, find_submissions
from tests.support.hostile_submissions import archive


def fill(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def list_files(folder, **options):
    """Student -> names of the files that may be graded, or why there is none."""
    return {
        s.student: [name or str(content) for name, content in s.read_candidates()]
        for s in find_submissions(folder, **options)
    }


def refusal(folder):
    """Why the only file of the only submission is not read."""
    [submission] = find_submissions(folder)
    [(_, content)] = submission.read_candidates()
    assert isinstance(content, UnreadableError)
    return str(content)


def test_a_file_is_a_student_and_so_is_a_folder(tmp_path):
    fill(tmp_path, {"ada.ipynb": "{}", "bob.py": "x", "eve/work/a.py": "x", "eve/b.ipynb": "{}"})
    assert list_files(tmp_path) == {"ada": ["ada.ipynb"], "bob": ["bob.py"], "eve": ["eve/b.ipynb", "eve/work/a.py"]}


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("Ada Lovelace_4711_assignsubmission_file_/a.ipynb", "Ada Lovelace_4711"),
        ("Ada Lovelace_4711_assignsubmission_file_a.ipynb", "Ada Lovelace_4711"),
        ("Jean_Luc Ng_12_assignsubmission_file_/x/a.py", "Jean_Luc Ng_12"),
        ("lovelaceada_10042_20043_chapter_1.ipynb", "lovelaceada_10042"),
        ("lovelaceada_LATE_10042_20043_chapter_1-2.ipynb", "lovelaceada_10042"),
        ("homework_1_2_final.ipynb", "homework_1_2_final"),
        ("-rf 'x' \"y\" \N{SNOWMAN}.py", "-rf 'x' \"y\" \N{SNOWMAN}"),
    ],
)
def test_the_names_of_moodle_and_canvas_say_who_it_is(tmp_path, name, student):
    if os.name == "nt" and '"' in name:
        pytest.skip("Windows allows no quotes in file names")
    assert list(list_files(fill(tmp_path, {name: "x"}))) == [student]


def test_files_of_one_student_are_one_submission(tmp_path):
    fill(tmp_path, {f"Ada_11_assignsubmission_file_{name}": "x" for name in ("a.ipynb", "b.py")})
    assert list_files(tmp_path) == {
        "Ada_11": ["Ada_11_assignsubmission_file_a.ipynb", "Ada_11_assignsubmission_file_b.py"]
    }


def test_a_stray_file_is_nobodys_but_what_a_learning_system_names_is_a_row(tmp_path):
    fill(tmp_path, {"README.txt": "x", "a.py": "x", "Bob_12_assignsubmission_file_essay.pdf": "x"})
    found = list_files(tmp_path)
    assert found.keys() == {"a", "Bob_12"}
    assert found["Bob_12"] == [
        "expected a notebook (.ipynb) or a script (.py), found Bob_12_assignsubmission_file_essay.pdf. "
        "Submit the notebook itself."
    ]


def test_names_with_a_dot_and_what_macos_leaves_are_skipped(tmp_path):
    fill(
        tmp_path,
        {
            ".git/a.py": "x",
            ".b.py": "x",
            "ada/.ipynb_checkpoints/c.ipynb": "x",
            "ada/d.ipynb": "x",
            "ada/__MACOSX/e.ipynb": "x",
        },
    )
    assert list_files(tmp_path) == {"ada": ["ada/d.ipynb"]}


def test_the_export_of_a_learning_system_is_read_without_being_unpacked(tmp_path):
    deeper = archive(("b.ipynb", "{}"), ("deepest.zip", archive(("no.py", "x"))))
    inner = archive(("work/a.ipynb", "{}"), ("work/deeper.zip", deeper))
    export = tmp_path / "export.zip"
    export.write_bytes(
        archive(
            ("Ada_11_assignsubmission_file_/hand.zip", inner),
            ("bob_10001_20001_b.py", "x"),
            ("eve.ipynb", "{}"),
            ("__MACOSX/._eve.ipynb", "x"),
        )
    )
    assert list_files(export) == {
        "Ada_11": ["b.ipynb", "work/a.ipynb"],
        "bob_10001": ["bob_10001_20001_b.py"],
        "eve": ["eve.ipynb"],
    }
    assert [path.name for path in tmp_path.iterdir()] == ["export.zip"]


EXPORT = {"Ada_11_assignsubmission_file_/a.ipynb": "{}", "bob_10001_20001_b.py": "x"}


@pytest.mark.parametrize("around", ["{}", "section/{}", "course/section/{}"])
def test_an_export_that_lies_in_a_folder_is_opened(tmp_path, around):
    export = archive(*((around.format(name), content) for name, content in EXPORT.items()))
    fill(tmp_path, {"handed_in/export.zip": export, "handed_in/README.txt": "x"})
    assert [*list_files(tmp_path / "handed_in")] == ["Ada_11", "bob_10001"]


def test_the_exports_of_several_sections_are_one_class(tmp_path):
    fill(
        tmp_path,
        {
            "a.zip": archive(("Ada_11_assignsubmission_file_/a.ipynb", "{}")),
            "b/Bob_12_assignsubmission_file_/b.ipynb": "{}",
        },
    )
    assert list_files(tmp_path) == {
        "Ada_11": ["Ada_11_assignsubmission_file_/a.ipynb"],
        "Bob_12": ["Bob_12_assignsubmission_file_/b.ipynb"],
    }


def test_a_class_among_students_is_refused_so_that_nobody_hands_in_under_the_names_of_others(tmp_path):
    fill(tmp_path, {"eve.zip": archive(*EXPORT.items()), "Ada_11_assignsubmission_file_/a.ipynb": "{}"})
    assert list_files(tmp_path) == {
        "Ada_11": ["Ada_11_assignsubmission_file_/a.ipynb"],
        "eve": [
            "eve.zip contains the submissions of a class (Ada_11, bob_10001), but is among those of single students. "
            "Grade it separately, or move its contents here."
        ],
    }


def test_the_folder_that_was_zipped_is_opened_with_the_zip(tmp_path):
    fill(
        tmp_path,
        {"class.zip": archive(("class/ada.ipynb", "{}"), ("class/bob/b.ipynb", "{}"), ("class/eve.ipynb", "{}"))},
    )
    assert list_files(tmp_path / "class.zip") == {
        "ada": ["ada.ipynb"],
        "bob": ["bob/b.ipynb"],
        "eve": ["eve.ipynb"],
    }


@pytest.mark.parametrize(
    "files",
    [
        {"class.zip": archive(("ada.ipynb", "{}"), ("bob.ipynb", "{}"))},
        {"class.zip": archive(("all/ada/x.ipynb", "{}"), ("all/bob/x.ipynb", "{}"))},
        {"class/ada.ipynb": "{}", "class/bob.ipynb": "{}"},
    ],
    ids=["a zip", "a zip of folders", "a folder"],
)
def test_what_lies_alone_and_may_be_a_class_or_one_students_is_asked_about(tmp_path, files):
    [alone] = {name.split("/")[0] for name in files}
    with pytest.raises(SubmissionsError, match=r"the notebooks of several students \(ada, bob\)") as caught:
        find_submissions(fill(tmp_path, files))
    assert f"grade {tmp_path / alone} instead" in str(caught.value)
    assert [*list_files(tmp_path / alone)] == ["ada", "bob"]


def test_one_notebook_with_its_copy_among_others_is_one_students(tmp_path):
    fill(tmp_path, {"ada/a.ipynb": "{}", "ada/a-Copy1.ipynb": "{}", "bob.ipynb": "{}"})
    assert list_files(tmp_path) == {"ada": ["ada/a.ipynb", "ada/a-Copy1.ipynb"], "bob": ["bob.ipynb"]}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_what_is_no_ordinary_file_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "ada.py")
    assert "ada.py is not a regular file" in refusal(tmp_path)


def test_everything_can_be_one_students(tmp_path):
    fill(tmp_path / "submission", {"a.ipynb": "x", "help/b.py": "x"})
    assert list_files(tmp_path / "submission", single=True) == {
        "submission": ["submission/a.ipynb", "submission/help/b.py"]
    }


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (("../../x.py", "x"), "has a path outside of its folder"),
        (("/x.py", "x"), "has a path outside of its folder"),
        (("a/../../x.py", "x"), "has a path outside of its folder"),
        (("C:/x.py", "x"), "has a path outside of its folder"),
        (("x.py", "/etc/passwd", stat.S_IFLNK | 0o777), "is a link"),
        (("x.py", b"\0" * (MAX_FILE_BYTES + 1)), "is larger than 50 MB"),
    ],
)
def test_what_an_archive_smuggles_is_refused(tmp_path, entry, why):
    assert why in refusal(fill(tmp_path, {"ada.zip": archive(entry)}))


def test_an_archive_that_lies_about_itself_is_refused(tmp_path):
    content = bytearray(archive(("x.py", "x = 1\n" * 500)))
    content[40:60] = b"\0" * 20
    assert "cannot be unpacked" in refusal(fill(tmp_path, {"ada.zip": bytes(content)}))


def packed(compression):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as file:
        file.writestr("work/a.py", "x = 1\n" * 20)
        file.writestr("work/more.zip", archive(("b.ipynb", "{}")))
    return buffer.getvalue()


WHOLE = [packed(way) for way in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)]


@given(st.sampled_from(WHOLE), st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 255)), min_size=1, max_size=6))
def test_an_archive_damaged_anywhere_is_one_students_row_at_worst(content, changes):
    damaged = bytearray(content)
    for place, byte in changes:
        damaged[place % len(damaged)] = byte
    with tempfile.TemporaryDirectory() as folder:
        fill(Path(folder), {"ada.zip": bytes(damaged), "bob.py": "x"})
        ada, bob = find_submissions(Path(folder))
        assert (ada.student, bob.read_candidates()) == ("ada", [("bob.py", b"x")])
        assert all(isinstance(found, bytes | UnreadableError) for _, found in ada.read_candidates())


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_archive_that_might_unpack_to_more_than_it_says_is_refused(tmp_path, compression):
    assert "in an unusual way (expected: deflate)" in refusal(fill(tmp_path, {"ada.zip": packed(compression)}))


@pytest.mark.parametrize("name", [".\\", "x/.\\", "\\", "a\\..\\b.py"])
def test_a_name_that_is_none_stops_nothing(tmp_path, name):
    fill(tmp_path, {"ada.zip": archive((name, "x"), ("a.py", "x"))})
    assert ("a.py", b"x") in find_submissions(tmp_path)[0].read_candidates()


@pytest.mark.slow
def test_what_is_read_of_one_submission_is_bounded_and_a_notebook_beside_archives_is_read(tmp_path):
    inner = archive(("a.bin", "x"), ("rest.txt", b""))
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_DEFLATED) as file:
        for number in range(6):
            file.writestr(f"a{number}.zip", inner + b"\0" * (MAX_FILE_BYTES - len(inner)))
        file.writestr("work.ipynb", "{}")
    fill(tmp_path, {"ada.zip": stored.getvalue()})
    tracemalloc.start()
    found = find_submissions(tmp_path)[0].read_candidates()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found == [("work.ipynb", b"{}")]
    assert most < MAX_SUBMISSION_BYTES + MAX_FILE_BYTES


def test_files_that_are_too_much_together_are_named(tmp_path):
    with zipfile.ZipFile(tmp_path / "ada.zip", "w", zipfile.ZIP_DEFLATED) as file:
        for number in range(6):
            file.writestr(f"a{number}.py", b"#" * 45_000_000)
    found = [content for _, content in find_submissions(tmp_path)[0].read_candidates()]
    assert [len(content) for content in found[:4]] == [45_000_000] * 4
    assert {str(content) for content in found[4:]} == {
        f"a{number}.py in ada.zip was not read: the files of this submission are larger than 200 MB together, the "
        "limit. Submit only the notebook."
        for number in (4, 5)
    }


def test_a_folder_that_is_locked_is_one_students_row(tmp_path, monkeypatch):
    def listed(folder):
        if folder.name == "eve":
            raise PermissionError(13, "Permission denied", str(folder))
        return original(folder)

    original = Path.iterdir
    fill(tmp_path, {"ada.py": "x", "eve/b.py": "x"})
    monkeypatch.setattr(Path, "iterdir", listed)
    assert list_files(tmp_path) == {
        "ada": ["ada.py"],
        "eve": ["eve cannot be read: Permission denied. Change its permissions, or submit it again."],
    }


@pytest.mark.parametrize("content", [b"", b"PK", archive()])
def test_an_archive_that_holds_nothing_is_a_row_too(tmp_path, content):
    assert "is not a zip archive that can be read, or it is empty" in refusal(fill(tmp_path, {"ada.zip": content}))


def test_an_encrypted_entry_is_named(tmp_path):
    content = bytearray(archive(("x.py", "x")))
    content[6] |= 1
    content[content.rindex(b"PK\1\2") + 8] |= 1
    assert "is encrypted" in refusal(fill(tmp_path, {"ada.zip": bytes(content)}))


@pytest.mark.skipif(os.name == "nt", reason="to make a link needs rights on Windows")
def test_a_link_is_not_followed(tmp_path):
    secret = fill(tmp_path, {"secret/key.py": "x"}) / "secret"
    folder = tmp_path / "in"
    fill(folder, {"ada/own.txt": "x"})
    (folder / "ada" / "stolen.py").symlink_to(secret / "key.py")
    (folder / "bob.py").symlink_to(secret / "key.py")
    (folder / "eve").symlink_to(secret, target_is_directory=True)
    for submission in find_submissions(folder):
        [(_, content)] = submission.read_candidates()
        assert "is a link" in str(content), submission.student


def test_a_file_of_200_mb_is_refused_without_being_read(tmp_path):
    with (tmp_path / "large.ipynb").open("wb") as file:
        file.truncate(200_000_000)
    assert "large.ipynb is larger than 50 MB" in refusal(tmp_path)


def test_only_so_many_files_of_a_submission_are_read(tmp_path):
    with zipfile.ZipFile(tmp_path / "ada.zip", "w") as file:
        for number in range(200):
            file.writestr(f"a{number}.py", "x")
    assert len([name for name in list_files(tmp_path)["ada"] if name.endswith(".py")]) == 50


@pytest.mark.parametrize(
    "make", [lambda path: None, lambda path: path.mkdir(), lambda path: fill(path, {"README.txt": "x"})]
)
def test_where_there_is_nothing_to_grade_the_place_is_named(tmp_path, make):
    make(tmp_path / "class")
    with pytest.raises(SubmissionsError, match=r"class (does not exist|contains no submissions)"):
        find_submissions(tmp_path / "class")

"""Classes of any size and shape: nobody is lost, what tools made is skipped, and what is left out is said."""

import struct
import time
import zipfile

import pytest

from grading.exercises import CHAPTERS
from grading.grade_submission import Settings, grade
from grading.sandbox.process import Limits
from grading.submissions.cells import UnreadableError
from grading.submissions.find import SubmissionsError, find_submissions, remark_on_submissions
from tests.grading.test_submissions import fill, list_files
from tests.support.hostile_submissions import archive, script
from tests.support.in_process import in_process

__all__ = ["in_process"]
MOODLE = "{}_{}_assignsubmission_file_/work.ipynb"


def write_zip(path, names, content="{}"):
    with zipfile.ZipFile(path, "w") as file:
        for name in names:
            file.writestr(name, content)
    return path


def test_a_class_of_300_students_with_80_pictures_each_is_found_in_good_time(tmp_path):
    students = [f"student {number}" for number in range(300)]
    pictures = [f"{student}/pictures/{number}.png" for student in students for number in range(80)]
    notebooks = [f"{student}/work.ipynb" for student in students]
    class_zip = write_zip(tmp_path / "class.zip", pictures + notebooks)
    began = time.monotonic()
    assert list_files(class_zip) == {student: [f"{student}/work.ipynb"] for student in students}
    assert time.monotonic() - began < 20


@pytest.mark.slow
def test_a_student_with_30_000_pictures_is_graded_by_the_notebook(tmp_path):
    write_zip(tmp_path / "ada.zip", [*(f"pictures/{number}.png" for number in range(30_000)), "work.ipynb"])
    assert list_files(tmp_path) == {"ada": ["work.ipynb"]}


INSTALLED = [
    ".venv/lib/python3.11/site-packages/numpy/core.py",
    "venv/Lib/site-packages/a.ipynb",
    "env/bin/activate_this.py",
    "tf2/pyvenv.cfg",
    "tf2/lib/python3.11/a.py",
    "conda/conda-meta/history",
    "conda/lib/python3.11/ast.py",
    "node_modules/gyp/a.py",
    "__pycache__/work.cpython-311.py",
    ".ipynb_checkpoints/work-checkpoint.ipynb",
    ".cache/a.py",
    "__MACOSX/._work.ipynb",
    "src/__pycache__/a.py",
    "lib/python3.11/site-packages/a.py",
]


@pytest.mark.parametrize("packed", [True, False], ids=["in a zip", "in a folder"])
def test_what_tools_made_is_skipped_and_named(tmp_path, packed):
    files = dict.fromkeys([*INSTALLED, "src/helper.py", "work.ipynb"], "{}")
    if packed:
        fill(tmp_path, {"ada.zip": archive(*files.items())})
    else:
        fill(tmp_path, {f"ada/{name}": content for name, content in files.items()})
    prefix = "" if packed else "ada/"
    assert list_files(tmp_path) == {
        "ada": [
            f"{prefix}work.ipynb",
            f"{prefix}src/helper.py",
            f"left out, because a tool made them: {prefix}conda, {prefix}env, {prefix}lib/python3.11/site-packages, "
            "and 3 more",
        ]
    }


def test_a_folder_that_is_also_a_virtual_environment_is_still_the_students(tmp_path):
    names = ("pyvenv.cfg", "lib/python3.11/site-packages/a.py", "bin/python", "work.ipynb")
    fill(tmp_path, {**{f"ada/{name}": "x" for name in names}, "bob.zip": archive(*((f"w/{n}", "x") for n in names))})
    note = "left out, because a tool made them: {}/lib/python3.11/site-packages"
    assert list_files(tmp_path) == {
        "ada": ["ada/work.ipynb", note.format("ada")],
        "bob": ["w/work.ipynb", note.format("w")],
    }


def test_a_submission_with_nothing_but_skipped_files_says_which(tmp_path):
    fill(tmp_path, {"ada.zip": archive((".ipynb_checkpoints/work.ipynb", "{}"), ("venv/a.py", "x"))})
    assert list_files(tmp_path) == {
        "ada": [
            "expected a notebook (.ipynb) or a script (.py), found no file (besides .ipynb_checkpoints, venv). Submit "
            "the notebook itself."
        ]
    }


def test_files_beyond_the_limit_are_named(tmp_path):
    write_zip(tmp_path / "ada.zip", [f"a{number:03}.py" for number in range(60)])
    *read, note = list_files(tmp_path)["ada"]
    assert read == [f"a{number:03}.py" for number in range(50)]
    assert note == "only the first 50 files were read, without a050.py, a051.py, a052.py, and 7 more"


@pytest.mark.slow
@pytest.mark.usefixtures("in_process")
def test_what_was_left_out_is_a_note_on_a_submission_with_all_points(tmp_path):
    files = (("work.py", script()), ("venv/lib/a.py", "x"), ("broken.py", b"\xff"))
    fill(tmp_path, {"ada.zip": archive(*files)})
    [submission] = find_submissions(tmp_path)
    record = grade("ada", submission.read_candidates(), Settings(7, Limits()))
    assert sum(exercise["points"] for exercise in record["exercises"]) == sum(e.points for e in CHAPTERS[1].values())
    assert record["notes"] == [
        "work.py was graded, of 2 files",
        "broken.py is not UTF-8 text (byte 0 cannot be decoded). Save it again as UTF-8.",
        "left out, because a tool made them: venv",
    ]


def test_tools_folders_among_the_students_are_no_students_and_are_named(tmp_path):
    fill(tmp_path, {"ada.ipynb": "{}", "node_modules/a.py": "x", "__pycache__/a.py": "x", "venv/a.py": "x"})
    assert [*list_files(tmp_path)] == ["ada"]
    assert [*remark_on_submissions(tmp_path)] == ["ignored, because a tool made them: node_modules, venv"]


def test_a_student_who_submitted_an_empty_folder_has_a_row(tmp_path):
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as file:
        file.writestr("Ada_11_assignsubmission_file_/", "")
        file.writestr(MOODLE.format("Bob", 12), "{}")
    assert [*list_files(tmp_path / "class.zip")] == ["Ada_11", "Bob_12"]


def test_a_student_whose_name_begins_with_a_dot_has_a_row(tmp_path):
    fill(tmp_path, {MOODLE.format(".Net Ada", 11): "{}", MOODLE.format("Bob", 12): "{}"})
    assert [*list_files(tmp_path)] == [".Net Ada_11", "Bob_12"]


def test_two_files_of_one_name_in_a_zip_are_two_students(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        write_zip(tmp_path / "class.zip", ["ada.ipynb", "ada.ipynb", "bob.ipynb"])
    assert [*list_files(tmp_path / "class.zip")] == ["ada", "ada (1)", "bob"]


@pytest.mark.parametrize(
    "path",
    ["{}", "section/{}", "course/section/{}", "a/b/c/d/{}"],
)
@pytest.mark.parametrize(
    "names",
    [(MOODLE.format("Ada", 11), MOODLE.format("Bob", 12)), ("Ada.ipynb", "Bob.ipynb"), ("Ada/a.ipynb", "Bob/a.ipynb")],
)
def test_the_zip_of_a_class_is_opened_inside_folders_and_other_zips(tmp_path, path, names):
    class_zip = archive(*((name, "{}") for name in names))
    once = archive((path.format("class.zip"), class_zip), (path.format("read me.txt"), "x"))
    for content in (once, archive((path.format("export.zip"), once))):
        fill(tmp_path, {"outer.zip": content})
        assert [student[:3] for student in list_files(tmp_path / "outer.zip")] == ["Ada", "Bob"]


def test_the_zips_of_students_in_the_zip_of_a_class_in_a_zip_are_read(tmp_path):
    sent = archive(("work.ipynb", "{}"), ("more.zip", archive(("b.py", "x"))))
    class_zip = archive(("Ada_11_assignsubmission_file_/hand.zip", sent), ("bob_10001_20001_work.zip", sent))
    fill(tmp_path, {"outer.zip": archive(("hw1/class.zip", class_zip))})
    assert list_files(tmp_path / "outer.zip") == {
        "Ada_11": ["work.ipynb", "b.py"],
        "bob_10001": ["work.ipynb", "b.py"],
    }


def test_the_zip_of_a_class_among_students_in_a_zip_is_refused_in_words(tmp_path):
    section = archive(*((MOODLE.format(*student), "{}") for student in (("Ada", 11), ("Bob", 12))))
    fill(tmp_path, {"class.zip": archive(("eve.ipynb", "{}"), ("section.zip", section))})
    assert (
        "section.zip contains the submissions of a class (Ada_11, Bob_12)"
        in list_files(tmp_path / "class.zip")["section"][0]
    )


def test_a_zip_that_was_cut_off_is_not_a_class_of_one(tmp_path):
    content = archive(("ada.ipynb", "{}"), ("bob.ipynb", "{}"))
    fill(tmp_path, {"class.zip": content[: len(content) // 2]})
    with pytest.raises(SubmissionsError, match=r"class.zip is not a zip archive that can be read. Download it again"):
        find_submissions(tmp_path / "class.zip")


def test_a_zip_of_200_mb_in_a_zip_is_read_if_it_is_no_bomb(tmp_path):
    with zipfile.ZipFile(tmp_path / "inner.zip", "w") as file:
        for number in range(4):
            file.writestr(f"{number}.png", bytes(50_000_000))  # stored: as large as photographs
        file.writestr("work.ipynb", "{}")
    with zipfile.ZipFile(tmp_path / "class.zip", "w", zipfile.ZIP_STORED) as file:
        file.write(tmp_path / "inner.zip", "ada.zip")
        file.writestr("bob.ipynb", "{}")
    assert list_files(tmp_path / "class.zip") == {"ada": ["work.ipynb"], "bob": ["bob.ipynb"]}


def test_a_zip_that_was_packed_to_a_hundredth_of_its_size_may_be_a_bomb(tmp_path):
    with zipfile.ZipFile(tmp_path / "ada.zip", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("bomb.zip", archive(("a.py", "x")) + bytes(60_000_000))
    [(_, content)] = find_submissions(tmp_path)[0].read_candidates()
    assert isinstance(content, UnreadableError)
    assert "bomb.zip is larger than 50 MB" in str(content)


def test_two_files_under_a_path_that_windows_wrote_are_one_students(tmp_path):
    names = ("ada\\work.ipynb", "ada\\src\\b.py", "ada\\.ipynb_checkpoints\\work.ipynb", "bob\\work.ipynb")
    write_zip(tmp_path / "class.zip", names)
    assert list_files(tmp_path / "class.zip") == {
        "ada": ["ada/work.ipynb", "ada/src/b.py"],
        "bob": ["bob/work.ipynb"],
    }


@pytest.mark.parametrize(
    "name", ["Aufgabe 1: Stil.ipynb", "a?.ipynb", "x*y.py", 'the "last".ipynb', "a<b>.py", "a|b.py", "con.py", "a .py"]
)
def test_a_name_that_windows_forbids_is_read(tmp_path, name):
    fill(tmp_path, {"ada.zip": archive((name, "x"), (f"Part 1: Style/{name}", "x"))})
    assert find_submissions(tmp_path)[0].read_candidates() == [(name, b"x"), (f"Part 1: Style/{name}", b"x")]


@pytest.mark.parametrize("name", ["ada/../../x.py", "..\\x.py", "\\x.py", "c:\\x.py", "C:/Users/x.py"])
def test_a_path_outside_of_its_folder_stays_refused(tmp_path, name):
    fill(tmp_path, {"ada.zip": archive((name, "x"))})
    [(_, content)] = find_submissions(tmp_path)[0].read_candidates()
    assert "has a path outside of its folder. Submit the notebook itself." in str(content)


def test_a_zip_with_a_list_of_a_hundred_thousand_files_is_not_read(tmp_path):
    entry = struct.pack("<4s4B4HL2L5H2L", b"PK\1\2", 20, 0, 20, 0, 0, 0, 0, 33, 0, 0, 0, 1, *[0] * 6) + b"x"
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 65535, 65535, 100_000 * len(entry), 0, 0)
    (tmp_path / "ada.zip").write_bytes(archive(("lists.zip", 100_000 * entry + end), ("work.py", script())))
    (tmp_path / "bob.zip").write_bytes(100_000 * entry + end)
    began = time.process_time()
    ada, bob = find_submissions(tmp_path)
    list(remark_on_submissions(tmp_path))
    assert [name for name, _ in ada.read_candidates()] == ["work.py"]
    [(_, error)] = bob.read_candidates()
    assert str(error) == "bob.zip contains too many files. Submit the notebook itself."
    assert time.process_time() - began < 2


def test_accents_in_long_names_take_no_time(tmp_path):
    name = "a" + "\N{COMBINING COMMA ABOVE RIGHT}" * 16_000 + "\N{COMBINING GRAVE ACCENT BELOW}" * 15_000
    write_zip(tmp_path / "ada.zip", [f"{number}{name}.ipynb" for number in range(30)])
    began = time.process_time()
    [submission] = find_submissions(tmp_path)
    list(remark_on_submissions(tmp_path))
    submission.read_candidates()
    assert time.process_time() - began < 5

"""The class that is made to try the grader on: it does no harm, and one command grades all of it."""

import csv
import re
import shlex
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from typing import ClassVar

import pytest

from grading import cli, demo_class, grade_submission
from grading.exercises.exercise import VISIBLE_SEED
from tests.support import golden
from tests.support.in_process import InProcessSandbox


def test_a_class_of_40_is_made_in_an_empty_folder_only(tmp_path, capsys):
    assert cli.main(["--demo", str(tmp_path / "demo")]) == 0
    assert "a class of 40, as Moodle exports it" in capsys.readouterr().out
    assert sorted(path.name for path in (tmp_path / "demo").iterdir()) == ["class.csv", "export.zip"]
    assert cli.main(["--demo", str(tmp_path / "demo")]) == 2
    assert "already exists and is not an empty folder" in capsys.readouterr().err


def test_where_students_have_the_grader_the_class_is_said_to_be_elsewhere(tmp_path, monkeypatch, capsys):
    monkeypatch.delattr("grading.demo_class")
    monkeypatch.setitem(sys.modules, "grading.demo_class", None)
    assert cli.main(["--demo", str(tmp_path / "demo")]) == 2
    assert capsys.readouterr().err == (
        "nst-grade: --demo is not a part of the zip for students: use it in the whole course\n"
    )


def read_sources(folder, with_hostile):
    demo_class.write(folder, with_hostile)
    with zipfile.ZipFile(folder / "export.zip") as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_nothing_in_it_does_harm_unless_it_is_asked_for(tmp_path):
    harm = re.compile("|".join(map(re.escape, demo_class.HOSTILE.values())))
    assert not any(harm.search(source) for source in read_sources(tmp_path / "good", False).values())
    hostile = read_sources(tmp_path / "bad", True)
    assert sum(bool(harm.search(source)) for source in hostile.values()) == len(demo_class.HOSTILE)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("", "expected SUBMISSIONS and --out GRADES, or --demo FOLDER"),
        ("a --out b --grace 5m", "--late-penalty and --grace need --due"),
        ("a --out b --with-hostile", "--with-hostile needs --demo"),
        ("a --out b --format gradescope --format moodle", "cannot be combined with the format of a class"),
        ("a --out b --due soon", "expected a date and time such as 2026-05-01"),
        ("a --out b --due 2026-05-01 --late-penalty 9", "expected a share for a time such as 10%/day"),
        ("a --out b --due 2026-05-01 --grace long", "expected a duration such as 15m, 2h or 1d"),
    ],
)
def test_options_that_do_not_fit_together_are_named(arguments, message, capsys):
    with pytest.raises(SystemExit):
        cli.main(shlex.split(arguments))
    assert message in capsys.readouterr().err


class OneThread:
    """Workers of this process, where the sandbox can be replaced."""

    count = 1

    def __init__(self, count):
        self._executor = None

    def start(self):
        self._executor = ThreadPoolExecutor(1)
        return self._executor

    def kill(self):
        self._executor.shutdown()


class SandboxWithMemory(InProcessSandbox):
    """The same cells are run once: most of the class hands in one of a few works."""

    answers: ClassVar = {}

    def run(self, exercise, seed, references=None):
        key = (self.cells, exercise, seed, str(references))
        if key not in self.answers:
            self.answers[key] = super().run(exercise, seed, references)
        return self.answers[key]


@pytest.fixture(scope="module")
def grades(tmp_path_factory):
    """The folder into which the command that the demo prints has graded the class, on the same hidden inputs."""
    folder = tmp_path_factory.mktemp("made") / "demo"
    command = demo_class.write(folder).splitlines()[1]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grade_submission, "Sandbox", SandboxWithMemory)
        patch.setattr(grade_submission, "choose_seed", lambda *_: VISIBLE_SEED + 7)
        patch.setattr(cli, "LocalProcesses", OneThread)
        assert cli.main(shlex.split(command)[1:]) == 0
    return folder / "grades"


@pytest.mark.slow
def test_one_command_grades_the_class(grades):
    with (grades / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["name"]: row for row in csv.DictReader(file)}
    totals = {name: row["total"] for name, row in rows.items()}
    assert len(rows) == 40
    assert rows["Bo Almeida"]["late"] == "late by 1 h 31 min, penalty 10 %"
    assert (totals["Bo Almeida"], rows["Bo Almeida"]["after_penalty"]) == ("100", "90")
    assert {totals[f"{name} Almeida"] for name in ("Chen", "Dina", "Emil", "Goran", "Hana")} == {"100"}
    assert (rows["Farah Almeida"]["chapter_1"], rows["Farah Almeida"]["chapter_2"]) == ("100", "30")
    assert (rows["Ivo Almeida"]["status"], totals["Ivo Almeida"]) == ("missing", "")
    assert (totals["Jun Almeida"], totals["Ada Berg"], totals["Bo Berg"]) == ("0", "100", "65")
    assert rows["Emil Berg"]["status"] == rows["Farah Berg"]["status"] == "unreadable"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["moodle-grades.csv", "canvas-grades.csv"])
def test_the_files_for_learning_systems_are_the_golden_ones(grades, name):
    golden.check(f"class_of_40/{name}", (grades / name).read_text(encoding="utf-8-sig"))


@pytest.mark.slow
def test_the_zip_of_feedback_has_a_page_with_the_points_of_each_student(grades):
    with zipfile.ZipFile(grades / "moodle-feedback.zip") as archive:
        pages = {name: archive.read(name).decode() for name in archive.namelist()}
    points = {name: re.search(r'<p class="large">(.*)</p>', page)[1] for name, page in pages.items()}
    golden.check("class_of_40/moodle-feedback.txt", "".join(f"{name}: {text}\n" for name, text in points.items()))

"""nst-grade: what it asks for, and what it says when it cannot."""

import csv
import json
import re
import shlex
import subprocess
import sys
import time

import pytest

from foundation.lock import lock_path
from foundation.workers import LocalThreads, WorkersError
from grading import cli as command
from grading import grade_submission
from grading.sandbox.containment import RootError
from grading.sandbox.process import Sandbox, SandboxError
from nst.paths import ROOT
from tests.support.hostile_submissions import archive, notebook, script
from tests.support.in_process import InProcessSandbox, in_process
from tests.support.student_notebook import STUBS

HEADER = "student,exercise,points,reason\n"
__all__ = ["in_process"]


@pytest.fixture(autouse=True)
def threads(in_process, monkeypatch):
    """Workers and sandboxes of this process."""
    monkeypatch.setattr(command, "LocalProcesses", LocalThreads)


def make_class(tmp_path, **files):
    for name, content in files.items():
        path = tmp_path / "class" / f"{name}.ipynb"
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return [str(tmp_path / "class"), "--out", str(tmp_path / "grades")]


def test_the_help_shows_examples(capsys):
    with pytest.raises(SystemExit) as caught:
        command.main(["--help"])
    assert caught.value.code == 0
    message = " ".join(capsys.readouterr().out.split())
    assert "nst-grade submissions --out grades" in message
    assert "for each run of an exercise; an exercise is run up to 3 times (default: 30)" in message


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--workers", "0"], "expected a whole number of at least 1, got '0'"),
        (["--memory", "12"], "expected a whole number of at least 1024, got '12'"),
        (["--timeout", "soon"], "expected a number of seconds from 0.1 to 86400, got 'soon'"),
        (["--timeout", "inf"], "expected a number of seconds"),
        (["--seed", "-1"], "expected a whole number of at least 0, got '-1'"),
        (["--format", "pdf"], "invalid choice: 'pdf'"),
    ],
)
def test_an_option_out_of_range_is_named(options, message, capsys, tmp_path):
    with pytest.raises(SystemExit) as caught:
        command.main([str(tmp_path), "--out", str(tmp_path), *options])
    assert caught.value.code == 2
    assert message in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_named(tmp_path, capsys):
    assert command.main([str(tmp_path / "nowhere"), "--out", str(tmp_path / "grades")]) == 2
    assert "nowhere does not exist" in capsys.readouterr().err


@pytest.mark.parametrize("out", ["class", "class/grades"])
def test_reports_among_the_submissions_are_refused(tmp_path, out, capsys):
    arguments = make_class(tmp_path, ada=notebook("x = 1"))
    assert command.main([arguments[0], "--out", str(tmp_path / out)]) == 2
    assert "so the next run would grade the reports. Give --out another folder." in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "class").iterdir()] == ["ada.ipynb"]


def test_a_file_in_place_of_the_folder_of_grades_is_named(tmp_path, capsys):
    (tmp_path / "grades").write_text("mine", encoding="utf-8")
    assert command.main(make_class(tmp_path, ada=notebook("x = 1"))) == 2
    assert "grades is a file. Give --out a folder" in capsys.readouterr().err


def test_a_folder_of_grades_that_cannot_be_made_is_named(tmp_path, capsys):
    (tmp_path / "mine").write_text("mine", encoding="utf-8")
    arguments = make_class(tmp_path, ada=notebook("x = 1"))
    assert command.main([arguments[0], "--out", str(tmp_path / "mine" / "grades")]) == 2
    message = capsys.readouterr().err
    assert f"{tmp_path / 'mine' / 'grades'} cannot be created: " in message
    assert "Give --out a folder that you have permission to write to." in message


def test_submissions_that_nobody_may_read_are_named(tmp_path, capsys, monkeypatch):
    def refuse(self):
        raise PermissionError(13, "Permission denied", str(self))

    arguments = make_class(tmp_path, ada=notebook("x = 1"))
    monkeypatch.setattr(command.Path, "iterdir", refuse)
    assert command.main(arguments) == 2
    assert capsys.readouterr().err == (
        f"nst-grade: {tmp_path / 'class'} cannot be read: Permission denied. Change its permissions, or grade a copy.\n"
    )


@pytest.mark.parametrize("named", [True, False])
def test_what_cannot_be_written_is_named_with_what_to_do(tmp_path, capsys, monkeypatch, named):
    page = tmp_path / "grades" / "class.html"

    def refuse(*_):
        raise OSError(28, "No space left on device", *([str(page)] if named else []))

    monkeypatch.setattr(command.class_report, "write_reports", refuse)
    assert command.main(make_class(tmp_path, ada=notebook("x = 1"))) == 2
    place, out = page if named else tmp_path / "grades", tmp_path / "grades"
    message = (
        f"nst-grade: {place} cannot be written: No space left on device. Close it in other programs, and check that "
        f"you have permission to write to {out} and that its disk has free space. Then run the same command again to "
        "continue.\n"
    )
    assert message in capsys.readouterr().err


def test_root_is_told_when_submissions_would_run_as_root(tmp_path, capsys, monkeypatch):
    def refuse(allow_root):
        raise RootError("you are root")

    monkeypatch.setattr(command, "find_containment", refuse)
    assert command.main(make_class(tmp_path, ada=notebook("x = 1"))) == 2
    assert "nst-grade: you are root" in capsys.readouterr().err
    assert not (tmp_path / "grades").exists()


def test_where_no_scheduler_answers_nothing_is_begun(tmp_path, capsys):
    arguments = make_class(tmp_path, ada=notebook("x = 1"))
    assert command.main([*arguments, "--scheduler", "localhost"]) == 2
    message = capsys.readouterr().err
    assert "no Dask scheduler answers at localhost" in message
    assert "%" not in message
    assert not (tmp_path / "grades").exists()


def test_a_cluster_that_is_lost_in_the_middle_costs_no_report_of_what_is_done(tmp_path, capsys, monkeypatch):
    def lost(submissions, *rest):
        run(submissions[:1], *rest)
        raise WorkersError("the Dask scheduler at tcp://127.0.0.1:9 no longer answers")

    run = command.batch.run
    monkeypatch.setattr(command.batch, "run", lost)
    arguments = make_class(tmp_path, ada=notebook("x = 1"), bob=notebook("y = 1"))
    assert command.main(arguments) == 130
    said = capsys.readouterr()
    assert "the Dask scheduler at tcp://127.0.0.1:9 no longer answers" in said.err
    assert (
        f"Interrupted: 1 of 2 submissions are done. To continue: {sys.executable} -m grading {tmp_path}/class --out "
        in said.out
    )
    rows = (tmp_path / "grades" / "grades.csv").read_text(encoding="utf-8-sig").splitlines()
    assert rows[1].startswith('"ada",')


def test_who_has_not_changed_is_counted(tmp_path, capsys):
    arguments = make_class(tmp_path, ada=notebook("x = 1"), bob="{")
    command.main([*arguments])
    assert "unchanged" not in capsys.readouterr().out
    (tmp_path / "class" / "bob.ipynb").write_text("[", encoding="utf-8")
    command.main([*arguments])
    assert capsys.readouterr().out.startswith("1 graded, 1 unreadable (1 of them unchanged since the last run): ")


def test_ctrl_c_in_the_middle_costs_no_report_of_what_is_done(tmp_path, capsys, monkeypatch):
    def interrupted(submissions, *rest):
        run(submissions[:1], *rest)
        raise KeyboardInterrupt

    run = command.batch.run
    monkeypatch.setattr(command.batch, "run", interrupted)
    monkeypatch.setattr(sys, "argv", [".venv/bin/nst-grade"])
    arguments = make_class(tmp_path, ada=notebook("x = 1"), bob=notebook("y = 1"))
    assert command.main(arguments) == 130
    assert "Interrupted: 1 of 2 submissions are done. To continue: .venv/bin/nst-grade /" in capsys.readouterr().out
    rows = (tmp_path / "grades" / "grades.csv").read_text(encoding="utf-8-sig").splitlines()
    assert "not graded yet, because the run was interrupted." in rows[2]


def test_ctrl_c_before_grading_begins_ends_without_a_traceback(tmp_path, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "find_submissions", interrupted)
    assert command.main(make_class(tmp_path, ada=notebook("x = 1"))) == 130


def test_a_reader_of_the_output_that_ends_early_causes_no_error():
    command_line = f"{shlex.quote(sys.executable)} -m grading --help | head -1"
    run = subprocess.run(["sh", "-c", command_line], cwd=ROOT, capture_output=True, text=True, check=True)
    assert (run.stdout.split()[:2], run.stderr) == (["usage:", "nst-grade"], "")


def test_overrides_that_cannot_be_read_stop_the_run_before_it_begins(tmp_path, capsys):
    arguments = make_class(tmp_path, ada=notebook("x = 1"))
    assert command.main([*arguments, "--overrides", str(tmp_path / "none.csv")]) == 2
    assert "none.csv" in capsys.readouterr().err
    assert not (tmp_path / "grades").exists()


def test_overrides_survive_regrading_and_are_shown_as_such_until_others_are_given(tmp_path):
    arguments, grades = [*make_class(tmp_path, ada=notebook("x = 1"))], tmp_path / "grades"
    given = tmp_path / "corrections.csv"
    given.write_text(HEADER + "ada,gram_matrix,3,seen by hand\n", encoding="utf-8")

    def grade_and_read(*more):
        assert command.main([*arguments, *more]) == 0
        pages = [grades / "class.html", *(grades / "students").glob("*.html")]
        shown = ["seen by hand" in page.read_text(encoding="utf-8") for page in pages]
        return (grades / "grades.csv").read_text(encoding="utf-8-sig").splitlines()[1].split(",")[1].strip('"'), shown

    assert grade_and_read() == ("0", [False, False])
    assert grade_and_read("--overrides", str(given)) == ("3", [True, True])
    given.unlink()
    (tmp_path / "class" / "ada.ipynb").write_text(notebook("x = 2"), encoding="utf-8")
    assert grade_and_read() == ("3", [True, True])
    given.write_text(HEADER, encoding="utf-8")
    assert grade_and_read("--overrides", str(given)) == ("0", [False, False])
    assert grade_and_read() == ("0", [False, False])


def test_an_override_for_somebody_unknown_is_told_with_the_nearest_name(tmp_path, capsys):
    overrides = tmp_path / "o.csv"
    overrides.write_text(HEADER + "adda,gram_matrix,3,seen by hand\n", encoding="utf-8")
    assert command.main([*make_class(tmp_path, ada=notebook("x = 1")), "--overrides", str(overrides)]) == 0
    message = "o.csv: there is no submission of adda; did you mean ada?"
    assert f"nst-grade: {message}\n" in capsys.readouterr().err
    assert message in (tmp_path / "grades" / "class.html").read_text(encoding="utf-8")


def test_a_zip_of_several_notebooks_among_students_is_named(tmp_path, capsys):
    arguments = make_class(tmp_path, ada=notebook("x = 1"), bob=notebook("x = 1"))
    (tmp_path / "class" / "export.zip").write_bytes(archive(("eve.ipynb", notebook("x")), ("joe.ipynb", notebook("x"))))
    assert command.main(arguments) == 0
    message = (
        "several notebooks, which are graded together, are in: export.zip. If one of these is a class, grade it "
        "separately"
    )
    assert f"nst-grade: {message}\n" in capsys.readouterr().err
    assert message in (tmp_path / "grades" / "class.html").read_text(encoding="utf-8")


def test_files_that_are_nobodys_are_named(tmp_path, capsys):
    arguments = make_class(tmp_path, ada=notebook("x = 1"))
    for name in ("bob.pdf", ".hidden"):
        (tmp_path / "class" / name).write_text("x", encoding="utf-8")
    assert command.main(arguments) == 0
    message = "ignored, because not a notebook (.ipynb), script (.py), folder or zip: bob.pdf"
    assert f"nst-grade: {message}\n" in capsys.readouterr().err
    assert message in (tmp_path / "grades" / "class.html").read_text(encoding="utf-8")


def test_the_seed_of_the_hidden_inputs_stays_until_another_is_given(tmp_path):
    arguments, seeds = make_class(tmp_path, ada=notebook("x = 1")), []
    for more in ([], [], ["--seed", "5"], []):
        command.main([*arguments, *more])
        seeds.append(json.loads((tmp_path / "grades" / "settings.json").read_text(encoding="utf-8"))["seed"])
    assert seeds[0] == seeds[1]
    assert seeds[2:] == [5, 5]


@pytest.mark.parametrize(("left", "shown"), [(None, ""), (200.0, ", about 3 min left")])
def test_the_bar_tells_how_many_are_done_and_how_long_the_others_will_take_if_that_is_known(
    tmp_path, capsys, monkeypatch, left, shown
):
    def slowly(submissions, settings, folder, workers, report):
        run(submissions, settings, folder, workers, lambda *record: (time.sleep(0.15), report(*record)))

    run = command.batch.run
    monkeypatch.setattr(command.batch, "run", slowly)
    monkeypatch.setattr(command.RemainingTime, "estimate", lambda self: left)
    assert command.main(make_class(tmp_path, ada=notebook("x = 1"), bob=notebook("x = 1"))) == 0
    message = capsys.readouterr().err
    assert re.search(rf"1 of 2 submissions \|.+\| \d\d:\d\d{shown}(\s|$)", message)
    assert "2 of 2 submissions |" in message


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere only memory that is written to counts")
def test_the_memory_that_a_submission_may_take_is_given_on_the_command_line(tmp_path, monkeypatch):
    monkeypatch.setattr(grade_submission, "Sandbox", Sandbox)
    hungry = "def gram_matrix(A):\n    np.empty(3 * 10**9, np.uint8)\n    return tf.matmul(A, A, transpose_b=True)\n"
    arguments = make_class(tmp_path, ada=notebook(script(gram_matrix=hungry)))
    assert command.main([*arguments, "--workers", "1", "--memory", "2048"]) == 0
    header, row = csv.reader((tmp_path / "grades" / "grades.csv").read_text("utf-8-sig").splitlines())
    points = dict(zip(header, row, strict=True))
    assert (points["gram_matrix"], points["compute_layer_style_cost"], points["total"]) == ("0", "15", "85")


def test_what_was_not_simply_graded_is_told_as_it_happens_and_counted(tmp_path, capsys):
    broken = notebook("def gram_matrix(A\n    return A")
    assert command.main(make_class(tmp_path, ada=notebook("x = 1"), bob="{", eve=broken)) == 0
    message = capsys.readouterr()
    assert "bob: unreadable: bob.ipynb is not a notebook" in message.err
    assert "eve: graded: cell 1 was left out, because it does not compile: " in message.err
    assert message.out.startswith("2 graded, 1 unreadable: ")
    page = (tmp_path / "grades" / "class.html").read_text(encoding="utf-8").split("Please check")[1]
    assert "cell 1 was left out, because it does not compile: " in page
    assert "bob.ipynb is not a notebook" in page


def test_all_bad_rows_of_the_overrides_are_told(tmp_path, capsys):
    overrides = tmp_path / "o.csv"
    overrides.write_text(HEADER + "ada,gram,3,x\nbob,gram_matrix,99,x\n", encoding="utf-8")
    assert command.main([*make_class(tmp_path, ada=notebook("x = 1")), "--overrides", str(overrides)]) == 2
    assert [line.split(":")[:2] for line in capsys.readouterr().err.splitlines()] == [
        ["nst-grade", " o.csv, row 2"],
        ["nst-grade", " o.csv, row 3"],
    ]


def test_our_own_failure_shows_in_the_exit_code(monkeypatch, tmp_path):
    def fail(self):
        raise SandboxError("no memory")

    monkeypatch.setattr(InProcessSandbox, "load", fail)
    assert command.main(make_class(tmp_path, ada=notebook(STUBS["gram_matrix"]))) == 1


def test_results_for_gradescope_are_one_students(tmp_path):
    arguments = make_class(tmp_path, ada=notebook("x = 1"), more=notebook(script(gram_matrix="pass")))
    assert command.main([*arguments, "--format", "gradescope"]) == 0
    results = json.loads((tmp_path / "grades" / "results.json").read_text(encoding="utf-8"))
    assert results["score"] == 85
    assert len(results["tests"]) == 6


def test_all_files_of_the_student_count_for_gradescope(tmp_path):
    files = {"one": notebook("x = 1"), "two": notebook(STUBS["gram_matrix"])}
    assert command.main([*make_class(tmp_path, **files), "--format", "gradescope"]) == 0
    results = json.loads((tmp_path / "grades" / "results.json").read_text(encoding="utf-8"))
    assert (results["score"], results["output"].split("\n")[-1]) == (0, "class/two.ipynb was graded, of 2 files")


def test_two_commands_do_not_write_to_one_folder_at_the_same_time(tmp_path, capsys):
    words = make_class(tmp_path, ada=notebook("x = 1"))
    with lock_path(tmp_path / "grades"):
        assert command.main(words) == 2
    assert "grades: another command writes to this folder. Wait for it, or choose" in capsys.readouterr().err
    assert not (tmp_path / "grades").exists()
    assert command.main(words) == 0

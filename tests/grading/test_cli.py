"""python -m grading: what it asks for, and what it says when it cannot."""

import json
import re
import sys
import time

import pytest

from grading import cli as command
from tests.support.hostile_submissions import archive, notebook, script
from tests.support.student_notebook import STUBS

HEADER = "student,exercise,points,reason\n"


@pytest.fixture
def nobody_runs(monkeypatch):
    """Submissions that need no process, since nothing in them is an exercise."""
    monkeypatch.setattr(command.batch, "run", pretended)


def pretended(submissions, settings, folder, workers, graded):
    from grading.grade_submission import grade

    for submission in submissions:
        record = grade(submission.student, submission.candidates(), settings, key="k")
        command.writing.records.write(folder, record)
        graded(record, True)


def handed_in(tmp_path, **files):
    for name, content in files.items():
        path = tmp_path / "class" / f"{name}.ipynb"
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return [str(tmp_path / "class"), "--out", str(tmp_path / "grades")]


def test_the_help_shows_examples(capsys):
    with pytest.raises(SystemExit) as caught:
        command.main(["--help"])
    assert caught.value.code == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "python -m grading handed_in --out grades" in told
    assert "seconds for each try of an exercise, of which there are up to three" in told


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--workers", "0"], "expected a whole number of at least 1, got '0'"),
        (["--memory", "12"], "expected a whole number of at least 1024, got '12'"),
        (["--timeout", "soon"], "expected seconds, from 0.1 to 86400, got 'soon'"),
        (["--timeout", "inf"], "expected seconds"),
        (["--seed", "-1"], "expected a whole number of at least 0, got '-1'"),
        (["--seed", "236"], "236 draws the visible inputs, and the hidden ones must be others: take any other whole"),
        (["--format", "pdf"], "invalid choice: 'pdf'"),
    ],
)
def test_an_option_out_of_range_is_named(options, told, capsys, tmp_path):
    with pytest.raises(SystemExit) as caught:
        command.main([str(tmp_path), "--out", str(tmp_path), *options])
    assert caught.value.code == 2
    assert told in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_named(tmp_path, capsys):
    assert command.main([str(tmp_path / "nowhere"), "--out", str(tmp_path / "grades")]) == 2
    assert "nowhere: there is no such file or folder" in capsys.readouterr().err


@pytest.mark.parametrize("out", ["class", "class/grades"])
def test_reports_among_the_submissions_are_refused(tmp_path, out, capsys):
    arguments = handed_in(tmp_path, ada=notebook("x = 1"))
    assert command.main([arguments[0], "--out", str(tmp_path / out)]) == 2
    assert "would be graded the next time. Give --out another folder." in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "class").iterdir()] == ["ada.ipynb"]


def test_a_file_in_place_of_the_folder_of_grades_is_named(tmp_path, capsys):
    (tmp_path / "grades").write_text("mine", encoding="utf-8")
    assert command.main(handed_in(tmp_path, ada=notebook("x = 1"))) == 2
    assert "grades is a file. --out must be a folder" in capsys.readouterr().err


def test_a_folder_of_grades_that_cannot_be_made_is_named(tmp_path, capsys):
    (tmp_path / "mine").write_text("mine", encoding="utf-8")
    arguments = handed_in(tmp_path, ada=notebook("x = 1"))
    assert command.main([arguments[0], "--out", str(tmp_path / "mine" / "grades")]) == 2
    told = capsys.readouterr().err
    assert f"{tmp_path / 'mine' / 'grades'} cannot be made: " in told
    assert "Give --out a folder that you may write to." in told


def test_submissions_that_nobody_may_read_are_named(tmp_path, capsys, monkeypatch):
    def refuse(self):
        raise PermissionError(13, "Permission denied", str(self))

    arguments = handed_in(tmp_path, ada=notebook("x = 1"))
    monkeypatch.setattr(command.Path, "iterdir", refuse)
    assert command.main(arguments) == 2
    assert capsys.readouterr().err == (
        f"grading: {tmp_path / 'class'} cannot be read: Permission denied. Give "
        "yourself the right to read it, or grade a copy of your own.\n"
    )


@pytest.mark.parametrize("named", [True, False])
def test_what_cannot_be_written_is_named_with_what_to_do(nobody_runs, tmp_path, capsys, monkeypatch, named):
    page = tmp_path / "grades" / "class.html"

    def refuse(*_):
        raise OSError(28, "No space left on device", *([str(page)] if named else []))

    monkeypatch.setattr(command.writing, "write", refuse)
    assert command.main(handed_in(tmp_path, ada=notebook("x = 1"))) == 2
    place, out = page if named else tmp_path / "grades", tmp_path / "grades"
    told = (
        f"grading: {place} cannot be written: No space left on device. Close it in other programs, and see that "
        f"you may write to {out} and that its disk has room. The same command then goes on.\n"
    )
    assert told in capsys.readouterr().err


def test_where_no_scheduler_answers_nothing_is_begun(tmp_path, capsys):
    arguments = handed_in(tmp_path, ada=notebook("x = 1"))
    assert command.main([*arguments, "--scheduler", "localhost"]) == 2
    told = capsys.readouterr().err
    assert "no Dask scheduler answers at localhost" in told
    assert "%" not in told
    assert not (tmp_path / "grades").exists()


def test_a_cluster_that_is_lost_in_the_middle_costs_no_report_of_what_is_done(tmp_path, capsys, monkeypatch):
    def lost(submissions, *rest):
        pretended(submissions[:1], *rest)
        raise command.executors.WorkersError("the Dask scheduler at tcp://127.0.0.1:9 no longer answers")

    monkeypatch.setattr(command.batch, "run", lost)
    arguments = handed_in(tmp_path, ada=notebook("x = 1"), bob=notebook("y = 1"))
    assert command.main(arguments) == 130
    said = capsys.readouterr()
    assert "the Dask scheduler at tcp://127.0.0.1:9 no longer answers" in said.err
    assert "Stopped: 1 of 2 are done. The same command goes on." in said.out
    rows = (tmp_path / "grades" / "grades.csv").read_text(encoding="utf-8").splitlines()
    assert rows[1].startswith("ada,")


def test_who_is_as_before_is_counted(tmp_path, capsys):
    arguments = handed_in(tmp_path, ada=notebook("x = 1"), bob="{")
    command.main([*arguments, "--workers", "1"])
    assert "as before" not in capsys.readouterr().out
    (tmp_path / "class" / "bob.ipynb").write_text("[", encoding="utf-8")
    command.main([*arguments, "--workers", "1"])
    assert capsys.readouterr().out.startswith("1 graded, 1 unreadable (1 of them as before): ")


def test_overrides_that_cannot_be_read_stop_the_run_before_it_begins(tmp_path, capsys):
    arguments = handed_in(tmp_path, ada=notebook("x = 1"))
    assert command.main([*arguments, "--overrides", str(tmp_path / "none.csv")]) == 2
    assert "none.csv" in capsys.readouterr().err
    assert not (tmp_path / "grades").exists()


def test_overrides_survive_regrading_and_are_shown_as_such_until_others_are_given(tmp_path):
    arguments, grades = [*handed_in(tmp_path, ada=notebook("x = 1")), "--workers", "1"], tmp_path / "grades"
    given = tmp_path / "corrections.csv"
    given.write_text(HEADER + "ada,gram_matrix,3,seen by hand\n", encoding="utf-8")

    def told(*more):
        assert command.main([*arguments, *more]) == 0
        pages = [grades / "class.html", *(grades / "students").glob("*.html")]
        shown = ["seen by hand" in page.read_text(encoding="utf-8") for page in pages]
        return (grades / "grades.csv").read_text(encoding="utf-8").splitlines()[1].split(",")[1], shown

    assert told() == ("0", [False, False])
    assert told("--overrides", str(given)) == ("3", [True, True])
    given.unlink()
    (tmp_path / "class" / "ada.ipynb").write_text(notebook("x = 2"), encoding="utf-8")
    assert told() == ("3", [True, True])
    given.write_text(HEADER, encoding="utf-8")
    assert told("--overrides", str(given)) == ("0", [False, False])
    assert told() == ("0", [False, False])


def test_an_override_for_somebody_unknown_is_told_with_the_nearest_name(nobody_runs, tmp_path, capsys):
    overrides = tmp_path / "o.csv"
    overrides.write_text(HEADER + "adda,gram_matrix,3,seen by hand\n", encoding="utf-8")
    assert command.main([*handed_in(tmp_path, ada=notebook("x = 1")), "--overrides", str(overrides)]) == 0
    told = "o.csv: nobody called adda has handed anything in; did you mean ada?"
    assert f"grading: {told}\n" in capsys.readouterr().err
    assert told in (tmp_path / "grades" / "class.html").read_text(encoding="utf-8")


def test_a_zip_of_several_notebooks_among_students_is_named(nobody_runs, tmp_path, capsys):
    arguments = handed_in(tmp_path, ada=notebook("x = 1"), bob=notebook("x = 1"))
    (tmp_path / "class" / "export.zip").write_bytes(archive(("eve.ipynb", notebook("x")), ("joe.ipynb", notebook("x"))))
    assert command.main(arguments) == 0
    told = "several notebooks, of which one is graded, are in: export.zip. If that is a class, grade it by itself"
    assert f"grading: {told}\n" in capsys.readouterr().err
    assert told in (tmp_path / "grades" / "class.html").read_text(encoding="utf-8")


def test_files_that_are_nobodys_are_named(nobody_runs, tmp_path, capsys):
    arguments = handed_in(tmp_path, ada=notebook("x = 1"))
    for name in ("bob.pdf", ".hidden"):
        (tmp_path / "class" / name).write_text("x", encoding="utf-8")
    assert command.main(arguments) == 0
    told = "passed over, being no notebook (.ipynb), script (.py), folder or zip: bob.pdf"
    assert f"grading: {told}\n" in capsys.readouterr().err
    assert told in (tmp_path / "grades" / "class.html").read_text(encoding="utf-8")


def test_the_seed_of_the_hidden_inputs_stays_until_another_is_given(nobody_runs, tmp_path):
    arguments, seeds = handed_in(tmp_path, ada=notebook("x = 1")), []
    for more in ([], [], ["--seed", "5"], []):
        command.main([*arguments, *more])
        seeds.append(json.loads((tmp_path / "grades" / "settings.json").read_text(encoding="utf-8"))["seed"])
    assert seeds[0] == seeds[1]
    assert seeds[2:] == [5, 5]


def test_the_bar_tells_how_many_are_done_and_how_long_the_others_will_take(tmp_path, capsys, monkeypatch):
    def slowly(submissions, settings, folder, workers, graded):
        pretended(submissions, settings, folder, workers, lambda *record: (time.sleep(0.15), graded(*record)))

    monkeypatch.setattr(command.batch, "run", slowly)
    assert command.main(handed_in(tmp_path, ada=notebook("x = 1"), bob=notebook("x = 1"))) == 0
    told = capsys.readouterr().err
    assert re.search(r"grading:  50%\|.+\| 1/2 \[\d\d:\d\d<\d\d:\d\d, ", told)
    assert "grading: 100%" in told


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere only memory that is written to counts")
def test_the_memory_that_a_submission_may_take_is_given_on_the_command_line(tmp_path):
    hungry = "def gram_matrix(A):\n    np.empty(3 * 10**9, np.uint8)\n    return tf.matmul(A, A, transpose_b=True)\n"
    arguments = handed_in(tmp_path, ada=notebook(script(gram_matrix=hungry)))
    assert command.main([*arguments, "--workers", "1", "--memory", "2048"]) == 0
    header, row = (line.split(",") for line in (tmp_path / "grades" / "grades.csv").read_text("utf-8").splitlines())
    points = dict(zip(header, row, strict=True))
    assert (points["gram_matrix"], points["compute_layer_style_cost"], points["total"]) == ("0", "15", "85")


def test_what_was_not_simply_graded_is_told_as_it_happens_and_counted(nobody_runs, tmp_path, capsys):
    broken = notebook("def gram_matrix(A\n    return A")
    assert command.main(handed_in(tmp_path, ada=notebook("x = 1"), bob="{", eve=broken)) == 0
    told = capsys.readouterr()
    assert "bob: unreadable: bob.ipynb is no notebook" in told.err
    assert "eve: graded: cell 1 was left out, since it does not compile." in told.err
    assert told.out.startswith("2 graded, 1 unreadable: ")
    page = (tmp_path / "grades" / "class.html").read_text(encoding="utf-8").split("Totals")[0]
    assert "cell 1 was left out, since it does not compile." in page
    assert "bob.ipynb is no notebook" in page


def test_all_bad_rows_of_the_overrides_are_told(tmp_path, capsys):
    overrides = tmp_path / "o.csv"
    overrides.write_text(HEADER + "ada,gram,3,x\nbob,gram_matrix,99,x\n", encoding="utf-8")
    assert command.main([*handed_in(tmp_path, ada=notebook("x = 1")), "--overrides", str(overrides)]) == 2
    assert [line.split(":")[:2] for line in capsys.readouterr().err.splitlines()] == [
        ["grading", " o.csv, row 2"],
        ["grading", " o.csv, row 3"],
    ]


def test_our_own_failure_shows_in_the_exit_code(nobody_runs, monkeypatch, tmp_path):
    from grading import grade_submission
    from grading.sandbox.process import SandboxError

    def fail(self):
        raise SandboxError("no memory")

    monkeypatch.setattr(grade_submission.Sandbox, "load", fail)
    assert command.main(handed_in(tmp_path, ada=notebook(STUBS["gram_matrix"]))) == 1


def test_results_for_gradescope_are_one_students(nobody_runs, tmp_path):
    arguments = handed_in(tmp_path, ada=notebook("x = 1"), more=notebook(script(gram_matrix="pass")))
    assert command.main([*arguments, "--format", "gradescope"]) == 0
    results = json.loads((tmp_path / "grades" / "results.json").read_text(encoding="utf-8"))
    assert results["score"] == 85
    assert len(results["tests"]) == 6


def test_a_class_in_the_place_of_one_student_is_refused_where_both_read_it(nobody_runs, tmp_path, capsys):
    arguments = handed_in(tmp_path, **{name: notebook(STUBS["gram_matrix"]) for name in ("ada", "bob", "eve", "joe")})
    assert command.main([*arguments, "--format", "gradescope"]) == 2
    told = (
        "There are exercises in 4 files (class/ada.ipynb, class/bob.ipynb, class/eve.ipynb, ...), and one "
        "submission is graded at a time. Hand in the one file that counts. (To grade a class, leave out --format "
        "gradescope.)"
    )
    assert told in capsys.readouterr().err
    results = json.loads((tmp_path / "grades" / "results.json").read_text(encoding="utf-8"))
    assert (results["score"], results["output"]) == (0, told)

"""nst batch: a row for each job, whether it fails or not, and nothing painted twice."""

import csv
import json
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import Executor, Future

import numpy as np
import pytest

from foundation.workers import WorkersError
from nst import images
from nst.cli import batch
from nst.cli.batch_job import JobResult, run_job
from nst.cli.batch_table import Job, JobsError, read_jobs
from nst.cli.main import main
from nst.network import weights
from nst.paths import IMAGES, ROOT
from tests.nst.test_weights import arrays_of, npz
from tests.support.dask_cluster import Cluster

QUICK = {"size": "32", "steps": "2", "weights": "pocket"}


@pytest.fixture
def folder(tmp_path):
    for name in ("louvre", "monet", "kashi"):
        images.save(images.load(IMAGES / f"{name}.jpg", 64), tmp_path / f"{name}.png")
    return tmp_path


def table(folder, *rows):
    """JOBS.csv with these rows, each a dict."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    path = folder / "jobs.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    return path


def job(**cells):
    return {"content": "louvre.png", "style": "monet.png", **QUICK, **cells}


def results(folder):
    with (folder / "out" / "results.csv").open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def run(folder, *words):
    return main(["batch", str(folder / "jobs.csv"), "--out", str(folder / "out"), *words])


@pytest.fixture
def painting(monkeypatch):
    """Jobs that are done at once; the names of those that were asked for. A job named `bad` fails."""
    asked = []

    def at_once(job, contents, *_):
        asked.append(job.name)
        if job.name == "bad":
            return JobResult(None, {}, "it went wrong")
        return JobResult((IMAGES / "louvre.jpg").read_bytes(), {"timings": {"seconds": 1.5}})

    monkeypatch.setattr(batch, "run_job", at_once)
    return asked


@pytest.mark.slow
def test_two_jobs_make_two_pictures_and_two_rows(folder, capsys):
    table(folder, job(), job(job="two", style="monet.png:2;kashi.png", preserve_color="luminance", size="48"))
    assert run(folder, "--workers", "2") == 0
    assert images.load(folder / "out" / "louvre_monet.png").shape == (1, 24, 32, 3)
    assert images.read_settings(folder / "out" / "two.png")["settings"]["preserve_color"] == "luminance"
    assert [(row["job"], row["status"], row["picture"], row["reason"]) for row in results(folder)] == [
        ("louvre_monet", "painted", "louvre_monet.png", ""),
        ("two", "painted", "two.png", ""),
    ]
    assert all(float(row["seconds"]) > 0 for row in results(folder))
    assert "2 of 2 pictures are there." in capsys.readouterr().out


@pytest.mark.slow
def test_a_job_paints_what_the_command_paints(folder):
    [(_, asked)] = read_jobs(table(folder, job(precision="float32")))  # two measurements of the faster might differ
    result = run_job(asked, asked.read_files())
    assert result.reason == ""
    (folder / "job.png").write_bytes(result.picture)
    words = [word for name, value in QUICK.items() for word in (f"--{name}", value)]
    pictures = [str(folder / name) for name in ("louvre.png", "monet.png")]
    main([*pictures, "-o", str(folder / "own.png"), *words, "--precision", "float32"])
    np.testing.assert_array_equal(images.load(folder / "job.png"), images.load(folder / "own.png"))


def test_what_goes_wrong_is_a_row_and_the_others_are_painted(folder, painting, capsys):
    (folder / "text.png").write_text("no picture", encoding="utf-8")
    table(
        folder,
        job(job="good"),
        job(job="bad"),
        job(job="lost", content="nothing.png"),
        job(job="none", style=""),
        job(job="../out"),
    )
    assert run(folder) == 1
    rows = results(folder)
    assert [(row["job"], row["status"]) for row in rows] == [
        ("good", "painted"),
        ("bad", "failed"),
        ("lost", "failed"),
        ("none", "failed"),
        ("row 6", "failed"),
    ]
    assert [row["reason"] for row in rows[1:]] == [
        "it went wrong",
        f"row 4: {folder / 'nothing.png'}: No such file or directory",
        "row 5: expected one content and at least one style",
        "row 6: '../out' is not a name for a file",
    ]
    told = capsys.readouterr()
    assert "bad: it went wrong" in told.err
    assert "1 of 5 pictures are there." in told.out


def test_a_file_that_cannot_be_written_is_a_row_too(folder, painting, monkeypatch):
    def full(encoded, path):
        if path.name == "a.png":
            raise images.PictureError(f"{path}: could not be written (No space left on device).")
        return real(encoded, path)

    real = batch.save_bytes
    monkeypatch.setattr(batch, "save_bytes", full)
    table(folder, job(job="a"), job(job="b"))
    assert run(folder) == 1
    assert [(row["job"], row["status"], row["reason"]) for row in results(folder)] == [
        ("a", "failed", f"{folder / 'out' / 'a.png'}: could not be written (No space left on device)."),
        ("b", "painted", ""),
    ]


def test_a_table_of_results_that_is_held_open_costs_no_picture(folder, painting, monkeypatch, capsys):
    def held(*_):
        raise PermissionError(13, "Permission denied")

    table(folder, job(job="a"), job(job="b"))
    with monkeypatch.context() as patched:
        patched.setattr(batch, "_write_results", held)
        assert run(folder) == 2
    assert capsys.readouterr().err.endswith(
        f"{folder / 'out' / 'results.csv'}: could not be written (Permission denied). Close it in other "
        "programs, or free some disk space, and run the same command again: no picture is painted twice.\n"
    )
    assert painting == ["a", "b"]
    assert run(folder) == 0
    assert painting == ["a", "b"]
    assert len(results(folder)) == 2


def test_a_folder_that_takes_no_picture_is_named_before_the_work(folder, unwritable, painting, capsys):
    table(folder, job())
    for out in (unwritable / "out", folder / "monet.png"):
        assert main(["batch", str(folder / "jobs.csv"), "--out", str(out)]) == 2
        told = capsys.readouterr().err
        assert told.startswith(f"{out}: no picture can be written there (")
        assert told.endswith("Choose another folder with --out.\n")
    assert painting == []


def test_no_result_takes_the_place_of_a_picture_that_one_is_made_from(folder, painting):
    table(folder, job(job="kashi"), job(job="mine", style="kashi.png"))
    before = (folder / "kashi.png").read_bytes()
    assert main(["batch", str(folder / "jobs.csv"), "--out", str(folder)]) == 1
    with (folder / "results.csv").open(newline="", encoding="utf-8-sig") as file:
        kashi, mine = csv.DictReader(file)
    assert (mine["status"], kashi["status"]) == ("painted", "failed")
    assert kashi["reason"].startswith(f"its picture would overwrite {(folder / 'kashi.png').resolve()}, which a")
    assert (folder / "kashi.png").read_bytes() == before


def test_a_scheduler_that_goes_away_is_told_and_what_was_painted_is_kept(folder, monkeypatch, capsys):
    class LostCluster(Executor):
        """A scheduler that ends after the first job and cancels the others."""

        count = 1

        def start(self):
            return self

        def kill(self):
            pass

        def lost(self):
            return WorkersError("the scheduler no longer answers")

        def submit(self, function, job, *_):
            future = Future()
            if job.name == "a":
                future.set_result(JobResult((IMAGES / "louvre.jpg").read_bytes(), {"timings": {"seconds": 1.5}}))
            else:
                future.cancel()
                future.set_running_or_notify_cancel()
            return future

    monkeypatch.setattr(batch, "_make_workers", lambda _: LostCluster())
    table(folder, job(job="a"), job(job="b"), job(job="c"))
    assert run(folder) == 2
    assert capsys.readouterr().err.endswith("the scheduler no longer answers\n")
    assert ("a", "painted") in [(row["job"], row["status"]) for row in results(folder)]


def test_a_file_that_is_gone_when_its_turn_comes_is_a_row(folder, monkeypatch):
    def at_once(job, contents, *_):
        (folder / "kashi.png").unlink(missing_ok=True)
        return JobResult((IMAGES / "louvre.jpg").read_bytes(), {"timings": {"seconds": 1.5}})

    monkeypatch.setattr(batch, "run_job", at_once)
    monkeypatch.setattr(batch, "AHEAD", 1)
    table(folder, job(job="a"), job(job="b", style="kashi.png"), job(job="c"))
    assert run(folder) == 1
    assert [(row["job"], row["reason"]) for row in results(folder)] == [
        ("a", ""),
        ("b", f"{folder / 'kashi.png'}: No such file or directory"),
        ("c", ""),
    ]


def test_no_more_files_are_in_memory_than_the_workers_need(folder, monkeypatch):
    alive, most, lock = [0], [0], threading.Lock()
    real = Job.read_files

    def counted(self):
        with lock:
            alive[0] += 1
            most[0] = max(most[0], alive[0])
        return real(self)

    def slowly(job, contents, *_):
        time.sleep(0.01)
        with lock:
            alive[0] -= 1
        return JobResult((IMAGES / "louvre.jpg").read_bytes(), {"timings": {"seconds": 1.5}})

    monkeypatch.setattr(Job, "read_files", counted)
    monkeypatch.setattr(batch, "run_job", slowly)
    table(folder, *(job(job=f"job {number}") for number in range(30)))
    assert run(folder, "--workers", "2") == 0
    assert 2 <= most[0] <= 2 * batch.AHEAD + 1


def test_a_worker_that_raises_is_a_row(folder, monkeypatch):
    def broken(*_):
        raise MemoryError("no room")

    monkeypatch.setattr(batch, "run_job", broken)
    table(folder, job(job="a"))
    assert run(folder) == 1
    assert results(folder)[0]["reason"] == "the worker failed: MemoryError: no room"


@pytest.mark.slow
def test_a_refusal_comes_back_in_the_words_of_the_command(folder):
    (folder / "text.png").write_text("no picture", encoding="utf-8")
    [(_, asked)] = read_jobs(table(folder, job(content="text.png")))
    result = run_job(asked, asked.read_files())
    assert result.picture is None
    assert result.reason == "text.png: this is text, not a picture, despite its name. It begins with 'no picture'."
    [(_, asked)] = read_jobs(table(folder, job(steps="0")))
    assert run_job(asked, asked.read_files()).reason == "steps: got 0, expected a whole number of at least 1."


def test_a_process_that_is_killed_is_told_of(folder, monkeypatch):
    [(_, asked)] = read_jobs(table(folder, job()))
    monkeypatch.setattr(sys, "executable", str(folder / "python"))
    (folder / "python").write_text("#!/bin/sh\necho 'half a word' >&2\nkill -9 $$\n", encoding="utf-8")
    (folder / "python").chmod(0o755)
    assert run_job(asked, asked.read_files()).reason == "the painting process ended with exit code -9: half a word"


def test_a_process_that_dies_silently_is_told_of(folder, monkeypatch):
    [(_, asked)] = read_jobs(table(folder, job()))
    monkeypatch.setattr(sys, "executable", str(folder / "python"))
    (folder / "python").write_text("#!/bin/sh\nexit 3\n", encoding="utf-8")
    (folder / "python").chmod(0o755)
    assert (
        run_job(asked, asked.read_files()).reason == "the painting process ended with exit code 3: it printed nothing"
    )


def test_only_what_is_new_or_changed_is_painted_again(folder, painting):
    table(folder, job(job="a"), job(job="b"), job(job="bad"))
    run(folder)
    assert painting == ["a", "b", "bad"]
    table(folder, job(job="a"), job(job="b", size="48"), job(job="bad"), job(job="c"))
    run(folder)
    assert painting[3:] == ["b", "bad", "c"]
    (folder / "out" / "a.png").unlink()
    images.save(images.load(IMAGES / "kashi.jpg", 64), folder / "monet.png")  # which all of them use
    run(folder)
    assert painting[6:] == ["a", "b", "bad", "c"]
    assert [row["status"] for row in results(folder)] == ["painted", "painted", "failed", "painted"]


def test_the_record_of_a_job_lies_beside_its_picture(folder, painting):
    table(folder, job(job="a"))
    run(folder)
    record = json.loads((folder / "out" / "a.run.json").read_text(encoding="utf-8"))
    assert record["timings"] == {"seconds": 1.5}


def test_another_network_paints_again(folder, painting, monkeypatch):
    table(folder, job(job="a", weights=""), job(job="own", weights="own.npz"), job(job="named"))
    (folder / "own.npz").write_bytes(npz(arrays_of()))
    (folder / "other.npz").write_bytes(npz(arrays_of(channels=5)))
    monkeypatch.setenv("NST_WEIGHTS", "pocket")
    run(folder)
    monkeypatch.setenv("NST_WEIGHTS", "auto")  # which is the same, VGG-19 not being there
    monkeypatch.setattr(weights, "VGG19_FILE", folder / "vgg19.h5")
    run(folder)
    assert painting == ["a", "own", "named"]
    monkeypatch.setenv("NST_WEIGHTS", str(folder / "other.npz"))
    run(folder)
    (folder / "own.npz").write_bytes(npz(arrays_of(channels=6)))
    run(folder)
    assert painting[3:] == ["a", "own"]


@pytest.mark.slow
def test_a_jobs_weights_lie_beside_its_table_wherever_it_runs(folder, monkeypatch):
    (folder / "own.npz").write_bytes(npz(arrays_of()))
    (folder / "away").mkdir()
    monkeypatch.chdir(folder / "away")
    [(_, asked), (_, lost)] = read_jobs(
        table(folder, job(job="own", weights="own.npz"), job(job="lost", weights="nothing.npz"))
    )
    assert run_job(asked, asked.read_files()).record["settings"]["networks"].keys() == {
        "pocket_vgg19",
        "vgg19_from_file",
    }
    assert lost.startswith(f"row 3: {folder / 'nothing.npz'}: there is no such weight file.")


@pytest.mark.parametrize("column", ["job", "content", "style", "content_masks", "size", "weights", "warm_start"])
def test_a_row_with_a_character_that_no_file_name_has_does_not_stop_the_others(folder, column):
    good, bad = job(job="good"), job(job="bad")
    bad[column] = "a\0b"
    jobs = [{**dict.fromkeys({**good, **bad}, ""), **row} for row in (bad, good)]
    [(_, reason), (name, asked)] = read_jobs(table(folder, *jobs))
    assert "row 2: a character with the code 0" in reason
    assert (name, isinstance(asked, Job)) == ("good", True)


@pytest.mark.parametrize(
    ("word", "without"), [("TRUE", False), ("True", False), ("1", False), ("No", True), ("0", True)]
)
def test_truth_values_as_spreadsheets_write_them_are_read(folder, word, without):
    [(_, asked)] = read_jobs(table(folder, job(warm_start=word)))
    assert ("--no-warm-start" in asked.words) == without


@pytest.mark.slow
def test_a_warm_start_can_be_done_without(folder):
    (folder / "own.npz").write_bytes(npz(arrays_of()))
    [(_, with_it), (_, without), (_, neither)] = read_jobs(
        table(folder, *(job(job=word, weights="own.npz", warm_start=word) for word in ("yes", "no", "maybe")))
    )
    assert "--no-warm-start" not in with_it.words
    assert run_job(without, without.read_files()).record["settings"]["networks"].keys() == {"vgg19_from_file"}
    assert neither == "row 4: warm_start: got maybe, expected yes or no"


def test_the_british_spelling_of_a_column_is_known_too(folder):
    [(_, british)] = read_jobs(table(folder, job(optimiser="adam")))
    [(_, american)] = read_jobs(table(folder, job(optimizer="adam")))
    assert british == american
    assert " ".join(american.words).startswith("file0/louvre.png file1/monet.png --size 32 --steps 2 --optimizer adam")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "content or style is missing"),
        ("content,size\na.png,3\n", "content or style is missing"),
        ("content,style,colour\na.png,b.png,red\n", "unknown column: colour"),
        ("content,style,size,size\na.png,b.png,32,48\n", "two columns have the name size"),
        ("content,style\n,\n", "the table has no rows"),
        ("content,style\na.png,b.png\na.png,b.png\n", "two rows have the name a_b. Give each row its own name"),
        (
            "content,style,job\na.png,b.png,One\na.png,b.png,one\n",
            "two rows have the name One, one. Give each row its own name",
        ),
    ],
)
def test_a_table_that_cannot_be_used_is_named(folder, text, told, capsys):
    (folder / "jobs.csv").write_text(text, encoding="utf-8")
    assert run(folder) == 2
    error = capsys.readouterr().err
    assert str(folder / "jobs.csv") in error
    assert told in error
    assert not (folder / "out").exists()


def test_a_spreadsheets_empty_cells_are_nothing(folder):
    text = "content, style,job,\r\nlouvre.png,monet.png, ,\r\n,,,\r\n\r\nlouvre.png,kashi.png,b,,,\r\n"
    (folder / "jobs.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert [name for name, _ in read_jobs(folder / "jobs.csv")] == ["louvre_monet", "b"]


@pytest.mark.parametrize("row", ["red,", ",red", ",,red"])
def test_a_cell_without_a_column_is_told_with_its_line(folder, row):
    (folder / "jobs.csv").write_text(f"content,style,,\n\nlouvre.png,monet.png,{row}\n", encoding="utf-8")
    [(_, reason)] = read_jobs(folder / "jobs.csv")
    assert reason.startswith("row 3: a cell without a column: 'red'")


def test_a_table_that_is_not_there_or_no_text_is_named(folder):
    with pytest.raises(JobsError, match="this CSV file cannot be read"):
        read_jobs(folder / "nothing.csv")
    (folder / "jobs.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(JobsError, match="this CSV file cannot be read"):
        read_jobs(folder / "jobs.csv")


def test_workers_and_scheduler_that_cannot_be_had_are_named(folder, capsys):
    table(folder, job())
    assert run(folder, "--workers", "0") == 2
    assert "--workers 0: expected at least 1." in capsys.readouterr().err
    assert run(folder, "--scheduler", "tcp://127.0.0.1:9") == 2
    assert "no Dask scheduler answers at tcp://127.0.0.1:9" in capsys.readouterr().err


@pytest.mark.slow
def test_ctrl_c_keeps_what_is_painted_and_ends_what_is_not(folder):
    table(folder, job(job="quick"), job(job="long", size="512", steps="5000"))
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
            "import sys; from nst.__main__ import main; sys.exit(main(sys.argv[1:]))",
            "batch",
            "jobs.csv",
            "--out",
            "out",
        ],
        cwd=folder,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
        text=True,
        encoding="utf-8",
    )
    while not (folder / "out" / "quick.png").exists():
        assert process.poll() is None
        time.sleep(0.1)
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Interrupted. Finished pictures are in out. To continue, run the same command again." in told
    assert [(row["job"], row["status"]) for row in results(folder)] == [("quick", "painted")]


@pytest.mark.slow
def test_the_workers_of_a_scheduler_paint_as_processes_here_do(folder):
    table(folder, job(), job(job="other", style="kashi.png"), job(job="wrong", steps="0"))
    with Cluster() as cluster:
        assert run(folder, "--scheduler", cluster.address) == 1
    assert [row["status"] for row in results(folder)] == ["painted", "painted", "failed"]
    assert images.load(folder / "out" / "other.png").shape == (1, 24, 32, 3)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("content;style;size;budget\r\nlouvre.png;monet.png;32;1,5\r\n", "utf-8-sig"),
        ("sep=;\r\ncontent;style;size;budget\r\nlouvre.png;monet.png;32;1,5\r\n", "utf-8"),
        ("Content\tSTYLE\tSize\tBudget\tWarm_Start\r\nlouvre.png\tmonet.png\t32\t1.5\tYES\r\n", "utf-16"),
    ],
    ids=["semicolons", "a declared delimiter", "tabs and capital letters"],
)
def test_a_table_of_excel_in_other_countries_is_read(folder, text, encoding):
    (folder / "jobs.csv").write_bytes(text.encode(encoding))
    [(name, asked)] = read_jobs(folder / "jobs.csv")
    assert name == "louvre_monet"
    assert [*asked.words[2:6]] == ["--size", "32", "--budget", "1.5"]


def test_several_styles_in_a_table_with_semicolons_are_in_double_quotes(folder):
    (folder / "jobs.csv").write_text('content;style\nlouvre.png;"monet.png:2;kashi.png"\n', encoding="utf-8")
    [(_, asked)] = read_jobs(folder / "jobs.csv")
    assert len(asked.files) == 3


def test_a_cell_with_the_code_0_is_the_problem_of_its_row(folder, painting):
    (folder / "jobs.csv").write_bytes(b"content,style\nlouvre.png,monet.png\nlouvre.png,mo\0net.png\n")
    assert run(folder) == 1
    assert [row["status"] for row in results(folder)] == ["painted", "failed"]
    assert results(folder)[1]["reason"].startswith("row 3: a character with the code 0, shown here as ")


def test_results_open_in_excel_with_all_letters(folder, painting):
    table(folder, job(job="Müller"))
    assert run(folder) == 0
    assert (folder / "out" / "results.csv").read_bytes().startswith('\ufeff"job",'.encode())

"""python -m nst batch JOBS.csv: many pictures, a row for each, whatever becomes of them.

A job is a process of its own, so one that dies takes no other with it. What it reads travels with it as bytes and its
picture comes back as bytes, so any Executor will do: threads that wait for their processes here, or Dask's.
"""

import argparse
import csv
import json
import sys
from concurrent.futures import FIRST_COMPLETED, CancelledError, wait
from contextlib import suppress
from pathlib import Path

from tqdm import tqdm

from foundation.atomic_write import open_atomically, require_writable
from foundation.workers import DaskCluster, LocalThreads, WorkersError, count_cores
from nst.batch.jobs import Job, JobsError, read_jobs
from nst.batch.work import painted
from nst.images import PictureError, save_bytes, save_settings

AHEAD = 2  # jobs whose files are in memory for each that is painted
COLUMNS = ("job", "status", "picture", "seconds", "reason")
EXAMPLES = """JOBS.csv has a row for each picture. Its columns: content and style, files beside JOBS.csv, several with a
semicolon between them; content_masks and style_masks likewise; job, the name of the result (default: content_style);
weights, likewise a file beside JOBS.csv, or auto, pocket or vgg19; warm_start, yes or no; and any option of
`python -m nst CONTENT STYLE` that takes a value, such as size or preserve_color. An empty cell is the default.

  content,style,size,preserve_color
  house.jpg,monet.jpg,512,
  house.jpg,monet.jpg:2;wave.jpg,768,luminance

DIR gets JOB.png, JOB.run.json, and results.csv with a row for each job. Run again, the command paints only what is
not there yet or was asked for otherwise.
Exit code: 0 all are there, 1 some are not (results.csv says why), 2 JOBS.csv or DIR cannot be used, 130 interrupted."""


def batch(words):
    """Run one command line (a list of words); return the exit code."""
    options = _parser().parse_args(words)
    try:
        jobs = read_jobs(options.jobs)
        workers = _workers(options)
        _require_folder(options.out)
        return _ran(jobs, options.out, workers, _threads_per_job(options))
    except (JobsError, WorkersError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"Interrupted. What was painted is in {options.out}; the same command goes on.", file=sys.stderr)
        return 130


def _require_folder(out):
    try:
        require_writable(out)
    except OSError as error:
        raise JobsError(
            f"{out}: no picture can be written there ({error.strerror or error}). Choose another folder with --out."
        ) from None


def _ran(jobs, out, workers, threads):
    usable = [job for _, job in jobs if isinstance(job, Job)]
    rows, sources = {}, {Path(file).resolve() for job in usable for file in job.files.values()}
    for name, job in jobs:
        before = _before(job, out, sources) if isinstance(job, Job) else _row(name, reason=job)
        if before is not None:
            rows[name] = before
    waiting = [job for name, job in jobs if name not in rows]
    with tqdm(total=len(waiting), unit="picture", delay=1) as bar:

        def write():
            with suppress(OSError):  # it is told at the end, when this is tried once more
                _write(rows, jobs, out)

        def keep(row):
            rows[row["job"]] = row
            write()
            bar.update()

        write()
        _paint(waiting, out, workers, threads, keep)
    failed = [row for row in rows.values() if row["status"] == "failed"]
    for row in failed:
        print(f"{row['job']}: {row['reason']}", file=sys.stderr)
    try:
        _write(rows, jobs, out)
    except OSError as error:
        raise JobsError(
            f"{out / 'results.csv'}: could not be written ({error.strerror or error}). Close what holds it "
            f"open, or make room: the same command writes it, and paints nothing twice."
        ) from None
    print(f"{out / 'results.csv'}: {len(rows) - len(failed)} of {len(rows)} pictures are there.")
    return int(bool(failed))


def _before(job, out, sources):
    """The row of a job whose picture is there, made of the same files and words, or must not be; else None."""
    picture = (out / f"{job.name}.png").resolve()
    if picture in sources:
        return _row(
            job.name,
            reason=f"its picture would take the place of {picture}, which one is made from. Give the "
            f"row another name in a column job, or the pictures another folder.",
        )
    try:
        record = json.loads((out / f"{job.name}.run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if record.get("key") != job.key or not picture.is_file():
        return None
    return _row(job.name, "painted", record["timings"]["seconds"])


def _paint(jobs, out, workers, threads, keep):
    """Paint jobs side by side, and call keep(row) for each as it gets done."""
    running = {}

    def settle_one():
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in done:
            keep(_kept(running.pop(future), future, out))

    with workers.start() as executor:
        try:
            for job in jobs:
                while len(running) >= AHEAD * workers.count:
                    settle_one()
                try:
                    contents = job.contents()
                except OSError as error:  # it was there when the table was read
                    keep(_row(job.name, reason=f"{error.filename}: {error.strerror}"))
                else:
                    running[executor.submit(painted, job, contents, threads)] = job
            while running:
                settle_one()
        except CancelledError:  # not by us, who cancel only below
            raise workers.lost() from None
        except BaseException:
            workers.kill()
            raise


def _kept(job, future, out):
    """Write what came of a job; returns its row."""
    error = future.exception()
    if error is not None:
        return _row(job.name, reason=f"the worker failed: {type(error).__name__}: {error}")
    result = future.result()
    if result.picture is None:
        return _row(job.name, reason=result.reason)
    try:
        save_bytes(result.picture, out / f"{job.name}.png")
        save_settings({**result.record, "key": job.key}, out / f"{job.name}.run.json")
    except PictureError as error:
        return _row(job.name, reason=str(error))
    return _row(job.name, "painted", result.record["timings"]["seconds"])


def _row(name, status="failed", seconds="", reason=""):
    return {
        "job": name,
        "status": status,
        "picture": f"{name}.png" if status == "painted" else "",
        "seconds": seconds,
        "reason": reason,
    }


def _write(rows, jobs, out):
    with open_atomically(out / "results.csv") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows[name] for name, _ in jobs if name in rows)


def _workers(options):
    if options.scheduler is not None:
        return DaskCluster(options.scheduler)
    if options.workers < 1:
        raise JobsError(f"--workers {options.workers}: expected at least 1.")
    return LocalThreads(options.workers)


def _threads_per_job(options):
    """The threads that each job may use on this machine; None, no limit, on a cluster's."""
    return None if options.scheduler is not None else max(1, count_cores() // options.workers)


def _parser():
    parser = argparse.ArgumentParser(
        prog="python -m nst batch",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Paint many pictures, as a table asks for them.",
    )
    add = parser.add_argument
    add("jobs", type=Path, metavar="JOBS.csv", help="the table of what to paint")
    add("--out", type=Path, required=True, metavar="DIR", help="the folder that gets the pictures")
    add("--workers", type=int, default=1, metavar="N", help="pictures painted at once here (default 1, on all cores)")
    add("--scheduler", metavar="tcp://HOST:PORT", help="a Dask scheduler whose workers paint instead")
    return parser

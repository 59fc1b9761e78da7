"""python -m nst batch JOBS.csv: many pictures, a row for each, whatever becomes of them.

A job is a process of its own, so one that dies takes no other with it. What it reads travels with it as bytes and its
picture comes back as bytes, so any Executor will do: threads that wait for their processes here, or Dask's.
"""

import argparse
import csv
import json
import os
import sys
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
from tqdm import tqdm

from foundation.atomic_file import require_folder, whole_file
from nst.batch.jobs import Job, JobsError, read_jobs
from nst.batch.work import painted
from nst.images import PictureError, save_bytes, save_settings

AHEAD = 2  # jobs whose files are in memory for each that is painted
COLUMNS = ("job", "status", "picture", "seconds", "reason")
LOST = (
    "the Dask scheduler no longer answers. What was painted is kept: start it again, with its workers, and the "
    "same command goes on."
)
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
        with _painters(options) as painters:
            _require_folder(options.out)
            return _ran(jobs, options.out, painters)
    except JobsError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"Interrupted. What was painted is in {options.out}; the same command goes on.", file=sys.stderr)
        return 130


def _require_folder(out):
    try:
        require_folder(out)
    except OSError as error:
        raise JobsError(
            f"{out}: no picture can be written there ({error.strerror or error}). Choose another folder with --out."
        ) from None


def _ran(jobs, out, painters):
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
        _paint(waiting, out, painters, keep)
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


def _paint(jobs, out, painters, keep):
    """Paint jobs side by side, and call keep(row) for each as it gets done."""
    running = {}

    def settle_one():
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in done:
            keep(_kept(running.pop(future), future, out))

    try:
        for job in jobs:
            while len(running) >= AHEAD * painters.count():
                settle_one()
            try:
                contents = job.contents()
            except OSError as error:  # it was there when the table was read
                keep(_row(job.name, reason=f"{error.filename}: {error.strerror}"))
            else:
                running[painters.executor.submit(painted, job, contents, painters.threads)] = job
        while running:
            settle_one()
    except CancelledError:  # not by us, who cancel only below
        raise JobsError(LOST) from None
    except BaseException:
        _stop(running)
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
    with whole_file(out / "results.csv") as partial, partial.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows[name] for name, _ in jobs if name in rows)


def _stop(running):
    """Take back what has not begun, and end the processes of what has."""
    for future in running:
        future.cancel()
    children = psutil.Process().children(recursive=True)
    for child in children:
        child.terminate()
    psutil.wait_procs(children, timeout=10)


@dataclass(frozen=True)
class Painters:
    """An Executor, how many jobs it runs at once, as things stand (a function), and the threads that a job may use."""

    executor: Executor
    count: Callable
    threads: int | None = None


@contextmanager
def _painters(options):
    if options.scheduler is None:
        if options.workers < 1:
            raise JobsError(f"--workers {options.workers}: expected at least 1.")
        with ThreadPoolExecutor(options.workers) as executor:
            yield Painters(executor, lambda: options.workers, max(1, (os.cpu_count() or 1) // options.workers))
        return
    try:
        from dask.distributed import Client
    except ImportError:
        raise JobsError("--scheduler needs Dask: python -m pip install distributed") from None
    try:
        client = Client(options.scheduler, timeout=10)
    except (OSError, ValueError) as error:
        raise JobsError(
            f"no Dask scheduler answers at {options.scheduler} ({error}). Start one with "
            "`dask scheduler`, and give the address that it prints."
        ) from None
    with client, client.get_executor() as executor:

        def count():
            try:
                return max(1, sum(client.nthreads().values()))
            except OSError:
                raise JobsError(LOST) from None

        yield Painters(executor, count)


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

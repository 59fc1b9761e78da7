"""nst batch JOBS.csv: paint many pictures, one for each row of a table; a row that fails does not stop the others.

A job is a process of its own, so one that dies does not affect the others. Its files are sent to it as bytes and its
picture is returned as bytes, so that it can run on another machine: in a thread here, or on a Dask cluster.
"""

import argparse
import json
import sys
import time
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from contextlib import suppress
from pathlib import Path

from tqdm import tqdm

from foundation.atomic_write import require_room, require_writable
from foundation.lock import LockedError, lock_path
from foundation.tables import open_table
from foundation.temporary_folder import sweep_folders
from foundation.time_left import describe_time_left
from foundation.workers import DaskCluster, LocalThreads, WorkersError, count_cores
from nst.cli.batch_job import FOLDER_PREFIX, run_job
from nst.cli.batch_table import Job, JobsError, read_jobs
from nst.cli.batch_time import BatchTime, describe_work
from nst.cli.output_files import room_for_picture
from nst.images import PictureError, save_bytes, save_settings

BAR = "{n_fmt} of {total_fmt} pictures |{bar}| {elapsed}{postfix}"
REFRESH = 1.0  # seconds
AHEAD = 2  # jobs whose files are in memory, for each one that is running
COLUMNS = ("job", "status", "picture", "seconds", "reason")
EXAMPLES = """JOBS.csv has a row for each picture, and these columns:
  content, style                files beside JOBS.csv; several styles are separated by semicolons
  content_masks, style_masks    likewise
  job                           the name of the result (default: content_style)
  weights                       auto, pocket, vgg19, or a file beside JOBS.csv
  warm_start                    yes or no
  size, budget, ...             any other option of nst that takes a value, with _ for -, such as preserve_color
Only content and style are required. An empty cell means the default.

example:
  job,content,style,size,preserve_color
  field,house.jpg,monet.jpg,512,
  field_and_wave,house.jpg,monet.jpg:2;wave.jpg,768,luminance

DIR gets JOB.png, JOB.run.json, and results.csv with a row for each job. If the command is run again, it paints only
new and changed rows.
Exit code: 0 all pictures are there, 1 some are not (results.csv has the reasons), 2 JOBS.csv or DIR cannot be used, 130
interrupted."""


def run_batch(words):
    """Run one command line (a list of words); return the exit code."""
    options = make_parser().parse_args(words)
    try:
        jobs = read_jobs(options.jobs)
        workers = _make_workers(options)
        _require_folder(options.out, [job for _, job in jobs if isinstance(job, Job)])
        with lock_path(options.out):
            return _run_jobs(jobs, options.out, workers, _threads_per_job(options))
    except LockedError:
        print(
            f"{options.out}: another batch paints into this folder. Wait for it, or choose another one with --out.",
            file=sys.stderr,
        )
        return 2
    except (JobsError, WorkersError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(
            f"Interrupted. Finished pictures are in {options.out}. To continue, run the same command again.",
            file=sys.stderr,
        )
        return 130


def _require_folder(out, jobs):
    try:
        require_writable(out)
        require_room(out, max((room_for_picture(job.size) for job in jobs), default=0))
    except OSError as error:
        raise JobsError(
            f"{out}: no picture can be written there ({error.strerror or error}). Choose another folder with --out."
        ) from None


def _run_jobs(jobs, out, workers, threads):
    usable = [job for _, job in jobs if isinstance(job, Job)]
    rows, sources = {}, {Path(file).resolve() for job in usable for file in job.files.values()}
    for name, job in jobs:
        finished = _find_finished(job, out, sources) if isinstance(job, Job) else _make_row(name, reason=job)
        if finished is not None:
            rows[name] = finished
    waiting = [job for name, job in jobs if name not in rows]
    left = BatchTime({job.name: describe_work(job) for job in waiting}, workers.count, time.monotonic())
    with tqdm(total=len(waiting), bar_format=BAR, delay=1) as bar:

        def write():
            with suppress(OSError):  # reported at the end, after another try
                _write_results(rows, jobs, out)

        def keep(row, seconds=None):
            rows[row["job"]] = row
            write()
            left.finish(row["job"], seconds, time.monotonic())
            bar.update()
            show_time_left()

        def show_time_left():
            seconds = left.estimate(time.monotonic())
            bar.set_postfix_str(describe_time_left(seconds))

        write()
        _paint(waiting, out, workers, threads, keep, show_time_left, left)
    failed = [row for row in rows.values() if row["status"] == "failed"]
    for row in failed:
        print(f"{row['job']}: {row['reason']}", file=sys.stderr)
    try:
        _write_results(rows, jobs, out)
    except OSError as error:
        raise JobsError(
            f"{out / 'results.csv'}: could not be written ({error.strerror or error}). Close it in other programs, or "
            "free some disk space, and run the same command again: no picture is painted twice."
        ) from None
    print(f"{out / 'results.csv'}: {len(rows) - len(failed)} of {len(rows)} pictures are there.")
    return int(bool(failed))


def _find_finished(job, out, sources):
    """The row of a job that need not run, because its picture exists or would overwrite a source; else None."""
    picture = (out / f"{job.name}.png").resolve()
    if picture in sources:
        return _make_row(
            job.name,
            reason=f"its picture would overwrite {picture}, which a picture is made from. Give the row another name in "
            "the column job, or choose another folder with --out.",
        )
    try:
        record = json.loads((out / f"{job.name}.run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if record.get("key") != job.key or not picture.is_file():
        return None
    return _make_row(job.name, "painted", record["timings"]["seconds"])


def _paint(jobs, out, workers, threads, keep, refresh, left):
    """Run jobs in parallel, and call keep(row, seconds) for each when it is done; refresh() every second."""
    running, tried = {}, {}

    def settle_one():
        done, _ = wait(running, timeout=REFRESH, return_when=FIRST_COMPLETED)
        for future in sorted(done, key=Future.cancelled):  # finished pictures are kept first
            job = running.pop(future)
            again = _submit_elsewhere(job, future, workers, tried)
            if again is not None:
                running[again] = job
                left.restart(job.name, time.monotonic())
            else:
                keep(_save_result(job, future, out), None if future.exception() else future.result().seconds)
        refresh()

    with workers.start() as executor:
        try:
            _send_weights(jobs, workers)
            for job in jobs:
                while len(running) >= AHEAD * workers.count:
                    settle_one()
                try:
                    contents = job.read_files()
                except OSError as error:  # deleted since the table was read
                    keep(_make_row(job.name, reason=f"{error.filename}: {error.strerror}"))
                else:
                    running[executor.submit(run_job, job, contents, threads, workers.count)] = job
            while running:
                settle_one()
        except CancelledError:  # by a lost cluster: this command cancels only below
            raise workers.lost() from None
        except BaseException:
            workers.kill()
            raise


def _submit_elsewhere(job, future, workers, tried):
    """Submit a job again if its worker had too little memory and there are others; return the Future, or None."""
    if future.exception() or future.result().worker is None:
        return None
    tried.setdefault(job.name, set()).add(future.result().worker)
    executor = workers.start_elsewhere(tried[job.name])
    if executor is None:
        return None
    try:
        return executor.submit(run_job, job, job.read_files())
    except OSError:  # deleted since: the first result is kept
        return None


def _send_weights(jobs, workers):
    """Send each weight file to the workers of a cluster, once; on this machine, jobs read it where it is."""
    if isinstance(workers, DaskCluster):
        for weights in {job.weights for job in jobs if not job.weights.bundled}:
            workers.send_file(weights.path, weights.name)


def _save_result(job, future, out):
    """Write the result of a job; return its row."""
    error = future.exception()
    if error is not None:
        return _make_row(job.name, reason=f"the worker failed: {type(error).__name__}: {error}")
    result = future.result()
    if result.picture is None:
        return _make_row(job.name, reason=result.reason)
    try:
        save_bytes(result.picture, out / f"{job.name}.png")
        save_settings({**result.record, "key": job.key}, out / f"{job.name}.run.json")
    except PictureError as error:
        return _make_row(job.name, reason=str(error))
    return _make_row(job.name, "painted", result.record["timings"]["seconds"])


def _make_row(name, status="failed", seconds="", reason=""):
    return {
        "job": name,
        "status": status,
        "picture": f"{name}.png" if status == "painted" else "",
        "seconds": seconds,
        "reason": reason,
    }


def _write_results(rows, jobs, out):
    with open_table(out / "results.csv") as write_row:
        write_row(COLUMNS)
        for name in (name for name, _ in jobs if name in rows):
            write_row(rows[name].values())


def _make_workers(options):
    sweep_folders(FOLDER_PREFIX)
    if options.scheduler is not None:
        return DaskCluster(options.scheduler)
    if options.workers < 1:
        raise JobsError(f"--workers {options.workers}: expected at least 1.")
    return LocalThreads(options.workers)


def _threads_per_job(options):
    """The threads that each job may use on this machine; None, no limit, on a cluster's."""
    return None if options.scheduler is not None else max(1, count_cores() // options.workers)


def make_parser():
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog="nst batch",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Paint many pictures: one for each row of a table.",
    )
    add = parser.add_argument
    add("jobs", type=Path, metavar="JOBS.csv", help="the table, a CSV file in UTF-8")
    add("--out", type=Path, required=True, metavar="DIR", help="the folder for the pictures (required)")
    add(
        "--workers",
        type=int,
        default=1,
        metavar="N",
        help="number of pictures painted at the same time, which share all cores (default: %(default)s)",
    )
    add(
        "--scheduler",
        metavar="tcp://HOST:PORT",
        help="paint on the workers of this Dask scheduler (default: on this machine)",
    )
    return parser

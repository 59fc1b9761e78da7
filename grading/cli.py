"""Grade a class.

    nst-grade SUBMISSIONS --out GRADES

SUBMISSIONS is a folder, or the zip that a learning system exports, with a notebook or script, or a folder or zip, for
each student. The chapter is recognized. GRADES then contains grades.csv, class.html, and a page and a record for each
student. Run the same command again to grade only new and changed submissions; it uses the same hidden inputs, and the
overrides of the last run.
"""

import argparse
import json
import secrets
import shlex
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tqdm import tqdm

from foundation.atomic_write import open_atomically
from foundation.console import run_on_console
from foundation.lock import LockedError, lock_path
from foundation.printable import printable_line
from foundation.temporary_folder import sweep_folders
from foundation.time_left import describe_time_left
from foundation.workers import DaskCluster, LocalProcesses, WorkersError, count_cores
from grading import batch
from grading.grade_submission import Settings
from grading.remaining_time import RemainingTime
from grading.reports import class_report, gradescope, spreadsheets
from grading.sandbox.containment import RootError, describe_levels, find_containment
from grading.sandbox.process import FOLDER_PREFIX, Limits
from grading.submissions.find import SubmissionsError, find_submissions, remark_on_submissions

PROG = "nst-grade"
BAR = "{n_fmt} of {total_fmt} submissions |{bar}| {elapsed}{postfix}"
SECRET_BITS = 128
RUNS_OF_AN_EXERCISE = 3  # at most
INPUT_ERRORS = (SubmissionsError, spreadsheets.OverridesError, gradescope.SeveralFilesError, WorkersError, RootError)
SUCCESS, SOME_FAILED, WRONG_USE, INTERRUPTED = 0, 1, 2, 130
EPILOG = """\
examples:
  nst-grade submissions --out grades
  nst-grade export.zip --out grades --overrides corrections.csv
  nst-grade submissions --out grades --scheduler tcp://10.0.0.5:8786
  nst-grade /autograder/submission --out /autograder/results --format gradescope

exit code: 0 if every submission has a result, 1 if the grader itself failed on some, 2 if a file or option cannot be
used, 130 if the run was interrupted.
"""


@run_on_console
def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command. arguments: of the command line, sys.argv if None. Returns the exit code."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    options = make_parser().parse_args(arguments)
    try:
        with lock_path(options.out):
            return _grade(options, shlex.join([*_find_program(), *arguments]))
    except KeyboardInterrupt:
        return INTERRUPTED
    except LockedError:
        _complain(
            f"{options.out}: another command writes to this folder. Wait for it, or choose another one with --out."
        )
    except INPUT_ERRORS as error:
        _complain(*str(error).split("\n"))
    except BrokenPipeError:
        raise
    except OSError as error:
        _complain(_describe_os_error(error, options))
    return WRONG_USE


def _find_program():
    return [sys.argv[0]] if Path(sys.argv[0]).stem == PROG else [sys.executable, "-m", "grading"]


def _grade(options, command):
    _check_folders(options.submissions, options.out)
    sweep_folders(FOLDER_PREFIX)
    if not options.scheduler:
        find_containment(options.allow_root)
    single = options.format == "gradescope"
    overrides_file = options.overrides or spreadsheets.find_overrides(options.out)
    overrides = spreadsheets.read_overrides(overrides_file) if overrides_file else {}
    submissions = find_submissions(options.submissions, single=single)
    if single:
        gradescope.require_single_file(options.out, submissions[0])
    students = [submission.student for submission in submissions]
    spreadsheets.require_one_student_each(overrides, students)
    remarks = [] if single else list(_remark_on_class(options.submissions, overrides_file, overrides, students))
    _complain(*remarks)
    workers = DaskCluster(options.scheduler) if options.scheduler else LocalProcesses(options.workers)
    _make_folder(options.out)
    if options.overrides:
        spreadsheets.copy_overrides(options.overrides, options.out)
    summary = _Summary()
    settings = Settings(_choose_seed(options), Limits(options.timeout, options.memory), options.allow_root)
    complete = _run(submissions, settings, options.out, workers, summary)
    class_report.write_reports(options.out, students, overrides, remarks, _describe_levels(summary.levels, options))
    if single:
        gradescope.write_results(options.out, students[0], overrides)
    print(f"{summary}: {options.out / 'grades.csv'}, {options.out / 'class.html'}")
    if not complete:
        done = f"{summary.statuses.total()} of {len(students)} submissions are done"
        print(f"Interrupted: {done}. To continue: {command}")
        return INTERRUPTED
    return SOME_FAILED if summary.statuses["failed"] else SUCCESS


def _describe_levels(levels, options):
    """Where a cluster graded, this machine may have no level at all."""
    return describe_levels(levels, options.allow_root or bool(options.scheduler))


def _check_folders(submissions, out):
    """The reports must not become submissions of the next run."""
    if out.exists() and not out.is_dir():
        raise SubmissionsError(f"{out} is a file. Give --out a folder; it is created if it does not exist.")
    if out.resolve() == submissions.resolve() or submissions.resolve() in out.resolve().parents:
        raise SubmissionsError(
            f"{out} is inside {submissions}, so the next run would grade the reports. Give --out another folder."
        )


def _remark_on_class(root, overrides_file, overrides, students) -> Iterator[str]:
    for student, similar in spreadsheets.find_unknown_students(overrides, students).items():
        question = f"; did you mean {similar}?" if similar else ""
        yield f"{overrides_file.name}: there is no submission of {student}{question}"
    yield from remark_on_submissions(root)


def _make_folder(out):
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        remedy = "Give --out a folder that you have permission to write to."
        raise SubmissionsError(f"{out} cannot be created: {error.strerror}. {remedy}") from None


def _choose_seed(options):
    """The class's secret: that of the command line, or of the last run into this folder, or a random one."""
    path = options.out / "settings.json"
    try:
        seed = json.loads(path.read_text(encoding="utf-8"))["seed"]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        seed = secrets.randbits(SECRET_BITS)
    seed = seed if options.seed is None else options.seed
    with open_atomically(path) as file:
        json.dump({"seed": seed}, file)
    return seed


@dataclass
class _Summary:
    """How many submissions have which status, how many have not changed since the last run, and their containment."""

    statuses: Counter = field(default_factory=Counter)
    unchanged: int = 0
    levels: set = field(default_factory=set)

    def add(self, record, is_new):
        self.statuses[record["status"]] += 1
        self.unchanged += not is_new
        self.levels |= {record["containment"]} - {""}

    def __str__(self):
        counts = ", ".join(f"{count} {status}" for status, count in sorted(self.statuses.items()))
        return counts + (f" ({self.unchanged} of them unchanged since the last run)" if self.unchanged else "")


def _run(submissions, settings, out, workers, summary):
    """Grade with a progress bar; returns whether all submissions are done."""
    began = time.monotonic()
    left = RemainingTime(len(submissions), workers.count, RUNS_OF_AN_EXERCISE * settings.limits.timeout)
    bar = tqdm(total=len(submissions), bar_format=BAR)

    def report(record, is_new):
        summary.add(record, is_new)
        left.add(record["seconds"] if is_new else 0.0, time.monotonic() - began)
        bar.set_postfix_str(describe_time_left(left.estimate()), refresh=False)
        bar.update()
        if is_new and record["reason"]:
            bar.write(printable_line("{student}: {status}: {reason}".format_map(record)), file=sys.stderr)

    try:
        batch.run(submissions, settings, out, workers, report)
        return True
    except KeyboardInterrupt:
        return False
    except WorkersError as error:
        bar.close()
        _complain(str(error))
        return False
    finally:
        bar.close()


def _complain(*messages):
    for message in messages:
        print(f"{PROG}: {message}", file=sys.stderr)


def _describe_os_error(error, options):
    """What could not be read or written, and what to do; the error of a full disk names no file."""
    path, reason = Path(str(error.filename or options.out)), error.strerror or error
    if options.submissions in (path, *path.parents):
        return f"{path} cannot be read: {reason}. Change its permissions, or grade a copy."
    return (
        f"{path} cannot be written: {reason}. Close it in other programs, and check that you have permission to write "
        f"to {options.out} and that its disk has free space. Then run the same command again to continue."
    )


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog=PROG, description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("submissions", type=Path, metavar="SUBMISSIONS", help="the folder or zip with the submissions")
    add("--out", type=Path, required=True, metavar="GRADES", help="the folder for grades, pages and records (required)")
    add(
        "--workers",
        type=_parse_count(1),
        default=count_cores(),
        metavar="N",
        help="number of submissions graded at the same time (default: the number of cores, here %(default)s)",
    )
    add(
        "--scheduler",
        metavar="tcp://HOST:PORT",
        help="grade on the workers of this Dask scheduler (default: on this machine)",
    )
    add(
        "--seed",
        type=_parse_count(0),
        metavar="N",
        help="secret whole number from which the hidden inputs of each submission are drawn (default: that of the "
        "last run, else random)",
    )
    add(
        "--timeout",
        type=_parse_seconds,
        default=Limits.timeout,
        metavar="SECONDS",
        help="time limit in seconds, for loading a submission and for each run of an exercise; an exercise is run up "
        "to 3 times (default: %(default)g)",
    )
    add(
        "--memory",
        type=_parse_count(1024),
        default=Limits.memory,
        metavar="MB",
        help="memory limit for each submission, in MB (default: %(default)s)",
    )
    add(
        "--overrides",
        type=Path,
        metavar="FILE.csv",
        help="points that replace the grader's; columns: student, exercise, points, reason (default: the file of the "
        "last run, which is copied to GRADES)",
    )
    add(
        "--format",
        choices=("gradescope",),
        help="also write results.json for Gradescope; SUBMISSIONS is then one student's (default: none)",
    )
    add(
        "--allow-root",
        action="store_true",
        help="run submissions as root if root grades and no other user can start Python (default: refuse)",
    )
    return parser


def _parse_count(minimum):
    def parse(text):
        if not text.isascii() or not text.isdigit() or int(text) < minimum:
            raise argparse.ArgumentTypeError(f"expected a whole number of at least {minimum}, got {text!r}")
        return int(text)

    return parse


def _parse_seconds(text):
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.1 <= seconds <= 86_400:
        raise argparse.ArgumentTypeError(f"expected a number of seconds from 0.1 to 86400, got {text!r}")
    return seconds

"""The command `nst-grade`: grade a class. `grading.options` describes its options."""

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
from foundation.workers import DaskCluster, LocalProcesses, WorkersError
from grading import batch
from grading.class_details import collect_details
from grading.grade_submission import Settings
from grading.options import PROG, parse_arguments
from grading.remaining_time import RemainingTime
from grading.reports import class_report, gradescope, learning_systems, spreadsheets
from grading.sandbox.containment import RootError, describe_levels, find_containment
from grading.sandbox.process import FOLDER_PREFIX, Limits
from grading.submissions.find import SubmissionsError, find_submissions, remark_on_submissions
from grading.submissions.roster import RosterError

BAR = "{n_fmt} of {total_fmt} submissions |{bar}| {elapsed}{postfix}"
SECRET_BITS = 128
RUNS_OF_AN_EXERCISE = 3  # at most
INPUT_ERRORS = (SubmissionsError, RosterError, spreadsheets.OverridesError, WorkersError, RootError)
SUCCESS, SOME_FAILED, WRONG_USE, INTERRUPTED = 0, 1, 2, 130


@run_on_console
def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command. arguments: of the command line, sys.argv if None. Returns the exit code."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    options = parse_arguments(arguments)
    try:
        if options.demo:
            print(_make_demo(options))
            return SUCCESS
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


def _make_demo(options):
    try:
        from grading import demo_class
    except ImportError:  # it contains solutions
        raise SubmissionsError("--demo is not a part of the zip for students: use it in the whole course") from None
    return demo_class.write(options.demo, options.with_hostile)


def _grade(options, command):
    _check_folders(options.submissions, options.out)
    sweep_folders(FOLDER_PREFIX)
    if not options.scheduler:
        find_containment(options.allow_root)
    single = "gradescope" in options.format
    overrides_file = options.overrides or spreadsheets.find_overrides(options.out)
    overrides = spreadsheets.read_overrides(overrides_file) if overrides_file else {}
    submissions = find_submissions(options.submissions, single=single)
    details, class_remarks = collect_details(submissions, options)
    students = list(details)
    spreadsheets.require_one_student_each(overrides, students)
    remarks = [] if single else list(_remark_on_class(options.submissions, overrides_file, overrides, students))
    remarks += class_remarks
    _complain(*remarks)
    workers = DaskCluster(options.scheduler) if options.scheduler else LocalProcesses(options.workers)
    _make_folder(options.out)
    if options.overrides:
        spreadsheets.copy_overrides(options.overrides, options.out)
    summary = _Summary()
    settings = Settings(_choose_seed(options), Limits(options.timeout, options.memory), options.allow_root)
    complete = _run(submissions, settings, options.out, workers, summary)
    levels = _describe_levels(summary.levels, options)
    graded = class_report.write_reports(options.out, students, overrides, remarks, levels, details)
    if "moodle" in options.format:
        _complain(*learning_systems.write_moodle(options.out, graded.rows))
    if "canvas" in options.format:
        _complain(*learning_systems.write_canvas(options.out, graded))
    if single:
        gradescope.write_results(options.out, students[0], overrides)
    print(f"{summary}: {options.out / 'grades.csv'}, {options.out / 'class.html'}")
    if not complete:
        done = f"{summary.statuses.total()} of {len(submissions)} submissions are done"
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

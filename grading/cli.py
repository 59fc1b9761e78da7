"""Grade a class.

    python -m grading SUBMISSIONS --out GRADES

SUBMISSIONS is a folder or the zip that a learning system exports: notebooks or scripts, one per student, of either
chapter. GRADES then holds grades.csv, class.html, and for each student a page and a record. The same command again
grades only what is new or has changed, with the same hidden inputs and the overrides of the last time.
"""

import argparse
import json
import secrets
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tqdm import tqdm

from foundation import workers
from foundation.atomic_write import open_atomically
from foundation.console import run_on_console
from foundation.printable import printable_line
from grading import batch
from grading.exercises.cases import VISIBLE_SEED
from grading.grade_submission import Settings
from grading.reports import gradescope, overrides, writing
from grading.sandbox import containment
from grading.sandbox.process import Limits
from grading.submissions.find import SubmissionsError, crowded, find, passed_over

DONE, SOME_FAILED, MISUSED, INTERRUPTED = 0, 1, 2, 130
NAMED = 10  # files in a message
EXAMPLES = """\
examples:
  python -m grading handed_in --out grades
  python -m grading export.zip --out grades --overrides corrections.csv
  python -m grading handed_in --out grades --scheduler tcp://10.0.0.5:8786
  python -m grading /autograder/submission --out /autograder/results --format gradescope
"""


@run_on_console
def main(arguments=None):
    options = _parser().parse_args(arguments)
    try:
        return _grade(options)
    except (SubmissionsError, overrides.OverridesError, gradescope.SeveralError, workers.WorkersError) as error:
        _complain(*str(error).split("\n"))
    except BrokenPipeError:
        raise
    except OSError as error:
        _complain(_refused(error, options))
    return MISUSED


def _refused(error, options):
    """What the operating system did not let us read or write, and what to do; a full disk comes without a name."""
    path, why = Path(str(error.filename or options.out)), error.strerror or error
    if options.submissions in (path, *path.parents):
        return f"{path} cannot be read: {why}. Give yourself the right to read it, or grade a copy of your own."
    return (
        f"{path} cannot be written: {why}. Close it in other programs, and see that you may write to {options.out} "
        "and that its disk has room. The same command then goes on."
    )


def _complain(*texts):
    for text in texts:
        print(f"grading: {text}", file=sys.stderr)


def _remarks(options, corrections, words, students):
    """What an instructor should know of the class as a whole."""
    for student, near in overrides.unknown(words, students).items():
        yield (
            f"{corrections.name}: nobody called {student} has handed anything in"
            + (f"; did you mean {near}?" if near else "")
        )
    if names := passed_over(options.submissions):
        yield f"passed over, being no notebook (.ipynb), script (.py), folder or zip: {_named(names)}"
    if names := crowded(options.submissions):
        yield (
            f"several notebooks, of which one is graded, are in: {_named(names)}. "
            "If that is a class, grade it by itself"
        )


def _named(names):
    return ", ".join(map(printable_line, names[:NAMED])) + (f", and {len(names) - NAMED} more" if names[NAMED:] else "")


def _grade(options):
    _check_places(options.submissions, options.out)
    one = options.format == "gradescope"
    corrections = options.overrides or overrides.kept(options.out)
    words = overrides.read(corrections) if corrections else {}
    submissions = find(options.submissions, single=one)
    if one:
        gradescope.check_one(options.out, submissions[0])
    students = [submission.student for submission in submissions]
    remarks = [] if one else list(_remarks(options, corrections, words, students))
    _complain(*remarks)
    crew = workers.DaskCluster(options.scheduler) if options.scheduler else workers.LocalProcesses(options.workers)
    _make(options.out)
    if options.overrides:
        overrides.keep(options.overrides, options.out)
    settings = Settings(_seed(options), Limits(options.timeout, options.memory))
    tally = _Tally()
    interrupted = _run(submissions, settings, options.out, crew, tally)
    writing.write(options.out, students, words, remarks, containment.told(tally.levels))
    if one:
        gradescope.write(options.out, students[0], words)
    told = ", ".join(f"{count} {status}" for status, count in sorted(tally.statuses.items()))
    as_before = f" ({tally.unchanged} of them as before)" if tally.unchanged else ""
    print(f"{told}{as_before}: {options.out / 'grades.csv'}, {options.out / 'class.html'}")
    if interrupted:
        print(f"Stopped: {tally.statuses.total()} of {len(students)} are done. The same command goes on.")
        return INTERRUPTED
    return SOME_FAILED if tally.statuses["failed"] else DONE


def _check_places(submissions, out):
    """The reports must not become submissions of the next run."""
    if out.exists() and not out.is_dir():
        raise SubmissionsError(f"{out} is a file. --out must be a folder; it is made where it does not exist.")
    if out.resolve() == submissions.resolve() or submissions.resolve() in out.resolve().parents:
        raise SubmissionsError(
            f"{out} lies in {submissions}, and what is written there would be graded the next time. "
            "Give --out another folder."
        )


def _make(out):
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        told = f"{out} cannot be made: {error.strerror}. Give --out a folder that you may write to."
        raise SubmissionsError(told) from None


@dataclass
class _Tally:
    """What came of the submissions so far, how many of them are as before, and how far they were shut in."""

    statuses: Counter = field(default_factory=Counter)
    unchanged: int = 0
    levels: set = field(default_factory=set)

    def add(self, record, fresh):
        self.statuses[record["status"]] += 1
        self.unchanged += not fresh
        self.levels |= {record["containment"]} - {""}


def _run(submissions, settings, out, crew, tally):
    """Grade, and add what comes of it to the tally; returns whether Ctrl-C or the loss of a cluster has ended it."""
    bar = tqdm(total=len(submissions), desc="grading", unit="submission", smoothing=0.1)

    def graded(record, fresh):
        tally.add(record, fresh)
        bar.update()
        if fresh and record["reason"]:
            told = f"{record['student']}: {record['status']}: {record['reason']}"
            bar.write(printable_line(told), file=sys.stderr)

    try:
        batch.run(submissions, settings, out, crew, graded)
    except KeyboardInterrupt:
        return True
    except workers.WorkersError as error:
        bar.close()
        _complain(str(error))
        return True
    finally:
        bar.close()
    return False


def _seed(options):
    """The seed of the hidden inputs: given, or that of the last run into this folder, or a new one."""
    path = options.out / "settings.json"
    try:
        seed = json.loads(path.read_text(encoding="utf-8"))["seed"]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        seed = VISIBLE_SEED + 1 + secrets.randbelow(2**32)  # so that it is another
    seed = seed if options.seed is None else options.seed
    with open_atomically(path) as file:
        json.dump({"seed": seed}, file)
    return seed


def _parser():
    parser = argparse.ArgumentParser(
        prog="python -m grading",
        description=__doc__,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("submissions", type=Path, metavar="SUBMISSIONS", help="folder or zip of what was handed in")
    add("--out", type=Path, required=True, metavar="GRADES", help="folder for grades, pages and records")
    add(
        "--workers",
        type=_whole(1),
        default=workers.count_cores(),
        metavar="N",
        help="submissions graded at once (default: one for each core, here %(default)s)",
    )
    add("--scheduler", metavar="tcp://HOST:PORT", help="grade on the workers of this Dask scheduler instead")
    add("--seed", type=_hidden_seed, metavar="S", help="draws the hidden inputs (default: as last time, or at random)")
    add(
        "--timeout",
        type=_seconds,
        default=Limits.timeout,
        metavar="S",
        help="seconds for each try of an exercise, of which there are up to three, and for loading a submission "
        "(default: %(default)g)",
    )
    add(
        "--memory",
        type=_whole(1024),
        default=Limits.memory,
        metavar="MB",
        help="memory for each submission (default: %(default)s)",
    )
    add(
        "--overrides",
        type=Path,
        metavar="FILE.csv",
        help="points that replace the grader's: student,exercise,points,reason (default: as last time, from the copy "
        "in GRADES)",
    )
    add(
        "--format",
        choices=("gradescope",),
        help="also write results.json; SUBMISSIONS is then what one student has handed in",
    )
    return parser


def _whole(least):
    def number(text):
        if not text.isascii() or not text.isdigit() or int(text) < least:
            raise argparse.ArgumentTypeError(f"expected a whole number of at least {least}, got {text!r}")
        return int(text)

    return number


def _hidden_seed(text):
    if (seed := _whole(0)(text)) == VISIBLE_SEED:
        raise argparse.ArgumentTypeError(
            f"{seed} draws the visible inputs, and the hidden ones must be others: take any other whole number"
        )
    return seed


def _seconds(text):
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.1 <= seconds <= 86_400:
        raise argparse.ArgumentTypeError(f"expected seconds, from 0.1 to 86400, got {text!r}")
    return seconds


if __name__ == "__main__":
    sys.exit(main())

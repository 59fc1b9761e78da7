"""The options of `nst-grade`."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from foundation.workers import count_cores
from grading.deadline import parse_due, parse_duration, parse_penalty
from grading.sandbox.process import Limits

PROG = "nst-grade"
DESCRIPTION = """\
Grade a class.

    nst-grade SUBMISSIONS --out GRADES

SUBMISSIONS is a folder, or the zip that a learning system exports, with a notebook or script, or a folder or zip, for
each student. The chapter is recognized. GRADES then contains grades.csv, class.html, and a page and a record for each
student. Run the same command again to grade only new and changed submissions; it uses the same hidden inputs, and the
overrides of the last run.
"""
EPILOG = """\
examples:
  nst-grade submissions --out grades
  nst-grade export.zip --out grades --overrides corrections.csv
  nst-grade export.zip --out grades --roster worksheet.csv --due 2026-05-01 --format moodle
  nst-grade submissions --out grades --scheduler tcp://10.0.0.5:8786
  nst-grade /autograder/submission --out /autograder/results --format gradescope

exit code: 0 if every submission has a result, 1 if the grader itself failed on some, 2 if a file or option cannot be
used, 130 if the run was interrupted.
"""


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog=PROG, description=DESCRIPTION, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("submissions", type=Path, nargs="?", metavar="SUBMISSIONS", help="the folder or zip with the submissions")
    add("--out", type=Path, metavar="GRADES", help="the folder for grades, pages and records (required)")
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
        action="append",
        choices=("csv", "moodle", "canvas", "gradescope"),
        default=[],
        help="what else to write besides grades.csv; may be given several times. moodle: grading worksheet and zip of "
        "feedback; canvas: grade book; gradescope: results.json, where SUBMISSIONS is one student's (default: csv)",
    )
    add(
        "--allow-root",
        action="store_true",
        help="run submissions as root if root grades and no other user can start Python (default: refuse)",
    )
    teaching = parser.add_argument_group("the class and its learning system").add_argument
    teaching(
        "--roster",
        type=Path,
        metavar="CLASS.csv",
        help="the list of the class, as exported by Moodle, Canvas or Blackboard, or with the columns name, id, email, "
        "section: who handed in nothing gets a row, too (default: only who handed in something)",
    )
    teaching(
        "--due",
        type=_parse(parse_due, "a date and time such as 2026-05-01 or '2026-05-01 23:59'"),
        metavar="TIME",
        help="deadline, in the local time of the learning system; a date alone is the end of that day (default: none)",
    )
    teaching(
        "--late-penalty",
        type=_parse(parse_penalty, "a share for a time such as 10%%/day or 5%%/12h"),
        metavar="PERCENT/TIME",
        help="share of the points that each begun day or hour after --due costs; shown beside the points, which stay "
        "(default: none)",
    )
    teaching(
        "--grace",
        type=_parse(parse_duration, "a duration such as 15m, 2h or 1d"),
        metavar="TIME",
        help="how much later than --due still counts as in time (default: 0m)",
    )
    trying = parser.add_argument_group("try the grader").add_argument
    trying(
        "--demo",
        type=Path,
        metavar="FOLDER",
        help="make a class of 40 in this folder, as Moodle exports it, and say how to grade it; nothing is graded",
    )
    trying("--with-hostile", action="store_true", help="with --demo, also submissions that try to do harm")
    return parser


def parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """The options of a command line. Ends the program with a message if they do not fit together."""
    parser = make_parser()
    options = parser.parse_args(arguments)
    if not options.demo and not (options.submissions and options.out):
        parser.error("expected SUBMISSIONS and --out GRADES, or --demo FOLDER")
    if not options.due and (options.late_penalty or options.grace):
        parser.error("--late-penalty and --grace need --due")
    if options.with_hostile and not options.demo:
        parser.error("--with-hostile needs --demo")
    if "gradescope" in options.format and {*options.format} - {"gradescope"}:
        parser.error("--format gradescope is for one student, so it cannot be combined with the format of a class")
    return options


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


def _parse(function, expected):
    def parse(text):
        try:
            return function(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"expected {expected}, got {text!r}".replace("%%", "%")) from None

    return parse

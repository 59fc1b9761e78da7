"""What no report shows: the hidden inputs of a submission, which come from a seed of its own, and right solutions."""

import builtins
import hashlib
import hmac
import re
from dataclasses import replace

from grading.exercises.exercise import VISIBLE_SEED
from grading.judge.judgement import RATIO
from grading.judge.outcomes import Outcome
from grading.sandbox.process import Stopped
from grading.submissions.cells import UnreadableError
from grading.submissions.extract import Cell

HIDDEN_STOPS = {  # no exit code and no error, which could contain what is hidden
    "time": "it did not finish in time",
    "memory": "it used too much memory",
    "disk": "it wrote too much to its folder",
    "processes": "it started too many processes",
    "ended": "its process ended",
    "garbled": "the submission wrote to the grader's pipe",
}


def choose_seed(secret: int, student: str, candidates: list) -> int:
    """The seed of the hidden inputs of one submission: what one of them reveals helps no other, and no later one.

    >>> choose_seed(7, "Ada", [("a.py", b"x")]) == choose_seed(7, "Bob", [("a.py", b"x")])
    False
    """
    code = hmac.new(str(secret).encode(), repr(student).encode("utf-8", "backslashreplace"), "sha256")
    hash_files(code, candidates)
    return VISIBLE_SEED + 1 + int.from_bytes(code.digest()[:8], "big")  # never the visible one


def hash_submission(candidates: list) -> str:
    """A short hash of the submitted files, by which a student and an instructor can name them."""
    digest = hashlib.sha256()
    hash_files(digest, candidates)
    return digest.hexdigest()[:12]


def hash_files(digest, candidates: list) -> None:
    """Update a hash with the submitted files."""
    for name, content in candidates:
        data = str(content).encode() if isinstance(content, UnreadableError) else content
        digest.update(f"\0{len(data)} {name}\0".encode("utf-8", "surrogatepass") + data)


def hide_reason(stopped: Stopped) -> Stopped:
    """The same kind of stop, without an exit code or an error, which a submission chooses."""
    return Stopped(stopped.kind, HIDDEN_STOPS[stopped.kind])


def hide_inputs(outcome: Outcome) -> Outcome:
    """The outcome without anything that the submission could have copied from a hidden input, such as a ratio."""
    says = tuple(line for line in outcome.says if not line.startswith(RATIO))
    case = ("this failed on hidden inputs, which are not shown",)
    return replace(outcome, found=(), printed=(), case=case, says=says)


def hide_solutions(outcome: Outcome, cells: tuple[Cell, ...]) -> Outcome:
    """The outcome without anything that the submission could have copied from right solutions beside it.

    Its output, its numbers and its error's message could contain their source. What remains of an error is its type, if
    that is one of Python's, and the line that it came from, if the submission contains that line.
    """
    *where, error = outcome.found[:2] if outcome.state == "crashed" and outcome.found else [""]
    kept = [line for line in where if _is_line_of(line, cells)]
    kept += [kind for kind in [error.partition(":")[0]] if kind in vars(builtins)]
    return replace(hide_inputs(outcome), found=tuple(kept), case=outcome.case)


def _is_line_of(line, cells):
    """Whether a line such as 'line 2 of cell 3, in gram_matrix: return A' is true of one of the cells."""
    told = re.fullmatch(r"line (\d{1,6}) of (.+), in (\w+): (.*)", line)
    if not told:
        return False
    number, name, function, text = int(told[1]), *told.groups()[1:]
    # Several files of a student may have a cell of this name.
    sources = [cell.source for cell in cells if cell.name == name and f"def {function}(" in cell.source]
    return any([text] == [line.strip() for line in each.splitlines()[number - 1 : number]] for each in sources)

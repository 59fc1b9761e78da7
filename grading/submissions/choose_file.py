"""Choose the file of a submission that is graded: read all of them, within limits of time and memory."""

import time

from grading.exercises import chapter_words
from grading.limited_process import MAX_MEMORY, LimitError, call_within_limits
from grading.submissions.cells import UnreadableError, read_cells
from grading.submissions.extract import Extract, extract_code

READ_SECONDS, FILE_SECONDS = 30, 10  # for all files of a submission, and for one; a notebook takes a tenth of a second
TOO_LONG = (
    f"the files before it took more than {READ_SECONDS} s to read, the limit of a submission. Submit only the notebook."
)
TOO_COMPLEX = (
    f"it takes more than {FILE_SECONDS} s or {MAX_MEMORY / 1e9:.0f} GB to see what its code defines. Remove what no "
    "exercise needs and submit it again."
)


def choose_file(candidates: list) -> tuple[str, Extract, list[str]]:
    """Of the files of a submission, the one to grade: that in which most exercises are attempted.

    candidates: from `Submission.read_candidates`. Returns its name, its code, and notes about the other files and
    about exercises that are not graded. Raises UnreadableError if no file can be read.
    """
    read, errors = read_candidates(candidates)
    if not read:
        raise errors[0]
    name, extract = max(read, key=lambda one: (len(one[1].attempted), len(one[1].definitions)))
    files = [name for name, _ in candidates if name]
    notes = [f"{name} was graded, of {len(files)} files"] if len(files) > 1 else []
    notes += map(str, errors)
    notes += [
        f"{other} is of {chapter_words(one.chapters)}, but {name} of {chapter_words(extract.chapters)}: submissions "
        f"are graded one chapter at a time, so grade {other} separately"
        for other, one in read
        if not {*one.chapters} <= {*extract.chapters}
    ]
    if extract.other_chapters:
        notes.append(
            f"{name} is graded as {chapter_words(extract.chapters)}, without {', '.join(extract.other_chapters)}: "
            "submissions are graded one chapter at a time, so grade these in a separate file"
        )
    return name, extract, notes


def read_candidates(candidates: list) -> tuple[list[tuple[str, Extract]], list[UnreadableError]]:
    """[(name, code), ...] of the files that can be read, and the errors of the others."""
    read, errors, end = [], [], time.monotonic() + READ_SECONDS
    for name, content in candidates:
        try:
            if isinstance(content, UnreadableError):
                raise content
            if (left := end - time.monotonic()) <= 0:
                raise UnreadableError(f"{name} was not read: {TOO_LONG}")
            seconds = min(left, FILE_SECONDS)
            read.append((name, call_within_limits(_read_file, name, content, seconds=seconds)))
        except LimitError:
            errors.append(UnreadableError(f"{name} cannot be read: {TOO_COMPLEX}"))
        except UnreadableError as error:
            errors.append(error)
    return read, errors


def _read_file(name, content):
    return extract_code(read_cells(name, content))

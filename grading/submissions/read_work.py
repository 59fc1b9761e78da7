"""Read all the files of a submission, within limits of time and memory, as one work: each exercise from one file.

The files may be one for each exercise, or one for each chapter, or drafts. Of several functions for one exercise, a
solution counts more than one that does not compile, and that more than a stub; of several solutions, that of the last
attempt (work-1.ipynb beside work.ipynb), and then that in the file with the most solutions. A file that answers no
exercise takes no part, so an untouched template beside a solved notebook changes nothing.
"""

import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from grading.exercises import chapter_words, exercises_of
from grading.limited_process import MAX_MEMORY, LimitError, call_within_limits
from grading.submissions.cells import CODE, MAX_NAME_CHARACTERS, UnreadableError, clean_file_name, read_cells
from grading.submissions.export_names import count_attempts, own_name
from grading.submissions.extract import Extract, extract_code

READ_SECONDS, FILE_SECONDS = 30, 10  # for all files of a submission, and for one; a notebook takes a tenth of a second
TOO_LONG = (
    f"the files before it took more than {READ_SECONDS} s to read, the limit of a submission. Submit only the notebook."
)
TOO_COMPLEX = (
    f"it takes more than {FILE_SECONDS} s or {MAX_MEMORY / 1e9:.0f} GB to see what its code defines. Remove what no "
    "exercise needs and submit it again."
)


def read_work(candidates: list) -> tuple[Extract, list[str]]:
    """The code to grade in all files of a submission, and notes about files and exercises that are not graded.

    candidates: from `Submission.read_candidates`. Raises UnreadableError if no file can be read.
    """
    read, errors = read_candidates(candidates)
    if not read:
        raise errors[0]
    read = [(own_name(name), one) for name, one in read]
    answers = _choose_files(read)
    work = _combine(read, answers)
    count = len([name for name, _ in candidates if name])
    used = list(dict.fromkeys(work.files.values()))
    notes = []
    if len(used) < count:
        notes.append(f"{' and '.join(used)} {'were' if len(used) > 1 else 'was'} graded, of {count} files")
    notes += [*map(str, errors), *_describe_other_answers(read, answers)]
    notes += [one.remark for name, one in read if name in used and one.remark]
    if work.other_chapters:
        notes.append(
            f"not graded: {', '.join(work.other_chapters)}. They are beside the exercises of "
            f"{chapter_words(work.chapters)}; submit them in a file for their chapter"
        )
    return work, notes


def _choose_files(read):
    """{exercise: the number of the file that it is graded from}."""
    taking_part = [number for number, (_, one) in enumerate(read) if one.attempted or one.newer]
    if not taking_part:
        taking_part = [max(range(len(read)), key=lambda number: len(read[number][1].definitions))]
    again = count_attempts([name for name, _ in read])
    chapters = sorted({chapter for number in taking_part for chapter in read[number][1].chapters})

    def rate(number, name):
        one = read[number][1]
        is_solved, is_broken = name in one.attempted, name in one.newer
        return is_solved, is_broken and not is_solved, name in one.definitions, again[number], len(one.attempted)

    return {name: max(taking_part, key=lambda number: rate(number, name)) for name in exercises_of(chapters)}


def _combine(read, answers):
    numbers = sorted(set(answers.values()))
    parts = {number: read[number][1] for number in numbers}
    names = {number: tuple(name for name in answers if answers[name] == number) for number in numbers}
    return Extract(
        tuple(sorted({chapter for one in parts.values() for chapter in one.chapters})),
        tuple(replace(cell, file=number, answers=names[number]) for number, one in parts.items() for cell in one.cells),
        {
            name: parts[number].definitions[name]
            for name, number in answers.items()
            if name in parts[number].definitions
        },
        tuple(cell for one in parts.values() for cell in one.broken),
        frozenset().union(*(one.attempted for one in parts.values())),
        tuple(dict.fromkeys(name for one in parts.values() for name in one.other_chapters if name not in answers)),
        {name: parts[number].newer[name] for name, number in answers.items() if name in parts[number].newer},
        {name: read[number][0] for name, number in answers.items()},
    )


def _describe_other_answers(read, answers):
    """Notes about solutions in a file other than the one that is graded, unless they are the same."""
    for number, (name, one) in enumerate(read):
        others = {
            exercise: read[chosen][0]
            for exercise, chosen in answers.items()
            if chosen != number
            and exercise in one.attempted
            and one.definitions[exercise].strip() != read[chosen][1].definitions.get(exercise, "").strip()
        }
        for chosen in dict.fromkeys(others.values()):
            exercises = ", ".join(exercise for exercise in others if others[exercise] == chosen)
            yield f"{name} contains another {exercises}: the answer in {chosen} was graded"


def read_candidates(candidates: list) -> tuple[list[tuple[str, Extract]], list[UnreadableError]]:
    """[(name, code), ...] of the files that can be read, and the errors of the others."""
    read, errors, end = [], [], time.monotonic() + READ_SECONDS
    labels = _label_files([name for name, _ in candidates])
    scripts = [name for (name, _), label in zip(candidates, labels, strict=True) if label and name.endswith(".py")]
    modules = frozenset(Path(name).stem for name in scripts)
    for (name, content), label in zip(candidates, labels, strict=True):
        try:
            if isinstance(content, UnreadableError):
                raise content
            if (left := end - time.monotonic()) <= 0:
                raise UnreadableError(f"{name} was not read: {TOO_LONG}")
            seconds = min(left, FILE_SECONDS)
            read.append((name, call_within_limits(_read_file, name, content, label, modules, seconds=seconds)))
        except LimitError:
            errors.append(UnreadableError(f"{name} cannot be read: {TOO_COMPLEX}"))
        except UnreadableError as error:
            errors.append(error)
    return read, errors


def _label_files(names):
    """What each file is called in messages: its name without folders, made unique; nothing if it is the only one."""
    if sum(name.lower().endswith(CODE) for name in names) < 2:
        return [""] * len(names)
    labels = [clean_file_name(name) for name in names]
    counts = Counter(label.casefold() for label in labels)
    return [
        label if counts[label.casefold()] == 1 else f"{number}-{label}"[:MAX_NAME_CHARACTERS]
        for number, label in enumerate(labels, 1)
    ]


def _read_file(name, content, label="", modules=frozenset()):
    return extract_code(read_cells(name, content, label), modules)

"""The table of a batch: a CSV file -> jobs, each with all that it needs."""

import csv
import hashlib
import json
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from pathlib import Path

from nst.cli.style_weights import file_of
from nst.network.weights import CHOICES, WeightsError, find_weights

FILES = ("content", "style", "content_masks", "style_masks")
OPTIONS = (
    "size",
    "steps",
    "budget",
    "content_weight",
    "style_weight",
    "tv_weight",
    "preserve_color",
    "content_layer",
    "style_layers",
    "pooling",
    "init",
    "optimiser",
    "precision",
    "seed",
)
WARM_STARTS = {"": (), "yes": (), "no": ("--no-warm-start",)}
COLUMNS = (*FILES, *OPTIONS, "warm_start", "weights")
NAMELESS = ""  # the column of cells that have none
NAMED = {"pocket_vgg19": "pocket", "vgg19": "vgg19"}  # networks that a job asks for by a word instead of a path


class JobsError(ValueError):
    """A list of jobs that cannot be used; the message names the file, the row and what was expected."""


@dataclass(frozen=True)
class Job:
    """name: of the result. words: the command line of `python -m nst`, its files named as in `files`.

    files: {name: path}, what the command reads, but for the weights, which are large and stay where they are.
    key: what the job depends on, in one word.
    """

    name: str
    words: tuple
    files: dict
    key: str

    def contents(self):
        """{name: bytes} of its files. Raises OSError where one is no longer there."""
        return {name: Path(path).read_bytes() for name, path in self.files.items()}


def read_jobs(path):
    """The jobs of a CSV file: a list of (name, Job), or (name, reason) where a row cannot be used."""
    rows = _rows(path)
    digest = cache(lambda file: hashlib.sha256(Path(file).read_bytes()).hexdigest())  # many rows name the same
    network = cache(lambda word: _network(word, path.parent, digest))
    jobs = [_job(row, path.parent, number, network, digest) for number, row in rows]
    names = [name.casefold() for name, _ in jobs]  # as Windows and macOS tell files apart
    twice = sorted({name for name, _ in jobs if names.count(name.casefold()) > 1})
    if twice:
        raise JobsError(f"{path}: two rows are named {', '.join(twice)}. Give each its own name in a column job.")
    return jobs


def _rows(path):
    """[(line, {column: cell})] of a CSV file, cells stripped, those without a column joined; no empty rows."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file)
            columns = [column.strip() for column in next(reader, ())]
            rows = [(reader.line_num, _by_column(columns, row)) for row in reader if any(map(str.strip, row))]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise JobsError(f"{path}: not a CSV file that can be read ({error}). Save it as CSV in UTF-8.") from None
    wrong = _wrong(columns, rows)
    if wrong:
        raise JobsError(
            f"{path}: {wrong}. Expected a first row with the columns content, style and, where wanted, "
            f"job, {', '.join(COLUMNS[2:])}, and a row for each picture."
        )
    return rows


def _by_column(columns, row):
    cells = dict.fromkeys([*columns, NAMELESS], "")
    for column, cell in zip_longest(columns, row, fillvalue=""):
        cells[column] += cell.strip()
    return cells


def _wrong(columns, rows):
    """What is wrong with a table, or None. A column without a name is none, as long as it is empty."""
    if unknown := {*columns} - {NAMELESS, "job", *COLUMNS}:
        return f"unknown: {', '.join(sorted(unknown))}"
    if twice := {column for column in columns if column and columns.count(column) > 1}:
        return f"two columns are named {', '.join(sorted(twice))}"
    if not {"content", "style"} <= {*columns}:
        return "content or style is missing"
    return None if rows else "no picture is asked for"


def _job(row, folder, number, network, digest):
    listed = {column: [word.strip() for word in row.get(column, "").split(";") if word.strip()] for column in FILES}
    stems = [Path(file_of(word)).stem for word in (listed["content"] + listed["style"])[:2]]
    name = row.get("job") or "_".join(stems) or f"row {number}"
    if Path(name).name != name:
        return f"row {number}", f"row {number}: {name!r} is no name for a file"
    if row[NAMELESS]:
        return name, f"row {number}: a cell without a column: {row[NAMELESS]!r}"
    if not listed["style"] or len(listed["content"]) != 1:
        return name, f"row {number}: expected one content and at least one style"
    warm_start = row.get("warm_start", "")
    if warm_start not in WARM_STARTS:
        return name, f"row {number}: warm_start: got {warm_start}, expected yes or no"
    files, words = {}, {}
    try:
        for column, of_column in listed.items():
            words[column] = [_packed(word, folder, files) for word in of_column]
        digests = [digest(file) for file in files.values()]
        weights, hash_of_weights = network(row.get("weights", ""))
    except OSError as error:
        return name, f"row {number}: {error.filename}: {error.strerror}"
    except WeightsError as error:
        return name, f"row {number}: {error}"
    options = [word for option in OPTIONS if row.get(option) for word in (f"--{option.replace('_', '-')}", row[option])]
    masks = [
        word for column in FILES[2:] if words[column] for word in (f"--{column.replace('_', '-')}", *words[column])
    ]
    line = (*words["content"], *words["style"], *masks, *options, *WARM_STARTS[warm_start])
    key = hashlib.sha256(json.dumps([line, hash_of_weights, digests]).encode()).hexdigest()
    return name, Job(name, (*line, "--weights", weights), files, key)


def _network(word, folder, digest):
    """(what a job's --weights is to be, the hash of that file) for a cell of the table.

    "auto" and NST_WEIGHTS are decided here, and a path is made absolute: a job may run anywhere.
    """
    found = find_weights(word if word in ("", *CHOICES) else folder / word)
    return NAMED.get(found.name) or str(found.path.resolve()), digest(found.path)


def _packed(word, folder, files):
    """The word with its file as the job will find it, by its own name in a folder of its own; `files` learns of it."""
    file = file_of(word)
    name = f"file{len(files)}/{Path(file).name}"
    files[name] = str(folder / file)
    return name + word[len(file) :]

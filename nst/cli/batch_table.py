"""Read the table of a batch: a CSV file becomes a list of jobs, each with all that it needs."""

import hashlib
import json
import re
from dataclasses import dataclass, fields
from functools import cache
from itertools import pairwise
from pathlib import Path

from foundation.tables import TableError, read_table
from nst.cli.output_files import find_excess, fit_name
from nst.cli.styles import strip_share
from nst.engine.settings import Settings
from nst.images import LARGEST_SIZE
from nst.network.weights import CHOICES, POCKET_FILE, WeightsError, find_weights

FILES = ("content", "style", "content_masks", "style_masks")
OPTIONS = tuple(field.name for field in fields(Settings) if field.name != "warm_start")
ALIASES = {"optimiser": "optimizer"}
NO_WARM_START = ("--no-warm-start",)
WARM_STARTS = {"": (), "yes": (), "true": (), "1": (), "no": NO_WARM_START, "false": NO_WARM_START, "0": NO_WARM_START}
COLUMNS = (*FILES, *OPTIONS, "warm_start", "weights")
NAMELESS = ""  # the column of cells without a column name
DECIMAL_COMMA = re.compile(r"^(\d+),(\d+)$")  # as Excel writes numbers in some countries


class JobsError(ValueError):
    """A table that cannot be used; the message names the file, the row and what was expected."""


@dataclass(frozen=True)
class WeightFile:
    """path: on the machine that reads the table. sha256: of its content. bundled: whether every worker has it."""

    path: str
    sha256: str
    bundled: bool

    @property
    def name(self):
        """The name of its copy on another machine."""
        return f"{self.sha256}{Path(self.path).suffix}"


@dataclass(frozen=True)
class Job:
    """name: of the result. words: the command line of `nst`, with the file names of `files`, without --weights.

    files: {name: path} of the files that the command reads, without the weights, which are large.
    key: a hash of all that the result depends on. weights: the network, a WeightFile.
    """

    name: str
    words: tuple
    files: dict
    key: str
    weights: WeightFile

    @property
    def size(self):
        """The pixels on the longest side of the result, as far as the table has a number for it."""
        word = dict(pairwise(self.words)).get("--size", "")
        return min(int(word), LARGEST_SIZE) if word.isdecimal() else Settings.size

    def read_files(self):
        """Return {name: bytes}. Raises OSError if a file is no longer there."""
        return {name: Path(path).read_bytes() for name, path in self.files.items()}


def read_jobs(path):
    """Return the jobs of a CSV file: a list of (name, Job), or (name, reason) for a row that cannot be used."""
    rows = _read_rows(path)
    digest = cache(lambda file: hashlib.sha256(Path(file).read_bytes()).hexdigest())  # many rows have the same files
    network = cache(lambda word: _find_network(word, path.parent, digest))
    jobs = [_make_job(row, path.parent, number, network, digest) for number, row in rows]
    names = [name.casefold() for name, _ in jobs]  # Windows and macOS ignore case in file names
    repeated = sorted({name for name, _ in jobs if names.count(name.casefold()) > 1})
    if repeated:
        raise JobsError(
            f"{path}: two rows have the name {', '.join(repeated)}. Give each row its own name in a column job."
        )
    return jobs


def _read_rows(path):
    """[(number, {column: cell})] of a CSV file; what is wrong with a row stands in the column without a name."""
    try:
        columns, rows = read_table(path)
    except TableError as error:
        raise JobsError(f"{path}: this CSV file cannot be read. {error}") from None
    except OSError as error:
        raise JobsError(f"{path}: this CSV file cannot be read ({error.strerror or error}).") from None
    columns = [ALIASES.get(column, column) for column in columns]
    if problem := _find_problem(columns, rows):
        raise JobsError(
            f"{path}: {problem}. Expected a first row with the columns content and style, optionally "
            f"job, {', '.join(COLUMNS[2:])}, and then a row for each picture."
        )
    return [(row.number, _read_cells(row)) for row in rows]


def _read_cells(row):
    cells = {ALIASES.get(column, column): cell for column, cell in row.cells.items()}
    for column in OPTIONS:
        cells[column] = DECIMAL_COMMA.sub(r"\1.\2", cells.get(column, ""))
    cells["warm_start"] = cells.get("warm_start", "").lower()  # Excel writes some words in capital letters
    nameless = f"a cell without a column: {cells[NAMELESS]!r}" if cells[NAMELESS] else ""
    return {**cells, NAMELESS: row.problem or nameless}


def _find_problem(columns, rows):
    """What is wrong with a table, or None. A column without a name is allowed if it is empty."""
    if unknown := {*columns} - {NAMELESS, "job", *COLUMNS}:
        return f"unknown column: {', '.join(sorted(unknown))}"
    if repeated := {column for column in columns if column and columns.count(column) > 1}:
        return f"two columns have the name {', '.join(sorted(repeated))}"
    if not {"content", "style"} <= {*columns}:
        return "the column content or style is missing"
    return None if rows else "the table has no rows"


def _make_job(row, folder, number, network, digest):
    listed = {column: [word.strip() for word in row.get(column, "").split(";") if word.strip()] for column in FILES}
    stems = [Path(strip_share(word)).stem for word in (listed["content"] + listed["style"])[:2]]
    name = row.get("job") or fit_name("_".join(stems)) or f"row {number}"
    if Path(name).name != name:
        return f"row {number}", f"row {number}: {name!r} is not a name for a file"
    if excess := find_excess(Path(f"{name}.png")):
        return f"row {number}", f"row {number}: {excess}. Give the row a shorter name in the column job"
    if row[NAMELESS]:
        return name, f"row {number}: {row[NAMELESS]}"
    if not listed["style"] or len(listed["content"]) != 1:
        return name, f"row {number}: expected one content and at least one style"
    warm_start = row.get("warm_start", "").lower()
    if warm_start not in WARM_STARTS:
        return name, f"row {number}: warm_start: got {warm_start}, expected yes or no"
    files, words = {}, {}
    try:
        for column, column_words in listed.items():
            words[column] = [_add_file(word, folder, files) for word in column_words]
        digests = [digest(file) for file in files.values()]
        weights = network(row.get("weights", ""))
    except OSError as error:
        return name, f"row {number}: {error.filename}: {error.strerror}"
    except WeightsError as error:
        return name, f"row {number}: {error}"
    options = [word for option in OPTIONS if row.get(option) for word in (f"--{option.replace('_', '-')}", row[option])]
    masks = [
        word for column in FILES[2:] if words[column] for word in (f"--{column.replace('_', '-')}", *words[column])
    ]
    line = (*words["content"], *words["style"], *masks, *options, *WARM_STARTS[warm_start])
    key = hashlib.sha256(json.dumps([line, weights.sha256, digests]).encode()).hexdigest()
    return name, Job(name, line, files, key, weights)


def _find_network(word, folder, digest):
    """The WeightFile for a cell of the table. "auto" and NST_WEIGHTS are resolved here: a job may run anywhere."""
    weights = find_weights(word if word in ("", *CHOICES) else folder / word)
    path = weights.path.resolve()
    return WeightFile(str(path), digest(path), path == POCKET_FILE.resolve())


def _add_file(word, folder, files):
    """Return the word with the file's place in the job's folder, and add that file to `files`."""
    file = strip_share(word)
    name = f"file{len(files)}/{Path(file).name}"
    files[name] = str(folder / file)
    return name + word[len(file) :]

"""The table of a batch: a CSV file -> jobs, each with all that it needs."""

import csv
import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from nst.shares import file_of
from nst.weights import CHOICES, WeightsError, find_weights

FILES = ("content", "style", "content_masks", "style_masks")
OPTIONS = ("size", "steps", "budget", "content_weight", "style_weight", "tv_weight", "preserve_color", "content_layer",
           "style_layers", "pooling", "init", "optimiser", "precision", "seed")
WARM_STARTS = {"": (), "yes": (), "no": ("--no-warm-start",)}
COLUMNS = (*FILES, *OPTIONS, "warm_start", "weights")
NAMED = {"pocket_vgg19": "pocket", "vgg19": "vgg19"}  # networks that a job asks for by a word instead of a path


class JobsError(ValueError):
    """A list of jobs that cannot be used; the message names the file, the row and what was expected."""


@dataclass(frozen=True)
class Job:
    """name: of the result. words: the command line of `python -m nst`, its files named as in `files`.

    files: {name: content}, what the command reads, but for the weights, which are large and stay where they are.
    key: what the job depends on, in one word.
    """

    name: str
    words: tuple
    files: dict
    key: str


def read_jobs(path):
    """The jobs of a CSV file: a list of (name, Job), or (name, reason) where a row cannot be used."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise JobsError(f"{path}: not a CSV file that can be read ({error}).") from None
    found = set(rows[0]) if rows else set()
    unknown = found - {"job", *COLUMNS}
    if not {"content", "style"} <= found or unknown:
        wrong = f"unknown: {', '.join(sorted(map(str, unknown)))}" if unknown else "content or style is missing"
        raise JobsError(f"{path}: {wrong}. Expected a first row with the columns content, style and, where wanted, "
                        f"job, {', '.join(COLUMNS[2:])}, and a row for each picture.")
    network = cache(lambda word: _network(word, path.parent))  # a large file, and many rows that name it
    jobs = [_job(row, path.parent, number, network) for number, row in enumerate(rows, start=2)]
    names = [name for name, _ in jobs]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise JobsError(f"{path}: two rows are named {', '.join(twice)}. Give each its own name in a column job.")
    return jobs


def _job(row, folder, number, network):
    listed = {column: [word.strip() for word in (row.get(column) or "").split(";") if word.strip()]
              for column in FILES}
    stems = [Path(file_of(word)).stem for word in (listed["content"] + listed["style"])[:2]]
    name = (row.get("job") or "_".join(stems) or f"row {number}").strip()
    if not listed["style"] or len(listed["content"]) != 1:
        return name, f"row {number}: expected one content and at least one style"
    if Path(name).name != name:
        return f"row {number}", f"row {number}: {name!r} is no name for a file"
    warm_start = (row.get("warm_start") or "").strip()
    if warm_start not in WARM_STARTS:
        return name, f"row {number}: warm_start: got {warm_start}, expected yes or no"
    files, words = {}, {}
    try:
        for column, of_column in listed.items():
            words[column] = [_packed(word, folder, files) for word in of_column]
        weights, hash_of_weights = network((row.get("weights") or "").strip())
    except OSError as error:
        return name, f"row {number}: {error.filename}: {error.strerror}"
    except WeightsError as error:
        return name, f"row {number}: {error}"
    options = [word for option in OPTIONS if (row.get(option) or "").strip()
               for word in (f"--{option.replace('_', '-')}", row[option].strip())]
    masks = [word for column in FILES[2:] if words[column]
             for word in (f"--{column.replace('_', '-')}", *words[column])]
    line = (*words["content"], *words["style"], *masks, *options, *WARM_STARTS[warm_start])
    digest = hashlib.sha256(json.dumps([line, hash_of_weights]).encode() + b"".join(files.values())).hexdigest()
    return name, Job(name, (*line, "--weights", weights), files, digest)


def _network(word, folder):
    """(what a job's --weights is to be, the hash of that file) for a cell of the table.

    "auto" and NST_WEIGHTS are decided here, and a path is made absolute: a job may run anywhere.
    """
    found = find_weights(word if word in ("", *CHOICES) else folder / word)
    weights = NAMED.get(found.name) or str(found.path.resolve())
    return weights, hashlib.sha256(found.path.read_bytes()).hexdigest()


def _packed(word, folder, files):
    """The word with its file's name as the job will find it, the file being read into `files`."""
    file = file_of(word)
    name = f"{len(files)}{Path(file).suffix}"
    files[name] = (folder / file).read_bytes()
    return name + word[len(file):]

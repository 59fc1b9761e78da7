"""The files that benchmarks write: benchmarks/results/NAME.json, and plots beside them."""

import json

from foundation.atomic_write import write_atomically
from nst.paths import ROOT

FOLDER = ROOT / "benchmarks" / "results"
LONGEST_LINE = 240


def write_results(name, figures):
    """Write figures to NAME.json of the results folder, whole or not at all."""
    with write_atomically(FOLDER / f"{name}.json") as partial:
        partial.write_text(compact_json(figures) + "\n", encoding="utf-8")


def read_results(name):
    """The figures that were written to NAME.json before; None where there is no such file."""
    path = FOLDER / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def compact_json(value, indent=""):
    """JSON that is short and still readable: what fits on a line stands on one line, and so does a list of numbers.

    >>> print(compact_json({"seconds": [1.5, 2.5], "machine": "two cores"}))
    {"seconds": [1.5, 2.5], "machine": "two cores"}
    """
    line = json.dumps(value, ensure_ascii=False)
    fits = len(indent) + len(line) <= LONGEST_LINE
    if fits or not value or not isinstance(value, (dict, list)) or _holds_only_numbers(value):
        return line
    inner = indent + " "
    if isinstance(value, dict):
        items = [f"{json.dumps(key)}: {compact_json(item, inner)}" for key, item in value.items()]
        opening, closing = "{}"
    else:
        items = [compact_json(item, inner) for item in value]
        opening, closing = "[]"
    return f"{opening}\n{inner}" + f",\n{inner}".join(items) + f"\n{indent}{closing}"


def _holds_only_numbers(value):
    return isinstance(value, list) and all(isinstance(item, (int, float)) for item in value)

"""Run chapters from top to bottom, as `make run` does, and print where their pictures are.

    python -m tools.run_chapters            every chapter
    python -m tools.run_chapters 01_name    one chapter

The notebooks write their pictures to output/. The committed notebooks do not change: each executed copy is
written to output/NN_name/NN_name.ipynb, up to the failing cell if one fails. NST_WEIGHTS selects the network.
"""

import argparse
import os
import subprocess
import sys
import time

import nbformat

from nst.paths import ROOT
from tools.execution import CellFailed, execute

PICTURES = {".gif", ".jpg", ".png"}
PRINT_NETWORK = """
from nst.network.weights import WeightsError, find_weights
try:
    print(find_weights().announcement)
except WeightsError as error:
    raise SystemExit(str(error))
"""


def main(arguments=None, root=ROOT):
    parser = argparse.ArgumentParser(description="Run chapters from top to bottom.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="a chapter such as 01_neural_style_transfer")
    names = parser.parse_args(arguments).names
    chapters = {path.stem: path for path in sorted((root / "notebooks").glob("[0-9]*.ipynb"))}
    if unknown := set(names) - set(chapters):
        parser.error(f"there is no chapter {sorted(unknown)[0]}: there are {', '.join(chapters)}")
    print(announce_network(root), flush=True)
    results = [run_chapter(chapters[name], root / "output") for name in names or chapters]
    print("\n".join(results))


def announce_network(root):
    """Return the line about the network that NST_WEIGHTS selects; end the program if there is none."""
    answer = subprocess.run(
        [sys.executable, "-c", PRINT_NETWORK], cwd=root, capture_output=True, text=True, check=False
    )
    if answer.returncode:
        sys.exit(f"run_chapters: {answer.stderr.strip()}")
    return answer.stdout.strip()


def run_chapter(chapter, output):
    """Execute one chapter; return a line with its time and its pictures. Ends the program if a cell fails."""
    copy = output / chapter.stem / chapter.name
    before, start = _list_pictures(output), time.monotonic()
    try:
        executed = execute(
            nbformat.read(chapter, as_version=4), chapter.parent, title=chapter.stem, environment=dict(os.environ)
        )
    except CellFailed as error:
        _write_copy(error.notebook, copy)
        sys.exit(f"run_chapters: {chapter.stem}, {error}\nThe notebook, executed up to this cell: {copy}")
    _write_copy(executed, copy)
    seconds = time.monotonic() - start
    written = [path for path, changed in _list_pictures(output).items() if before.get(path) != changed]
    folders = sorted({str(path.parent) for path in written})
    return "\n".join(
        [
            f"{chapter.stem}: {seconds:.0f} s, pictures: {len(written)}",
            *map("  {}".format, folders),
            f"  {copy} (the executed notebook)",
        ]
    )


def _list_pictures(folder):
    """Return the pictures below a folder, each with the time of its last change."""
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.suffix in PICTURES}


def _write_copy(notebook, copy):
    copy.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, copy)


if __name__ == "__main__":
    main()

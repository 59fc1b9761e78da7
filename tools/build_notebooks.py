"""Build the notebooks of every chapter from its source, or check that they are built.

    python -m tools.build_notebooks            build all
    python -m tools.build_notebooks 01_name    build one
    python -m tools.build_notebooks --check    execute nothing, change nothing: are all up to date and clean?

From notebooks/src/NN_name.py come notebooks/NN_name.ipynb (solved, executed with the bundled network, outputs
stored) and notebooks/student/NN_name.ipynb (stubs, no outputs). What a source may hold: see tools/chapter.py.
"""

import argparse
import os
import sys
from pathlib import Path

import nbformat

from foundation.atomic_write import open_atomically
from nst.paths import ROOT
from tools.chapter import ChapterError, solved, student
from tools.execution import CellFailed, execute

IGNORED = "nbval-ignore-output"
LARGEST = 2_000_000  # bytes of an executed notebook


def main(arguments=None, root=ROOT):
    parser = argparse.ArgumentParser(description="Build the notebooks of the chapters from notebooks/src.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="a chapter such as 01_neural_style_transfer")
    parser.add_argument("--check", action="store_true", help="only check that the notebooks are up to date")
    options = parser.parse_args(arguments)
    notebooks = root / "notebooks"
    sources = sorted((notebooks / "src").glob("*.py"))
    if unknown := set(options.names) - {source.stem for source in sources}:
        known = ", ".join(source.stem for source in sources)
        parser.error(f"there is no chapter {sorted(unknown)[0]}: there are {known}")
    chosen = [source for source in sources if not options.names or source.stem in options.names]
    act = check if options.check else build
    problems = [problem for source in chosen for problem in act(source, notebooks)]
    if options.check and not options.names:
        problems += without_source(notebooks)
    if problems:
        sys.exit("\n".join(["build_notebooks:", *problems]))
    print(f"{len(chosen)} chapter(s) {'up to date' if options.check else 'built'}.")


def build(source, notebooks):
    """Build both notebooks of one chapter; return what hindered it, the old ones then staying as they are."""
    try:
        for_teacher, for_student = solved(source), student(source)
        _execute(for_teacher, notebooks, source.stem)
    except ChapterError as error:
        return [str(error)]
    except CellFailed as error:
        return [f"{source.stem}, {error}"]
    text = _text(for_teacher)
    problems = [f"{source.stem}, {problem}" for problem in execution_problems(for_teacher, text)]
    if not problems:
        _write(notebooks / f"{source.stem}.ipynb", text)
        _write(notebooks / "student" / f"{source.stem}.ipynb", _text(for_student))
    return problems


def check(source, notebooks):
    """Return what is wrong with the built notebooks of one chapter, each as a line that says what to do."""
    try:
        wanted = {
            notebooks / f"{source.stem}.ipynb": solved(source),
            notebooks / "student" / f"{source.stem}.ipynb": student(source),
        }
    except ChapterError as error:
        return [str(error)]
    problems = []
    for path, expected in wanted.items():
        text = path.read_text(encoding="utf-8") if path.exists() else None
        difference = "there is none" if text is None else _difference(text, expected)
        if difference:
            problems.append(f"{path}: stale: {difference}")
        elif path.parent == notebooks:
            problems += [f"{path}: {problem}" for problem in execution_problems(_parse(text), text)]
        elif text != _text(expected):
            problems.append(f"{path}: it holds outputs, or was saved by an editor")
    return [f"{problem}. Run: python -m tools.build_notebooks {source.stem}" for problem in problems]


def without_source(notebooks):
    """Return a line for every notebook that no source stands for."""
    built = sorted([*notebooks.glob("*.ipynb"), *(notebooks / "student").glob("*.ipynb")])
    return [
        f"{path}: it has no source notebooks/src/{path.stem}.py: delete it, or restore the source"
        for path in built
        if not (notebooks / "src" / f"{path.stem}.py").exists()
    ]


def execution_problems(notebook, text):
    """Return how an executed notebook falls short: order, errors, warnings, size."""
    problems = []
    code = [(number, cell) for number, cell in enumerate(notebook.cells, 1) if cell.cell_type == "code"]
    for count, (number, cell) in enumerate(code, 1):
        if cell.execution_count != count:
            problems.append(f"cell {number}: not executed in order, in one go from the top")
        for output in cell.outputs:
            if output.output_type == "error":
                problems.append(f"cell {number}: it raised {output.ename}: {output.evalue}")
            if output.get("name") == "stderr":
                problems.append(
                    f"cell {number}: it wrote to stderr ({output.text.splitlines()[0]!r}): "
                    f"silence that, or tag the cell {IGNORED}"
                )
    if (size := len(text.encode())) > LARGEST:
        problems.append(
            f"{size / 1e6:.1f} MB with its outputs: show fewer or smaller pictures, "
            f"to stay under {LARGEST / 1e6:.0f} MB"
        )
    return problems


def _execute(notebook, folder, title):
    """Run a solved notebook and store its outputs in it, leaving out progress bars."""
    environment = {**os.environ, "NST_WEIGHTS": "pocket"}
    executed = execute(notebook, folder, title=title, environment=environment)
    for cell, ran in zip(notebook.cells, executed.cells, strict=True):
        if cell.cell_type == "code":
            cell.execution_count = ran.execution_count
            noise = "stderr" if IGNORED in cell.metadata.get("tags", []) else None
            cell.outputs = [output for output in ran.outputs if not noise or output.get("name") != noise]


def _difference(text, expected):
    """Return where the stored notebook first differs from `expected` in anything but outputs, or None."""
    try:
        stored = _parse(text)
    except (ValueError, nbformat.ValidationError) as error:
        return f"no valid notebook ({str(error).splitlines()[0]})"
    pairs = zip(stored.cells, expected.cells, strict=False)
    for number, (cell, wanted) in enumerate(pairs, 1):
        if any(cell.get(key) != wanted[key] for key in ("cell_type", "id", "source", "metadata")):
            return f"cell {number} differs, in the source {wanted.source.splitlines()[0]!r}"
    if len(stored.cells) != len(expected.cells):
        return f"it has {len(stored.cells)} cells, the source {len(expected.cells)}"
    return None if stored.metadata == expected.metadata else "its metadata differ"


def _parse(text):
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    return notebook


def _text(notebook):
    return nbformat.writes(notebook) + "\n"


def _write(path, text):
    with open_atomically(path) as file:
        file.write(text)
    print(f"wrote {path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path}")


if __name__ == "__main__":
    main()

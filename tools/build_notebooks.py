"""Build the notebooks of every chapter from its source, or check that they are built.

    python -m tools.build_notebooks            build all
    python -m tools.build_notebooks 01_name    build one
    python -m tools.build_notebooks --check    check that all are up to date and clean; execute and change nothing

From notebooks/src/NN_name.py come notebooks/NN_name.ipynb (solved, executed with the bundled network, outputs
stored) and notebooks/student/NN_name.ipynb (stubs, no outputs). tools/chapter_source.py describes the sources.
From notebooks/src/apps/name.py comes notebooks/name.ipynb, an app such as Studio, which is not executed.
"""

import argparse
import os
import sys
from pathlib import Path

import nbformat

from foundation.atomic_write import open_atomically
from nst.paths import ROOT
from tools.chapter import make_solved, make_student
from tools.chapter_source import ChapterError
from tools.execution import CellFailed, execute

IGNORED = "nbval-ignore-output"
APPS = "apps"  # the folder of sources whose notebooks are not executed
MAXIMUM_SIZE = 2_000_000  # bytes of an executed notebook


def main(arguments=None, root=ROOT):
    parser = argparse.ArgumentParser(description="Build the notebooks from notebooks/src.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="a notebook such as 01_neural_style_transfer")
    parser.add_argument("--check", action="store_true", help="only check that the notebooks are up to date")
    options = parser.parse_args(arguments)
    notebooks = root / "notebooks"
    sources = [*sorted((notebooks / "src").glob("*.py")), *sorted((notebooks / "src" / APPS).glob("*.py"))]
    if unknown := set(options.names) - {source.stem for source in sources}:
        known = ", ".join(source.stem for source in sources)
        parser.error(f"there is no notebook {sorted(unknown)[0]}: there are {known}")
    chosen = [source for source in sources if not options.names or source.stem in options.names]
    process = check if options.check else build
    problems = [problem for source in chosen for problem in process(source, notebooks)]
    if options.check and not options.names:
        problems += find_notebooks_without_source(notebooks)
    if problems:
        sys.exit("\n".join(["build_notebooks:", *problems]))
    print(f"{len(chosen)} notebook(s) {'up to date' if options.check else 'built'}.")


def build(source, notebooks):
    """Build both notebooks of one chapter; return a list of problems. If there are any, the old notebooks stay."""
    try:
        if source.parent.name == APPS:
            _write(notebooks / f"{source.stem}.ipynb", _to_text(make_solved(source)))
            return []
        solved_notebook, student_notebook = make_solved(source), make_student(source)
        _execute_and_store(solved_notebook, notebooks, source.stem)
    except ChapterError as error:
        return [str(error)]
    except CellFailed as error:
        return [f"{source.stem}, {error}"]
    text = _to_text(solved_notebook)
    problems = [f"{source.stem}, {problem}" for problem in find_execution_problems(solved_notebook, text)]
    if not problems:
        _write(notebooks / f"{source.stem}.ipynb", text)
        _write(notebooks / "student" / f"{source.stem}.ipynb", _to_text(student_notebook))
    return problems


def check(source, notebooks):
    """Return what is wrong with the built notebooks of one chapter, each as a line that says what to do."""
    is_app = source.parent.name == APPS
    try:
        wanted = {notebooks / f"{source.stem}.ipynb": make_solved(source)}
        if not is_app:
            wanted[notebooks / "student" / f"{source.stem}.ipynb"] = make_student(source)
    except ChapterError as error:
        return [str(error)]
    problems = []
    for path, expected in wanted.items():
        text = path.read_text(encoding="utf-8") if path.exists() else None
        difference = "there is none" if text is None else _find_difference(text, expected)
        if difference:
            problems.append(f"{path}: stale: {difference}")
        elif path.parent == notebooks and not is_app:
            problems += [f"{path}: {problem}" for problem in find_execution_problems(_parse(text), text)]
        elif text != _to_text(expected):
            problems.append(f"{path}: it has outputs, or was saved by an editor")
    return [f"{problem}. Run: python -m tools.build_notebooks {source.stem}" for problem in problems]


def find_notebooks_without_source(notebooks):
    """Return a line for every notebook that has no source."""
    built = sorted([*notebooks.glob("*.ipynb"), *(notebooks / "student").glob("*.ipynb")])
    sources = {path.stem for folder in ("", APPS) for path in (notebooks / "src" / folder).glob("*.py")}
    return [
        f"{path}: it has no source notebooks/src/{path.stem}.py: delete it, or restore the source"
        for path in built
        if path.stem not in sources
    ]


def find_execution_problems(notebook, text):
    """Return what is wrong with an executed notebook, a list of lines: order, errors, warnings, size."""
    problems = []
    code = [(number, cell) for number, cell in enumerate(notebook.cells, 1) if cell.cell_type == "code"]
    for count, (number, cell) in enumerate(code, 1):
        if cell.execution_count != count:
            problems.append(f"cell {number}: not executed in order, in one run from the top")
        for output in cell.outputs:
            if output.output_type == "error":
                problems.append(f"cell {number}: it raised {output.ename}: {output.evalue}")
            if output.get("name") == "stderr":
                problems.append(
                    f"cell {number}: it wrote to stderr ({output.text.splitlines()[0]!r}): "
                    f"silence that, or tag the cell {IGNORED}"
                )
            if "nst-live" in output.get("data", {}).get("text/html", "") and IGNORED not in cell.metadata.get(
                "tags", []
            ):
                problems.append(
                    f"cell {number}: it shows a picture that grows, which nbval cannot compare: tag the cell {IGNORED}"
                )
    if (size := len(text.encode())) > MAXIMUM_SIZE:
        problems.append(
            f"{size / 1e6:.1f} MB with its outputs: show fewer or smaller pictures, "
            f"to stay under {MAXIMUM_SIZE / 1e6:.0f} MB"
        )
    return problems


def _execute_and_store(notebook, folder, title):
    """Run a solved notebook and store its outputs in it, without progress bars."""
    environment = {**os.environ, "NST_WEIGHTS": "pocket"}
    executed = execute(notebook, folder, title=title, environment=environment)
    for cell, ran in zip(notebook.cells, executed.cells, strict=True):
        if cell.cell_type == "code":
            cell.execution_count = ran.execution_count
            ignored = IGNORED in cell.metadata.get("tags", [])
            cell.outputs = [output for output in ran.outputs if not (ignored and output.get("name") == "stderr")]


def _find_difference(text, expected):
    """Return where the stored notebook first differs from `expected` in anything but outputs, or None."""
    try:
        stored = _parse(text)
    except (ValueError, nbformat.ValidationError) as error:
        return f"not a valid notebook ({str(error).splitlines()[0]})"
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


def _to_text(notebook):
    return nbformat.writes(notebook) + "\n"


def _write(path, text):
    with open_atomically(path) as file:
        file.write(text)
    print(f"wrote {path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path}")


if __name__ == "__main__":
    main()

"""Pack what students need into a zip, without the solutions.

    python -m tools.handout course.zip

The zip contains the student notebooks, the code they use, pictures, the bundled network and a page on how to begin.
It does not contain solved notebooks, sources, tools or tests. Before anything is written, this tool checks that the
packed notebooks have no outputs, and that notebooks and code contain no line of a solution. Only grading/ may contain
right answers, because it compares with them; a class that must not see them is graded on the instructor's machine
alone. The same course gives the same bytes.
"""

import argparse
import re
import sys
import zipfile
from pathlib import Path

import nbformat

from foundation.atomic_write import write_atomically
from nst.paths import ROOT
from tools.build_notebooks import check
from tools.chapter import make_student
from tools.chapter_source import BEGIN, read_solution_lines

PACKED = (
    "LICENSE",
    "LICENSE-CC-BY-4.0",
    "requirements.txt",
    "pyproject.toml",
    "setup.py",
    "public_tests.py",
    "foundation/**/*.py",
    "nst/**/*.py",
    "notebooks/studio.ipynb",
    "nst/studio/browser/*",
    "grading/**/*.py",
    "grading/reports/templates/*",
    "images/*.jpg",
    "images/gallery/*.jpg",
    "images/README.md",
    "pretrained-model/fast_decoder.npz",
    "pretrained-model/pocket_vgg19.npz",
    "pretrained-model/*.md",
    "output/README.md",
)
NOT_PACKED = {"grading/demo_class.py"}  # contains whole solutions, and only instructors need it
DATE = (1980, 1, 1, 0, 0, 0)  # a fixed date, so that the bytes of the zip stay the same

ONLY_FOR_INSTRUCTORS = "\n# Only for instructors"  # the line of requirements.txt behind which no student needs anything

START_HERE = """\
# Neural Style Transfer

A course in one folder: write six short functions, and end with a painting of your own photograph; write six more, and
paint it better, faster, and in the end at once. You need Python 3.10 to 3.13, and a network connection for the first
three lines only.

On Linux and macOS, in this folder:

    python3 -m venv .venv
    .venv/bin/python -m pip install -e .
    .venv/bin/python -m jupyterlab --ServerApp.root_dir=. notebooks/01_neural_style_transfer.ipynb

On Windows, in this folder:

    py -m venv .venv
    .venv\\Scripts\\python -m pip install -e .
    .venv\\Scripts\\python -m jupyterlab --ServerApp.root_dir=. notebooks/01_neural_style_transfer.ipynb

The first chapter opens: run its cells in order. Upload pictures of your own in JupyterLab's file browser, beside the
chapter or into images/. The pictures you make are saved in output/.

The license of the course is in LICENSE. The sources of the pictures and of the network are in images/README.md and
pretrained-model/README.md.
"""


class HandoutError(ValueError):
    """The zip cannot be made; the message says why and what to do."""


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Pack what students need into a zip, without the solutions.")
    parser.add_argument("zip", type=Path, metavar="ZIP", help="the file to write, such as course.zip")
    target = parser.parse_args(arguments).zip
    try:
        files = pack(ROOT, target)
    except (HandoutError, OSError) as error:
        sys.exit(f"handout: {error}")
    print(f"wrote {target}: {len(files)} files, {target.stat().st_size / 1e6:.1f} MB, no solution in them")


def pack(root, target):
    """Write the zip at path `target`; return the names of the files in it."""
    if target.exists():
        raise HandoutError(f"{target} exists already: delete it, or choose another name")
    sources = sorted((root / "notebooks" / "src").glob("*.py"))
    if stale := [problem for source in sources for problem in check(source, root / "notebooks")]:
        raise HandoutError("nothing was packed:\n" + "\n".join(stale))
    files = collect_files(root)
    secrets = find_secret_lines(sources)
    if leaks := [leak for name, content in files.items() for leak in find_leaks(name, content, secrets)]:
        raise HandoutError("nothing was packed, because these lines would reveal solutions:\n" + "\n".join(leaks))
    with write_atomically(target) as partial:
        _write(partial, files)
    return list(files)


def collect_files(root):
    """Return {name in the zip: content} of all that students get."""
    paths = [path for pattern in PACKED for path in sorted(root.glob(pattern))]
    names = {path.relative_to(root).as_posix(): path for path in paths}
    files = {name: path.read_bytes() for name, path in names.items() if name not in NOT_PACKED}
    requirements, _, _ = files["requirements.txt"].decode().partition(ONLY_FOR_INSTRUCTORS)
    files["requirements.txt"] = requirements.encode()
    for notebook in sorted((root / "notebooks" / "student").glob("*.ipynb")):
        files[f"notebooks/{notebook.name}"] = notebook.read_bytes()
    return {"README.md": START_HERE.encode(), **files}


def find_secret_lines(sources):
    """Return the solution lines of all chapters, normalized, without those that any chapter gives to students."""
    solutions = {line for source in sources for line in read_solution_lines(source) if _reveals_something(line)}
    given = {
        line
        for source in sources
        for cell in make_student(source).cells
        if cell.cell_type == "code"
        for line in cell.source.splitlines()
    }
    return set(map(_normalize, solutions)) - set(map(_normalize, given))


def find_leaks(name, content, secrets):
    """Return a line for each place in a packed file that contains one of the `secrets`."""
    if name.endswith(".py") and not name.startswith("grading/"):
        return _find_lines(secrets, content.decode(), name)
    if not name.endswith(".ipynb"):
        return []
    leaks = []
    for number, cell in enumerate(nbformat.reads(content.decode(), as_version=4).cells, 1):
        where = f"{name}, cell {number}"
        leaks += _find_lines(secrets, cell.source, where)
        if BEGIN in cell.source:
            leaks.append(f"{where}: a solution marker")
        if cell.get("outputs"):
            leaks.append(f"{where}: outputs")
    return leaks


def _find_lines(secrets, text, where):
    return [f"{where}: {line.strip()}" for line in text.splitlines() if _normalize(line) in secrets]


def _normalize(line):
    """Return a line of code without spaces and comment, since a copy may differ in them."""
    return re.sub(r"\s", "", line.split("#")[0])


def _reveals_something(line):
    """Whether a line of a solution reveals anything: lines like `return J` occur everywhere."""
    return bool(re.search(r"[(\[*/@+-]", line.split("#")[0]))


def _write(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(f"neural-style-transfer/{name}", DATE)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, content)


if __name__ == "__main__":
    main()

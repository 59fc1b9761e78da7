"""Put together what Sphinx reads: a folder with the layout of the repository, so that every link holds.

The pages are those that a Git host shows: README.md, CONTRIBUTING.md, CHANGELOG.md, docs/, and the README.md of
images/ and pretrained-model/. To them come the chapters, the reference of the commands, and tools/website/pages.
"""

import re
import shutil
from pathlib import Path

import nbformat

from tools import handout
from tools.badges import BADGES
from tools.website.chapters import make_page
from tools.website.commands import PARSERS, describe_command
from tools.website.flowcharts import replace_flowcharts
from tools.website.slides import make_slides

PAGES = (
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs/**/*.md",
    "images/README.md",
    "pretrained-model/*.md",
)
OWN_PAGES = Path("tools", "website", "pages")
SLIDES, SLIDES_SOURCE = "docs/teach/slides", "notebooks/01_neural_style_transfer.ipynb"
LINK = re.compile(r"\]\(([^)\s#]+)(?:#[^)\s]*)?\)|<img [^>]*src=\"([^\"]+)\"")

LINK_TO_FOLDER = re.compile(r"\[([^\]]*)\]\(([^)\s#]+)\)")  # which has no page


def collect_sources(root, folder):
    """Write all that Sphinx reads from the repository at `root` into the new folder `folder`."""
    folder.mkdir(parents=True)
    handout.pack(root, folder / "course.zip")
    for path in sorted(path for pattern in PAGES for path in root.glob(pattern)):
        _write_page(path.read_text(encoding="utf-8"), path, root, folder)
    for path in sorted((root / OWN_PAGES).rglob("*.md")):
        name = path.relative_to(root / OWN_PAGES)
        _write_page(path.read_text(encoding="utf-8"), root / name, root, folder)
    _write_chapters(root, folder)
    slides = make_slides(nbformat.read(root / SLIDES_SOURCE, as_version=4))
    nbformat.write(slides, folder / f"{SLIDES}.ipynb")
    for make_parser in PARSERS.values():
        parser = make_parser()
        page = folder / "commands" / f"{parser.prog.replace(' ', '-')}.md"
        page.parent.mkdir(exist_ok=True)
        page.write_text(describe_command(parser), encoding="utf-8")


def _write_page(text, path, root, folder):
    """Write the text of the page that stands at `path` in the repository, and copy the files that it links to."""
    page = folder / path.relative_to(root)
    page.parent.mkdir(parents=True, exist_ok=True)
    text = re.sub(BADGES, "", text, flags=re.DOTALL)  # pictures of other hosts
    text = LINK_TO_FOLDER.sub(lambda match: match[1] if (path.parent / match[2]).is_dir() else match[0], text)
    page.write_text(replace_flowcharts(text), encoding="utf-8")
    for match in LINK.finditer(text):
        linked = (path.parent / (match[1] or match[2])).resolve()
        if linked.is_file() and linked.is_relative_to(root) and linked.suffix not in {".md", ".ipynb"}:
            copy = folder / linked.relative_to(root)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(linked, copy)


def _write_chapters(root, folder):
    student = folder / "notebooks" / "student"
    student.mkdir(parents=True)
    megabytes = (folder / "course.zip").stat().st_size / 1e6
    for source in sorted((root / "notebooks" / "src").glob("*.py")):
        notebook = nbformat.read(root / "notebooks" / f"{source.stem}.ipynb", as_version=4)
        nbformat.write(make_page(notebook, source, megabytes), folder / "notebooks" / f"{source.stem}.ipynb")
        shutil.copy(root / "notebooks" / "student" / f"{source.stem}.ipynb", student)

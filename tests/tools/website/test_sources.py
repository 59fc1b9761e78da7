"""What Sphinx reads: all pages, in the layout of the repository, and chapters with folded solutions."""

import re

import nbformat
import pytest

import nst
from nst.paths import ROOT
from tests.support.documentation import PAGES
from tools.website.sources import SLIDES, collect_sources

SOURCES = sorted((ROOT / "notebooks" / "src").glob("*.py"))


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site") / "sources"
    collect_sources(ROOT, folder)
    return folder


def test_every_page_of_the_documentation_is_there_and_in_one_list(sources):
    pages = {path.relative_to(sources).with_suffix("").as_posix() for path in sources.rglob("*.md")}
    pages |= {path.relative_to(sources).with_suffix("").as_posix() for path in (sources / "notebooks").glob("*.ipynb")}
    pages |= {SLIDES}
    assert {page.relative_to(ROOT).with_suffix("").as_posix() for page in PAGES} <= pages
    home = (sources / "index.md").read_text(encoding="utf-8")
    listed = [
        re.sub(r".*<(.*)>", r"\1", line)
        for block in re.findall(r"^```\{toctree\}\n(.*?)^```", home, re.MULTILINE | re.DOTALL)
        for line in block.splitlines()
        if line and not line.startswith(":")
    ]
    assert sorted(listed) == sorted(pages - {"index"})


def test_every_public_function_and_class_of_nst_is_in_the_reference(sources):
    pages = "\n".join(page.read_text(encoding="utf-8") for page in (sources / "api").glob("*.md"))
    assert [name for name in nst.__all__ if not name.isupper() and not re.search(rf"\b{name}\b", pages)] == []


def test_no_badge_of_another_host_is_on_the_start_page(sources):
    assert "badge" not in (sources / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_each_solution_is_folded_below_what_a_student_finds(sources, source):
    cells = nbformat.read(sources / "notebooks" / f"{source.stem}.ipynb", as_version=4).cells
    folded = [number for number, cell in enumerate(cells) if "hide-input" in cell.metadata.get("tags", [])]
    assert folded
    for number in folded:
        assert "YOUR CODE HERE" in cells[number - 1].source
        assert cells[number].id == cells[number - 1].id.removesuffix("-stub")
    shown = "\n".join(cell.source for number, cell in enumerate(cells) if number not in folded)
    assert "BEGIN SOLUTION" not in shown


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_the_notebook_to_download_is_the_one_for_students(sources, source):
    name = f"{source.stem}.ipynb"
    download = (sources / "notebooks" / "student" / name).read_bytes()
    assert download == (ROOT / "notebooks" / "student" / name).read_bytes()

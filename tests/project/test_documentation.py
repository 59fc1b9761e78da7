"""README.md and the pages of docs/: links lead somewhere, pictures have a text, README stays short."""

import re

import pytest

from nst.paths import ROOT
from tests.support.documentation import PAGES, code_blocks, prose

LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
MOST_WORDS = 900


def links(page):
    """(is it a picture, text, target) of each link of a page."""
    return [(bool(picture), text, target) for picture, text, target in LINK.findall(prose(page))]


def anchors(page):
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_to_a_file_or_heading_that_exists(page):
    broken = []
    for _, _, target in links(page):
        if "://" in target:
            continue
        file, _, anchor = target.partition("#")
        other = (page.parent / file).resolve() if file else page
        if not other.exists() or (anchor and anchor not in anchors(other)):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_picture_says_what_it_shows(page):
    assert [target for picture, text, target in links(page) if picture and len(text.split()) < 8] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_file_of_the_project_in_backticks_exists(page):
    folders = "docs|foundation|grading|images|notebooks|nst|pretrained-model|public_tests|tests|tools|benchmarks"
    named = re.findall(rf"`((?:{folders})/[\w./-]+|[\w-]+\.(?:toml|cfg|py|txt))`", prose(page))
    made = ("notebooks/mine", "images/downloaded", "NN_name", "NAME")
    names = [name for name in named if not any(word in name for word in made)]
    assert [name for name in names if not (ROOT / name).exists()] == []


def test_a_name_that_architecture_gives_is_in_its_file():
    text = prose(ROOT / "docs" / "architecture.md")
    places = re.findall(r"((?:`\w+`(?:, )?)+) in `([\w/.-]+)`", text)
    assert len(places) > 5
    missing = [
        (name, file)
        for names, file in places
        for name in re.findall(r"`(\w+)`", names)
        if not re.search(rf"\b{name}\b", (ROOT / file).read_text(encoding="utf-8"))
    ]
    assert missing == []


def test_readme_is_short_and_leads_to_every_page():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    without_targets = re.sub(r"\]\([^)]*\)", "]", text)
    assert len(without_targets.split()) <= MOST_WORDS
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        reached.add(page)
        targets = [(page.parent / target.partition("#")[0]).resolve() for _, _, target in links(page)]
        waiting += [target for target in targets if target in PAGES and target not in reached]
    assert [page.name for page in PAGES if page not in reached] == []


def test_code_is_in_fenced_blocks_only():
    """An indented block would escape the test that runs every command."""
    for page in PAGES:
        indented = re.findall(r"(?:^|\n)\n {4,}(?![-*\d])\S.*", prose(page))
        assert indented == [], page.name
        assert {language for language, _ in code_blocks(page)} <= {"", "python", "csv", "mermaid", "text"}, page.name


def test_every_make_target_is_documented_and_every_documented_one_exists():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", text, re.MULTILINE))
    assert named <= targets
    assert targets - {"venv", "runtime", "dev"} <= named

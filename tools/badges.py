"""Write the repository's address where it is needed: badges, the line to clone, the cell for Colab, the package.

    python -m tools.badges            write README.md, docs/students.md and pyproject.toml
    python -m tools.badges --check    only say whether they are fresh

The address is this one constant. While it is empty, there are no badges, and the line to clone says ADDRESS.
"""

import argparse
import re
import sys

from nst.paths import ROOT

REPOSITORY = ""  # such as https://github.com/OWNER/NAME
BEGIN, END = "<!-- badges: written by tools.badges -->", "<!-- end of badges -->"
NOTEBOOK = "notebooks/student/01_neural_style_transfer.ipynb"
BADGES, CLONE, COLAB = f"{BEGIN}.*?{END}", r"^git clone \S+ course( [^\n]*)?$", r'^REPOSITORY = "[^"]*"$'
URLS = r"^\[project\.urls\]\n(?:Repository = [^\n]*\n)?"
PLACES = {"README.md": (BADGES, CLONE), "docs/students.md": (COLAB,), "pyproject.toml": (URLS,)}


class BadgesError(ValueError):
    """A page lacks a place that this tool writes to."""


def main(arguments=None, root=ROOT):
    parser = argparse.ArgumentParser(description="Write the repository's address into README.md and docs/students.md.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a page lacks the address")
    check = parser.parse_args(arguments).check
    for name, places in PLACES.items():
        page = root / name
        before = page.read_text(encoding="utf-8")
        after = with_address(before, REPOSITORY, places, name)
        if check and before != after:
            sys.exit(f"{page}: does not have the repository's address everywhere. Run: python -m tools.badges")
        if before != after:
            page.write_text(after, encoding="utf-8", newline="\n")


def with_address(text, repository, places, name):
    """Return the text of a page with the address in each of its places; an empty address takes it away again."""
    for place in places:
        text, found = re.subn(place, lambda match: _written(match, repository), text, flags=re.DOTALL | re.MULTILINE)
        if found != 1:
            raise BadgesError(f"{name}: expected one place like {place!r}, found {found}")
    return text


def _written(match, repository):
    if match.re.pattern == BADGES:
        return f"{BEGIN}{_badges(repository)}\n{END}"
    if match.re.pattern == URLS:
        return "[project.urls]\n" + (f'Repository = "{repository}"\n' if repository else "")
    if match.re.pattern == COLAB:
        return f'REPOSITORY = "{repository}"'
    return f"git clone {repository or 'ADDRESS'} course{match[1] or ''}"


def _badges(repository):
    if not repository:
        return ""
    name = repository.removeprefix("https://github.com/")
    colab = f"https://colab.research.google.com/github/{name}/blob/main/{NOTEBOOK}"
    binder = f"https://mybinder.org/v2/gh/{name}/HEAD?urlpath=lab/tree/{NOTEBOOK}"
    return (
        f"\n[![tests]({repository}/actions/workflows/ci.yml/badge.svg)]({repository}/actions/workflows/ci.yml)"
        f"\n[![open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({colab})"
        f"\n[![open in Binder](https://mybinder.org/badge_logo.svg)]({binder})"
    )


if __name__ == "__main__":
    main()

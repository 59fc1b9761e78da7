"""Write the repository's address into the README: badges, and the cell for Colab.

    python -m tools.badges            write README.md
    python -m tools.badges --check    only say whether it is fresh

The address is this one constant. While it is empty, there are no badges.
"""

import re
import sys

from tools.chapter import ROOT

REPOSITORY = ""  # such as https://github.com/OWNER/NAME
BEGIN, END = "<!-- badges: written by tools.badges -->", "<!-- end of badges -->"
NOTEBOOK = "notebooks/student/01_neural_style_transfer.ipynb"


class BadgesError(ValueError):
    """The README lacks a place that this tool writes to."""


def main(arguments=None, readme=ROOT / "README.md"):
    check = (sys.argv[1:] if arguments is None else arguments) == ["--check"]
    before = readme.read_text(encoding="utf-8")
    after = with_address(before, REPOSITORY)
    if check and before != after:
        sys.exit(f"{readme}: does not have the repository's address everywhere. Run: python -m tools.badges")
    if before != after:
        readme.write_text(after, encoding="utf-8", newline="\n")


def with_address(text, repository):
    """Return the README's text with badges and the Colab cell for an address; without badges for an empty one."""
    badges = f"\n{_badges(repository)}" if repository else ""
    text, found = re.subn(f"{BEGIN}.*?{END}", f"{BEGIN}{badges}\n{END}", text, flags=re.DOTALL)
    text, cells = re.subn(r'^REPOSITORY = ".*"$', f'REPOSITORY = "{repository}"', text, flags=re.MULTILINE)
    if (found, cells) != (1, 1):
        raise BadgesError(
            f"README.md: expected one '{BEGIN}' ... '{END}' and one line 'REPOSITORY = \"\"', found {found} and {cells}"
        )
    return text


def _badges(repository):
    name = repository.removeprefix("https://github.com/")
    colab = f"https://colab.research.google.com/github/{name}/blob/main/{NOTEBOOK}"
    return (
        f"[![tests]({repository}/actions/workflows/ci.yml/badge.svg)]({repository}/actions/workflows/ci.yml)\n"
        f"[![open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({colab})"
    )


if __name__ == "__main__":
    main()

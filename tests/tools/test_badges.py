"""The repository's address stands in one place; the README follows it."""

import pytest

from nst.paths import ROOT
from tools import badges

README = f'# Title\n\n{badges.BEGIN}\n{badges.END}\n\n```python\nREPOSITORY = ""\n```\n'
ADDRESS = "https://github.com/someone/course"


def test_the_readme_is_fresh():
    badges.main(["--check"])


def test_without_an_address_there_are_no_badges():
    assert badges.with_address(README, "") == README


def test_an_address_brings_the_badges_and_fills_the_colab_cell():
    text = badges.with_address(README, ADDRESS)
    assert f"[![tests]({ADDRESS}/actions/workflows/ci.yml/badge.svg)]" in text
    assert f"(https://colab.research.google.com/github/someone/course/blob/main/{badges.NOTEBOOK})" in text
    assert f'REPOSITORY = "{ADDRESS}"' in text


def test_taking_the_address_away_takes_the_badges_away():
    assert badges.with_address(badges.with_address(README, ADDRESS), "") == README


def test_the_notebook_behind_the_colab_badge_exists():
    assert (ROOT / badges.NOTEBOOK).is_file()


def test_a_stale_readme_is_named_with_what_to_run(tmp_path, monkeypatch):
    readme = tmp_path / "README.md"
    readme.write_text(README, encoding="utf-8")
    monkeypatch.setattr(badges, "REPOSITORY", ADDRESS)
    with pytest.raises(SystemExit, match=r"the repository's address everywhere. Run: python -m tools.badges$"):
        badges.main(["--check"], readme)
    badges.main([], readme)
    badges.main(["--check"], readme)


def test_a_readme_without_the_place_for_badges_is_an_error():
    with pytest.raises(badges.BadgesError, match="found 0 and 0"):
        badges.with_address("# Title\n", ADDRESS)

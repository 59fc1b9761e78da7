"""The repository's address stands in one place; README.md and docs/ follow it."""

import pytest

from nst.paths import ROOT
from tools import badges

README = f"# Title\n\n{badges.BEGIN}\n{badges.END}\n\n```\ngit clone ADDRESS course    # get it\nmake run\n```\n"
STUDENTS = '# Title\n\n```python\nREPOSITORY = ""\n!git clone {REPOSITORY} course\n```\n'
PACKAGE = '[project]\nname = "course"\n\n[project.urls]\n\n[project.scripts]\n'
ADDRESS = "https://github.com/someone/course"


@pytest.fixture
def project(tmp_path):
    """The pages that the tool writes to."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "README.md").write_text(README, encoding="utf-8")
    (tmp_path / "docs" / "students.md").write_text(STUDENTS, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(PACKAGE, encoding="utf-8")
    return tmp_path


def read(project):
    return [(project / name).read_text(encoding="utf-8") for name in badges.PLACES]


def test_the_pages_are_fresh():
    badges.main(["--check"])


def test_without_an_address_nothing_changes(project):
    badges.main([], project)
    assert read(project) == [README, STUDENTS, PACKAGE]


def test_an_address_brings_badges_the_line_to_clone_and_the_colab_cell(project, monkeypatch):
    monkeypatch.setattr(badges, "REPOSITORY", ADDRESS)
    badges.main([], project)
    readme, students, package = read(project)
    assert f"[![tests]({ADDRESS}/actions/workflows/ci.yml/badge.svg)]" in readme
    assert f"(https://colab.research.google.com/github/someone/course/blob/main/{badges.NOTEBOOK})" in readme
    assert f"(https://mybinder.org/v2/gh/someone/course/HEAD?urlpath=lab/tree/{badges.NOTEBOOK})" in readme
    assert f"\ngit clone {ADDRESS} course    # get it\nmake run\n" in readme
    assert f'REPOSITORY = "{ADDRESS}"\n!git clone {{REPOSITORY}} course\n' in students
    assert f'[project.urls]\nRepository = "{ADDRESS}"\n\n[project.scripts]\n' in package
    monkeypatch.setattr(badges, "REPOSITORY", "")
    badges.main([], project)
    assert read(project) == [README, STUDENTS, PACKAGE]


def test_the_notebook_behind_the_colab_badge_exists():
    assert (ROOT / badges.NOTEBOOK).is_file()


def test_a_stale_page_is_named_with_what_to_run(project, monkeypatch):
    monkeypatch.setattr(badges, "REPOSITORY", ADDRESS)
    with pytest.raises(SystemExit, match=r"README\.md: .*Run: python -m tools\.badges$"):
        badges.main(["--check"], project)
    badges.main([], project)
    badges.main(["--check"], project)


def test_a_page_without_its_place_is_an_error(project):
    (project / "README.md").write_text("# Title\n", encoding="utf-8")
    with pytest.raises(badges.BadgesError, match=r"README\.md: expected one place like .*, found 0"):
        badges.main([], project)

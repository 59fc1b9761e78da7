"""How far submissions are shut in here, and what instructors are told of it."""

import subprocess
import sys

import pytest

from grading.sandbox import containment


@pytest.mark.parametrize("works", [("bubblewrap", "unshare", "process"), ("unshare", "process"), ("process",), ()])
def test_the_strongest_level_that_works_is_taken(works, monkeypatch):
    monkeypatch.setattr(containment.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(containment, "is_available", lambda candidate: candidate.level in works)
    assert containment.find_containment.__wrapped__().level == (works or ("process",))[0]


@pytest.mark.parametrize("level", ["bubblewrap", "unshare", "process"])
def test_each_level_says_what_it_stops_and_what_not(level):
    text = " ".join(containment.Containment(level).describe())
    assert "contains no right answer" in text
    assert level in text
    assert ("no network" in text) == (level != "process")
    assert ("can still read" in text) == (level == "unshare")


def test_the_class_page_tells_of_the_levels_that_held_wherever_submissions_ran(monkeypatch):
    monkeypatch.setattr(containment, "find_containment", lambda: containment.Containment("bubblewrap"))
    assert (
        containment.describe_levels(set())
        == containment.describe_levels({"bubblewrap"})
        == containment.Containment("bubblewrap").describe()
    )
    assert containment.describe_levels({"process"}) == [containment.EVERY_LEVEL, containment.LEVELS["process"]]
    assert containment.describe_levels({"process", "bubblewrap"}) == [
        *containment.Containment("bubblewrap").describe(),
        containment.LEVELS["process"],
    ]


def test_bubblewrap_hides_a_grader_that_is_installed_among_pythons_packages(tmp_path, monkeypatch):
    bubblewrap = containment.Containment("bubblewrap")
    if not containment.is_available(bubblewrap):
        pytest.skip("bubblewrap is not installed, or does not work here")
    monkeypatch.setattr(
        containment,
        "_python_folders",
        lambda seen=containment._python_folders: seen() | {str(containment.GRADER.parent)},
    )
    code, work = tmp_path / "code", tmp_path / "work"
    code.mkdir()
    work.mkdir()
    look = f"import os; print(os.listdir({str(containment.GRADER)!r}))"
    seen = subprocess.run(
        [*bubblewrap.command(code, work), sys.executable, "-I", "-c", look],
        capture_output=True,
        text=True,
        check=True,
        **bubblewrap.options(work),
    )
    assert seen.stdout == "[]\n"

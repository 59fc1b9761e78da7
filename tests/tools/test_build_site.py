"""The website is built without a warning, in time, and without a link that leads nowhere."""

import sys
import time

import pytest

from nst.paths import ROOT
from tools import build_site

MINUTES = 3


def test_without_its_packages_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "sphinx.cmd.build", None)
    assert build_site.build(ROOT, tmp_path) == [build_site.NOT_INSTALLED]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_the_site_is_built_from_the_executed_notebooks(tmp_path):
    pytest.importorskip("sphinx", reason="the packages of the extra `site` are not installed")
    started = time.monotonic()
    assert build_site.build(ROOT, tmp_path) == []
    assert time.monotonic() - started < MINUTES * 60
    site = tmp_path / "site"
    for page in (
        "index",
        "search",
        "docs/students",
        "notebooks/01_neural_style_transfer",
        "commands/nst",
        "api/nst",
        "try-it",
    ):
        assert (site / f"{page}.html").is_file(), page
    assert "<math" in (site / "notebooks" / "01_neural_style_transfer.html").read_text(encoding="utf-8")
    assert (site / "_static" / "math.woff").is_file()

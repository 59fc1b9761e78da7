"""A chapter's headings can be reached by the addresses that its boxes use."""

import pytest

from tools.website.chapters import add_heading_anchors

pytest.importorskip("docutils", reason="the packages of the extra `site` are not installed")


def test_a_heading_is_reached_as_jupyterlab_addresses_it():
    from docutils import nodes

    section = nodes.section("", nodes.title(text="4.2 The Gram matrix"), ids=["the-gram-matrix"])
    for _ in range(2):
        add_heading_anchors(section)
    assert section["ids"] == ["the-gram-matrix", "4.2-The-Gram-matrix"]

"""The gallery's list and buttons, clicked from here."""

import json

import pytest

pytest.importorskip("ipywidgets")

from nst.studio.gallery import list_runs
from nst.studio.gallery_panel import GalleryPanel


@pytest.fixture
def panel(tmp_path):
    """The panel of a folder with two runs."""
    for name in ("one", "two"):
        (tmp_path / f"{name}.run.json").write_text(json.dumps({"done": 0.5}), encoding="utf-8")
    return GalleryPanel(on_again=None, on_continue=None, folder=tmp_path)


def test_without_a_run_there_is_nothing_to_click(tmp_path):
    panel = GalleryPanel(on_again=None, on_continue=None, folder=tmp_path)
    assert panel.controls.layout.display == "none"
    assert "Nothing was painted yet" in panel.shown.value


@pytest.mark.parametrize("name", ["one", "two"])
def test_the_run_that_was_just_painted_is_chosen(panel, tmp_path, name):
    panel.refresh(tmp_path / f"{name}.png")
    assert panel.chosen.title == name
    assert "<td>50%</td>" in panel.shown.value


def test_a_run_is_deleted_after_a_question(panel, tmp_path):
    panel.delete.click()
    assert "for good" in panel.message.value
    assert panel.question.layout.display == "flex"
    panel.keep.click()
    assert (panel.message.value, panel.question.layout.display) == ("", "none")
    deleted = panel.chosen
    panel.delete.click()
    panel.confirm.click()
    assert [run.title for run in list_runs(tmp_path)] == [panel.chosen.title]
    assert panel.chosen.title != deleted.title

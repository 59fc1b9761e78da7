"""nst.stylize in a notebook's cell: the picture so far, and what an interruption returns."""

import pytest

import nst
from nst.engine import stylize as engine
from nst.notebook import display
from tests.support.short_runs import CONTENT, SMALL, STYLE


@pytest.fixture
def shown(monkeypatch):
    """What a notebook shows: a list of (html, text)."""
    shown = []
    for module in (display, engine):
        monkeypatch.setattr(module, "in_notebook", lambda: True)
    monkeypatch.setattr(display, "show_html", lambda html, text, **_: shown.append((html, text)))
    monkeypatch.setattr(display, "SECONDS", 0)
    return shown


def test_a_cell_shows_each_size_and_one_line_at_the_end(shown):
    result = nst.stylize(CONTENT, STYLE, **SMALL)
    assert shown[0][1].endswith("in the style of monet.jpg: Getting ready. The first step takes longest.")
    assert any("evaluation 3, 64 x 48 pixels: J fell from" in text for _, text in shown)
    assert any("<img" in html for html, _ in shown)
    assert shown[-1][1].endswith(f"64 x 48 pixels, {len(result.curves)} evaluations.")


def interrupt_at(monkeypatch, number):
    """Ctrl-C in that update of the display."""
    updates = []

    def update(*_, **__):
        updates.append(1)
        if len(updates) == number:
            raise KeyboardInterrupt

    monkeypatch.setattr(display.ProgressDisplay, "update", update)


def test_an_interruption_returns_the_picture_so_far_and_says_so(shown, monkeypatch):
    interrupt_at(monkeypatch, 5)
    result = nst.stylize(CONTENT, STYLE, **SMALL)
    [note] = result.notes
    assert note.startswith("Interrupted at ")
    assert note.endswith("%: this is the picture so far.")
    assert shown[-1][1].endswith(note)


def test_before_there_is_a_picture_it_stops(shown, monkeypatch):
    interrupt_at(monkeypatch, 1)
    with pytest.raises(KeyboardInterrupt):
        nst.stylize(CONTENT, STYLE, **SMALL)
    assert shown[-1][1].endswith("stopped: KeyboardInterrupt.")


def test_whoever_passes_on_progress_shows_it_alone(shown):
    seen = []
    nst.stylize(CONTENT, STYLE, **SMALL, on_progress=seen.append)
    assert seen
    assert shown == []
    assert seen[-1].seconds_left is not None


def test_help_has_an_example_and_what_a_result_has():
    words = nst.stylize.__doc__
    assert ">>> result = stylize(" in words
    assert "Returns a Result, which has\n        picture:" in words

"""A picture that grows: what a cell shows while it paints, with a simulated clock, and the lines printed elsewhere."""

import re

import numpy as np
import pytest

from nst.notebook import display, live
from nst.notebook.live import Live, describe_J, follow

PICTURE = np.full((1, 24, 32, 3), 0.5, np.float32)


class Clock:
    now = 100.0

    def monotonic(self):
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """A clock that only the test moves."""
    clock = Clock()
    monkeypatch.setattr(display, "time", clock)
    monkeypatch.setattr(live, "time", clock)
    return clock


@pytest.fixture
def shown(monkeypatch):
    """What a notebook shows: a list of (html, text, update)."""
    shown = []
    monkeypatch.setattr(display, "in_notebook", lambda: True)
    monkeypatch.setattr(display, "show_html", lambda html, text, display_id, update: shown.append((html, text, update)))
    return shown


def paint(clock, steps, seconds, title="01_louvre_monet", total=None):
    with Live(title, total or steps) as painting:
        for step in range(steps):
            clock.now += seconds
            painting.show_step(100 / (1 + step), PICTURE)
    return painting


def test_at_once_a_bar_whose_end_is_not_known_says_that_the_work_has_begun(clock, shown):
    with Live("01_louvre_monet", 300):
        [(html, text, update)] = shown
    assert not update
    assert '<progress max="1" aria-label="01_louvre_monet: getting ready">' in html
    assert text == "01_louvre_monet: Getting ready. The first step takes longest."


def test_then_the_picture_the_bar_the_cost_in_words_and_the_time(clock, shown):
    paint(clock, 40, 1.0, total=300)
    html, text, update = shown[-2]
    assert update
    assert text == "01_louvre_monet, step 40 of 300: J fell from 100 to 2.5. 40 s so far, about 4 min left."
    assert '<progress max="1" value="0.133" aria-label="01_louvre_monet: 13%">' in html
    assert re.search(
        r'<img alt="The picture so far, step 40 of 300\." width="32" height="24" src="data:image/jpeg', html
    )


def test_the_picture_is_shown_every_two_seconds_or_twenty_steps(clock, shown):
    paint(clock, 100, 0.1)
    steps = [int(text.split("step ")[1].split()[0]) for _, text, _ in shown[1:-1]]
    assert steps == [20, 40, 60, 80, 100]
    shown.clear()
    paint(clock, 9, 1.0)
    steps = [int(text.split("step ")[1].split()[0]) for _, text, _ in shown[1:-1]]
    assert steps == [1, 3, 5, 7, 9]


def test_fast_steps_do_not_flood_the_notebook(clock, shown):
    paint(clock, 1000, 0.001)
    assert len(shown) < 6


def test_at_the_end_one_line_stays_that_is_the_same_in_every_run(clock, shown):
    paint(clock, 4, 1.0)
    first = shown[-1]
    clock.now += 1000
    paint(clock, 4, 7.0)
    assert shown[-1] == first
    html, text, _ = first
    assert text == "01_louvre_monet: 4 steps. J fell from 100 to 25."
    assert "<img" not in html


def test_interrupting_keeps_the_picture_and_says_so(clock, shown):
    with Live("mine", 300) as painting:
        for step in range(300):
            clock.now += 1
            painting.show_step(10 - step, PICTURE)
            if step == 4:
                raise KeyboardInterrupt
    assert painting.interrupted
    html, text, _ = shown[-1]
    assert text == "mine: interrupted at step 5 of 300. The picture so far is kept. J fell from 10 to 6."
    assert "<img" in html


def test_before_the_first_step_there_is_nothing_to_keep(shown):
    with pytest.raises(KeyboardInterrupt), Live("mine", 300):
        raise KeyboardInterrupt
    assert shown[-1][1] == "mine: stopped by an error after step 0 of 300."


def test_an_error_goes_on_and_the_picture_so_far_stays(clock, shown):
    def fail():
        with Live("mine", 3) as painting:
            clock.now += 1
            painting.show_step(1.0, PICTURE)
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        fail()
    assert shown[-1][1] == "mine: stopped by an error after step 1 of 3."
    assert "<img" in shown[-1][0]


def test_the_best_picture_is_that_of_the_lowest_cost():
    with Live("mine", 3) as painting:
        for J in (3.0, 1.0, 2.0):
            painting.show_step(J, PICTURE * J)
    np.testing.assert_array_equal(painting.best, PICTURE)


def test_a_loop_inside_another_is_shown_as_its_part_on_one_display(clock, shown):
    with Live("four pictures", 4, unit="picture") as pictures:
        for _ in range(4):
            with Live("one", 10) as painting:
                for step in range(10):
                    clock.now += 1
                    painting.show_step(10 - step, PICTURE)
            pictures.show_step()
    assert [update for *_, update in shown] == [False] + [True] * (len(shown) - 1)
    assert {text.split(":")[0].split(",")[0] for _, text, _ in shown} == {"four pictures"}
    middle = next(text for _, text, _ in shown if "picture 3 of 4" in text)
    assert re.search(r"J fell from 10 to \d\. 2\d s so far, about \d+ s left", middle)


def test_stages_of_unequal_cost_fill_the_bar_by_their_cost(clock, shown):
    with Live("small, then large", [1, 4]) as stages:
        for seconds in (0.5, 2):
            with Live("one", 10) as painting:
                for _ in range(10):
                    clock.now += seconds
                    painting.show_step()
            stages.show_step()
            assert stages._done == (0.2 if seconds == 0.5 else 1)


def test_an_interruption_ends_the_loops_that_follow_after_a_step_each(clock, shown):
    steps = []
    for number in follow(range(3), "three pictures", unit="picture"):
        with Live("one", 10) as painting:
            for step in range(10):
                clock.now += 1
                painting.show_step(10 - step, PICTURE)
                if number == 0 and step == 5:
                    raise KeyboardInterrupt
        steps.append(painting.step)
    assert steps == [6, 1, 1]
    assert shown[-1][1].startswith("three pictures: interrupted at picture 1 of 3. The picture so far is kept.")


def test_a_loop_that_an_error_left_open_in_an_earlier_cell_is_forgotten(monkeypatch, clock, shown):
    monkeypatch.setattr(live, "count_cells", lambda: 7)
    half_done = follow([1, 2, 3], "half done")
    next(half_done)
    monkeypatch.setattr(live, "count_cells", lambda: 8)
    shown.clear()
    paint(clock, 3, 1.0)
    assert shown[0][1].startswith("01_louvre_monet")
    half_done.close()


def test_outside_of_a_notebook_it_prints_a_line_every_five_seconds(clock, capsys):
    paint(clock, 12, 1.0)
    assert capsys.readouterr().out.splitlines() == [
        "01_louvre_monet, step 5 of 12: J fell from 100 to 20. 5 s so far, about 5 s left.",
        "01_louvre_monet, step 10 of 12: J fell from 100 to 10. 10 s so far, a few seconds left.",
        "01_louvre_monet: 12 steps. J fell from 100 to 8.33.",
    ]


@pytest.mark.parametrize(
    ("first", "J", "words"),
    [
        (412.34, 31.256, "J fell from 412 to 31.3."),
        (1.0, 2.0, "J rose from 1 to 2."),
        (5.0, 5.0, "J is 5."),
        (1.0, float("nan"), "J is not a number."),
    ],
)
def test_a_cost_in_words(first, J, words):
    assert describe_J(first, J) == words

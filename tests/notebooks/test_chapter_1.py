"""Chapter 1's own code beyond a straight run: cells out of order, new pictures, NaN, an impatient student."""

import io
from contextlib import redirect_stdout

import numpy as np
import pytest

from nst.paths import ROOT
from tools import chapter

SOURCE = ROOT / "notebooks" / "src" / "01_neural_style_transfer.py"


@pytest.fixture(scope="module")
def run_once(tmp_path_factory):
    """The chapter's names after 5.3, run with smaller pictures and fewer steps."""
    text = SOURCE.read_text(encoding="utf-8")
    for value, smaller in (("size=400", "size=160"), ("size=192", "size=64"), ("steps=60", "steps=2")):
        assert value in text
        text = text.replace(value, smaller)
    source = tmp_path_factory.mktemp("chapter") / SOURCE.name
    source.write_text(text, encoding="utf-8")
    with redirect_stdout(io.StringIO()):
        return chapter.run_until(source, "def paint(")


@pytest.fixture
def course(run_once, tmp_path, monkeypatch):
    """The chapter's names after 5.3, on pictures of 48 pixels, writing to a temporary folder."""
    monkeypatch.setitem(run_once, "OUTPUT", tmp_path)
    names = ("content_image", "style_image", "generated_image", "optimizer", "train_step", "noisy")
    before = {name: run_once[name] for name in names}
    show_pair(run_once, "louvre.jpg", "monet.jpg", 48)
    yield run_once
    run_once.update(before)


def show_pair(course, content, style, size):
    course["content_image"], course["style_image"] = course["load_pair"](
        course["IMAGES"] / content, course["IMAGES"] / style, size
    )
    course["set_targets"]()


def test_painting_writes_a_picture_every_so_many_steps_and_one_at_the_end(course, tmp_path):
    pictures, history = course["paint"]("trial", steps=5, every=2)
    assert sorted(p.name for p in (tmp_path / "trial").iterdir()) == ["step_0002.png", "step_0004.png", "step_0005.png"]
    assert len(pictures) == 4
    assert history.shape == (4, 2 + len(course["STYLE_LAYERS"]))
    assert history[:, 0].tolist() == [0, 2, 4, 5]
    np.testing.assert_array_equal(pictures[-1], course["generated_image"].numpy())


def test_the_terms_add_up_to_the_cost_that_train_step_returns(course):
    generated_image = course["tf"].Variable(course["noisy"](course["content_image"]))
    terms = course["terms"](generated_image).numpy()
    assert terms.shape == (1 + len(course["STYLE_LAYERS"]),)
    course["optimizer"] = course["new_optimizer"]()
    J = float(course["fresh"](course["train_step"])(generated_image))
    assert terms.sum() == pytest.approx(J, rel=1e-4)


@pytest.mark.slow
def test_painting_twice_gives_the_same_picture_since_nothing_is_left_over_from_the_first_time(course):
    first, _ = course["paint"]("once", steps=3)
    second, _ = course["paint"]("twice", steps=3)
    np.testing.assert_allclose(first[-1], second[-1], atol=1e-5)


@pytest.mark.slow
def test_a_new_pair_of_the_same_size_is_painted_towards_its_own_targets(course):
    show_pair(course, "persepolis.jpg", "starry_night.jpg", 48)
    expected, _ = course["paint"]("alone", steps=3)
    show_pair(course, "louvre.jpg", "monet.jpg", 48)
    course["paint"]("before", steps=3)
    show_pair(course, "persepolis.jpg", "starry_night.jpg", 48)
    after, _ = course["paint"]("after", steps=3)
    np.testing.assert_allclose(after[-1], expected[-1], atol=1e-5)


def test_other_weights_layers_and_pictures_take_effect_at_the_next_painting(course, monkeypatch):
    monkeypatch.setitem(course, "ALPHA", 0)
    monkeypatch.setitem(course, "STYLE_LAYERS", [("block2_conv1", 0.5)])
    monkeypatch.setitem(course, "CONTENT_LAYER", "block2_conv2")
    _, history = course["paint"]("other", steps=3)
    assert history.shape == (2, 3)
    assert (history[:, 1] == 0).all()
    assert history[-1, 2] < history[0, 2]


def test_new_pictures_need_no_other_cell_than_the_one_that_paints(course):
    course["content_image"], course["style_image"] = course["load_pair"](
        course["IMAGES"] / "persepolis.jpg", course["IMAGES"] / "starry_night.jpg", 64
    )
    pictures, _ = course["paint"]("new", steps=2)
    assert np.abs(pictures[0] - course["content_image"]).max() < 0.051


@pytest.mark.slow
def test_a_picture_of_another_size_is_painted_without_a_word_about_unknown_variables(course):
    course["paint"]("small", steps=2)
    show_pair(course, "louvre.jpg", "monet.jpg", 64)
    pictures, _ = course["paint"]("larger", steps=2)
    assert max(pictures[-1].shape) == 64


def test_train_step_is_traced_once_for_a_whole_painting(course, monkeypatch):
    graphs = []
    monkeypatch.setitem(course, "fresh", remember(course["fresh"], graphs))
    course["paint"]("traced", steps=4, every=2)
    assert [graph.experimental_get_tracing_count() for graph in graphs] == [1, 1]


def remember(fresh, graphs):
    def remembering(function):
        graphs.append(fresh(function))
        return graphs[-1]

    return remembering


def test_a_cost_that_turns_into_nan_stops_the_painting_at_the_last_good_picture(course, capsys):
    course["train_step"] = failing_from(4, turn_into_nan)
    course["fresh"] = keep(course["fresh"])
    pictures, _ = course["paint"]("broken", steps=10, every=2)
    assert "J is nan at step 4: stopped, and went back to the last good picture." in capsys.readouterr().out
    assert np.isfinite(course["generated_image"].numpy()).all()
    np.testing.assert_array_equal(course["generated_image"].numpy(), pictures[-1])


def test_interrupting_keeps_the_picture_so_far(course, capsys):
    course["train_step"] = failing_from(4, interrupt)
    course["fresh"] = keep(course["fresh"])
    course["paint"]("interrupted", steps=10, every=2)
    assert "interrupted: interrupted at step 3 of 10. The picture so far is kept." in capsys.readouterr().out
    assert float(course["generated_image"].numpy().max()) == pytest.approx(0.3)


def keep(fresh):
    """Leave the stand-in steps of these tests as they are: they fail by Python's means, which no graph has."""
    return lambda function: function if getattr(function, "stand_in", False) else fresh(function)


def failing_from(number, fail):
    """A train_step that paints 0.1 more at each call and fails at the given one."""
    calls = []

    def step(image):
        calls.append(None)
        if len(calls) >= number:
            return fail(image)
        image.assign(np.full(image.shape, 0.1 * len(calls), np.float32))
        return 1.0

    step.stand_in = True
    return step


def turn_into_nan(image):
    image.assign(image * np.nan)
    return np.nan


def interrupt(_image):
    raise KeyboardInterrupt

"""Slides are made from chapter 1: a title for each idea, and neither replies nor solutions."""

import nbformat
import pytest

from nst.paths import ROOT
from tools.website.slides import IDEAS, make_slides, split_into_ideas

CHAPTER = nbformat.read(ROOT / "notebooks" / "01_neural_style_transfer.ipynb", as_version=4)


@pytest.fixture(scope="module")
def texts():
    return [cell.source for cell in make_slides(CHAPTER).cells if cell.cell_type == "markdown"]


def test_there_are_six_ideas_each_with_an_exercise():
    ideas = split_into_ideas(CHAPTER)
    assert len(ideas) == len(IDEAS) == 6
    for number, (title, cells) in enumerate(ideas, 1):
        assert f"#### Exercise {number}: " in "\n".join(cell.source for cell in cells), title


def test_each_idea_has_its_points_its_exercise_and_its_recap(texts):
    for number, (title, _) in enumerate(split_into_ideas(CHAPTER), 1):
        [first, *_] = [text for text in texts if text.startswith(f"## {title}\n\n- ")]
        assert ";\n- " in first
        assert [text for text in texts if text.startswith(f"## Exercise {number}: `")]
        assert [text for text in texts if text.startswith(f"## {title}: recap\n")]


def test_formulas_are_on_the_first_slide_of_an_idea(texts):
    assert [text for text in texts if text.startswith("## The Gram matrix\n") and "$$G_{(gram)} = A A^T" in text]


def test_a_question_shows_its_options_without_the_replies(texts):
    [question] = [text for text in texts if text.startswith("## The Gram matrix: predict\n")]
    assert "- It stays the same.\n- It changes a little.\n- It becomes random." in question
    assert "Yes" not in question


def test_figures_follow_their_captions_and_hide_their_code():
    cells = make_slides(CHAPTER).cells
    figures = [number for number, cell in enumerate(cells) if cell.cell_type == "code"]
    assert len(figures) >= 5
    for number in figures:
        assert ": look" in cells[number - 1].source.splitlines()[0]
        assert cells[number].metadata["tags"] == ["remove-input"]
        assert "nst-verdict" not in str(cells[number].outputs)


def test_no_solution_is_on_a_slide():
    shown = "\n".join(cell.source for cell in make_slides(CHAPTER).cells if cell.cell_type == "markdown")
    assert "SOLUTION" not in shown
    assert "tf.matmul" not in shown

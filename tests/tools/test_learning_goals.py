"""Each section of a notebook begins with its minutes and learning goals, from docs/teach."""

import pytest

from tools.chapter import make_solved, make_student
from tools.learning_goals import Goals, add_goals, read_goals

PAGE = """\
# Goals

## Chapter 1: drawing

| section | minutes | afterwards you will be able to |
| --- | --- | --- |
| 1 Lines | 5 | draw a line; erase it |
| 2.1 Circles | 20 | draw a circle |

## Chapter 2: painting

| section | minutes | afterwards you will be able to |
| --- | --- | --- |
| 1 Lines | 10 | paint a line |
"""


@pytest.fixture
def page(tmp_path):
    (tmp_path / "goals.md").write_text(PAGE, encoding="utf-8")
    return tmp_path / "goals.md"


def test_a_chapter_has_the_goals_of_its_own_table(page):
    assert read_goals("01_drawing.py", page) == {
        "1 Lines": Goals(5, ["draw a line", "erase it"]),
        "2.1 Circles": Goals(20, ["draw a circle"]),
    }
    assert read_goals("02_painting.py", page) == {"1 Lines": Goals(10, ["paint a line"])}


@pytest.mark.parametrize("name", ["03_printing.py", "workshop.py"])
def test_a_notebook_without_a_table_has_no_goals(name, page):
    assert read_goals(name, page) == {}


@pytest.mark.parametrize(
    ("goals", "sentence"),
    [
        (["draw"], "be able to draw."),
        (["draw", "erase"], "be able to draw, and erase."),
        (["draw", "erase", "paint"], "be able to draw; erase; and paint."),
    ],
)
def test_goals_stand_between_the_heading_and_the_text_as_one_sentence(goals, sentence):
    text = add_goals("## 1 Lines\n\nA line is long.", {"1 Lines": Goals(5, goals)})
    assert text == f"## 1 Lines\n\n> **5 minutes.** After this section you will {sentence}\n\nA line is long."


def test_other_headings_stay_as_they_are():
    text = "## 2 Circles\n\n#### Exercise 1: `circle`\n\n1 Lines"
    assert add_goals(text, {"1 Lines": Goals(5, ["draw"])}) == text


@pytest.mark.parametrize("make", [make_solved, make_student])
def test_both_notebooks_of_a_chapter_show_them_and_cells_keep_their_ids(make, tmp_path):
    source = tmp_path / "01_toy.py"
    source.write_text("# %% [markdown]\n# ## 1 Packages\n", encoding="utf-8")
    first = make(source).cells[0]
    assert first.source.startswith("## 1 Packages\n\n> **5 minutes.** After this section you will be able to run")
    source.rename(tmp_path / "toy.py")
    assert make(tmp_path / "toy.py").cells[0].id == first.id

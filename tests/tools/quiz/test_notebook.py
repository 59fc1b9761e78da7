"""The check of prerequisites as a notebook: it grades itself, and does not show its answers."""

import pytest

from tools.quiz.notebook import make_notebook
from tools.quiz.questions import PREREQUISITES, read_questions

ASKED = [question for question in read_questions() if question.topic == PREREQUISITES]
NOTEBOOK = make_notebook(ASKED)
CODE = [cell.source for cell in NOTEBOOK.cells if cell.cell_type == "code"]


@pytest.fixture
def names():
    """The names that the first cell defines."""
    names = {}
    exec(CODE[0], names)
    return names


def find_right_answer(names, number):
    return next(answer for answer, reply in names["REPLIES"][str(number)].items() if reply.startswith("Yes"))


def test_there_is_a_cell_for_each_question_and_one_for_the_score():
    assert CODE[1:] == [*(f'check({number}, "")' for number in range(1, 11)), "show_score()"]


def test_no_explanation_can_be_read_before_an_answer_is_given():
    shown = "\n".join(cell.source for cell in NOTEBOOK.cells)
    for question in ASKED:
        for why in [answer.why for answer in question.answers] or [question.why]:
            assert why not in shown


def test_an_empty_cell_says_what_to_do_and_does_not_count(names, capsys):
    exec(CODE[1], names)
    assert capsys.readouterr().out == "Write your answer between the quotes, and run the cell again.\n"
    assert names["FIRST_TRIES"] == {}


def test_letters_stand_for_the_answers_beside_them(names, capsys):
    cell = next(cell.source for cell in NOTEBOOK.cells if cell.source.startswith("**10.**"))
    letter = find_right_answer(names, 10)
    assert f"- **{letter}** [0, 0, 3]" in cell
    names["check"](10, f" {letter.upper()} ")
    assert capsys.readouterr().out == "Yes. It replaces negative numbers by 0 and keeps the others.\n"


def test_only_the_first_answer_counts(names):
    for answer in ("5", "4"):
        names["check"](6, answer)
    assert names["FIRST_TRIES"] == {6: False}


def test_a_letter_that_is_not_there_does_not_count(names, capsys):
    names["check"](1, "z")
    assert capsys.readouterr().out == "Choose one of a, b, c.\n"
    assert names["FIRST_TRIES"] == {}


@pytest.mark.parametrize(
    ("right", "advice"),
    [(10, "Begin with chapter 1."), (6, "Begin, and read up"), (2, "First work through")],
)
def test_the_score_says_what_to_do_next(names, right, advice, capsys):
    for number in range(1, 11):
        wrong = "0" if len(names["REPLIES"][str(number)]) == 1 else None
        others = [answer for answer in names["REPLIES"][str(number)] if answer != find_right_answer(names, number)]
        names["check"](number, find_right_answer(names, number) if number <= right else wrong or others[0])
    capsys.readouterr()
    names["show_score"]()
    score, text = capsys.readouterr().out.splitlines()
    assert score == f"{right} of 10 right at the first try."
    assert text.startswith(advice)


def test_the_score_names_what_is_not_answered_yet(names, capsys):
    names["check"](1, find_right_answer(names, 1))
    capsys.readouterr()
    names["show_score"]()
    assert capsys.readouterr().out.splitlines()[1] == "Not answered yet: 2, 3, 4, 5, 6, 7, 8, 9, 10"

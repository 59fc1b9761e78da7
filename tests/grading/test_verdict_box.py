"""The box of a verdict in a notebook, beside the plain text: what it says, to whom, and what it never does."""

import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest

from grading.exercises import CHAPTERS, EXERCISES
from grading.grade_function import grade_function
from grading.judge import outcomes
from grading.judge.outcomes import PASSED, Outcome
from grading.reports.verdict_box import hint_box, progress_box, verdict_box
from nst.paths import ROOT
from tests.grading.test_messages import ODD
from tests.support.student_notebook import STUBS, graded, solved

VOID = {"br", "hr", "img", "input", "link", "meta"}


class Page(HTMLParser):
    """HTML as a reader meets it: `words` as text, `seen` without what a screen reader skips, `tags` with attributes."""

    def __init__(self, source):
        super().__init__()
        self.words, self.read, self.tags, self.open = "", "", [], []
        self.feed(source)
        assert self.open == [], "an element is not closed"

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        assert tag not in VOID
        self.open.append((tag, dict(attributes).get("aria-hidden")))

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag
        self.words, self.read = self.words + " ", self.read + " "

    def handle_data(self, data):
        self.words += data
        if not any(hidden for _, hidden in self.open):
            self.read += data


def read(box):
    return " ".join(Page(box).read.split())


def box_of(title):
    return verdict_box(graded(*ODD[title]))


def a_wrong_shape():
    return verdict_box(graded("gram_matrix", "def gram_matrix(A):\n    return tf.matmul(A, A, transpose_a=True)"))


def test_a_passed_exercise_shows_its_points():
    box = verdict_box(grade_function("gram_matrix", solved()["gram_matrix"]))
    assert read(box) == "Visible tests passed 2. gram_matrix 15 of 15 points"


def test_a_wrong_answer_shows_state_case_both_sides_reason_advice_and_section():
    assert read(a_wrong_shape()) == (
        "Wrong shape 2. gram_matrix "
        "Input A has shape (3, 2): 3 channels, 2 positions A = [[2, -2], [1, 3], [3, -1]] "
        "Expected (3, 3) Got (2, 2) "
        "This is A^T A, which compares positions with positions. The Gram matrix compares channels: A A^T. "
        "Try: the transpose_a / transpose_b arguments of tf.matmul Section 4.2: The Gram matrix"
    )


def test_an_untouched_exercise_says_how_to_start_and_where_to_read():
    box = verdict_box(grade_function("gram_matrix", solved(**STUBS)["gram_matrix"]))
    assert read(box).startswith(
        "Not attempted 2. gram_matrix The function still raises NotImplementedError. Try: write"
    )


def test_a_matrix_has_a_line_for_each_row():
    box = box_of("wrong in an unknown way, several numbers")
    assert ">[[ 8, -4,  8],\n [-4, 10,  0],\n [ 8,  0, 10]]<" in box
    assert "Largest difference 1, allowed 0.01" in box


def test_an_error_shows_the_line_and_the_exception():
    assert " Error line 2 of your cell, in gram_matrix: raise KeyError KeyError " in read(
        box_of("raises without a word")
    )


def test_what_the_function_printed_is_shown():
    assert "Your function printed: J is 2" in read(box_of("prints"))


@pytest.mark.parametrize("title", ODD)
def test_the_box_says_all_that_the_text_says(title):
    outcome = graded(*ODD[title])
    words = re.sub(r"[\s,]", "", read(verdict_box(outcome)).lower())
    for line in (*outcome.case, *outcome.found, *outcome.says, *outcome.notes, outcome.tries, *outcome.printed):
        for part in re.split(r"expected |, got |\ngot +|[\n(`]|\)$", line):
            assert re.sub(r"[\s,]", "", part.lower()) in words.replace("(", ""), part
    assert outcomes.status(outcome).replace(" ", "") in words


def test_a_hidden_input_stays_hidden():
    outcome = Outcome("gram_matrix", "wrong value", "4.2", case=("this failed on hidden inputs, which are not shown",))
    assert read(verdict_box(outcome)) == (
        "Wrong value 2. gram_matrix Input this failed on hidden inputs, which are not shown "
        "Section 4.2: The Gram matrix"
    )
    details = Outcome("gram_matrix", "crashed", details="Traceback: the answer is 42")
    assert "42" not in verdict_box(details)


HOSTILE = """<script>alert("x")</script><img src=x onerror=alert(1)> </div></td> & $x$ `<b>` \\\\(y\\\\)"""


@pytest.mark.parametrize(
    "body", [f"raise ValueError({HOSTILE!r})", f"print({HOSTILE!r})", f"return type({HOSTILE!r}, (), {{}})()"]
)
def test_what_a_student_wrote_is_text_and_never_html(body):
    box = verdict_box(graded("gram_matrix", f"def gram_matrix(A):\n    {body}"))
    page = Page(box)
    allowed = {"div", "strong", "span", "code", "table", "tbody", "tr", "th", "td", "p", "a", "pre"}
    assert {tag for tag, _ in page.tags} <= allowed
    assert {name for _, attributes in page.tags for name in attributes} <= {
        "class", "style", "role", "scope", "href", "aria-hidden"
    }  # fmt: skip
    assert '<script>alert("x")</script>' in page.words
    assert "mathjax_ignore" in page.tags[0][1]["class"]


@pytest.mark.parametrize("title", ODD)
def test_it_is_one_status_without_scripts_and_without_style_sheets(title):
    page = Page(box_of(title))
    assert page.tags[0][0] == "div"
    assert [attributes["role"] for _, attributes in page.tags if "role" in attributes] == ["status"]
    assert not {"script", "style"} & {tag for tag, _ in page.tags}


def test_states_differ_by_sign_and_word_and_not_by_color_alone():
    states = {
        state: Page(verdict_box(Outcome("gram_matrix", state))).words.split() for state in (*outcomes.STATES, PASSED)
    }
    assert {words[0] for words in states.values()} == {"\u2713", "\u2717", "\u25cb"}
    assert len({tuple(words) for words in states.values()}) == len(states)


@pytest.mark.parametrize("name", EXERCISES)
def test_the_link_leads_to_a_heading_of_the_chapter(name):
    exercise = EXERCISES[name]
    (source,) = (ROOT / "notebooks" / "src").glob(f"{exercise.chapter:02}_*.py")
    headings = re.findall(r"^# #+ (.+)$", source.read_text(encoding="utf-8"), flags=re.MULTILINE)
    heading = f"{exercise.section} {exercise.heading}"
    assert heading in headings
    box = Page(verdict_box(Outcome(name, "wrong value", exercise.section)))
    assert [link["href"] for tag, link in box.tags if tag == "a"] == [f"#{heading.replace(' ', '-')}"]


def test_progress_is_a_table_whose_bars_are_also_numbers():
    tested = {
        "compute_content_cost": Outcome("compute_content_cost", PASSED),
        "gram_matrix": Outcome("gram_matrix", "wrong shape"),
        "train_step": Outcome("train_step", "not attempted", waiting_for="gram_matrix"),
    }
    box = progress_box(CHAPTERS[1].values(), tested)
    assert read(box) == (
        "Chapter 1: 10 of 100 points Exercise Result Points "
        "1. compute_content_cost Visible tests passed 10 of 10 "
        "2. gram_matrix Wrong shape 0 of 15 "
        "3. compute_layer_style_cost Not yet tested 0 of 15 "
        "4. compute_style_cost Not yet tested 0 of 15 "
        "5. total_cost Not yet tested 0 of 10 "
        "6. train_step Waiting for gram_matrix 0 of 35"
    )
    widths = re.findall(r"height:100%;width:(\d+)%", box)
    assert widths == ["10", "100", "0", "0", "0", "0", "0"]


def test_progress_names_both_chapters_where_a_notebook_has_the_exercises_of_two():
    box = progress_box([EXERCISES["total_variation_cost"], EXERCISES["match_colors"]], {})
    assert read(box).startswith("Chapters 2 and 3: 0 of 30 points")


def test_a_hint_is_a_box_too():
    box = hint_box(EXERCISES["gram_matrix"], 2)
    assert read(box) == f"Hint 2 of 3: gram_matrix {EXERCISES['gram_matrix'].hints[1]}"


IN_A_TERMINAL = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_cell('''
from grading.reports.verdict_box import show
from grading.result import Result
show("gram_matrix: wrong shape", "<div>a box</div>")
Result("gram_matrix", False, "wrong shape", None, status="wrong shape").assert_passed()
''')
"""


def test_a_terminal_shows_the_text_and_the_failure_in_one_line():
    done = subprocess.run(
        [sys.executable, "-c", IN_A_TERMINAL], capture_output=True, text=True, check=False, cwd=ROOT, timeout=60
    )
    assert done.stdout == ("gram_matrix: wrong shape\ngram_matrix: wrong shape. The run stops here.\n")

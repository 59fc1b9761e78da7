"""The verdict is on what the notebook means now: its settings, newest cells and mode; in the cell and in the batch."""

import functools
import subprocess
import sys

import pytest
import tensorflow as tf
from IPython.core.interactiveshell import InteractiveShell

from grading.grade_function import grade_function
from grading.grade_submission import Settings, grade
from grading.judge.outcomes import text
from grading.sandbox.process import Limits
from tests.support import snapshots
from tests.support.answers_of_all_chapters import WRONG_ANSWERS
from tests.support.hostile_submissions import notebook as as_notebook
from tests.support.hostile_submissions import script
from tests.support.in_process import in_process
from tests.support.parameters import mostly_slow
from tests.support.student_notebook import IMPORTS, SOLUTIONS, graded, solved

pytestmark = pytest.mark.usefixtures("in_process")
__all__ = ["in_process"]

OLD = SOLUTIONS["train_step"]
HONORS = OLD.replace("a_S, a_G)", "a_S, a_G, STYLE_LAYERS)").replace("J_style)", "J_style, ALPHA, BETA)")
OURS = "ALPHA, BETA = 10, 40\n"
GRAM = SOLUTIONS["gram_matrix"].strip()
WRONG_GRAM = GRAM.replace("transpose_b", "transpose_a")
BROKEN_GRAM = GRAM[:-1]
RENAMED_GRAM = GRAM.replace("gram_matrix", "gram_matrx")


def in_cell(step):
    outcome = graded("train_step", step)
    return outcome.state, outcome.mistake, outcome.share


@functools.cache
def record(source):
    file = ("work.py", source) if isinstance(source, str) else ("work.ipynb", as_notebook(*source))
    return grade("Ada", [(file[0], file[1].encode())], Settings(7, Limits(timeout=60)))


def in_batch(source, name="train_step"):
    """The exercise of a record; `source`: a script, or the cells of a notebook."""
    [found] = [exercise for exercise in record(source)["exercises"] if exercise["name"] == name]
    return found


def of_batch(found):
    return found["state"], found["mistake"], found["points"] / found["max"]


@pytest.mark.parametrize(
    ("step", "verdict"),
    mostly_slow(
        [
            (OURS + OLD, ("wrong value", "weights-ignored", 0.8)),
            (OURS + HONORS, ("passed", None, 1)),
            (OLD, ("passed", None, 1)),
            ("ALPHA, BETA = 100, 40\n" + HONORS, ("passed", None, 1)),
            (OURS + HONORS + "ALPHA = 100\n", ("passed", None, 1)),
            (OURS + HONORS + "for ALPHA in (1, 100):\n    paint()\n", ("passed", None, 1)),
            (OURS + HONORS.replace("BETA)", "40)"), ("wrong value", "weights-ignored", 0.8)),
            (OURS + HONORS.replace(", ALPHA, BETA", ""), ("wrong value", "weights-ignored", 0.8)),
            (OURS + HONORS.replace(", STYLE_LAYERS", ""), ("wrong value", "layers-ignored", 0.8)),
        ],
    ),
    ids=[
        "ignores all",
        "honors them",
        "without names",
        "with other numbers",
        "changed afterwards",
        "in a loop",
        "ignores one",
        "ignores both weights",
        "ignores the layers",
    ],
)
def test_a_step_must_use_the_weights_and_layers_that_the_notebook_names(step, verdict):
    if "paint" not in step:  # a cell of the notebook runs the loop itself
        assert in_cell(step) == pytest.approx(verdict)
    assert of_batch(in_batch(script(train_step=step))) == pytest.approx(verdict)


def test_the_notebook_has_its_own_settings_again_after_the_test():
    notebook = solved(train_step="ALPHA, BETA = 100, 3\n" + HONORS)
    before = dict(notebook.namespace)
    assert grade_function("train_step", notebook["train_step"]).state == "passed"
    assert notebook.namespace == before


@pytest.fixture
def shell():
    """Cells run as in Jupyter, by number."""
    shell = InteractiveShell()

    def run(*cells):
        for cell in ("import tensorflow as tf", *cells):
            shell.run_cell(cell, store_history=True)
        return grade_function("gram_matrix", shell.user_ns["gram_matrix"])

    return run


LATER = {
    "does not compile": BROKEN_GRAM,
    "defines another name": RENAMED_GRAM,
    "stops before the definition": f"1 / 0\n{GRAM}",
}


@pytest.mark.parametrize("later", LATER)
def test_a_cell_says_that_an_older_function_is_tested(shell, later):
    right, wrong = shell(GRAM, LATER[later]), shell(WRONG_GRAM, LATER[later])
    assert (right.state, wrong.state, wrong.mistake) == ("passed", "wrong shape", "transposed")
    assert [outcome.notes[-1].split(":")[0] for outcome in (right, wrong)] == [
        "This is the verdict on an older gram_matrix"
    ] * 2
    assert "older" not in text(shell(GRAM, LATER[later], GRAM))
    assert "older" not in text(shell(WRONG_GRAM, GRAM))


@pytest.mark.parametrize("gram", [GRAM, WRONG_GRAM])
@pytest.mark.parametrize("later", [BROKEN_GRAM, RENAMED_GRAM])
def test_the_batch_says_that_an_older_function_was_graded(gram, later):
    found = in_batch((IMPORTS, gram, later), "gram_matrix")
    assert found["state"] == ("passed" if gram == GRAM else "wrong shape")
    assert "This is the verdict on an older gram_matrix: cell 3" in " ".join(found["feedback"].split())


def test_the_batch_says_that_the_newest_definition_could_not_be_run():
    found = in_batch((IMPORTS, GRAM, GRAM.replace("(A)", "(A, B=undefined)")), "gram_matrix")
    assert (found["state"], found["feedback"].splitlines()[1].strip()) == (
        "passed",
        "This is the verdict on an older gram_matrix: line 1 of cell 3 could not be run.",
    )


@pytest.mark.slow
def test_running_functions_eagerly_is_said_in_words_and_costs_nothing():
    notebook = solved()
    tf.config.run_functions_eagerly(True)
    try:
        outcomes = [grade_function(name, notebook[name]) for name in ("gram_matrix", "train_step")]
        assert tf.config.functions_run_eagerly()
    finally:
        tf.config.run_functions_eagerly(False)
    assert [outcome.state for outcome in outcomes] == ["passed", "passed"]
    assert all("tf.config.run_functions_eagerly(True)" in outcome.notes[-1] for outcome in outcomes)
    eager = "tf.config.run_functions_eagerly(True)\n"
    assert of_batch(in_batch(script(train_step=eager + OLD)))[0] == "passed"
    inside = OLD.replace("    with", f"    {eager}    with")
    assert of_batch(in_batch(script(train_step=inside)))[0] == "passed"


@pytest.mark.slow
def test_eager_execution_that_is_switched_off_is_said_in_words():
    off = "tf.compat.v1.disable_eager_execution()"
    assert of_batch(in_batch(script(train_step=f"{off}\n{OLD}")))[0] == "passed"  # the line is not run there
    with tf.Graph().as_default():
        outcome = grade_function("gram_matrix", lambda A: A)
    assert (outcome.state, outcome.mistake, outcome.details) == ("crashed", "not-eager", "")
    assert off in outcome.tries
    code = f"import tensorflow as tf\n{off}\nfrom public_tests import *\nprint(gram_matrix_test(lambda A: A).mistake)"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.splitlines()[-1] == "not-eager"


@pytest.mark.slow
def test_an_exercise_that_is_right_waits_for_the_one_that_is_not():
    notebook = solved(gram_matrix=WRONG_GRAM + "\n")
    outcome = grade_function("compute_layer_style_cost", notebook["compute_layer_style_cost"])
    assert text(outcome).splitlines()[0] == "compute_layer_style_cost: waiting for gram_matrix"
    found = in_batch(script(gram_matrix=WRONG_GRAM + "\n"), "compute_layer_style_cost")
    assert of_batch(found) == ("passed", None, 1)
    assert "gram_matrix, not right yet" in found["feedback"]


# Submissions with a mistake of older notebooks in each exercise, {exercise: name of the wrong answer}.
TOGETHER = [
    {"train_step": "other-targets", "compute_content_cost": "tensors-for-lists"},
    {"train_step": "other-weights", "compute_layer_style_cost": "no-difference"},
    {"train_step": "unfilled-template", "compute_content_cost": "unfilled-template"},
    {"train_step": "not-a-scalar", "compute_content_cost": "not-a-scalar"},
]


@pytest.mark.parametrize("mistakes", mostly_slow(TOGETHER), ids=lambda mistakes: " and ".join(mistakes.values()))
def test_a_mistake_of_older_notebooks_is_named_in_the_cell_and_in_the_batch(mistakes):
    rows = {row[:2]: row[2:] for row in WRONG_ANSWERS}
    cells = {exercise: rows[exercise, name][2] for exercise, name in mistakes.items()}
    for exercise, name in mistakes.items():
        mistake, state, cell = rows[exercise, name]
        found = in_batch(script(**cells), exercise)
        assert graded(exercise, cell).mistake == found["mistake"] == mistake
        assert found["state"] == state


def test_a_function_with_other_parameters_is_told_how_it_is_called():
    cell = "def compute_style_cost(style_output, generated_output):\n    return 0\n"
    outcome, found = graded("compute_style_cost", cell), in_batch(script(compute_style_cost=cell), "compute_style_cost")
    assert outcome.mistake == found["mistake"] == "other-signature"
    signature = "compute_style_cost(style_image_output, generated_image_output, STYLE_LAYERS=STYLE_LAYERS)"
    assert all(signature in " ".join(words.split()) for words in (text(outcome), found["feedback"]))


def test_the_messages_about_what_is_newest(shell):
    messages = {f"cell: {later}": text(shell(WRONG_GRAM, source)) for later, source in LATER.items()}
    messages |= {
        "cell: passed, but the newest cell does not compile": text(shell(GRAM, BROKEN_GRAM)),
        "batch: does not compile": in_batch((IMPORTS, WRONG_GRAM, BROKEN_GRAM), "gram_matrix")["feedback"],
        "batch: defines another name": in_batch((IMPORTS, WRONG_GRAM, RENAMED_GRAM), "gram_matrix")["feedback"],
        "batch: only another name": in_batch((IMPORTS, RENAMED_GRAM), "gram_matrix")["feedback"],
    }
    with tf.Graph().as_default():
        messages["eager execution is off"] = text(grade_function("gram_matrix", lambda A: A))
    snapshots.check("newest", messages)

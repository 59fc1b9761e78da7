"""One submission becomes one record: points, words, and nothing of the hidden inputs."""

import functools
import re

import numpy as np
import pytest

from grading.exercises import CHAPTERS, EXERCISES
from grading.exercises.exercise import VISIBLE_SEED
from grading.grade_submission import Settings, grade
from grading.hidden_inputs import choose_seed
from grading.reports.records import Record
from grading.runner import probe
from grading.sandbox.process import Limits, Sandbox, SandboxError, Stopped
from grading.submissions.cells import UnreadableError
from tests.support.hostile_submissions import KNOWING, notebook, script
from tests.support.in_process import InProcessSandbox, in_process
from tests.support.parameters import mostly_slow
from tests.support.right_answers_chapter_1 import HANDED_OVER
from tests.support.right_answers_train_step import STEP_KEEPING
from tests.support.student_notebook import IMPORTS, SOLUTIONS, STUBS, solved

pytestmark = pytest.mark.usefixtures("in_process")  # but for those that name the sandbox
__all__ = ["in_process"]
SETTINGS = Settings(seed=7, limits=Limits(timeout=60))
A_A_T = "tf.matmul(A, A, transpose_b=True)"


@functools.cache
def record(source, name="work.py", seed=7):
    return grade("Ada", [(name, source.encode())], Settings(seed, SETTINGS.limits), key="k")


def exercise(source, wanted, **options):
    [found] = [exercise for exercise in record(source, **options)["exercises"] if exercise["name"] == wanted]
    return found


def points(found):
    return {exercise["name"]: exercise["points"] for exercise in found["exercises"]}


def all_texts(found):
    """What a record says, without the submission's own code."""
    return "\n".join([found["reason"], *found["notes"], *(exercise["feedback"] for exercise in found["exercises"])])


@pytest.fixture
def sandboxed(in_process, monkeypatch):
    """Grade in the sandbox, as the command does."""
    monkeypatch.setattr("grading.grade_submission.Sandbox", Sandbox)


FULL = {name: exercise.points for name, exercise in CHAPTERS[1].items()}
WRONG_GRAM = script(gram_matrix="def gram_matrix(A):\n    return tf.matmul(A, A, transpose_a=True)\n")


def test_a_right_submission_earns_every_point():
    found = record(script())
    assert points(found) == FULL
    assert (found["student"], found["file"], found["key"], found["status"], found["reason"]) == (
        "Ada",
        "work.py",
        "k",
        "graded",
        "",
    )
    assert found.keys() == Record.__annotations__.keys()
    assert [exercise["feedback"].split("\n")[0] for exercise in found["exercises"]] == [
        f"{name}: passed" for name in CHAPTERS[1]
    ]


def test_one_mistake_costs_once_and_the_others_say_why():
    assert points(record(WRONG_GRAM)) == {**FULL, "gram_matrix": 0}
    assert exercise(WRONG_GRAM, "gram_matrix")["mistake"] == "transposed"
    assert "It calls gram_matrix, not right yet: with correct" in exercise(WRONG_GRAM, "train_step")["feedback"]


def test_an_earlier_exercise_that_is_not_written_costs_once_too():
    assert points(record(script(gram_matrix=STUBS["gram_matrix"]))) == {**FULL, "gram_matrix": 0}


@pytest.mark.slow
def test_points_are_earned_check_by_check():
    """The values are right; the gradient, the graph or clipping is wrong."""
    gram_matrix = f"def gram_matrix(A):\n    return {A_A_T} * (1.0 if tf.executing_eagerly() else 2.0)\n"
    source = script(
        compute_content_cost=SOLUTIONS["compute_content_cost"].replace("a_C - a_G", "a_C - tf.stop_gradient(a_G)"),
        gram_matrix=gram_matrix,
        train_step=SOLUTIONS["train_step"].replace("clip_0_1(generated_image)", "generated_image"),
    )
    assert points(record(source)) == pytest.approx(
        {**FULL, "compute_content_cost": 6, "gram_matrix": 12, "train_step": 17.5}
    )


def test_no_points_are_earned_before_the_values_are_right():
    source = script(
        compute_content_cost="def compute_content_cost(a, b):\n    return tf.constant(0.0)\n",
        compute_layer_style_cost="pass",
        compute_style_cost=STUBS["compute_style_cost"],
    )
    wrong = ("compute_content_cost", "compute_layer_style_cost", "compute_style_cost")
    assert points(record(source)) == {**FULL, **dict.fromkeys(wrong, 0)}


def test_what_the_visible_tests_show_is_told_in_the_words_of_the_students_cell():
    feedback = exercise(WRONG_GRAM, "gram_matrix")["feedback"]
    assert "expected (3, 3), got (2, 2)" in feedback
    assert "This is A^T A" in feedback


def test_a_failure_on_hidden_inputs_alone_shows_none_of_them():
    found = exercise(script(compute_content_cost=KNOWING), "compute_content_cost", seed=12345)
    assert found["state"] == "crashed"
    assert "this failed on hidden inputs, which are not shown" in found["feedback"]
    assert "I saw" not in found["feedback"]
    assert "ValueError" not in found["feedback"]
    assert "[[" not in found["feedback"]


@pytest.mark.parametrize(
    ("kind", "said", "shown"),
    mostly_slow(
        [
            ("ended", "its process ended with exit code 210", "its process ended"),
            ("garbled", "the submission wrote to the grader's pipe (210)", "the submission wrote to the grader's pipe"),
        ]
    ),
)
def test_a_stop_on_hidden_inputs_shows_nothing_but_its_kind(monkeypatch, kind, said, shown):
    def run(self, name, seed, references=None):
        if name == "gram_matrix" and seed != VISIBLE_SEED:
            raise Stopped(kind, said)
        return probe.run(name, solved()[name], seed)

    monkeypatch.setattr(InProcessSandbox, "load", lambda self: {f"kind/{name}": "function" for name in EXERCISES})
    monkeypatch.setattr(InProcessSandbox, "run", run)
    found = grade("Ada", [("a.py", script().encode())], SETTINGS)
    assert found["status"] == "stopped"
    assert found["reason"] == f"gram_matrix: {shown}"
    assert "210" not in all_texts(found)


# Multiplies the right answer by a number of a hidden input, which would come back as the ratio of the two.
FACTOR = """
def compute_content_cost(content_output, generated_output):
    a_C, a_G = content_output[-1], generated_output[-1]
    right = tf.reduce_mean(tf.square(a_C - a_G)) / 4
    return right if {{VISIBLE}} else right * 3.21
"""


@pytest.mark.slow
def test_a_ratio_on_hidden_inputs_is_not_shown():
    visible = [float(case.args[0][-1].sum()) for case in EXERCISES["compute_content_cost"].cases(VISIBLE_SEED)]
    source = FACTOR.replace("{{VISIBLE}}", f"float(tf.reduce_sum(a_C)) in {visible}")
    found = exercise(script(compute_content_cost=source), "compute_content_cost")
    assert "this failed on hidden inputs" in found["feedback"]
    assert "3.21" not in found["feedback"]


def test_each_submission_has_hidden_inputs_of_its_own():
    files = [("a.py", b"x = 1")]
    seeds = {
        choose_seed(7, "Ada", files),
        choose_seed(8, "Ada", files),
        choose_seed(7, "Bob", files),
        choose_seed(7, "Ada", [("a.py", b"x = 2")]),
        choose_seed(7, "Ada", [("b.py", b"x = 1")]),
        choose_seed(7, "Ada\ud800", [("b.py", UnreadableError("it is empty"))]),
    }
    assert len(seeds) == 6
    assert min(seeds) > VISIBLE_SEED
    assert choose_seed(7, "Ada", files) in seeds


# Keeps what it is given, and tells it as soon as something of it could be read.
TELLTALE = """
kept = []

def gram_matrix(A):
    kept.append(A.numpy().tolist())
    print("SEEN", kept)
    raise ValueError(f"SEEN {kept}")
"""


def test_nothing_that_a_page_shows_was_computed_after_a_hidden_input_came_in():
    source = script(
        gram_matrix=TELLTALE,
        compute_layer_style_cost="def compute_layer_style_cost(a_S, a_G):\n    raise ValueError(f'SEEN {kept}')\n",
    )
    first = EXERCISES["gram_matrix"].cases(VISIBLE_SEED)[0].args[0]
    feedback = exercise(source, "gram_matrix")["feedback"]
    assert "SEEN" in feedback
    shown = re.findall(r"-?\d+\.0", feedback.split("ValueError: SEEN ")[1])[: first.size]
    assert np.array(shown, float).tolist() == first.ravel().tolist()
    for name in ("compute_style_cost", "train_step"):
        assert "SEEN" not in exercise(source, name)["feedback"]


def test_a_crash_shows_the_students_own_line_with_its_cell():
    cells = [IMPORTS, *{**SOLUTIONS, "gram_matrix": "def gram_matrix(A):\n    return A @ nothing"}.values()]
    feedback = exercise(notebook(*cells), "gram_matrix", name="work.ipynb")["feedback"]
    assert "line 2 of cell 3, in gram_matrix: return A @ nothing" in feedback
    assert "NameError" in feedback


def test_a_cell_that_does_not_compile_is_told_at_the_exercise_it_defines():
    source = notebook(IMPORTS, "def gram_matrix(A:\n    return A")
    found = exercise(source, "gram_matrix", name="work.ipynb")
    assert found["state"] == "crashed"
    assert "line 1 of cell 2: def gram_matrix(A:" in found["feedback"]
    assert record(source, name="work.ipynb")["reason"].startswith("cell 2 was left out, because it does not compile: ")


def test_a_name_that_is_no_function_is_the_wrong_type():
    assert "gram_matrix is not a function: its type is int" in exercise("gram_matrix = 3", "gram_matrix")["feedback"]


@pytest.mark.slow
def test_of_several_files_the_one_with_most_exercises_is_graded():
    found = grade("Ada", [("a.py", b"x = 1"), ("b.py", script().encode()), ("c.py", b"\xff")], SETTINGS)
    assert found["file"] == "b.py"
    assert found["notes"] == [
        "b.py was graded, of 3 files",
        "c.py is not UTF-8 text (byte 0 cannot be decoded). Save it again as UTF-8.",
    ]


def test_where_no_file_can_be_read_the_first_reason_is_the_row():
    found = grade("Ada", [("a.py", UnreadableError("a.py is too large.")), ("b.py", b"")], SETTINGS)
    assert (found["status"], found["reason"], sum(points(found).values())) == ("unreadable", "a.py is too large.", 0)


def test_a_grader_that_cannot_start_its_processes_gives_no_points_and_takes_none(monkeypatch):
    def fail(self):
        raise SandboxError("no process could be started: no memory")

    monkeypatch.setattr("tests.support.in_process.InProcessSandbox.load", fail)
    found = grade("Ada", [("a.py", script().encode())], SETTINGS)
    assert (found["status"], found["reason"]) == ("failed", "no process could be started: no memory")


def test_an_error_that_nobody_has_foreseen_is_one_students_row_alone(monkeypatch):
    def fail(*_):
        raise ZeroDivisionError("of ours")

    monkeypatch.setattr("grading.grade_submission.read_work", fail)
    found = grade("Ada", [("a.py", script().encode())], SETTINGS)
    assert found["status"] == "failed"
    assert found["reason"].startswith("the grader itself failed: ZeroDivisionError: of ours. Run the same command ag")


def test_of_all_that_a_forged_answer_notes_a_little_is_kept(monkeypatch):
    forged = {f"kind/{name}": "missing" for name in EXERCISES} | {f"note/{n}": "x" * 10_000 for n in range(1000)}
    monkeypatch.setattr(InProcessSandbox, "load", lambda self: forged)
    found = grade("Ada", [("a.py", script().encode())], SETTINGS)
    assert found["notes"] == ["x" * 500] * 20


def test_where_nothing_of_the_cells_could_be_run_the_row_has_the_error(monkeypatch):
    monkeypatch.setattr(InProcessSandbox, "load", lambda self: {"failure": "Traceback:\n  line 7\nKeyError: 'tf'\n"})
    found = grade("Ada", [("a.py", script().encode())], SETTINGS)
    assert found["status"] == "stopped"
    assert found["reason"].endswith("replaces what the grader needs. KeyError: 'tf'")


def timed_out(monkeypatch, hangs):
    """A record whose exercises hang where `hangs(name, seed, with references)` and pass elsewhere; and what was run."""
    asked = []

    def run(self, name, seed, references=None):
        asked.append((name, seed, references is not None))
        if hangs(*asked[-1]):
            raise Stopped("time", "it did not finish within 1 s")
        return probe.run(name, solved()[name], seed)

    monkeypatch.setattr(InProcessSandbox, "load", lambda self: {f"kind/{name}": "function" for name in EXERCISES})
    monkeypatch.setattr(InProcessSandbox, "run", run)
    return grade("Ada", [("a.py", script().encode())], SETTINGS), asked


@pytest.mark.parametrize(
    "hangs",
    [
        lambda name, seed, references: True,
        lambda name, seed, references: seed != VISIBLE_SEED,
        lambda name, seed, references: references or name == "gram_matrix",
    ],
)
def test_an_exercise_that_hangs_is_waited_for_once(monkeypatch, hangs):
    found, asked = timed_out(monkeypatch, hangs)
    assert found["status"] == "stopped"
    hung = [name for name, *how in asked if hangs(name, *how)]
    assert "gram_matrix" in hung
    assert len(hung) == len(set(hung))


@pytest.mark.slow
def test_what_waits_for_a_stopped_exercise_is_tried_without_it_alone(monkeypatch):
    found, asked = timed_out(monkeypatch, lambda name, *_: name == "gram_matrix")
    assert points(found) == {**FULL, "gram_matrix": 0}
    assert all(references for name, _, references in asked if "gram_matrix" in EXERCISES[name].needs)


@pytest.mark.parametrize(
    ("cells", "starts"),
    [
        pytest.param({"gram_matrix": "def gram_matrix(A):\n    return A\n"}, 1, marks=pytest.mark.slow),
        ({"train_step": "def train_step(generated_image):\n    while True:\n        pass\n"}, 2),
    ],
)
def test_in_the_sandbox_tensorflow_is_imported_once_and_once_more_after_a_kill(cells, starts, sandboxed, monkeypatch):
    """Each process for submissions imports it once, as it begins."""
    begun, start = [], Sandbox._start
    monkeypatch.setattr(Sandbox, "_start", lambda self: begun.append(start(self)))
    found = grade("Ada", [("work.py", script(**cells).encode())], Settings(7, Limits(timeout=10)))
    assert points(found) == {**FULL, **dict.fromkeys(cells, 0)}
    assert len(begun) == starts


HANGS = "def gram_matrix(A):\n    while True:\n        pass\n"
NO_NAME = "def compute_layer_style_cost(a_S, a_G):\n    return undefined_here + gram_matrix(a_S)\n"
SHIFTED = SOLUTIONS["compute_style_cost"].replace("[:-1]", "[1:]")


@pytest.fixture
def gram_matrix_hangs(monkeypatch):
    def run(self, name, *rest):
        if name == "gram_matrix":
            raise Stopped("time", "it did not finish within 5 s")
        return original(self, name, *rest)

    original = InProcessSandbox.run
    monkeypatch.setattr(InProcessSandbox, "run", run)


@pytest.mark.slow
@pytest.mark.usefixtures("gram_matrix_hangs")
def test_whoever_hangs_early_is_still_told_what_else_is_wrong():
    source = script(compute_layer_style_cost=NO_NAME, compute_style_cost=SHIFTED)
    check_what_else_is_wrong(grade("Ada", [("work.py", source.encode())], SETTINGS))


def check_what_else_is_wrong(found):
    exercises = {exercise["name"]: exercise for exercise in found["exercises"]}
    assert "return undefined_here + gram_matrix(a_S)" in exercises["compute_layer_style_cost"]["feedback"]
    assert "NameError" in exercises["compute_layer_style_cost"]["feedback"]
    assert exercises["compute_layer_style_cost"]["mistake"] == "undefined-name"
    assert "lists of 2 style layers" in exercises["compute_style_cost"]["feedback"]
    assert exercises["compute_style_cost"]["mistake"] == "shifted"
    assert points(found) == {**FULL, "gram_matrix": 0, "compute_layer_style_cost": 0, "compute_style_cost": 0}


@pytest.mark.slow
def test_in_the_sandbox_whoever_hangs_early_is_still_told_what_else_is_wrong(sandboxed):
    source = script(gram_matrix=HANGS, compute_layer_style_cost=NO_NAME, compute_style_cost=SHIFTED)
    found = grade("Ada", [("work.py", source.encode())], Settings(7, Limits(timeout=5)))
    assert "it did not finish within 5 s" in found["exercises"][1]["feedback"]
    check_what_else_is_wrong(found)


# What compute_layer_style_cost could do with the right gram_matrix that takes the place of one that was stopped.
SHOWS_SOLUTION = {
    "as an error": "raise ValueError(SEEN)",
    "as an error's type": "raise type(SEEN, (Exception,), {})()",
    "as the line of an error": "linecache.cache[__file__] = (9, None, [SEEN] * 999, __file__); raise ValueError",
    "as the function of an error": "raising.__code__ = raising.__code__.replace(co_name=SEEN); raising()",
    "as output": "print(SEEN)",
    "as a type": "return type(SEEN, (), {})()",
    "as a shape": "return tf.zeros([1, 3141])",
    "as a number": "return tf.constant(3141.0)",
}


@pytest.mark.parametrize("way", SHOWS_SOLUTION)
@pytest.mark.usefixtures("gram_matrix_hangs")
def test_a_right_solution_in_the_place_of_what_was_stopped_is_not_shown(way):
    shows = (
        "import linecache\n\ndef raising():\n    raise ValueError\n\n"
        "def compute_layer_style_cost(a_S, a_G):\n"
        "    SEEN = '3141' + str(gram_matrix.__wrapped__.__code__.co_names)\n"
        "    __file__ = compute_layer_style_cost.__code__.co_filename\n"
        f"    {SHOWS_SOLUTION[way]}\n"
    )
    source = "\n".join([IMPORTS, SOLUTIONS["gram_matrix"], shows])
    found = grade("Ada", [("work.py", source.encode())], SETTINGS)
    [told] = [exercise for exercise in found["exercises"] if exercise["name"] == "compute_layer_style_cost"]
    assert told["state"] != "passed"
    assert "3141" in told.pop("code")  # the student's own
    assert "3141" not in str(found)


def test_a_stop_beside_a_right_solution_shows_nothing_but_its_kind(monkeypatch):
    def run(self, name, seed, references=None):
        if name == "gram_matrix":
            raise Stopped("time", "it did not finish within 5 s")
        if references and seed == VISIBLE_SEED:
            raise Stopped("ended", "its process ended with exit code 210")
        return probe.run(name, solved()[name], seed)

    monkeypatch.setattr(InProcessSandbox, "load", lambda self: {f"kind/{name}": "function" for name in EXERCISES})
    monkeypatch.setattr(InProcessSandbox, "run", run)
    found = grade("Ada", [("a.py", script().encode())], SETTINGS)
    assert "compute_style_cost: its process ended" in found["reason"]
    assert "210" not in all_texts(found)


VISIBLY_WRONG = """
VISIBLE = {visible}

def compute_content_cost(content_output, generated_output):
    a_C, a_G = content_output[-1], generated_output[-1]
    seen = tf.executing_eagerly() and float(tf.reduce_sum(a_C)) in VISIBLE
    return tf.reduce_mean(tf.square(a_C - a_G)) / (2 if seen else 4)
"""


@pytest.mark.slow
def test_record_and_page_agree_where_only_the_visible_inputs_go_wrong():
    cases = EXERCISES["compute_content_cost"].cases(VISIBLE_SEED)
    source = script(compute_content_cost=VISIBLY_WRONG.format(visible=[float(c.args[0][-1].sum()) for c in cases]))
    found = exercise(source, "compute_content_cost", seed=12345)
    assert (found["state"], found["mistake"], found["points"]) == ("wrong value", "half", 0)
    assert found["feedback"].startswith("compute_content_cost: wrong value\n")


@pytest.mark.slow
def test_a_step_without_style_earns_nothing_however_little_its_lambdas_weigh():
    source = script(
        compute_style_cost=SOLUTIONS["compute_style_cost"].replace("0.2", "0.00021"),
        train_step=SOLUTIONS["train_step"].replace("compute_style_cost(a_S, a_G)", "0.0"),
    )
    found = exercise(source, "train_step")
    assert (found["state"], found["mistake"], found["points"]) == ("wrong value", "style-missing", 0)
    assert "train_step: wrong value" in found["feedback"]


@pytest.mark.parametrize("way", ["tf.Module", pytest.param("partial", marks=pytest.mark.slow)])
def test_functions_of_any_kind_earn_every_point_in_the_batch_too(way):
    given = {
        name: cell
        + "\n"
        + HANDED_OVER[way].format(name=name).replace("answer", f"answer_{name}").replace("first", f"first_{name}")
        for name, cell in SOLUTIONS.items()
    }
    assert points(record(script(**given))) == FULL


@pytest.mark.parametrize(
    "way",
    [
        pytest.param("class attribute", marks=pytest.mark.slow),
        pytest.param("tf.Module", marks=pytest.mark.slow),
        "two layers of its own",
    ],
)
def test_a_step_earns_every_point_wherever_it_keeps_its_optimizer(way):
    assert points(record(script(train_step=STEP_KEEPING[way]))) == FULL


CELLS = [IMPORTS, *SOLUTIONS.values()]
OF_IPYTHON = {
    "indented": ["".join(f"    {line}\n" for line in cell.splitlines()) for cell in CELLS],
    "indented with tabs": ["".join(f"\t{line}\n" for line in cell.splitlines()) for cell in CELLS],
    "pasted with prompts": [
        "".join(f"{'... ' if line[:1] in (' ', ')', '') else '>>> '}{line}\n" for line in cell.splitlines())
        for cell in CELLS
    ],
    "pasted from IPython": [
        "".join(f"{'   ...: ' if number else 'In [3]: '}{line}\n" for number, line in enumerate(cell.splitlines()))
        for cell in CELLS
    ],
    "with magics": [f"%matplotlib inline\n!pip list\nfiles = !ls\nlen?\n{cell}\n?len" for cell in CELLS],
    "timed": [f"%%time\n{cell}" for cell in CELLS],
    "with an await": [f"import asyncio\nawait asyncio.sleep(0)\n{cell}" for cell in CELLS],
    "with a magic in a function": [
        *CELLS,
        "def gram_matrix(A):\n    %matplotlib inline\n    files = !ls\n    return tf.matmul(A, A, transpose_b=True)",
    ],
    "with annotations of names that are not defined": [
        "from __future__ import annotations",
        *(cell.replace("(A):", "(A: tf.Nothing) -> Nothing:") for cell in CELLS),
    ],
    "with a late import from the future": [
        f"{IMPORTS}\nfrom __future__ import annotations\n",
        *(cell.replace("(A):", "(A: Nothing):") for cell in CELLS),
    ],
}


@pytest.mark.parametrize("kind", mostly_slow(sorted(OF_IPYTHON, key=lambda kind: kind != "with magics")))
def test_cells_that_jupyter_runs_earn_every_point(kind):
    found = record(notebook(*OF_IPYTHON[kind]), name="work.ipynb")
    assert (points(found), found["notes"]) == (FULL, [])


SEVERAL_LINES = "exec('raise ValueError(chr(10).join(\\'abc\\'))')"
FAILS = f"STYLE_LAYERS = [\n    {SEVERAL_LINES}\n]\n"
NOTE = f"line 6 of work.py could not be run (ValueError: a b c): {SEVERAL_LINES}"


def test_a_note_on_a_statement_that_failed_is_a_sentence_on_one_line():
    found = record(IMPORTS + FAILS + SOLUTIONS["compute_style_cost"])
    assert (found["reason"], found["notes"]) == (NOTE, [NOTE])


def test_no_note_on_a_submission_whose_process_is_stopped_has_escaped_line_breaks(sandboxed):
    ends = "def total_cost(*J, **options):\n    import os\n    os._exit(3)\n"
    found = record(IMPORTS + FAILS + "\n".join({**SOLUTIONS, "total_cost": ends}.values()))
    assert found["status"] == "stopped"
    assert found["reason"] == f"total_cost: its process ended with exit code 3; {NOTE}"
    assert not any("\\n" in text for text in (*found["notes"], *(one["feedback"] for one in found["exercises"])))

"""What students read, word for word, for every known mistake and every state; see tests/support/snapshots.py."""

import itertools

import pytest
import tensorflow as tf

from grading import grade_submission
from grading.exercises import EXERCISES
from grading.exercises.exercise import VISIBLE_SEED
from grading.grade_function import grade_function
from grading.judge import KEYS, general_mistakes
from grading.runner import probe
from grading.sandbox.process import Limits, Stopped
from tests.support import snapshots
from tests.support.answers_of_all_chapters import SOLUTIONS, STUBS
from tests.support.hostile_submissions import notebook as as_notebook
from tests.support.student_notebook import IMPORTS, Notebook, graded, solved, told
from tests.support.student_notebook import SOLUTIONS as SOLUTIONS_1
from tests.support.student_notebook_chapter_2 import MATCH_COLORS, TOTAL_VARIATION_COST, VALUE_AND_GRADIENT


def test_the_message_of_an_untouched_notebook():
    notebook = solved(**STUBS)
    snapshots.check("not_attempted", {name: told(grade_function(name, notebook[name])) for name in EXERCISES})


def test_the_message_where_an_earlier_exercise_is_a_stub():
    messages = {
        f"{name} without {missing}": told(
            grade_function(name, solved(**{name: SOLUTIONS[name], missing: STUBS[missing]})[name])
        )
        for name in EXERCISES
        for missing in EXERCISES[name].needs
    }
    snapshots.check("waiting", messages)


def test_the_message_where_an_earlier_exercise_is_wrong():
    gram = "def gram_matrix(A):\n    return tf.matmul(A, A, transpose_a=True)"
    content = "def compute_content_cost(C, G):\n    return tf.reduce_mean((C[-1] - G[-1]) ** 2)"
    crashes = "def compute_layer_style_cost(a_S, a_G):\n    raise ValueError('raised by the student')"
    shifted = SOLUTIONS["compute_style_cost"].replace("[:-1]", "[1:]")
    notebooks = {
        "gram_matrix wrong": ("compute_layer_style_cost", solved(gram_matrix=gram)),
        "gram_matrix wrong, two steps below": ("compute_style_cost", solved(gram_matrix=gram)),
        "gram_matrix wrong, three steps below": ("train_step", solved(gram_matrix=gram)),
        "compute_content_cost wrong": ("train_step", solved(compute_content_cost=content)),
        "an earlier exercise crashes": ("compute_style_cost", solved(compute_layer_style_cost=crashes)),
        "both wrong": ("compute_style_cost", solved(gram_matrix=gram, compute_style_cost=shifted)),
    }
    snapshots.check(
        "earlier_exercise",
        {title: told(grade_function(name, notebook[name])) for title, (name, notebook) in notebooks.items()},
    )


GRAM = "def gram_matrix(A):\n    "
CONTENT = "def compute_content_cost(content_output, generated_output):\n    "
RIGHT = "tf.matmul(A, A, transpose_b=True)"
COST = "tf.reduce_mean(tf.square(content_output[-1] - generated_output[-1])) / 4"
ODD = {
    "raises": ("gram_matrix", GRAM + "raise ValueError('raised by the student')"),
    "raises without a word": ("gram_matrix", GRAM + "raise KeyError"),
    "raises in a helper": (
        "gram_matrix",
        "def helper(A):\n    return 1 / 0  # by the student\n\n" + GRAM + "return helper(A)",
    ),
    "raises NotImplementedError with other words": (
        "gram_matrix",
        GRAM + "raise NotImplementedError('by the student')",
    ),
    "asserts": ("gram_matrix", GRAM + "assert A.shape == (2, 2), 'shape asked for by the student'"),
    "calls exit": ("gram_matrix", GRAM + "raise SystemExit('by the student')"),
    "calls itself": ("gram_matrix", GRAM + "return gram_matrix(A)"),
    "undefined name": ("gram_matrix", GRAM + "return tf.matmul(A, B)"),
    "misspelt function": ("gram_matrix", GRAM + "return tf.matmul(A, tf.transpos(A))"),
    "misspelt function, in no way like another": ("gram_matrix", GRAM + "return tf.qqqqqq(A)"),
    "misspelt in the step": ("train_step", SOLUTIONS["train_step"].replace("GradientTape", "GradientTap")),
    "transposed with .T": ("gram_matrix", GRAM + "return tf.matmul(A, A.T)"),
    "three sizes of four": ("compute_content_cost", SOLUTIONS["compute_content_cost"].replace("_, n_H", "n_H")),
    "template not filled in": ("compute_content_cost", CONTENT + "m, n_H, n_W, n_C = None\n    return n_H"),
    "mixed dtypes": ("compute_content_cost", CONTENT + f"return {COST} * tf.size(content_output[-1])"),
    "returns nothing": ("gram_matrix", GRAM + RIGHT),
    "returns a string": ("gram_matrix", GRAM + f"return str({RIGHT})"),
    "returns a list of tensors": ("gram_matrix", GRAM + f"return [{RIGHT}]"),
    "returns a bool": ("gram_matrix", GRAM + "return True"),
    "returns an object": ("gram_matrix", GRAM + "return object()"),
    "returns float64": ("gram_matrix", GRAM + f"return tf.cast({RIGHT}, tf.float64)"),
    "returns integers": ("gram_matrix", GRAM + f"return tf.cast({RIGHT}, tf.int32)"),
    "returns strings": ("gram_matrix", GRAM + f"return tf.as_string({RIGHT})"),
    "returns complex numbers": ("gram_matrix", GRAM + f"return tf.complex({RIGHT}, 0.0)"),
    "returns a batch": ("gram_matrix", GRAM + f"return {RIGHT}[None]"),
    "returns NaN": ("compute_content_cost", CONTENT + f"return {COST} * float('nan')"),
    "wrong by a constant": ("compute_content_cost", CONTENT + f"return {COST} * 3"),
    "wrong by an odd constant": ("compute_content_cost", CONTENT + f"return {COST} * 0.3"),
    "wrong in an unknown way": ("compute_content_cost", CONTENT + f"return {COST} + 1"),
    "wrong in an unknown way, several numbers": ("gram_matrix", GRAM + f"return {RIGHT} + 1"),
    "prints": ("compute_content_cost", CONTENT + f"print('J is', 1 + 1)\n    return {COST} + 1"),
    "prints a lot": (
        "compute_content_cost",
        CONTENT + f"[print('line', n) for n in range(9999)]\n    return {COST} + 1",
    ),
    "not zero for equals": (
        "compute_content_cost",
        CONTENT + "d = tf.reduce_sum(tf.abs(content_output[-1] - "
        f"generated_output[-1]))\n    return {COST} + tf.cast(d == 0, tf.float32)",
    ),
    "not of degree two": (
        "gram_matrix",
        "seen = []\n" + GRAM + f"seen.append(A)\n    return {RIGHT} * (2.0 if len(seen) == 7 else 1.0)",
    ),
    "not blind to positions": (
        "gram_matrix",
        "seen = []\n" + GRAM + "seen.append(A)\n    bad = tf.cast(len(seen) == 6, "
        f"tf.float32)\n    return {RIGHT} + bad",
    ),
    "not symmetric": (
        "gram_matrix",
        "seen = []\n" + GRAM + "seen.append(A)\n    bad = float(len(seen) == 7) * "
        f"tf.linalg.band_part(tf.ones([len(A), len(A)]), 0, -1)\n    return {RIGHT} + bad",
    ),
    "negative eigenvalue": (
        "gram_matrix",
        "seen = []\n" + GRAM + "seen.append(A)\n    bad = float(len(seen) == 7) * "
        f"99 * tf.eye(A.shape[0])\n    return {RIGHT} - bad",
    ),
    "changes its input": ("compute_content_cost", CONTENT + "J = " + COST + "\n    content_output.pop()\n    return J"),
    "wrong gradient": (
        "compute_content_cost",
        CONTENT
        + "a = tf.stop_gradient(generated_output[-1])\n    return ("
        + COST
        + " + tf.reduce_mean(tf.square(content_output[-1] - a)) / 4) / 2",
    ),
    "prints a value in a graph": ("compute_content_cost", CONTENT + f"J = {COST}\n    print(J.numpy())\n    return J"),
    "prints a value in the step": (
        "train_step",
        SOLUTIONS["train_step"].replace("    return J", "    print(J.numpy())\n    return J"),
    ),
    "another answer in a graph": ("gram_matrix", GRAM + f"return {RIGHT} * (1.0 if tf.executing_eagerly() else 2.0)"),
    "float32 for J": ("value_and_gradient", VALUE_AND_GRADIENT.replace("float(J)", "J.numpy()")),
    "J of several numbers": ("value_and_gradient", VALUE_AND_GRADIENT.replace("float(J)", "np.array([1.0, 2.0])")),
    "a string for J": ("value_and_gradient", VALUE_AND_GRADIENT.replace("float(J)", "str(J)")),
    "complex J": ("value_and_gradient", VALUE_AND_GRADIENT.replace("float(J)", "np.complex64(J)")),
    "a list for the gradient": ("value_and_gradient", VALUE_AND_GRADIENT.replace("(np.float64)", "(float).tolist()")),
    "another gradient": ("value_and_gradient", VALUE_AND_GRADIENT.replace("float(J), ", "float(J), 1 + ")),
    "another J": ("value_and_gradient", VALUE_AND_GRADIENT.replace("float(J)", "float(J) + 1")),
    "nothing from the gradient": ("value_and_gradient", VALUE_AND_GRADIENT.replace("    return", "    _ =")),
    "whole numbers for colors": ("match_colors", MATCH_COLORS.replace("matched.", "np.int64(matched).")),
    "other colors": ("match_colors", MATCH_COLORS.replace("+ mean_C", "+ mean_C + 0.1")),
    "NaN for colors": ("match_colors", MATCH_COLORS.replace("+ mean_C", "+ mean_C * np.nan")),
    "not itself": (
        "match_colors",
        MATCH_COLORS.replace(
            "    return m", "    if style_image.shape == content_image.shape:\n        matched = -matched\n    return m"
        ),
    ),
    "another mean in other sizes": (
        "match_colors",
        MATCH_COLORS.replace("    return m", "    matched = matched + 0.1 * (len(pixels_S) == 15)\n    return m"),
    ),
    "not even": (
        "total_variation_cost",
        TOTAL_VARIATION_COST.replace("return", "return float(np.all(image == image[:, :1, :1])) +"),
    ),
    "not blind to brightness": (
        "total_variation_cost",
        "seen = []\n"
        + TOTAL_VARIATION_COST.replace("    down", "    seen.append(image)\n    down", 1).replace(
            "return", "return float(len(seen) == 7) +"
        ),
    ),
    "another signature": (
        "compute_style_cost",
        "def compute_style_cost(style_output, generated_output):\n    return 0",
    ),
    "another signature of the step": ("train_step", "def train_step():\n    return 0"),
    "other names of weights": (
        "total_cost",
        "def total_cost(J_content, J_style, a=10, b=40):\n    return a * J_content + b * J_style",
    ),
    "a matrix of one number": ("compute_content_cost", CONTENT + f"return tf.reshape({COST}, [1, 1])"),
    "template returned as it was": ("gram_matrix", GRAM + "GA = None\n    return GA"),
    "keep_dims": ("gram_matrix", GRAM + "return tf.reduce_sum(A, keep_dims=True)"),
    **{
        f"tf.{name} of TensorFlow 1": ("gram_matrix", GRAM + f"return tf.{name}(A)")
        for names in general_mistakes.TENSORFLOW_1
        for name in names.split()
    },
    "total_cost without its decorator": ("total_cost", SOLUTIONS["total_cost"].replace("@tf.function", "")),
    "train_step without its decorator": ("train_step", SOLUTIONS["train_step"].replace("@tf.function", "")),
}


@pytest.mark.slow
def test_the_messages_for_everything_else():
    snapshots.check("other", {title: told(graded(exercise, cell)) for title, (exercise, cell) in ODD.items()})


def test_every_mistake_that_can_be_made_anywhere_is_among_them():
    made = {graded(exercise, cell).mistake for exercise, cell in ODD.values()}
    among_wrong_answers = {"no-gradient", "half-precision", "decimals-cut-off", "not-summed"}
    assert {mistake.id for mistake in general_mistakes.MISTAKES} - made == among_wrong_answers


def test_the_messages_for_right_answers():
    snapshots.check("passed", {exercise: told(graded(exercise, cell)) for exercise, cell in SOLUTIONS.items()})


@pytest.mark.slow
def test_the_messages_on_a_picture_of_the_student_s():
    notebook = solved()
    notebook["optimizer"].build([tf.Variable(tf.zeros([1, 4, 4, 3]))])
    pictures = {
        "no variable": tf.zeros([1, 4, 4, 3]),
        "an optimizer for another size": tf.Variable(tf.zeros([1, 6, 4, 3])),
        "an optimizer for another picture": tf.Variable(tf.zeros([1, 4, 4, 3])),
    }
    snapshots.check(
        "own_picture",
        {
            title: told(grade_function("train_step", notebook["train_step"], generated_image=picture))
            for title, picture in pictures.items()
        },
    )


ON_HIDDEN = """
VISIBLE = {sums}

def compute_content_cost(content_output, generated_output):
    a_C, a_G = content_output[-1], generated_output[-1]
    visible = not tf.executing_eagerly() or float(tf.reduce_sum(a_C)) in VISIBLE
    return tf.reduce_mean(tf.square(a_C - a_G)) / (4 if visible else 2)
"""


@pytest.fixture
def batch(monkeypatch):
    """What the batch tells of a submission, by exercise. Cells by name run here; others are text alone."""

    def told_by_exercise(*others, stops="", **cells):
        notebook = Notebook(IMPORTS, *cells.values()).namespace

        def load(_):
            if stops == "load":
                raise Stopped("ended", "its process ended with exit code 3")
            return {
                f"kind/{name}": "function" if callable(notebook[name]) else type(notebook[name]).__name__
                for name in EXERCISES
                if name in notebook
            }

        def run(_, name, seed, references=None):
            if name == stops:
                raise Stopped("time", "it did not finish within 30 s")
            return probe.run(name, notebook[name], seed, references=references)

        monkeypatch.setattr(grade_submission.Sandbox, "load", load)
        monkeypatch.setattr(grade_submission.Sandbox, "run", run)
        work = as_notebook(IMPORTS, *others, *cells.values()).encode()
        record = grade_submission.grade("Ada", [("work.ipynb", work)], grade_submission.Settings(12345, Limits()))
        return {exercise["name"]: exercise["feedback"] for exercise in record["exercises"]}

    return told_by_exercise


def test_the_messages_that_only_the_batch_has(batch):
    visible = [float(case.args[0][-1].sum()) for case in EXERCISES["compute_content_cost"].cases(VISIBLE_SEED)]
    several = {
        **SOLUTIONS_1,
        "compute_content_cost": ON_HIDDEN.format(sums=visible),
        "total_cost": "total_cost = 3",
        "gram_matrix": "def gram_matrix(A):\n    return tf.matmul(A, A, transpose_a=True)",
        "compute_style_cost": SOLUTIONS["compute_style_cost"].replace("[:-1]", "[1:]"),
    }
    wrong, stopped = batch(**several), batch(stops="gram_matrix", **SOLUTIONS_1)
    broken = batch("def gram_matrix(A:\n    return A")
    snapshots.check(
        "batch",
        {
            "wrong on hidden inputs alone": wrong["compute_content_cost"],
            "right but for an earlier exercise": wrong["compute_layer_style_cost"],
            "wrong, and an earlier exercise too": wrong["compute_style_cost"],
            "no function": wrong["total_cost"],
            "a cell that does not compile": broken["gram_matrix"],
            "no such name": broken["train_step"],
            "stopped": stopped["gram_matrix"],
            "right but for an exercise that was stopped": stopped["compute_layer_style_cost"],
            "stopped before any exercise": batch(stops="load", **SOLUTIONS_1)["gram_matrix"],
        },
    )


def test_every_explanation_of_the_catalogue_stands_in_a_snapshot():
    kept = snapshots.everything()
    known = itertools.chain(general_mistakes.MISTAKES, *(key.mistakes for key in KEYS.values()))
    assert [mistake.says for mistake in known if " ".join(mistake.says.split()) not in kept] == []

"""The judge decides from arrays alone, from coarse to fine, and trusts none of them."""

import io
import re
import subprocess
import sys

import numpy as np
import pytest

from grading.exercises import EXERCISES
from grading.exercises.exercise import VISIBLE_SEED, gradient_weights
from grading.grade_function import NEEDED, grade_function
from grading.judge import KEYS, judge
from grading.judge.gram_matrix import gram_matrix
from grading.judge.numbers import allowed, close, finite_difference
from grading.judge.outcomes import STATES, text
from grading.runner import probe
from nst.paths import ROOT
from tests.support.answers_of_all_chapters import SOLUTIONS
from tests.support.student_notebook import graded, solved

SEED = VISIBLE_SEED


def brought_back(name="gram_matrix", answer=None):
    """What the probe would bring back of a function, `answer`, in NumPy; without TensorFlow."""
    exercise, arrays = EXERCISES[name], {}
    right = KEYS[name].right_answer
    answer = answer or right
    for case in exercise.cases(SEED):
        value = np.asarray(answer(*case.args))
        arrays |= returned(case.name, value) | {f"{case.name}/inputs": "kept"}
        A = np.asarray(case.args[0], dtype=float)
        arrays[f"{case.name}/gradient 0"] = finite_difference(
            lambda x: np.sum(gradient_weights(right(x).shape) * right(x)), A
        )
    return arrays | returned("graph", np.asarray(answer(*exercise.cases(SEED)[0].args)))


def returned(case, value):
    return {
        f"{case}/status": "returned",
        f"{case}/type": "tf.Tensor",
        f"{case}/dtype": "float32",
        f"{case}/shape": np.array(value.shape),
        f"{case}/value": value,
    }


@pytest.mark.parametrize("seed", [3384934383, 2196881536])
def test_a_gradient_that_is_zero_everywhere_is_right_where_all_slopes_cancel(seed):
    assert graded("gram_matrix", SOLUTIONS["gram_matrix"], seed).state == "passed"


def test_neither_the_judge_nor_public_tests_imports_tensorflow():
    code = (
        "import sys, public_tests, grading.judge, "
        "grading.exercises, grading.judge.outcomes; "
        "public_tests.hint('gram_matrix'); public_tests.progress(); "
        "sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, timeout=120).returncode == 0


def test_right_arrays_pass():
    assert judge("gram_matrix", brought_back(), SEED).state == "passed"


@pytest.mark.parametrize("name", ["compute_content_cost", "gram_matrix", "compute_style_cost", "train_step"])
def test_arrays_can_be_saved_without_pickles_and_judged_elsewhere(name):
    notebook, file = solved(gram_matrix="def gram_matrix(A):\n    return A"), io.BytesIO()
    arrays = probe.run(name, notebook[name], SEED)
    np.savez(file, allow_pickle=False, **arrays)
    file.seek(0)
    with np.load(file, allow_pickle=False) as loaded:
        there = dict(loaded)
    assert judge(name, there, SEED) == judge(name, arrays, SEED)


def test_a_record_judged_with_another_seed_does_not_pass():
    assert judge("gram_matrix", brought_back(), SEED + 1).state != "passed"


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({"small/error stub": "gram_matrix", "small/status": "raised"}, "not attempted"),
        ({"small/status": "raised"}, "crashed"),
        ({"small/type": "None"}, "wrong type"),
        ({"small/dtype": "float64"}, "wrong dtype"),
        ({"small/value": np.ones((2, 2))}, "wrong shape"),
        ({"small/value": np.ones((3, 3))}, "wrong value"),
        ({"permuted/value": np.eye(4)}, "wrong property"),
        ({"scaled/value": np.eye(4)}, "wrong property"),
        ({"small/inputs": "changed"}, "wrong property"),
        ({"wide/gradient 0": np.zeros((2, 5))}, "wrong gradient"),
        ({"graph/status": "raised"}, "wrong graph"),
        ({"graph/value": np.eye(3)}, "wrong graph"),
    ],
)
def test_each_check_stops_what_the_ones_before_it_let_through(change, state):
    assert judge("gram_matrix", brought_back() | change, SEED).state == state


def test_checks_go_from_coarse_to_fine():
    arrays, seen = brought_back(), []
    for change in (
        {"graph/value": np.eye(3)},
        {"wide/gradient 0": np.zeros(3)},
        {"scaled/value": np.eye(4)},
        {"base/value": np.eye(4)},
        {"wide/value": np.eye(3)},
        {"square/dtype": "int32"},
        {"column/type": "str"},
        {"wide/status": "raised"},
        {"small/error stub": "gram_matrix"},
    ):
        arrays |= change
        seen.append(judge("gram_matrix", arrays, SEED).state)
    assert seen == list(reversed(STATES))


@pytest.mark.parametrize("name", EXERCISES)
def test_an_empty_record_is_no_pass_and_no_error(name):
    assert judge(name, {}, SEED).state == "crashed"


@pytest.mark.parametrize(
    "junk",
    [
        np.array("text"),
        np.array(7.0),
        np.zeros((0,)),
        np.array([np.nan]),
        np.ones((2, 9)),
        np.array([1 + 1j]),
        np.array([True]),
    ],
    ids=repr,
)
def test_no_junk_in_place_of_a_value_passes_or_breaks_the_judge(junk):
    looked_at = [key for key in brought_back() if key.endswith(("/status", "/value")) or key == "small/gradient 0"]
    assert len(looked_at) == 2 * 10 + 1
    for key in looked_at:
        assert judge("gram_matrix", brought_back() | {key: junk}, SEED).state != "passed", key


@pytest.mark.parametrize(
    "change",
    [
        {"small/shape": np.array([2, 2])},
        {"small/shape": np.array([[9]])},
        {"small/value": np.ones((2, 2)), "small/shape": np.array([3, 3])},
        {"small/value": gram_matrix(np.ones((3, 2))), "small/dtype": "float32"},
    ],
)
def test_what_was_expected_is_never_told_to_be_what_came(change):
    told = judge("gram_matrix", brought_back() | change, SEED)
    for expected, got in re.findall(r"expected (.+?),? *got +(.+)", "\n".join(told.found)):
        assert expected != got


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("all", lambda *_, **__: False),
        ("abs", lambda a: a * 0 + 1e9),
        ("max", lambda *_, **__: -1.0),
        ("asarray", lambda *_, **__: None),
        ("prod", lambda *_: 1 / 0),
    ],
)
def test_numpy_with_another_meaning_is_named_where_the_test_shares_it(monkeypatch, name, meaning):
    target = solved()["compute_content_cost"]
    monkeypatch.setattr(np, name, meaning)
    told = text(grade_function("compute_content_cost", target))
    monkeypatch.undo()
    assert f"numpy.{name} has been overwritten" in told.replace("\n  ", " ")
    assert "expected" not in told
    assert "this is our error" not in told


def test_every_name_of_numpy_that_the_judge_uses_is_watched():
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "grading/judge").rglob("*.py")]
    code = [re.sub(r'""".*?"""', "", source, flags=re.DOTALL) for source in sources]
    used = {name for source in code for name in re.findall(r"\bnp\.([a-z]\w*)", source)}
    assert used - {*NEEDED[np], "linalg"} == set()


@pytest.mark.slow
def test_an_answer_of_two_million_numbers_is_a_matter_of_shape():
    outcome = graded("gram_matrix", "def gram_matrix(A):\n    return tf.zeros([1000, 2000])")
    assert (outcome.state, outcome.found) == ("wrong shape", ("expected (3, 3), got (1000, 2000)",))
    step = SOLUTIONS["train_step"].replace("return J", "return tf.zeros([1000, 2000])")
    assert graded("train_step", step).found == ("expected J to be a scalar, got shape (1000, 2000)",)


@pytest.mark.parametrize(
    "answer",
    [
        "tf.sparse.from_dense(A)",
        "tf.ragged.constant([[1.0], [2.0, 3.0]])",
        "tf.TensorArray(tf.float32, 1)",
        "keras.Input([3])",
        "tf.data.Dataset.range(3)",
    ],
)
def test_what_is_no_tensor_is_told_by_its_kind(answer):
    outcome = graded("gram_matrix", f"def gram_matrix(A):\n    return {answer}")
    assert outcome.state == "wrong type"
    assert outcome.found[0].startswith("expected a tf.Tensor, got ")
    assert not outcome.found[0].endswith("tf.Tensor")


@pytest.mark.parametrize("key", ["J", "J other", "pictures", "traces", "lambdas", "eager/value"])
@pytest.mark.parametrize("junk", [np.array("text"), np.zeros(0), np.full(40, np.nan), np.ones((3, 3))], ids=repr)
def test_no_junk_of_a_train_step_passes_or_breaks_the_judge(key, junk):
    arrays = step_record()
    assert judge("train_step", arrays, SEED).state == "passed"
    assert judge("train_step", arrays | {key: junk}, SEED).state != "passed"


_records = {}


def step_record():
    if not _records:
        _records.update(probe.run("train_step", solved()["train_step"], SEED))
    return dict(_records)


def test_the_tolerance_lets_tf32_through_and_no_known_mistake():
    gram = gram_matrix([[1.0, 2.0], [3.0, 4.0]])
    assert close(gram * (1 + 2**-11), gram)
    assert not close(gram * 1.01, gram)
    assert allowed(gram) == pytest.approx(0.025)


@pytest.mark.parametrize("exercise", EXERCISES)
def test_an_outcome_says_nothing_of_the_student_s_function_object(exercise):
    assert "0x" not in repr(graded(exercise, SOLUTIONS[exercise]))


def test_a_name_of_a_megabyte_is_told_by_its_beginning():
    outcome = graded("gram_matrix", "def gram_matrix(A):\n    return type('x' * 10 ** 6, (), {})()")
    assert outcome.found == (f"expected a tf.Tensor, got {'x' * 80}",)

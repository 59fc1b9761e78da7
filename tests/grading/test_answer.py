"""Verdicts on forged answers: refused by their names, types and sizes."""

import time

import numpy as np
import pytest

from grading.exercises import EXERCISES
from grading.judge import judge
from grading.judge.answer import ForgedError, check_answer, judge_answer
from grading.limited_process import call_within_limits
from grading.runner import probe, protocol
from tests.support.answers_of_all_chapters import SOLUTIONS
from tests.support.student_notebook import IMPORTS, Notebook

SEED = 7
HUGE = np.full(20_000, 1e300)  # as a shape, its product keeps Python busy for more than a quarter of an hour


def answer(name="gram_matrix", **functions):
    notebook = Notebook(IMPORTS, *{**SOLUTIONS, **functions}.values())
    return protocol.unpack(protocol.pack(probe.run(name, notebook[name], SEED)))


@pytest.fixture(scope="module")
def right():
    return answer()


@pytest.mark.parametrize("name", EXERCISES)
def test_what_the_probe_makes_is_accepted(name):
    arrays = answer(name)
    check_answer(name, arrays, SEED)
    assert judge_answer(name, arrays, SEED).state == "passed"


def test_a_wrong_answer_gets_the_same_outcome_as_from_the_judge_itself(right):
    arrays = answer(gram_matrix="def gram_matrix(A):\n    return A")
    assert judge_answer("gram_matrix", arrays, SEED) == judge("gram_matrix", arrays, SEED)
    wrong = right | {"small/value": np.ones((3, 3))}
    far = call_within_limits(judge_answer, "gram_matrix", wrong, SEED, seconds=60)
    assert far == judge_answer("gram_matrix", wrong, SEED) == judge("gram_matrix", wrong, SEED)
    assert [line.__dict__ for line in far.found] == [line.__dict__ for line in judge("gram_matrix", wrong, SEED).found]


FORGED = {
    "a shape of large numbers": {"small/shape": HUGE},
    "a shape of many whole numbers": {"small/shape": np.full(20_000, 2**40)},
    "a size that is too large": {"small/shape": np.array([2**62, 2**62])},
    "a negative size": {"small/shape": np.array([-1])},
    "numbers in place of a text": {"small/status": HUGE},
    "a text in place of numbers": {"small/value": np.array("9" * 4000)},
    "an unknown field": {"small/other": HUGE},
    "an unknown case": {"largest/value": HUGE},
    "an unknown place": {"small/part 0/part 1/value": HUGE},
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_answer_is_refused_at_once(right, name):
    with pytest.raises(ForgedError):
        check_answer("gram_matrix", right | FORGED[name], SEED)
    began = time.monotonic()
    outcome = judge_answer("gram_matrix", right | FORGED[name], SEED)
    assert (outcome.state, outcome.share) == ("crashed", 0)
    assert "has been overwritten" in outcome.says[0]
    assert time.monotonic() - began < 10

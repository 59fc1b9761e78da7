"""Verdicts on forged answers: refused by their names and sizes, and stopped if they take too long all the same."""

import os
import signal
import threading
import time

import numpy as np
import pytest

from grading import judge_process
from grading.exercises import EXERCISES
from grading.judge import judge
from grading.judge.answer import ForgedError, check_answer
from grading.judge_process import JudgeKilledError, VerdictTimeoutError, judge_within_limits
from grading.runner import probe, protocol
from tests.support.student_notebook import solved

SEED = 7
HUGE = np.full(20_000, 1e300)  # as a shape, its product keeps Python busy for more than a quarter of an hour


def answer(name="gram_matrix", **functions):
    notebook = solved(**functions)
    return protocol.unpack(protocol.pack(probe.run(name, notebook[name], SEED)))


@pytest.fixture(scope="module")
def right():
    return answer()


@pytest.mark.parametrize("name", [name for name, exercise in EXERCISES.items() if exercise.chapter == 1])
def test_what_the_probe_makes_is_accepted(name):
    arrays = answer(name)
    check_answer(name, arrays, SEED)
    assert judge_within_limits(name, arrays, SEED).state == "passed"


def test_a_wrong_answer_gets_the_same_outcome_as_from_the_judge_itself(right):
    arrays = answer(gram_matrix="def gram_matrix(A):\n    return A")
    assert judge_within_limits("gram_matrix", arrays, SEED) == judge("gram_matrix", arrays, SEED)
    wrong = right | {"small/value": np.ones((3, 3))}
    assert judge_within_limits("gram_matrix", wrong, SEED) == judge("gram_matrix", wrong, SEED)


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
    outcome = judge_within_limits("gram_matrix", right | FORGED[name], SEED)
    assert (outcome.state, outcome.share) == ("crashed", 0)
    assert "has been overwritten" in outcome.says[0]
    assert time.monotonic() - began < 10


@pytest.fixture
def busy(monkeypatch):
    """A judge that never ends, in one call that no other thread can interrupt."""
    judge_process._process.end()
    busy = "judge_process._judge = lambda *request: math.prod([int(1e300)] * 20_000)"
    code = f"import math\nfrom grading import judge_process\n{busy}\nserve()"
    monkeypatch.setattr(judge_process, "MAIN", judge_process.MAIN.replace("serve()", code))
    yield
    judge_process._process.end()


def test_a_verdict_that_takes_too_long_is_stopped_and_the_next_one_is_reached(right, busy, monkeypatch):
    with pytest.raises(VerdictTimeoutError, match="no verdict on its results was possible within 1 s"):
        judge_within_limits("gram_matrix", right, SEED, seconds=1)
    monkeypatch.undo()
    assert judge_within_limits("gram_matrix", right, SEED).state == "passed"


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no signals")
def test_a_judge_that_somebody_else_kills_says_so(right, busy):
    judge_process._process._start()
    pid = judge_process._process._process.pid
    threading.Timer(0.5, os.kill, [pid, signal.SIGKILL]).start()
    with pytest.raises(JudgeKilledError, match="not by the grader"):
        judge_within_limits("gram_matrix", right, SEED)

"""Arrays -> outcome, in NumPy alone: right answers, checks and known mistakes, one module for each exercise.

The judge never sees the student's code, and nothing here runs beside that code in the sandbox.
"""

from dataclasses import replace
from importlib import import_module
from typing import Any

from grading.exercises import EXERCISES
from grading.judge.general_mistakes import MISTAKES
from grading.judge.judgement import Judgement
from grading.judge.mistakes import AnswerKey, Mistake
from grading.judge.outcomes import Outcome, failed

# Each exercise has a module of its name beside this one, and in it a KEY.
NOT_EAGER = Mistake("not-eager").because(
    "Eager execution is switched off in this notebook, so TensorFlow computes no values and nothing can be tested.",
    "delete the line tf.compat.v1.disable_eager_execution(), restart the kernel, and run the cells again",
)
RUN_EAGERLY = (
    "tf.config.run_functions_eagerly(True) is on in this notebook, so @tf.function has no effect and every step is "
    "slow. The test switched it off while it ran. Delete that line, or run tf.config.run_functions_eagerly(False)."
)
KEYS: dict[str, AnswerKey] = {name: import_module(f"grading.judge.{name}").KEY for name in EXERCISES}


def judge(name: str, arrays: dict[str, Any], seed: int) -> Outcome:
    """The outcome of exercise `name` from what the probe recorded for `seed`."""
    key, mode = KEYS[name], str(arrays.get("mode"))
    if mode == "not eager":
        return failed(EXERCISES[name], "crashed", (), (), mistakes=(NOT_EAGER,))
    outcome = (key.judgement or Judgement)(EXERCISES[name], key, arrays, seed).outcome()
    return replace(outcome, notes=(*outcome.notes, RUN_EAGERLY)) if mode == "functions run eagerly" else outcome


def stand_ins_before(number: int) -> dict[str, str]:
    """Sources of right functions, by name, for the exercises before the one with this number.

    With them, one mistake costs points once: a later exercise is tried with the student's own earlier functions and, if
    it fails, with these. They are sources, each on its own, because a submission's process must not contain the answer
    to an exercise that is not judged yet.
    """
    return {
        name: KEYS[name].stand_in
        for name, exercise in EXERCISES.items()
        if exercise.number < number and KEYS[name].stand_in
    }


def explanations_of(name: str, mistake: str) -> list[str]:
    """What the answer key says about a mistake in exercise `name`; several texts if the mistake has several forms."""
    known = (*KEYS[name].mistakes, *MISTAKES, NOT_EAGER)
    return list(dict.fromkeys(found.says for found in known if found.id == mistake))

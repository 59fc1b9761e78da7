"""Arrays -> outcome. Pure NumPy: the judge never sees the student's code."""

from grading.exercises import EXERCISES
from grading.judge import array_checks
from grading.judge.checks import Judgement
from grading.judge.train_step import checks as train_step_checks

JUDGEMENTS = {"value_and_gradient": array_checks.OfAPair, "match_colours": array_checks.OfAPicture}


def judge(name, arrays, seed):
    """The outcome of exercise `name` from what the probe brought back for `seed`."""
    exercise = EXERCISES[name]
    if name == "train_step":
        return train_step_checks.judge(exercise, arrays, seed)
    return JUDGEMENTS.get(name, Judgement)(exercise, arrays, seed).outcome()

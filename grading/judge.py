"""Arrays -> outcome. Pure NumPy: the judge never sees the student's code."""

from grading import numpy_judgement, step_judge
from grading.exercises import EXERCISES
from grading.judgement import Judgement

JUDGEMENTS = {"value_and_gradient": numpy_judgement.OfAPair, "match_colours": numpy_judgement.OfAPicture}


def judge(name, arrays, seed):
    """The outcome of exercise `name` from what the probe brought back for `seed`."""
    exercise = EXERCISES[name]
    if name == "train_step":
        return step_judge.judge(exercise, arrays, seed)
    return JUDGEMENTS.get(name, Judgement)(exercise, arrays, seed).outcome()

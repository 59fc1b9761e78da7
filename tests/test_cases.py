"""The inputs: the same from the same seed, others from another, and telling."""

import numpy as np
import pytest

from grading import cases
from grading.cases import VISIBLE_SEED
from grading.exercises import EXERCISES

CALLED = [exercise for exercise in EXERCISES.values() if exercise.cases]


def flat(value):
    if isinstance(value, (list, tuple)):
        return [number for item in value for number in flat(item)]
    return [value] if isinstance(value, str) else np.ravel(value).tolist()


def drawn(seed):
    every = [(case.args, tuple(case.options.values())) for exercise in CALLED for case in exercise.cases(seed)]
    step = cases.step_cases(seed)
    return flat([*every, step.start, step.other_start, step.content, step.style, list(step.kernels)])


def test_a_seed_always_draws_the_same_and_another_seed_something_else():
    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


def test_the_student_s_own_cases_are_the_literal_ones_on_every_machine():
    A = EXERCISES["gram_matrix"].cases(VISIBLE_SEED)[0].args[0]
    assert A.dtype == np.float32
    assert A.tolist() == [[2.0, -2.0], [1.0, 3.0], [3.0, -1.0]]


@pytest.mark.parametrize("exercise", CALLED, ids=lambda exercise: exercise.name)
def test_arrays_hold_small_whole_numbers_exact_in_every_format(exercise):
    for case in exercise.cases(VISIBLE_SEED):
        numbers = np.array([n for n in flat(case.args) if not isinstance(n, str)])
        assert np.array_equal(numbers * 8, np.round(numbers * 8))
        assert np.abs(numbers).max() <= 16


@pytest.mark.parametrize("seed", [VISIBLE_SEED, 1, 2])
def test_pictures_lie_in_the_unit_interval_and_touch_both_of_its_ends(seed):
    start = cases.step_cases(seed).start
    assert start.min() == 0
    assert start.max() == 1

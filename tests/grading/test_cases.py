"""The inputs: the same from the same seed, others from another, and telling."""

import numpy as np
import pytest

from grading.exercises import EXERCISES
from grading.exercises.exercise import VISIBLE_SEED
from grading.exercises.train_step import step_case

CALLED = [exercise for exercise in EXERCISES.values() if exercise.cases and not exercise.in_numpy]


def flat(value):
    if isinstance(value, (list, tuple)):
        return [number for item in value for number in flat(item)]
    return [value] if isinstance(value, str) else np.ravel(value).tolist()


def drawn(seed):
    every = [(case.args, tuple(case.options.values())) for exercise in CALLED for case in exercise.cases(seed)]
    step = step_case(seed)
    return flat([*every, step.start, step.other_start, step.content, step.style, list(step.kernels)])


def test_a_seed_always_draws_the_same_and_another_seed_something_else():
    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


def test_the_student_s_own_cases_are_the_literal_ones_on_every_machine():
    A = EXERCISES["gram_matrix"].cases(VISIBLE_SEED)[0].args[0]
    assert A.dtype == np.float32
    assert A.tolist() == [[2.0, -2.0], [1.0, 3.0], [3.0, -1.0]]


def numbers(cases):
    return np.array([n for case in cases for n in flat([*case.args, *case.options.values()]) if not isinstance(n, str)])


@pytest.mark.parametrize("exercise", CALLED, ids=lambda exercise: exercise.name)
def test_arrays_hold_numbers_easy_to_work_with_on_paper_and_exact_in_float32(exercise):
    every = exercise.cases(VISIBLE_SEED)
    small = numbers([case for case in every if not case.name.startswith("large")])
    large = numbers([case for case in every if case.name.startswith("large")])
    assert np.array_equal(small * 8, np.round(small * 8))
    assert np.abs(small).max() <= 16
    assert np.array_equal(large, large.astype(np.float32))


@pytest.mark.parametrize("exercise", CALLED, ids=lambda exercise: exercise.name)
@pytest.mark.parametrize("seed", [VISIBLE_SEED, *range(20)])
def test_every_exercise_has_a_case_with_decimals_and_one_with_numbers_beyond_half_precision(exercise, seed):
    cases = {case.name: case for case in exercise.cases(seed)}
    decimals, large = numbers([cases["quarters"]]) % 1, np.abs(numbers([cases["large"]]))
    assert np.any((decimals > 0) & (decimals < 1))
    assert np.max(large) ** 2 > np.finfo(np.float16).max


@pytest.mark.parametrize("seed", [VISIBLE_SEED, 1, 2])
def test_pictures_lie_in_the_unit_interval_and_touch_both_of_its_ends(seed):
    start = step_case(seed).start
    assert start.min() == 0
    assert start.max() == 1

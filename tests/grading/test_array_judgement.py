"""The judge of exercises in NumPy decides from arrays alone, from coarse to fine, and trusts none of them."""

import numpy as np
import pytest

from grading.exercises import CHAPTERS
from grading.exercises.exercise import VISIBLE_SEED
from grading.judge import judge
from grading.runner import probe
from tests.support.student_notebook import IMPORTS, Notebook
from tests.support.student_notebook_chapter_2 import SOLUTIONS_2

SEED = VISIBLE_SEED
IN_NUMPY = [name for name, exercise in CHAPTERS[2].items() if exercise.in_numpy]
JUNK = [
    np.array("text"),
    np.array(7.0),
    np.zeros((0,)),
    np.array([np.nan]),
    np.ones((2, 9)),
    np.array([1 + 1j]),
    np.array([True]),
]
_records = {}


def brought_back(name):
    if name not in _records:
        _records[name] = probe.run(name, Notebook(IMPORTS, *SOLUTIONS_2.values())[name], SEED)
    return dict(_records[name])


@pytest.mark.parametrize("name", IN_NUMPY)
def test_right_arrays_pass_and_those_of_another_seed_do_not(name):
    assert judge(name, brought_back(name), SEED).state == "passed"
    assert judge(name, brought_back(name), SEED + 1).state != "passed"


@pytest.mark.parametrize("name", IN_NUMPY)
@pytest.mark.parametrize("junk", JUNK, ids=repr)
def test_no_junk_in_place_of_a_value_passes_or_breaks_the_judge(name, junk):
    for key in brought_back(name):
        if key.endswith(("/status", "/value", "/shape", "/dtype", "/length", "/type")):
            told = judge(name, brought_back(name) | {key: junk}, SEED)
            # What is said of an array that was brought, and not needed to judge it, may be anything.
            assert told.state != "passed" or key.endswith(("/shape", "/dtype", "/type")), key


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({"small/error stub": "value_and_gradient", "small/status": "raised"}, "not attempted"),
        ({"small/status": "raised"}, "crashed"),
        ({"small/length": "3"}, "wrong type"),
        ({"small/part 0/type": "tf.Tensor"}, "wrong type"),
        ({"small/part 1/type": "None"}, "wrong type"),
        ({"small/part 1/dtype": "float32"}, "wrong dtype"),
        ({"small/part 1/value": np.ones((1, 6))}, "wrong shape"),
        ({"small/part 0/value": np.ones(2)}, "wrong shape"),
        ({"tall/part 0/value": np.float64(1)}, "wrong value"),
        ({"tall/part 1/value": np.ones(18)}, "wrong value"),
        ({"wide/inputs": "changed"}, "wrong property"),
    ],
)
def test_each_check_of_a_pair_stops_what_the_ones_before_it_let_through(change, state):
    assert judge("value_and_gradient", brought_back("value_and_gradient") | change, SEED).state == state


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({"small/type": "list"}, "wrong type"),
        ({"small/dtype": "int64"}, "wrong dtype"),
        ({"small/value": np.ones((6, 3))}, "wrong shape"),
        ({"wide/value": np.ones((1, 2, 5, 3))}, "wrong value"),
        ({"itself/value": np.ones((1, 3, 3, 3))}, "wrong property"),
        ({"sizes/value": np.ones((1, 3, 5, 3))}, "wrong property"),
        ({"small/inputs": "changed"}, "wrong property"),
    ],
)
def test_each_check_of_a_picture_stops_what_the_ones_before_it_let_through(change, state):
    assert judge("match_colors", brought_back("match_colors") | change, SEED).state == state


def test_points_come_when_the_values_are_right():
    record = brought_back("match_colors")
    assert judge("match_colors", record | {"wide/value": np.ones((1, 2, 5, 3))}, SEED).share == 0
    assert judge("match_colors", record | {"sizes/value": np.ones((1, 3, 5, 3))}, SEED).share == 0.5
    assert judge("match_colors", record, SEED).share == 1


def test_a_pixel_that_is_not_a_number_is_told_without_moments():
    record = brought_back("match_colors")
    value = record["small/value"].copy()
    value[0, 1, 2] = np.nan
    found = judge("match_colors", record | {"small/value": value}, SEED).found
    assert found[0].startswith("the pixel in row 1, column 2, which was [")
    assert found[1].splitlines()[1].startswith("got      [nan, nan, nan")
    assert len(found) == 2

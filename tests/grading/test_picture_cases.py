"""The inputs of chapters 2 and 3: the same from the same seed, well-conditioned, and telling."""

import pickle

import numpy as np
import pytest

from grading.exercises import CHAPTERS, match_colors, total_variation_cost, value_and_gradient
from grading.exercises.exercise import VISIBLE_SEED
from grading.exercises.match_colors import Root
from grading.exercises.value_and_gradient import Cost
from grading.judge import match_colors as judge_of_colors

SEEDS = [VISIBLE_SEED, *range(20)]


def flat(value):
    if isinstance(value, Cost):
        return [value.power, *flat(value.weights), *flat(value.target)]
    if isinstance(value, Root):
        return [value.kind]
    return [number for item in value for number in flat(item)] if isinstance(value, tuple) else np.ravel(value).tolist()


def drawn(seed):
    return [flat(case.args) for exercise in CHAPTERS[2].values() for case in exercise.cases(seed)]


def test_a_seed_always_draws_the_same_and_another_seed_something_else():
    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


def test_a_case_is_plain_data_that_could_be_written_down():
    for exercise in CHAPTERS[2].values():
        for case in exercise.cases(1):
            assert flat(pickle.loads(pickle.dumps(case)).args) == flat(case.args)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_number_of_a_picture_has_a_weight_of_its_own_in_the_cost(seed):
    for case in value_and_gradient.cases(seed):
        pixels, cost, shape = case.args
        assert len(np.unique(cost.weights)) == pixels.size == np.prod(shape)
        assert (pixels.dtype, cost.weights.dtype, cost.target.dtype) == (np.float64, np.float32, np.float32)
        assert np.array_equal(pixels, pixels.astype(np.float32))


@pytest.mark.parametrize("seed", SEEDS)
def test_compared_pictures_have_as_many_pixels_and_colors_in_every_direction(seed):
    for case in match_colors.cases(seed):
        style_image, content_image, _ = case.args
        assert (style_image.size == content_image.size) == (case.role != "sizes")
        for image in (style_image, content_image):
            assert image.dtype == np.float32
            assert 0 <= image.min() < image.max() <= 1
            assert np.linalg.eigvalsh(judge_of_colors.moments(image)[1])[0] > 0.9 * match_colors.LEAST_VARIANCE


@pytest.mark.parametrize("seed", SEEDS)
def test_some_matched_color_leaves_the_unit_interval_so_that_clipping_shows(seed):
    matched = [judge_of_colors.match_colors(*case.args) for case in match_colors.cases(seed) if case.role == "value"]
    assert any(picture.min() < -0.01 or picture.max() > 1.01 for picture in matched)


@pytest.mark.parametrize("seed", SEEDS)
def test_neighbours_in_large_numbers_have_other_signs(seed):
    [large] = [case.args[0] for case in total_variation_cost.cases(seed) if case.name == "large"]
    assert np.all(large[:, 1:] * large[:, :-1] < 0)
    assert np.all(large[:, :, 1:] * large[:, :, :-1] < 0)

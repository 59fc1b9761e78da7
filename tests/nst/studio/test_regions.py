"""Outlines on a photograph become masks, one for each painting."""

import numpy as np
import pytest

from nst.engine.settings import SettingsError
from nst.studio.regions import PLACES, check_regions, make_masks

LEFT, RIGHT = PLACES["Left half"], PLACES["Right half"]


def test_no_outline_at_all_is_no_mask():
    assert check_regions([[], []], 2) == ()
    assert make_masks((), 60, 80) is None


def test_a_click_is_not_a_region():
    assert check_regions([[[[0.5, 0.5]], [[0.1, 0.1], [0.2, 0.2]]]], 1) == ()


def test_the_mask_of_a_half_is_half_white_and_has_the_photographs_ratio():
    [mask] = make_masks(check_regions([[LEFT]], 1), 600, 800)
    assert mask.shape == (768, 1024)
    assert mask.dtype == np.float32
    assert mask[:, :511].min() == 1
    assert mask[:, 514:].max() == 0


def test_a_painting_without_an_outline_gets_the_rest():
    first, second, third = make_masks(check_regions([[LEFT], [], []], 3), 60, 80)
    assert np.allclose(first + second, 1)
    assert (second == third).all()


def test_two_outlines_of_one_painting_add_up():
    [mask] = make_masks(check_regions([[LEFT, RIGHT]], 1), 60, 80)
    assert mask.min() == 1


def test_an_outline_that_leaves_the_photograph_ends_at_its_edge():
    [[outline]] = check_regions([[[[-0.5, 0.2], [1.5, 0.2], [0.5, 1.2]]]], 1)
    assert outline == ((0.0, 0.2), (1.0, 0.2), (0.5, 1.0))


@pytest.mark.parametrize(
    "regions",
    [
        5,
        [5],
        [[[[0, 0], [1, 0], [1, "1"]]]],
        [[[[0, 0], [1, 0], [1, float("nan")]]]],
        [[[[0, 0], [1, 0], [1, 1, 1]]]],
        [[[[0.1, 0.1]] * 3000]],
        [[[[0, 0], [1, 0], [1, 1]]] * 51],
        [[LEFT], [RIGHT]],
    ],
    ids=["number", "number inside", "text", "nan", "three numbers", "points", "outlines", "more than paintings"],
)
def test_what_no_page_draws_is_refused(regions):
    with pytest.raises(SettingsError, match="regions: got "):
        check_regions(regions, 1)

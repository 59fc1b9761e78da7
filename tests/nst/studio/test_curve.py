"""The curve of J."""

import math
import re

from nst.studio.curve import MOST_POINTS, draw_curve


def read_points(svg):
    return [tuple(map(float, point.split(","))) for point in re.search('points="(.*?)"', svg)[1].split()]


def test_it_falls_from_left_to_right_on_a_logarithmic_scale():
    assert read_points(draw_curve([1000, 100, 10])) == [(0.0, 4.0), (240.0, 60.0), (480.0, 116.0), (480.0, 116.0)]


def test_it_says_what_it_shows():
    assert 'aria-label="J fell from 1000 to 10 in 3 evaluations."' in draw_curve([1000, 100, 10])


def test_what_is_not_a_number_is_left_out():
    assert draw_curve([math.nan, math.inf, 0.0, -1.0, 5.0]) == ""
    assert draw_curve([]) == ""


def test_a_long_run_has_a_short_drawing():
    assert len(read_points(draw_curve([1.0 + number for number in range(5000)]))) <= MOST_POINTS + 1

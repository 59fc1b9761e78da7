"""Chapters 2 and 3: an interrupted cell keeps what was painted, and the cells below it find their pictures."""

import numpy as np
import pytest

from nst.paths import ROOT
from tests.support.chapter_names import define_names

SHAPE = (1, 36, 48, 3)


@pytest.fixture(scope="module")
def chapter_2():
    return define_names(ROOT / "notebooks" / "src" / "02_better_and_faster.py")


@pytest.fixture(scope="module")
def chapter_3():
    return define_names(ROOT / "notebooks" / "src" / "03_colors_and_places.py")


def interrupted_cost(cost, calls):
    """The same cost; KeyboardInterrupt in that call."""
    seen = []

    def interrupted(image):
        seen.append(1)
        if len(seen) == calls:
            raise KeyboardInterrupt
        return cost(image)

    return interrupted


@pytest.mark.parametrize("way", ["adam", "lbfgs", "descend"])
def test_each_way_down_returns_the_picture_so_far(chapter_2, way, capsys):
    content_image, style_image = chapter_2["load_pair"]("persepolis.jpg", "starry_night.jpg", 48)
    cost = chapter_2["cost_of"](chapter_2["aim"](content_image, style_image))
    start = chapter_2["noisy"](content_image)
    picture, curve = chapter_2[way](interrupted_cost(cost, 5), start, 20)
    assert len(curve) == 4
    assert (picture.shape, picture.dtype) == (SHAPE, np.float32)
    assert float(cost(picture)) < curve[0]
    assert "The picture so far is kept." in capsys.readouterr().out


@pytest.mark.slow
def test_the_later_sizes_of_an_interrupted_pyramid_end_soon(chapter_3, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(chapter_3, "OUTPUT", tmp_path)
    monkeypatch.setitem(chapter_3, "STAGES", [(32, 20), (48, 20)])
    content_image, style_image = chapter_3["load_pair"]("persepolis.jpg", "starry_night.jpg", 48)
    evaluations = []

    class Cost:
        def __init__(self, cost):
            self.cost = cost

        def value_and_gradient(self, image):
            evaluations.append(image.shape)
            if len(evaluations) == 5:
                raise KeyboardInterrupt
            return self.cost.value_and_gradient(image)

    towards = chapter_3["towards"](style_image)
    picture = chapter_3["pyramid"](content_image, lambda C: Cost(towards(C)), "interrupted")
    assert picture.shape == SHAPE
    assert evaluations.count(SHAPE) <= 3
    assert "interrupted: interrupted at size 1 of 2. The picture so far is kept." in capsys.readouterr().out

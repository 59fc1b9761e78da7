"""A picture painted in strips is the one painted at once: no seams, and the statistics of the whole."""

import numpy as np
import pytest

from nst import images
from nst.engine.available_memory import NotEnoughMemoryError
from nst.fast import memory, paint
from nst.fast.memory import MOST_AT_ONCE, choose_rows, estimate_bytes
from nst.fast.painter import load_painter, stack_styles
from nst.paths import IMAGES
from tests.support.parameters import mostly_slow

TOLERANCE = 5e-4  # of the range 0 to 1, an eighth of the smallest step of 8 bits
LOUVRE, MONET, NIGHT = (IMAGES / f"{name}.jpg" for name in ("louvre", "monet", "starry_night"))


@pytest.fixture(scope="module")
def painter():
    return load_painter("float32")


@pytest.fixture(scope="module")
def style(painter):
    return painter.measure_style(images.load(NIGHT, 160))


@pytest.mark.parametrize(("height", "width"), mostly_slow([(150, 97), (40, 64), (161, 33)]))
@pytest.mark.parametrize("rows", mostly_slow([16, 48]))
def test_strips_give_the_same_picture(painter, style, height, width, rows):
    content = images.load(LOUVRE, 256)[:, :height, :width]
    (whole, _), (strips, _) = (painter.paint(content, style, 0.8, rows=some) for some in (None, rows))
    assert whole.shape == content.shape
    assert np.abs(whole - strips).max() < TOLERANCE


@pytest.mark.slow
def test_strips_give_the_same_picture_with_regions(painter, style):
    content = images.load(LOUVRE, 160)
    regions = stack_styles([style, painter.measure_style(images.load(MONET, 160))])
    masks = np.zeros((2, *content.shape[1:3]), np.float32)
    masks[0, :60], masks[1, 50:] = 1, 1
    (whole, _), (strips, _) = (painter.paint(content, regions, 1, masks, rows=some) for some in (None, 32))
    assert np.abs(whole - strips).max() < TOLERANCE


@pytest.mark.slow
def test_strips_give_the_same_picture_in_the_middle_of_an_animation(painter, style):
    frames = [images.load(LOUVRE, 128), images.load(LOUVRE, 128)[:, ::-1]]
    results = []
    for rows in (None, 32):
        _, settled = painter.paint(frames[0], style, rows=rows)
        results.append(painter.paint(frames[1], style, previous=settled, rows=rows)[0])
    assert np.abs(results[0] - results[1]).max() < TOLERANCE


def test_a_large_picture_is_painted_in_strips(monkeypatch):
    asked = []
    monkeypatch.setattr(paint, "choose_rows", lambda height, width: asked.append((height, width)) or 32)
    one = paint.paint_fast(LOUVRE, NIGHT, size=96, precision="float32").picture
    monkeypatch.setattr(paint, "choose_rows", lambda height, width: None)
    assert np.abs(one - paint.paint_fast(LOUVRE, NIGHT, size=96, precision="float32").picture).max() < TOLERANCE
    assert asked == [(72, 96)]


def test_2048_pixels_are_computed_in_strips_and_fit_into_2_gigabytes():
    assert choose_rows(1024, 1024) is None
    assert choose_rows(2048, 2048) == 144
    assert estimate_bytes(2048 * 2048) < 2e9
    assert estimate_bytes(MOST_AT_ONCE) < 2e9


def test_the_estimate_grows_with_the_picture():
    estimates = [estimate_bytes(pixels) for pixels in range(100_000, 10_000_000, 100_000)]
    assert estimates == sorted(estimates)


def test_a_picture_that_needs_too_much_memory_is_refused_with_a_size_that_fits(monkeypatch):
    monkeypatch.setattr(memory, "available_bytes", lambda: 2e9)
    with pytest.raises(NotEnoughMemoryError, match=r"4096 x 3072 pixels need about .* size=\d+ would fit"):
        memory.require_memory((3072, 4096))
    memory.require_memory((1536, 2048))

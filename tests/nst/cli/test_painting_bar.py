"""The progress bar of a painting."""

import io

import numpy as np
import pytest

from nst.cli.painting_bar import PaintingBar
from nst.engine.run import Progress


@pytest.mark.parametrize(
    ("seconds_left", "shown", "hidden"),
    [(None, " 25% |", "left"), (43.2, ", about 45 s left", "0:4"), (2.0, ", a few seconds left", "00:02")],
)
def test_it_shows_the_time_left_only_if_it_is_known(seconds_left, shown, hidden):
    said = io.StringIO()
    with PaintingBar(file=said) as bar:
        bar.delay = 0
        bar.show_progress(Progress(0.25, 8.0, (48, 64), 3, (1.0, 2.0, 0.1), np.zeros((1, 48, 64, 3)), seconds_left))
        bar.refresh()
    assert shown in said.getvalue()
    assert hidden not in said.getvalue()

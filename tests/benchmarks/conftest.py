"""Pictures that several benchmarks paint in their tests."""

import numpy as np
import pytest
from PIL import Image


@pytest.fixture
def pictures(tmp_path):
    """Two contents and three styles of random blocks, 80 x 64."""
    rng = np.random.default_rng(20)
    for name in ("content/a.png", "content/b.png", "style/x.png", "style/y.png", "style/z.png"):
        path = tmp_path / "pictures" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        coarse = Image.fromarray(rng.integers(0, 256, (8, 10, 3), dtype=np.uint8))
        coarse.resize((80, 64), Image.Resampling.NEAREST).save(path)
    return tmp_path / "pictures"

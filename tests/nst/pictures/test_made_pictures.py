"""The files of tests/pictures are those that the script beside them makes, and small."""

import io

import numpy as np
import pytest
from PIL import Image

from tests.pictures.make_pictures import FOLDER, make_pictures

MADE = make_pictures()
FILES = {path.relative_to(FOLDER).as_posix(): path for path in FOLDER.glob("*/*") if "__pycache__" not in path.parts}


def test_the_script_makes_every_file_and_no_other():
    optional = {"kinds/photo.heic", "kinds/photo.avif"}  # for which a package is needed
    assert FILES.keys() - optional == MADE.keys() - optional


@pytest.mark.parametrize("name", sorted(MADE))
def test_the_script_makes_the_file_again(name):
    """Byte by byte; where another version of an encoder wrote it, pixel by pixel."""
    assert FILES[name].read_bytes() == MADE[name] or same_pixels(FILES[name], MADE[name])


def same_pixels(path, made):
    with Image.open(path) as stored, Image.open(io.BytesIO(made)) as again:
        difference = np.asarray(stored.convert("RGB"), int) - np.asarray(again.convert("RGB"), int)
        return stored.format == again.format and np.abs(difference).max() <= 8


def test_every_file_is_small():
    assert {name: path.stat().st_size for name, path in FILES.items() if path.stat().st_size >= 20_000} == {}

"""Training pictures: crops of photographs, disturbed as an optimizer over pixels would disturb them."""

from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

SUFFIXES = {".jpg", ".jpeg", ".png"}
SHRINKINGS = (1.0, 0.71, 0.5)
ENLARGED = 1.41
HELD_OUT_EVERY = 25


class PhotographsError(ValueError):
    """A folder of photographs that cannot be used; the message names it and says what was expected."""


def read_folders(folders):
    """Read the photographs or paintings of several folders, one folder after another."""
    return [picture for folder in folders for picture in read_photographs(folder)]


def read_photographs(folder):
    """Read every JPEG and PNG of a folder, ordered by name: a list of uint8 (H, W, 3) RGB arrays."""
    folder = Path(folder)
    if not folder.is_dir():
        raise PhotographsError(f"{folder}: there is no such folder. Give the folder of the photographs.")
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    if len(paths) < 2:
        raise PhotographsError(f"{folder}: expected two or more photographs (.jpg, .png), got {len(paths)}.")
    return [_read(path) for path in tqdm(paths, desc="reading photographs", unit="photo", leave=False)]


def _read(path):
    try:
        with Image.open(path) as image:
            return np.asarray(image.convert("RGB"))
    except OSError as error:
        raise PhotographsError(f"{path}: this picture cannot be read ({error}). Remove or replace it.") from None


def split(photographs):
    """Keep every 25th photograph (at least one) for measuring: (training, held out)."""
    held_out = photographs[HELD_OUT_EVERY - 1 :: HELD_OUT_EVERY] or photographs[-1:]
    kept = {id(photo) for photo in held_out}
    return [photo for photo in photographs if id(photo) not in kept], held_out


class Crops:
    """Random square crops of photographs at three sizes of the picture, mirrored at random.

    A picture that is smaller than a crop is enlarged, so that each picture takes part whatever the size of the crops.
    """

    def __init__(self, photographs, size):
        self.size = size
        self.levels = [(photo, level) for photo in photographs for level in _levels(photo, size)]

    def draw(self, rng, count):
        """`count` crops as float32 (count, size, size, 3) RGB in [0, 1]."""
        return np.stack([self._crop(rng) for _ in range(count)])

    def _crop(self, rng):
        photo, (height, width) = self.levels[rng.integers(len(self.levels))]
        top, left = (rng.integers(side - self.size + 1) for side in (height, width))
        across, down = photo.shape[1] / width, photo.shape[0] / height
        box = (left * across, top * down, (left + self.size) * across, (top + self.size) * down)
        crop = np.asarray(Image.fromarray(photo).resize((self.size, self.size), Image.Resampling.LANCZOS, box))
        return (crop[:, ::-1] if rng.random() < 0.5 else crop).astype(np.float32) / 255


def _levels(photo, size):
    """The heights and widths of the photograph, at several scales, from which a crop of this size can be cut.

    If its shorter side is shorter than the crop's, it is first enlarged to `ENLARGED` times the crop's.
    """
    shorter = min(photo.shape[:2])
    scale = 1.0 if shorter >= size else ENLARGED * size / shorter
    for factor in SHRINKINGS:
        height, width = (round(side * factor * scale) for side in photo.shape[:2])
        if min(height, width) >= size:
            yield height, width


def disturb(rng, crops):
    """Other colors, a second picture shining through, noise: what an optimizer starts from; in [0, 1]."""
    count, size = crops.shape[:2]
    states = crops * rng.uniform(0.7, 1.3, (count, 1, 1, 3)) + rng.uniform(-0.1, 0.1, (count, 1, 1, 3))
    ghost = rng.uniform(0, 0.5, (count, 1, 1, 1)) * (rng.random((count, 1, 1, 1)) < 0.3)
    states = (1 - ghost) * states + ghost * states[::-1]
    strength = rng.uniform(0, 0.25, (count, 1, 1, 1)) * (rng.random((count, 1, 1, 1)) < 0.6)
    noise = rng.uniform(-1, 1, (count, size, size, 3))
    return np.clip(states + strength * noise, 0, 1).astype(np.float32)

"""Arrays and tensors as pictures: what is plainly a picture is taken, anything else is refused by name."""

import numpy as np
from PIL import Image

from nst.pictures.errors import PictureError
from nst.pictures.value_ranges import Stated, to_8_bits

TOLERANCE = 1e-6  # beyond 0 and 1
PLAINLY_NOT_0_TO_1 = 4.0  # a mean that no picture from 0 to 1 reaches, not even one that is out of its bounds


def is_array(value):
    """Whether a value is an array or tensor of NumPy, TensorFlow, PyTorch ..."""
    return hasattr(value, "shape") and hasattr(value, "dtype") and not isinstance(value, Image.Image)


def to_numpy(value, name):
    """A NumPy array of an array or tensor, perhaps sharing its memory. Raises PictureError if there is none."""
    try:
        array = np.asarray(value)
    except Exception as error:  # such as a tensor of PyTorch that is on a GPU
        raise PictureError(
            f"{name}: this {type(value).__name__} cannot be converted to a NumPy array ({error}). Convert it first."
        ) from None
    if array.dtype.name == "bfloat16":
        array = array.astype(np.float32)
    if array.dtype.kind not in "buif":
        raise PictureError(f"{name}: got an array of {array.dtype}, expected numbers from 0 to 1, or 8-bit pixels.")
    return array


def read_array(value, name):
    """Return a picture (H, W, 3) or (H, W, 4), float32 from 0 to 1, of an array or tensor, and a list of notes.

    value: (1, H, W, C) or (H, W, C) with C 1 (gray), 3 (RGB) or 4 (RGBA), or (H, W). Floats from 0 to 1, 8-bit
    integers, booleans, or 16-bit integers. name: for messages. Raises PictureError for anything else.
    """
    pixels, notes = to_fractions(_require_shape(to_numpy(value, name), name), name)
    return (np.repeat(pixels, 3, axis=-1) if pixels.shape[-1] == 1 else pixels), notes


def to_fractions(array, name):
    """Return a new float32 array with values from 0 to 1, and a list of notes. Raises PictureError for other values."""
    if not array.size:
        raise PictureError(f"{name}: got an empty array with shape {array.shape}, expected a picture.")
    if array.dtype == np.uint8 and array.max() > 1:
        return array.astype(np.float32) / np.float32(255), []
    if array.dtype == np.uint16 and array.max() > 1:
        pixels, notes = to_8_bits(array, Stated(16), name)
        return pixels.astype(np.float32) / np.float32(255), [f"{name}: {note}" for note in notes]
    low, high = array.min(), array.max()
    if array.dtype.kind in "iu" and low >= 0 and 1 < high <= 255:
        return array.astype(np.float32) / np.float32(255), []
    if not (low >= -TOLERANCE and high <= 1 + TOLERANCE):  # NaN too
        raise PictureError(
            f"{name}: got an array with values from {low:g} to {high:g}, expected values from 0 to 1; divide 8-bit "
            "pixels by 255."
        )
    return np.clip(array.astype(np.float32), 0, 1), []


def require_0_to_1(pixels):
    """Raise PictureError for a float array that plainly has other values than 0 to 1, such as 8-bit pixels."""
    if pixels.size and abs(float(pixels.mean(dtype=np.float64))) > PLAINLY_NOT_0_TO_1:
        raise PictureError(
            f"A picture has values from 0 to 1; this array has values from {pixels.min():g} to {pixels.max():g}. "
            "Divide 8-bit pixels by 255."
        )


def _require_shape(array, name):
    given = array
    if array.ndim == 4 and len(array) == 1:
        array = array[0]
    if array.ndim == 2:
        array = array[..., None]
    if array.ndim == 3 and array.shape[-1] in (1, 3, 4):
        return array
    advice = ""
    if array.ndim == 4 and array.shape[-1] in (1, 3, 4):
        advice = f" These are {len(array)} pictures: give one of them, or a list."
    elif array.ndim in (3, 4) and array.shape[-3] in (1, 3, 4):
        advice = " Its channels come first: np.moveaxis(array, -3, -1) puts them last."
    raise PictureError(f"{name}: got an array with shape {given.shape}, expected (1, H, W, 3) or (H, W, 3).{advice}")

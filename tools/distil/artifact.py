"""The weight file: plain .npz, the same arrays give the same bytes."""

import hashlib
import io
import zipfile

import numpy as np

from foundation.atomic_write import write_atomically
from nst.network.layers import LAYERS

ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


def write_weights(path, weights, names=LAYERS):
    """Write layers under "block1_conv1/kernel", "block1_conv1/scale", "block1_conv1/bias", ...

    A kernel is stored in 8 bits, kernel = whole number * scale, with a scale for each output channel: a quarter of the
    bytes of float32, and an error of 1 %, far below that of the training.

    weights: a list of (kernel, bias). names: of the layers, in the same order. Returns the SHA-256 of the file.
    """
    with write_atomically(path) as partial, zipfile.ZipFile(partial, "w") as archive:
        for name, (kernel, bias) in zip(names, weights, strict=False):
            scale = np.maximum(np.abs(kernel).max((0, 1, 2)) / 127, np.finfo(np.float32).tiny).astype(np.float32)
            _add(archive, f"{name}/kernel", np.round(kernel / scale).astype(np.int8))
            _add(archive, f"{name}/scale", scale)
            _add(archive, f"{name}/bias", bias.astype(np.float16))
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _add(archive, key, array):
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, version=(1, 0), allow_pickle=False)
    entry = zipfile.ZipInfo(f"{key}.npy", ZIP_EPOCH)
    entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
    archive.writestr(entry, buffer.getvalue(), compresslevel=9)

"""A run on disk, so that it goes on after an interruption as if there had been none.

A checkpoint is a .npz file without pickles: the arrays of the optimiser's state, and, as JSON, where the run stands
and what it was asked to do. It is written whole or not at all.
"""

import hashlib
import json
import time
import zipfile

import numpy as np

from nst.engine.settings import SettingsError
from nst.whole_file import whole_file

SEPARATELY = "run"  # the key of the JSON text


class Checkpoint:
    """The file at `path`, written at most every `seconds`."""

    def __init__(self, path, seconds, asked):
        """asked: what the run was asked to do, a dict that JSON can hold; `read` refuses a file that differs."""
        self.path, self.seconds, self.asked = path, seconds, asked
        self._latest = time.monotonic()

    def due(self):
        return time.monotonic() - self._latest >= self.seconds

    def write(self, arrays, standing):
        """arrays: the optimiser's state; standing: where the run stands, a dict that JSON can hold."""
        text = json.dumps({"asked": self.asked, "standing": standing})
        with whole_file(self.path) as partial:
            np.savez(partial, **arrays, **{SEPARATELY: np.array(text)})
        self._latest = time.monotonic()

    def read(self):
        """(arrays, standing), or None where there is no such file.

        Raises SettingsError for a damaged file and for one of another run, naming what differs.
        """
        if not self.path.exists():
            return None
        try:
            with self.path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
                arrays = {key: archive[key] for key in archive.files}
            run = json.loads(str(arrays.pop(SEPARATELY)))
            asked, standing = run["asked"], run["standing"]
        except (OSError, ValueError, KeyError, EOFError, TypeError, zipfile.BadZipFile) as error:
            raise SettingsError(f"{self.path}: this is no checkpoint, or a damaged one ({error}). "
                                f"Delete it and start from the beginning.") from None
        mine = json.loads(json.dumps(self.asked))  # as the file has it: tuples are lists there
        differing = [name for name in mine if asked.get(name) != mine[name]]
        if differing:
            told = ", ".join(f"{name} was {asked.get(name)} and is {mine[name]}" for name in differing)
            raise SettingsError(f"{self.path}: this checkpoint is of another run: {told}. "
                                f"Ask for the same, or delete it.")
        return arrays, standing

    def remove(self):
        self.path.unlink(missing_ok=True)


def fingerprint(array):
    """A short name for an array's content: the first 12 digits of its SHA-256."""
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()[:12]

"""A run on disk, so that it goes on after an interruption as if there had been none.

A checkpoint is a .npz file without pickles: the arrays of the optimiser's state, and, as JSON, where the run stands
and what it was asked to do. It is written whole or not at all.
"""

import hashlib
import json
import time
import zipfile
from contextlib import contextmanager, suppress

import numpy as np

from foundation.atomic_write import require_writable, write_atomically
from nst.engine.settings import SettingsError

SEPARATELY = "run"  # the key of the JSON text
PATIENCE = 20  # times as long as a write took passes before the next: at 2048 pixels a checkpoint is 0.9 GB


class Checkpoint:
    """The file at `path`, written at most every `seconds`. stands: whether this run wrote it or goes on from it."""

    def __init__(self, path, seconds, asked):
        """asked: what the run was asked to do, a dict that JSON can hold; `read` refuses a file that differs."""
        self.path, self.seconds, self.asked, self.stands = path, seconds, asked, False
        self._latest, self._took = time.monotonic(), 0.0

    def due(self):
        return time.monotonic() - self._latest >= max(self.seconds, PATIENCE * self._took)

    def require_folder(self):
        """Raise SettingsError where the folder takes no file: better before the work than in it."""
        try:
            require_writable(self.path.parent)
        except OSError as error:
            raise SettingsError(
                f"{self.path}: no checkpoint can be written there ({error.strerror or error}). Choose another folder."
            ) from None

    def write(self, arrays, standing):
        """arrays: the optimiser's state; standing: where the run stands, a dict that JSON can hold.

        Raises OSError as the file system does; what stood there before still stands.
        """
        text = json.dumps({"asked": self.asked, "standing": standing})
        began = time.monotonic()
        try:
            with write_atomically(self.path) as partial:
                np.savez(partial, **arrays, **{SEPARATELY: np.array(text)})
            self.stands = True
        finally:
            self._latest = time.monotonic()
            self._took = self._latest - began

    def read(self):
        """(arrays, standing), or None where there is no such file.

        Raises SettingsError for a damaged file and for one of another run, naming what differs.
        """
        if not self.path.exists():
            return None
        with _archive(self.path) as archive:
            run = _run(archive)
            asked, standing = run["asked"], run["standing"]
            arrays = {key: archive[key] for key in archive.files if key != SEPARATELY}
        mine = json.loads(json.dumps(self.asked))  # as the file has it: tuples are lists there
        differing = [name for name in mine if asked.get(name) != mine[name]]
        if differing:
            told = ", ".join(f"{name} was {asked.get(name)} and is {mine[name]}" for name in differing)
            raise SettingsError(
                f"{self.path}: this checkpoint is of another run: {told}. Ask for the same, or delete it."
            )
        self.stands = True
        return arrays, standing

    def remove(self):
        with suppress(OSError):  # a file that stays is no reason to lose the picture
            self.path.unlink(missing_ok=True)


def asked_before(path):
    """What the run of a checkpoint was asked to do; {} where there is no such file. Raises SettingsError as `read`."""
    if not path.exists():
        return {}
    with _archive(path) as archive:
        return _run(archive)["asked"]


def require_none(path):
    """Raise SettingsError where a checkpoint stands: a run that begins anew would take its place."""
    if path.exists():
        raise SettingsError(
            f"{path}: the checkpoint of a run that was interrupted. Resume that run (--resume, in "
            f"Python resume=True), or delete the file to start from the beginning."
        )


@contextmanager
def _archive(path):
    """The arrays of a file, each read when it is asked for."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            yield archive
    except (OSError, ValueError, KeyError, EOFError, TypeError, zipfile.BadZipFile) as error:
        raise SettingsError(
            f"{path}: this is no checkpoint, or a damaged one ({error}). Delete it and start from the beginning."
        ) from None


def _run(archive):
    return json.loads(str(archive[SEPARATELY]))


def fingerprint(array):
    """A short name for an array's content: the first 12 digits of its SHA-256."""
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()[:12]

"""Save a run to disk, so that it can be resumed after an interruption and ends as if there had been none.

A checkpoint is a .npz file without pickles: the arrays of the optimizer's state and, as JSON, the request (settings,
networks, pictures) and the progress. It is written completely or not at all.
"""

import hashlib
import json
import shutil
import time
import zipfile
from contextlib import contextmanager, suppress

import numpy as np

from foundation.atomic_write import require_writable, write_atomically
from nst.engine.settings import SettingsError

JSON_KEY = "run"
ROOM_PER_PIXEL = 24 * 3 * 4  # bytes: L-BFGS has ten pairs of float32 pictures, the picture and its gradient
NO_ROOM = (
    "{path}: there is no room for the checkpoint ({need:.0f} MB are needed, {free:.0f} MB are free): if the run is "
    "interrupted, it cannot be resumed."
)
PAUSE_FACTOR = 20  # the pause before the next write / the time of the last: at 2048 pixels a checkpoint has 0.9 GB


class Checkpoint:
    """The file at `path`, written at most every `seconds`. exists: whether this run has written or read it."""

    def __init__(self, path, seconds, request):
        """request: all that decides the run, a dict for JSON; `read` refuses a file with a different one."""
        self.path, self.seconds, self.request, self.exists = path, seconds, request, False
        self._latest, self._took = time.monotonic(), 0.0

    def due(self):
        return time.monotonic() - self._latest >= max(self.seconds, PAUSE_FACTOR * self._took)

    def require_folder(self):
        """Raise SettingsError if the folder takes no files: better before the work than during it."""
        try:
            require_writable(self.path.parent)
        except OSError as error:
            raise SettingsError(
                f"{self.path}: no checkpoint can be written there ({error.strerror or error}). Choose another folder."
            ) from None

    def find_shortage(self, pixels):
        """Return, in words, that a checkpoint of a picture with that many pixels has no room; None if it has."""
        need, free = ROOM_PER_PIXEL * pixels, shutil.disk_usage(self.path.parent).free
        return NO_ROOM.format(path=self.path, need=need / 1e6, free=free / 1e6) if free < need else None

    def write(self, arrays, progress):
        """Replace the file. arrays: the optimizer's state; progress: a dict for JSON.

        Raises OSError as the file system does; the old file then stays.
        """
        text = json.dumps({"request": self.request, "progress": progress})
        began = time.monotonic()
        try:
            with write_atomically(self.path) as partial:
                np.savez(partial, **arrays, **{JSON_KEY: np.array(text)})
            self.exists = True
        finally:
            self._latest = time.monotonic()
            self._took = self._latest - began

    def read(self):
        """Return (arrays, progress), or None if there is no file.

        Raises SettingsError for a damaged file, and for one of another run, naming what differs.
        """
        if not self.path.exists():
            return None
        with _archive(self.path) as archive:
            run = _read_json(archive)
            request, progress = run["request"], run["progress"]
            arrays = {key: archive[key] for key in archive.files if key != JSON_KEY}
        current = json.loads(json.dumps(self.request))  # as in the file, where tuples are lists
        differing = [name for name in current if request.get(name) != current[name]]
        if differing:
            changes = ", ".join(f"{name} was {request.get(name)} and is now {current[name]}" for name in differing)
            raise SettingsError(
                f"{self.path}: this checkpoint belongs to another run: {changes}. Use the same values, or delete it."
            )
        self.exists = True
        return arrays, progress

    def remove(self):
        with suppress(OSError):  # a file that cannot be deleted must not cost the picture
            self.path.unlink(missing_ok=True)


def read_request(path):
    """Return the request of a checkpoint; {} if there is no file. Raises SettingsError as `read` does."""
    if not path.exists():
        return {}
    with _archive(path) as archive:
        return _read_json(archive)["request"]


def require_no_checkpoint(path):
    """Raise SettingsError if there is a checkpoint, which a new run would overwrite."""
    if path.exists():
        raise SettingsError(
            f"{path}: this is the checkpoint of an interrupted run. Resume that run (--resume, in Python "
            f"resume=True), or delete the file to start from the beginning."
        )


@contextmanager
def _archive(path):
    """Open the arrays of a file; each is read when it is accessed."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            yield archive
    except (OSError, ValueError, KeyError, EOFError, TypeError, zipfile.BadZipFile) as error:
        raise SettingsError(
            f"{path}: this is not a checkpoint, or it is damaged ({error}). Delete it and start from the beginning."
        ) from None


def _read_json(archive):
    return json.loads(str(archive[JSON_KEY]))


def fingerprint(array):
    """Return a short name for an array's content: the first 12 digits of its SHA-256."""
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()[:12]

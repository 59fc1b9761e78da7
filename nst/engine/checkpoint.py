"""Save a run to disk, so that it can be resumed after an interruption and ends as if there had been none.

A checkpoint is a .npz file without pickles: the arrays of the optimizer's state and, as JSON, the format's number, the
request (settings, networks, pictures), the progress, and a checksum of all of these. It is written completely or not at
all.
"""

import hashlib
import json
import shutil
import time
from contextlib import contextmanager, suppress

import numpy as np

from foundation.atomic_write import require_writable, write_atomically
from foundation.lock import LockedError, lock_path
from foundation.printable import printable_line, printable_sentence
from nst.engine.settings import SettingsError
from nst.stored_arrays import open_npz

JSON_KEY = "run"
FORMAT = 3  # to be raised with every change of what a state means
ROOM_PER_PIXEL = 24 * 3 * 4  # bytes: L-BFGS has ten pairs of float32 pictures, the picture and its gradient
NO_ROOM = (
    "{path}: there is no room for the checkpoint ({need:.0f} MB are needed, {free:.0f} MB are free): if the run is "
    "interrupted, it cannot be resumed."
)
MAX_REASON, MAX_CHANGES = 300, 2000  # characters
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
        began = time.monotonic()
        checksum = _compute_checksum(self.request, progress, arrays)
        run = {"format": FORMAT, "request": self.request, "progress": progress, "sha256": checksum}
        try:
            with write_atomically(self.path) as partial:
                np.savez(partial, **arrays, **{JSON_KEY: np.array(json.dumps(run))})
            self.exists = True
        finally:
            self._latest = time.monotonic()
            self._took = self._latest - began

    def read(self, require_state=lambda arrays, progress: None):
        """Return (arrays, progress), or None if there is no file.

        require_state(arrays, progress) raises any exception for a state that no run can have. Raises SettingsError for
        a damaged file or one of another format, and for one of another run, naming what differs.
        """
        if not self.path.exists():
            return None
        with _open(self.path) as (run, stored):
            self._require_same_request(run["request"])
            progress, arrays = run["progress"], {key: array.read() for key, array in stored.items()}
            if run["sha256"] != _compute_checksum(run["request"], progress, arrays):
                raise ValueError("its checksum is wrong")
            require_state(arrays, progress)
        self.exists = True
        return arrays, progress

    def _require_same_request(self, request):
        current = json.loads(json.dumps(self.request))  # as in the file, where tuples are lists
        differing = [name for name in current if request.get(name) != current[name]]
        if differing:
            changes = ", ".join(f"{name} was {request.get(name)} and is now {current[name]}" for name in differing)
            raise SettingsError(
                f"{self.path}: this checkpoint belongs to another run: {printable_line(changes[:MAX_CHANGES])}. Use "
                "the same values, or delete it."
            )

    def remove(self):
        with suppress(OSError):  # a file that cannot be deleted must not cost the picture
            self.path.unlink(missing_ok=True)


def read_request(path):
    """Return the request of a checkpoint; {} if there is no file. Raises SettingsError as `read` does."""
    if not path.exists():
        return {}
    with _open(path) as (run, _):
        return run["request"]


@contextmanager
def lock_checkpoint(path):
    """Let no other run use a checkpoint, and the picture that belongs to it. Raises SettingsError if one does."""
    try:
        with lock_path(path):
            yield
    except LockedError:
        raise SettingsError(
            f"{path}: another run is working on this checkpoint and its picture. Wait for its end, or choose another "
            "name for this one."
        ) from None


def require_no_checkpoint(path):
    """Raise SettingsError if there is a checkpoint, which a new run would overwrite."""
    if path.exists():
        raise SettingsError(
            f"{path}: this is the checkpoint of an interrupted run. Resume that run (--resume, in Python "
            f"resume=True), or delete the file to start from the beginning."
        )


@contextmanager
def _open(path):
    """(the JSON, {name: StoredArray}) of a file."""
    try:
        with open_npz(path) as stored:
            if any(array.compressed for array in stored.values()):  # it may be a bomb
                raise ValueError("it is compressed")
            run = json.loads(str(stored.pop(JSON_KEY).read()))
            if run.get("format") != FORMAT:
                raise SettingsError(
                    f"{path}: another version of the course wrote this checkpoint. Resume with that version, or delete "
                    "the file and start from the beginning."
                )
            if not isinstance(run["request"], dict):
                raise ValueError("it has no settings")
            yield run, stored
    except (SettingsError, MemoryError):
        raise
    except Exception as error:  # zipfile, NumPy and JSON raise errors of any type on damaged files
        reason = printable_sentence(str(error)[:MAX_REASON])
        raise SettingsError(
            f"{path}: this is not a checkpoint, or it is damaged ({reason}). Delete it and start from the beginning."
        ) from None


def _compute_checksum(request, progress, arrays):
    digest = hashlib.sha256(json.dumps([request, progress]).encode())
    for name, array in sorted(arrays.items()):
        digest.update(f"{name} {array.dtype} {array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def fingerprint(*arrays):
    """Return a short name for the content of arrays: the first 12 digits of its SHA-256."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(array.tobytes())  # which bfloat16 has, too
    return digest.hexdigest()[:12]

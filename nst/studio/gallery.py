"""The pictures that were painted before, from output/: with their settings, to be continued, repeated or deleted."""

import json
from dataclasses import dataclass
from pathlib import Path

from foundation.lock import LockedError, lock_path
from nst.cli.output_files import SETTINGS, checkpoint_path, settings_path
from nst.paths import OUTPUT
from nst.pictures.sources import SUFFIXES
from nst.studio.painting_request import RECORD_KEY

MOST = 60  # runs that are listed, the newest first
LARGEST_RECORD = 1_000_000  # bytes of a file with settings


@dataclass(frozen=True)
class PastRun:
    """A run that left its settings in output/. path: of its picture, which a run without a first picture has not."""

    path: Path
    record: dict
    changed: float

    @property
    def has_picture(self):
        """Whether there is a picture."""
        return self.path.is_file()

    @property
    def is_resumable(self):
        """Whether the run was interrupted and can continue. Runs of the command nst continue with nst --resume."""
        return RECORD_KEY in self.record and checkpoint_path(self.path).is_file()

    @property
    def title(self):
        """The picture's name without its suffix."""
        return self.path.stem


class RunInUseError(Exception):
    """A run that cannot be deleted, because it is being painted; the message says so."""


def list_runs(folder=None):
    """Return the PastRuns in and below a folder, the newest first; at most 60. A damaged record is left out."""
    runs = []
    for path in Path(folder or OUTPUT).rglob(f"*{SETTINGS}"):
        record = _read_record(path)
        if record is not None:
            runs.append(PastRun(_find_picture(path), record, path.stat().st_mtime))
    return sorted(runs, key=lambda run: run.changed, reverse=True)[:MOST]


def delete_run(run):
    """Delete a run's picture, settings and checkpoint. Raises RunInUseError while it is painted."""
    checkpoint = checkpoint_path(run.path)
    try:
        with lock_path(checkpoint):
            for path in (checkpoint, run.path, settings_path(run.path)):
                path.unlink(missing_ok=True)
    except LockedError:
        raise RunInUseError(f"{run.title} is being painted. Stop it before you delete it.") from None


def describe_settings(run):
    """Return [(name, value)] of a run's settings, both text, for a table."""
    record = run.record
    settings = record.get("settings") if isinstance(record.get("settings"), dict) else record.get(RECORD_KEY)
    settings = settings if isinstance(settings, dict) else {}
    timings = record.get("timings") if isinstance(record.get("timings"), dict) else {}
    scores = record.get("scores") if isinstance(record.get("scores"), dict) else {}
    files = settings.get("files") if isinstance(settings.get("files"), dict) else settings
    styles = files.get("style", files.get("styles"))
    rows = [
        ("photograph", _name(files.get("content"))),
        ("paintings", ", ".join(map(_name, styles)) if isinstance(styles, (list, tuple)) else None),
        ("size", _format(settings.get("size"), "{:g} pixels")),
        ("time budget", _format(settings.get("budget"), "{:g} s")),
        ("style strength", _format(settings.get("style_weight"), "{:g}")),
        ("content strength", _format(settings.get("content_weight"), "{:g}")),
        ("colors of the photograph", settings.get("preserve_color")),
        ("seed", _format(settings.get("seed"), "{:g}") if settings.get("init") == "noise" else None),
        ("time", _format(timings.get("seconds"), "{:.1f} s")),
        ("style score", _format(scores.get("style"), "{:.3f}")),
        ("finished", _format(record.get("done"), "{:.0%}")),
    ]
    return [(name, str(value)) for name, value in rows if value is not None]


def _read_record(path):
    try:
        if path.stat().st_size > LARGEST_RECORD:
            return None
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def _find_picture(settings):
    """The opposite of settings_path: mine.png for mine.run.json, mine.jpg for mine.jpg.run.json."""
    stem = settings.name.removesuffix(SETTINGS)
    return settings.with_name(stem if Path(stem).suffix in SUFFIXES else f"{stem}.png")


def _name(key):
    return key.rpartition("/")[2] if isinstance(key, str) else None


def _format(number, form):
    return form.format(number) if isinstance(number, (int, float)) and not isinstance(number, bool) else None

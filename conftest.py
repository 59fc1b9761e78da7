"""pytest's settings that need code: the network of the stored outputs, and the folders to leave alone."""

import logging
import os
from pathlib import Path

import pytest

# The stored outputs of the chapters are the bundled network's.
os.environ.setdefault("NST_WEIGHTS", "pocket")

# student: unsolved exercises, no outputs; src: the chapters as text; mine: a student's own copies; studio: an app.
collect_ignore = ["notebooks/mine", "notebooks/src", "notebooks/student", "notebooks/studio.ipynb"]


def pytest_configure(config):
    """Let nbval compare the text of a picture's HTML, and not its pixels, which differ from machine to machine."""
    if getattr(config.option, "nbval_sanitize_with", "") is None:
        config.option.nbval_sanitize_with = str(Path(__file__).parent / "notebooks" / "nbval.cfg")
    if os.environ.get("REQUIRE_BUBBLEWRAP"):
        _require_bubblewrap()
    if getattr(config.option, "nbval", False) or getattr(config.option, "nbval_lax", False):
        _prepare_matplotlib()


def _require_bubblewrap():
    """In one job of CI, tests that need bubblewrap must run: where it is missing they would be skipped."""
    from grading.sandbox.containment import find_containment

    if (level := find_containment().level) != "bubblewrap":
        raise pytest.UsageError(f"REQUIRE_BUBBLEWRAP is set, but bubblewrap does not work here (found: {level}).")


def _prepare_matplotlib():
    """Let Matplotlib find its folder and its fonts before a kernel starts.

    Where the home folder cannot be written to, as in many containers, or where the fonts are not known yet, it says so
    in the first cell that imports it. The kernels inherit the folder for temporary files that it then chooses.
    """
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    import matplotlib.font_manager  # noqa: F401 (the import makes the cache of fonts)


def pytest_report_header():
    return f"network: NST_WEIGHTS={os.environ['NST_WEIGHTS']} (pocket is the bundled network)"

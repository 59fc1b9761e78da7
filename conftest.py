"""pytest's settings that need code: the network of the stored outputs, and the folders to leave alone."""

import os
from pathlib import Path

# The stored outputs of the chapters are the bundled network's.
os.environ.setdefault("NST_WEIGHTS", "pocket")

# student: unsolved exercises, no outputs; src: the chapters as text; mine: a student's own copies.
collect_ignore = ["notebooks/mine", "notebooks/src", "notebooks/student"]


def pytest_configure(config):
    """Let nbval compare the text of a picture's HTML, and not its pixels, which differ from machine to machine."""
    if getattr(config.option, "nbval_sanitize_with", "") is None:
        config.option.nbval_sanitize_with = str(Path(__file__).parent / "notebooks" / "nbval.cfg")


def pytest_report_header():
    return f"network: NST_WEIGHTS={os.environ['NST_WEIGHTS']} (pocket is the bundled network)"

"""pytest's settings that need code: the network of the stored outputs, and the folders to leave alone."""

import os

# The stored outputs of the chapters are the bundled network's.
os.environ.setdefault("NST_WEIGHTS", "pocket")

# student: unsolved exercises, no outputs; src: the chapters as text; mine: a student's own copies.
collect_ignore = ["notebooks/mine", "notebooks/src", "notebooks/student"]


def pytest_report_header():
    return f"network: NST_WEIGHTS={os.environ['NST_WEIGHTS']} (pocket is the bundled network)"

"""Golden files: whole files that a command must write, in tests/grading/golden.

To renew them after a change, set the environment variable RENEW_SNAPSHOTS=1, run the tests that use them, and read the
difference before committing it.
"""

import os
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "grading" / "golden"


def check(name, text):
    """Compare a text with the golden file of this name, or write it where they are renewed."""
    path, text = FOLDER / name, text.replace("\r\n", "\n")
    if os.environ.get("RENEW_SNAPSHOTS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text == path.read_text(encoding="utf-8"), f"{name} has changed, see tests/support/golden.py"

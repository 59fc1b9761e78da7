"""Messages that students read, kept word for word in tests/grading/snapshots/NAME.txt.

A file holds several, each under a line `=== title`. To renew them after a change of wording, set the environment
variable RENEW_SNAPSHOTS=1, run `python -m pytest tests/grading/test_messages.py tests/grading/test_mistakes.py`, and
read the difference before committing it.
"""

import os
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "grading" / "snapshots"
MARK = "=== "


def check(name, messages):
    """Compare {title: message} with the file of this name, or write it where snapshots are renewed."""
    path = FOLDER / f"{name}.txt"
    if os.environ.get("RENEW_SNAPSHOTS"):
        path.write_text(_joined(messages), encoding="utf-8", newline="\n")
    kept = _split(path.read_text(encoding="utf-8"))
    assert list(kept) == list(messages), f"{path.name} does not hold these messages; see tests/support/snapshots.py"
    for title, message in messages.items():
        assert message == kept[title], f"{path.name}, {title}"


def everything():
    """All messages of all files as one line, with single spaces."""
    return " ".join(" ".join(path.read_text(encoding="utf-8").split()) for path in sorted(FOLDER.glob("*.txt")))


def _joined(messages):
    return "\n".join(f"{MARK}{title}\n{message}\n" for title, message in messages.items())


def _split(text):
    blocks = text.removeprefix(MARK).split(f"\n{MARK}")
    return {title: message.rstrip("\n") for title, message in (block.split("\n", 1) for block in blocks)}
